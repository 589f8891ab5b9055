"""What Telegram does not take as we have rendered it arrives all the same, without markup."""

import asyncio

import pytest

from core.messages import Place, Reply
from core.models.scripted import ScriptedModel
from tests.telegram.living import answers, finished, living
from tests.telegram.server.server import Telegram

WORDS = [f"word{number}" for number in range(400)]
LONGER = " ".join(f"word{number}" for number in range(1500))
"""More than a message holds."""

REFUSALS = ["can't parse entities: Unsupported start tag", "message is too long"]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refused_answer_goes_as_plain_text(world: Telegram, sqlite_url: str, refusal: str) -> None:
    ana = world.person("Ana")
    group = world.group()
    async with living(world, sqlite_url, ScriptedModel([" ".join(WORDS)], window=100_000)):
        world.misreads(refusal, 50)
        await ana.says(group, "Count", mention=True)
        await world.until(lambda: finished(group))
        assert [word for answer in answers(group) for word in answer.text.split()] == WORDS


async def test_a_refused_draft_is_left_out(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        world.misreads(REFUSALS[0])
        await ana.says(chat, "Count")
        steps.put_nowait(None)
        await world.until(lambda: not world.misread)
        steps.put_nowait(None)
        await world.until(lambda: bool(world.drafts))
        for _ in range(4):
            steps.put_nowait(None)
        await world.until(lambda: finished(chat))
        assert answers(chat)[0].text == "one two three"


async def test_more_than_a_message_holds_goes_on_in_others(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group()
    links = " ".join(f"[one{number}](https://example.org/{'a' * 60}/{number})" for number in range(48))
    async with living(world, sqlite_url, ScriptedModel([links], window=100_000)):
        world.misreads(REFUSALS[0], 50)
        await ana.says(group, "Links", mention=True)
        await world.until(lambda: "[one47](https" in "".join(answer.text for answer in answers(group)))
        shown = " ".join(answer.text for answer in answers(group))
        assert all(f"[one{number}](https://example.org/" in shown for number in range(48))


@pytest.mark.parametrize("first", ["Wait", LONGER])
async def test_each_edit_changes_all_pieces_in_their_place(world: Telegram, sqlite_url: str, first: str) -> None:
    group = world.group()
    place = Place("telegram", str(group.id), str(group.id))
    async with living(world, sqlite_url) as life:
        world.misreads(REFUSALS[1], 50)
        id = await life.running.chat.send(place, Reply(first), "k1")
        # The last piece changes, then the first one, and then none.
        for text in (f"{LONGER} end", f"Now {LONGER} end", f"Now {LONGER} end"):
            await life.running.chat.edit(place, id, Reply(text))
            assert "".join(answer.text for answer in answers(group)) == text


@pytest.mark.parametrize("drafts", [True, False])
@pytest.mark.parametrize(("markup", "shown"), [("#", "#"), (">", ">"), ("```", "```\n```")])
async def test_an_answer_of_markup_alone_goes_as_it_was_written(
    world: Telegram, sqlite_url: str, markup: str, shown: str, drafts: bool
) -> None:
    world.has_drafts = drafts
    world.forgive()
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, ScriptedModel([markup])):
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == [shown]
