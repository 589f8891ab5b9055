"""Answers for one person alone on Telegram: in the private chat, about the message that a command replies to."""

import asyncio

from core.models.scripted import ScriptedModel
from tests.telegram.living import answers, living
from tests.telegram.server.server import Telegram


async def test_ask_and_explain_are_answered_in_the_private_chat(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    group = world.group(admins=[ana])
    model = ScriptedModel(lambda lines: lines[-1].text)
    async with living(world, sqlite_url, model):
        await ana.says(group, "/ask What is a parley?")
        await world.until(lambda: len(answers(ana.dm())) == 1 and len(answers(group)) == 1)
        said = await ben.says(group, "Crows can count.")
        await ana.says(group, "/explain", reply_to=said)
        await world.until(lambda: len(answers(ana.dm())) == 2 and len(answers(group)) == 2)
    assert answers(ana.dm())[0].text == "What is a parley?"
    assert "Crows can count." in answers(ana.dm())[1].text
    assert {one.text for one in answers(group)} == {"I answered you in our direct messages."}


async def test_after_a_crash_the_answer_is_there_and_the_group_is_told_so(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group, own = world.group(admins=[ana]), ana.dm()
    never: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["never shown"], pace=never.get)) as life:
        await ana.says(group, "/ask What is a parley?")
        await life.until_rows("SELECT state FROM inbox", [("opened",)])
        await life.core.router.drain(0)
    async with living(world, sqlite_url, ScriptedModel(lambda lines: lines[-1].text)):
        await world.until(lambda: bool(answers(group)))
    assert [one.text for one in answers(own)] == ["Ana: What is a parley?"]
    assert [one.text for one in answers(group)] == ["I answered you in our direct messages."]


async def test_who_has_never_begun_a_chat_is_told_to(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group()
    world.closed_chats[ana.dm().id] = "chat not found"
    async with living(world, sqlite_url):
        await ana.says(group, "/ask What is a parley?")
        await world.until(lambda: bool(answers(group)))
    assert "parley?" not in "".join(one.text for one in answers(group))
