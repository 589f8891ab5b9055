"""First contact on Telegram: /start, deep links, and being added to a group."""

from tests.telegram.living import answers, buttons, finished, living
from tests.telegram.server.server import Telegram


async def test_start_welcomes_and_a_prompt_is_answered(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana", language="de")
    async with living(world, sqlite_url):
        await ana.says(ana.dm(), "/start")
        await world.until(lambda: bool(answers(ana.dm())))
        welcome = answers(ana.dm())[0]
        assert welcome.text.startswith("Hallo!")
        assert buttons(welcome) == ["try", "try", "try", "start", "start"]
        await ana.presses(welcome, "try:1")
        await world.until(lambda: finished(ana.dm(), 2))
        assert "schwarzes Loch" in answers(ana.dm())[1].text


async def test_a_deep_link_opens_what_it_names_and_any_other_word_the_welcome(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    async with living(world, sqlite_url):
        await ana.says(ana.dm(), "/start help")
        await world.until(lambda: len(answers(ana.dm())) == 1)
        assert "/rate" in answers(ana.dm())[0].text
        await ana.says(ana.dm(), "/start bm90LW91cnM")
        await world.until(lambda: len(answers(ana.dm())) == 2)
        assert answers(ana.dm())[1].text.startswith("Hello!")


async def test_who_adds_it_is_told_what_to_do_first_once(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    group = world.group("Garden", admins=[ana])
    async with living(world, sqlite_url):
        await ana.adds(group)
        await ana.says(group, "/start@parley_bot parley")
        await world.until(lambda: bool(answers(ana.dm())))
        await ben.adds(group, again=True)
    async with living(world, sqlite_url):
        await ben.adds(group)
        await ben.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group))
    (told,) = answers(ana.dm())
    assert "Thank you for adding me to Garden." in told.text
    assert not answers(ben.dm())
    assert len(answers(group)) == 1


async def test_the_group_is_told_if_the_person_has_never_written(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group("Garden", admins=[ana])
    world.closed_chats[ana.dm().id] = "chat not found"
    async with living(world, sqlite_url):
        await ana.adds(group)
        await world.until(lambda: bool(answers(group)))
        assert "/settings" in answers(group)[0].text
