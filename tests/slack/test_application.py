from bots.slack.application import MOST_STATES, STATE_LASTS, InstallationStates


async def test_a_state_is_worth_something_once_and_for_a_while() -> None:
    now = 0.0
    states = InstallationStates(lambda: now)
    one, two = await states.async_issue(), await states.async_issue()
    assert await states.async_consume(one)
    assert not await states.async_consume(one)
    now = STATE_LASTS
    assert not await states.async_consume(two)


async def test_whoever_opens_the_first_page_again_and_again_takes_no_memory() -> None:
    states = InstallationStates(lambda: 0.0)
    first = await states.async_issue()
    newer = [await states.async_issue() for _ in range(MOST_STATES)]
    assert not await states.async_consume(first)
    assert [await states.async_consume(state) for state in newer] == [True] * MOST_STATES
