"""What Telegram shows to people, the assistant sees too: albums, forwards, quotes, captions; and what is no speech."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bots.telegram import albums
from core.models.scripted import ScriptedModel
from tests.core.documents import docx, pdf
from tests.telegram.living import all_finished, answers, buttons, finished, living
from tests.telegram.server.server import Message, Telegram

A, B, C = (
    ("a.txt", b"apples", "text/plain"),
    ("b.txt", b"berries", "text/plain"),
    ("c.txt", b"cherries", "text/plain"),
)


def flat(message: Message) -> str:
    """A message's text without the empty lines between its parts."""
    return re.sub("\n+", "\n", message.text)


def everything(pace: Callable[[], Awaitable[object]] | None = None) -> ScriptedModel:
    """A model that repeats all that people said."""
    return ScriptedModel(lambda lines: " | ".join(line.text for line in lines if line.role == "user"), pace=pace)


@pytest.mark.slow
async def test_an_album_is_one_question(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, everything()) as life:
        await ana.sends_album(chat, "Which fruit?", A, B, C, captioned=1)
        await world.until(lambda: finished(chat))
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
    (answer,) = answers(chat)
    assert answer.text.startswith("Which fruit?")
    assert [answer.text.find(fruit) > 0 for fruit in ("apples", "berries", "cherries")] == [True] * 3


@pytest.mark.slow
async def test_an_album_that_calls_in_a_group_is_one_question_wherever_its_caption_is(
    world: Telegram, sqlite_url: str
) -> None:
    group, ana = world.group(), world.person("Ana")
    async with living(world, sqlite_url, everything()):
        await ana.sends_album(group, "look at this", A, B)
        await ana.sends_album(group, "@parley_bot which fruit?", A, B, C, captioned=1)
        await world.until(lambda: finished(group))
    (answer,) = answers(group)
    assert "look at this" not in answer.text
    assert [answer.text.count(fruit) for fruit in ("apples", "berries", "cherries")] == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("private", [True, False])
async def test_a_restart_in_the_middle_of_an_album_loses_nothing_and_doubles_nothing(
    world: Telegram, sqlite_url: str, *, private: bool
) -> None:
    ana = world.person("Ana")
    chat = ana.dm() if private else world.group()
    more: dict[str, Any] = {"media_group_id": "77"}
    async with living(world, sqlite_url, everything()) as life:
        await ana.says(chat, "@parley_bot which fruit?", file=A, more=more)
        await life.until_rows("SELECT count(*) FROM inbox", [(1,)])
        await life.core.router.drain(0)
    await ana.says(chat, "", file=B, more=more)
    async with living(world, sqlite_url, everything()):
        await world.until(lambda: finished(chat))
    (answer,) = answers(chat)
    assert [answer.text.count(fruit) for fruit in ("apples", "berries")] == [1, 1]


