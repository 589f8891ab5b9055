from bots.slack.application import STATE_LASTS, InstallationStates


async def test_a_state_is_worth_something_once_and_for_a_while() -> None:
    now = 0.0
    states = InstallationStates("a secret", lambda: now)
    one, two = await states.async_issue(), await states.async_issue()
    assert await states.async_consume(one)
    assert not await states.async_consume(one)
    now = STATE_LASTS
    assert not await states.async_consume(two)


async def test_a_state_is_known_to_every_process_and_can_be_made_by_nobody_else() -> None:
    ours, beside, other = (InstallationStates(secret) for secret in ("a secret", "a secret", "another"))
    assert await beside.async_consume(await ours.async_issue())
    assert not await ours.async_consume(await other.async_issue())
    later, _, signature = (await ours.async_issue()).partition(".")
    for made in ("", "9", f"{int(later) + 1}.{signature}", "99999999999.é.é"):
        assert not await ours.async_consume(made)
