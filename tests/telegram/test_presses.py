"""Notices about a press: over the chat as long as Telegram takes them, else in it."""

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.messages import Button
from tests.telegram.living import answers, finished, living
from tests.telegram.server.server import Telegram

NOT_YOURS = "Only the person who asked"


async def riddle(call: CommandCall) -> None:
    await call.tell("What has a face?", buttons=[Button("guess:1", "A clock")])


async def guess(call: CommandCall) -> None:
    await call.tell("Right")
    await call.tell("It has hands, too", about="more")


RIDDLE = CommandGroup((Command("riddle", "plugins", riddle, description="Ask a riddle."),), {"guess": guess})


async def test_a_notice_is_shown_over_the_chat(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    group = world.group()
    async with living(world, sqlite_url):
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group))
        pressed = await ben.presses(answers(group)[0], "delete")
        await world.until(lambda: pressed.answer is not None)
    assert pressed.answer
    assert NOT_YOURS in pressed.answer["text"]
    assert len(answers(group)) == 1


async def test_a_notice_about_a_press_that_is_too_old_is_posted(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    group = world.group()
    async with living(world, sqlite_url):
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group))
        world.forget(await ben.presses(answers(group)[0], "delete"))
        await world.until(lambda: len(answers(group)) == 2)
    assert NOT_YOURS in answers(group)[1].text


async def test_if_the_group_is_closed_it_is_posted_in_private(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    group, own = world.group(), ben.dm()
    async with living(world, sqlite_url):
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group))
        world.closed_chats[group.id] = "TOPIC_CLOSED"
        world.forget(await ben.presses(answers(group)[0], "delete"))
        await world.until(lambda: bool(answers(own)))
    assert NOT_YOURS in answers(own)[0].text


async def test_a_second_notice_about_a_press_is_posted(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, more=[RIDDLE]):
        await ana.says(chat, "/riddle")
        await world.until(lambda: len(answers(chat)) == 1)
        pressed = await ana.presses(answers(chat)[0], "guess")
        await world.until(lambda: len(answers(chat)) == 2)
    assert pressed.answer
    assert pressed.answer["text"] == "Right"
    assert answers(chat)[1].text == "It has hands, too"