@pytest.mark.slow
async def test_parts_before_the_caption_are_kept_over_a_restart(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(), world.person("Ana")
    more: dict[str, Any] = {"media_group_id": "77"}
    kept = "SELECT value FROM kept WHERE name = 'telegram:albums-held'"
    async with living(world, sqlite_url, everything()) as life:
        await ana.says(group, "", file=A, more=more)
        await world.until(lambda: bool(life.rows(kept)))
    await ana.says(group, "@parley_bot which fruit?", file=B, more=more)
    async with living(world, sqlite_url, everything()):
        await ana.says(group, "", file=C, more=more)
        await world.until(lambda: finished(group))
    (answer,) = answers(group)
    assert [answer.text.count(fruit) for fruit in ("apples", "berries", "cherries")] == [1, 1, 1]


async def test_parts_of_an_album_that_does_not_call_are_soon_forgotten(
    world: Telegram, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "HELD_FOR", 0.05)
    group, ana = world.group(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        await ana.sends_album(group, "look at this", A, B)
        await life.until_rows("SELECT value FROM kept WHERE name = 'telegram:albums-held'", [("{}",)])


@pytest.mark.slow
async def test_a_crash_while_an_album_is_answered_answers_it_once(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["never shown"], pace=steps.get)) as life:
        await ana.sends_album(chat, "Which fruit?", A, B)
        await life.until_rows("SELECT state, count(*) FROM inbox GROUP BY state", [("done", 1), ("opened", 1)])
        await life.core.router.drain(0)
    async with living(world, sqlite_url, everything()):
        await world.until(lambda: finished(chat))
    (answer,) = answers(chat)
    assert [answer.text.count(fruit) for fruit in ("apples", "berries")] == [1, 1]


async def test_a_forwarded_message_is_quoted_and_its_words_are_no_command(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("Ben")
    chat = ana.dm()
    async with living(world, sqlite_url, everything()) as life:
        bens = world.written(chat, ben.account, "/forgetme")
        await ana.forwards(chat, bens)
        await world.until(lambda: finished(chat))
        assert flat(answers(chat)[0]) == "Forwarded from Ben:\n/forgetme"
        assert life.rows("SELECT outside FROM message WHERE role = 'prompter'") == [(1,)]
        own = await ana.says(chat, "/forgetme")
        await world.until(lambda: "cannot be undone" in answers(chat)[-1].text)
        number = len(answers(chat))
        await ana.forwards(chat, own)
        await world.until(lambda: finished(chat, number + 1))
        assert answers(chat)[-1].text.endswith("/forgetme")


async def test_who_forwards_a_call_to_a_group_calls_nobody(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(), world.person("Ana")
    async with living(world, sqlite_url):
        bens = world.written(world.private(ana.account), world.person("Ben").account, "@parley_bot hello")
        await ana.forwards(group, bens)
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group))
    assert len(answers(group)) == 1


async def test_the_file_and_the_selected_words_of_what_is_replied_to_are_seen(world: Telegram, sqlite_url: str) -> None:
    group, ana, ben = world.group(), world.person("Ana"), world.person("Ben")
    async with living(world, sqlite_url, everything()):
        bens = await ben.says(group, "My list", file=A)
        quote = {"text": "My", "position": 0, "is_manual": True}
        await ana.says(group, "what is on it?", mention=True, reply_to=bens, more={"quote": quote})
        await world.until(lambda: finished(group))
        assert "Ben: My list\na.txt:\napples" in flat(answers(group)[0])
        assert "The part of the message above that this is about:\nMy" in flat(answers(group)[0])
        await ana.says(group, "and now?", mention=True, reply_to=bens)
        await world.until(lambda: finished(group, 2))
        assert answers(group)[1].text.count("apples") == 1


async def test_a_quote_from_another_chat_is_seen(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    channel = world.channel("Rumours").written_as
    assert channel
    origin = {"type": "channel", "date": 1, "chat": channel.payload(), "message_id": 7}
    elsewhere = {"origin": origin, "chat": channel.payload(), "message_id": 7, "document": world.kept_file(*B)}
    quote = {"text": "Crows can count.", "position": 0}
    async with living(world, sqlite_url, everything()):
        await ana.says(chat, "Is that so?", more={"external_reply": elsewhere, "quote": quote})
        await world.until(lambda: finished(chat))
    expected = "Is that so?\nQuoted from Rumours:\nCrows can count.\nb.txt:\nberries"
    assert flat(answers(chat)[0]) == expected


@pytest.mark.slow
async def test_a_pdf_goes_into_the_question_and_what_has_no_room_is_told(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    pages = pdf(*(f"Page {number}. {'word ' * 100}" for number in range(1, 31)))
    async with living(world, sqlite_url, everything()):
        await ana.says(chat, "What is on page one?", file=("long.pdf", pages, "application/pdf"))
        await world.until(lambda: finished(chat, 2))
        notice, *answer = answers(chat)
        assert re.fullmatch(r"Only a part fits into the question: long\.pdf \(pages 1 to \d+ of 30\)\.", notice.text)
        assert "Page 1." in answer[0].text


async def test_a_document_goes_into_the_question(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(chat, "And this?", file=("a.docx", docx("Three apples"), "application/octet-stream"))
        await world.until(lambda: finished(chat))
    assert flat(answers(chat)[0]) == "You said: And this?\na.docx:\nThree apples"


async def test_a_poll_is_read(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(), world.person("Ana")
    options = [
        {"text": "tea", "voter_count": 2, "persistent_id": "1"},
        {"text": "rum", "voter_count": 5, "persistent_id": "2"},
    ]
    kinds = {"total_voter_count": 7, "is_closed": False, "is_anonymous": True, "type": "regular"}
    flags = {"allows_multiple_answers": False, "allows_revoting": True, "members_only": False}
    poll = {"id": "1", "question": "What shall we drink?", "options": options, **kinds, **flags}
    async with living(world, sqlite_url, everything()):
        asked = await ana.says(group, "", more={"poll": poll})
        await ana.says(group, "who wins?", mention=True, reply_to=asked)
        await world.until(lambda: finished(group))
    assert "What shall we drink?\n- tea (2)\n- rum (5)" in answers(group)[0].text.replace("• ", "- ")


SILENT: list[dict[str, Any]] = [
    {"new_chat_members": [{"id": 5, "is_bot": False, "first_name": "Eve"}]},
    {"left_chat_member": {"id": 5, "is_bot": False, "first_name": "Eve"}},
    {"new_chat_title": "Allotment"},
    {"pinned_message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}},
    {"video_chat_started": {}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
    {
        "sticker": {
            "file_id": "a",
            "file_unique_id": "b",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    },
]


@pytest.mark.parametrize("silent", SILENT, ids=lambda one: next(iter(one)))
async def test_a_service_message_or_a_sticker_says_nothing(
    world: Telegram, sqlite_url: str, silent: dict[str, Any]
) -> None:
    ana = world.person("Ana")
    group, chat = world.group(admins=[ana]), ana.dm()
    async with living(world, sqlite_url):
        await ana.says(group, "/settings always here")
        await world.until(lambda: len(answers(group)) == 1)
        for place in (group, chat):
            await ana.says(place, "", more=silent)
            await ana.says(place, "Hello")
        await world.until(lambda: finished(group, 2) and finished(chat))
    assert (len(answers(group)), len(answers(chat))) == (2, 1)


@pytest.mark.parametrize("words", ["/roll@dice_bot 6", "/roll 6", "/usr/bin is full", "/", "/tmp/x"])
async def test_in_a_group_the_commands_of_other_bots_and_paths_are_not_ours(
    world: Telegram, sqlite_url: str, words: str
) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana])
    async with living(world, sqlite_url):
        await ana.says(group, "/settings always here")
        await world.until(lambda: len(answers(group)) == 1)
        await ana.says(group, words)
        await ana.says(group, "Hello")
        await world.until(lambda: finished(group, 2))
    assert len(answers(group)) == 2


async def test_who_asks_about_a_path_is_answered(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat, group = ana.dm(), world.group()
    async with living(world, sqlite_url):
        await ana.says(chat, "/usr/bin is full")
        await ana.says(group, "/usr/bin is full", mention=True)
        await world.until(lambda: finished(chat) and finished(group))
    assert (answers(chat)[0].text, answers(group)[0].text) == (
        "You said: /usr/bin is full",
        "You said: Ana: /usr/bin is full",
    )


@pytest.mark.parametrize("caption", [False, True])
async def test_a_command_may_be_a_caption_and_go_on_in_the_next_line(
    world: Telegram, sqlite_url: str, *, caption: bool
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(chat, "/instructions@parley_bot\nabout I like\ncrows", file=A if caption else None)
        await world.until(lambda: bool(answers(chat)))
    assert "Saved" in answers(chat)[0].text


async def test_the_files_beside_a_commands_caption_ask_nothing(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.sends_album(chat, "/help", A, B)
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
    assert len(answers(chat)) == 2


async def test_a_mention_that_an_edit_adds_is_answered_and_another_edit_offers(
    world: Telegram, sqlite_url: str
) -> None:
    group, ana = world.group(), world.person("Ana")
    async with living(world, sqlite_url):
        said = await ana.says(group, "what is a crow?")
        await ana.edits(said, "@parley_bot what is a crow?")
        await world.until(lambda: finished(group))
        assert answers(group)[0].text == "You said: Ana: what is a crow?"
        await ana.edits(said, "@parley_bot what is a cow?")
        await world.until(lambda: "again" in str(answers(group)[0].keyboard))
    assert len(answers(group)) == 1


async def test_a_group_that_becomes_a_supergroup_takes_everything_along(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana], basic=True)
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, everything(pace=steps.get)) as life:
        for setting in ("always here", "log_channel here"):
            await ana.says(group, f"/settings {setting}")
        await life.until_rows("SELECT count(*) FROM choice", [(2,)])
        await ana.says(group, "The first question")
        await life.until_rows("SELECT count(*) FROM inbox WHERE state = 'opened'", [(1,)])
        new = world.upgraded(group, ana)
        await life.until_rows("SELECT platform_id FROM community", [(str(new.id),)])
        for _ in range(20):
            steps.put_nowait(None)
        # The answer that was due comes where the group is now.
        await world.until(lambda: finished(new))
        assert answers(new)[-1].text == "Ana: The first question"
        await ana.says(new, "And the second")
        # The log channel is here, too, and may be told of its settings late.
        await world.until(lambda: all_finished(new, 2))
        assert answers(new)[-1].text == "Ana: The first question | Ana: And the second"
        assert life.rows("SELECT DISTINCT value FROM choice") == [(str(new.id),)]


async def test_where_it_listens_it_also_hears_what_is_said_right_after_the_move(
    world: Telegram, sqlite_url: str
) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana], basic=True)
    async with living(world, sqlite_url) as life:
        await ana.says(group, "/settings always here")
        await life.until_rows("SELECT count(*) FROM choice", [(1,)])
    # While we are away, so that all of it comes at once.
    await ana.says(group, "Before")
    new = world.upgraded(group, ana)
    await ana.says(new, "After")
    async with living(world, sqlite_url, everything()):
        await world.until(lambda: all_finished(new, 2))
    assert [answer.text for answer in answers(new)] == ["Ana: Before", "Ana: Before | Ana: After"]


async def test_what_is_asked_after_the_move_waits_for_the_answer_to_what_was_asked_before(
    world: Telegram, sqlite_url: str
) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana], basic=True)
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, everything(pace=steps.get)) as life:
        await ana.says(group, "/settings always here")
        await life.until_rows("SELECT count(*) FROM choice", [(1,)])
        await ana.says(group, "Before")
        await life.until_rows("SELECT count(*) FROM inbox WHERE state = 'opened'", [(1,)])
        new = world.upgraded(group, ana)
        await life.until_rows("SELECT platform_id FROM community", [(str(new.id),)])
        await ana.says(new, "After")
        await life.until_rows("SELECT count(*) FROM inbox WHERE payload LIKE '%After%'", [(1,)])
        for _ in range(20):
            steps.put_nowait(None)
        await world.until(lambda: all_finished(new, 2))
    # What the settings are is told there, too.
    texts = [answer.text for answer in answers(new) if "retry" in buttons(answer)]
    assert texts == ["Ana: Before", "Ana: Before | Ana: After"]


async def test_what_was_asked_before_and_after_the_move_is_answered_after_a_restart(
    world: Telegram, sqlite_url: str
) -> None:
    ana = world.person("Ana")
    group = world.group(admins=[ana], basic=True)
    async with living(world, sqlite_url):
        pass
    await ana.says(group, "Before", mention=True)
    new = world.upgraded(group, ana)
    await ana.says(new, "After", mention=True)
    async with living(world, sqlite_url) as life:
        await world.until(lambda: len(answers(new)) == 2 and all_finished(new, 2))
        await life.until_rows("SELECT platform_id FROM community", [(str(new.id),)])
    assert {answer.text for answer in answers(new)} == {"You said: Ana: Before", "You said: Ana: After"}
    assert not answers(group)
