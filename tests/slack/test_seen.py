"""What Slack shows to people, the assistant sees too: forwarded messages, files from elsewhere, added mentions."""

import pytest

from core.models.scripted import ScriptedModel
from tests.core.documents import docx
from tests.slack.living import answers, buttons, finished, living
from tests.slack.server.server import Slack

LIST = ("list.txt", b"three apples", "text/plain")


def everything() -> ScriptedModel:
    """A model that repeats all that people said."""
    return ScriptedModel(lambda lines: " | ".join(line.text for line in lines if line.role == "user"))


async def test_a_forwarded_message_is_quoted_with_its_files(world: Slack, sqlite_url: str) -> None:
    room, den, ana, ben = world.channel(), world.channel(name="den"), world.person("Ana"), world.person("Ben")
    async with living(world, sqlite_url, everything()) as life:
        said = await ben.says(room, f"/forgetme <@{ana.id}> &amp; my list", file=LIST)
        await ana.shares(den, said, "what is on it?", mention=True)
        await world.until(lambda: finished(den))
        (answer,) = answers(den)
        assert "Ana: what is on it?\n\nForwarded from Ben:\n> /forgetme @Ana & my list" in answer.shown
        assert "three apples" in answer.shown
        assert life.rows("SELECT outside FROM message WHERE role = 'prompter'") == [(1,)]


async def test_a_forwarded_call_calls_nobody_and_a_forward_alone_is_a_question(world: Slack, sqlite_url: str) -> None:
    room, den, ana = world.channel(), world.channel(name="den"), world.person("Ana")
    direct = ana.dm()
    async with living(world, sqlite_url, everything()):
        called = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.shares(den, called)
        await ana.shares(direct, called)
        await world.until(lambda: finished(direct))
        assert answers(direct)[0].shown.startswith("Forwarded from Ana:\n> Hello")
        assert not answers(den)


@pytest.mark.slow
async def test_a_file_from_another_organisation_is_looked_up_and_read(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    file = ("notes.docx", docx("Three apples"), "application/octet-stream")
    async with living(world, sqlite_url, everything()):
        await ana.says(room, "what is in it?", mention=True, file=file, connect=True)
        await world.until(lambda: finished(room))
        assert "notes.docx:\n```\nThree apples\n```" in answers(room)[0].shown


async def test_a_file_that_slack_does_not_describe_is_named_as_unread(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    world.fail("files.info", "file_not_found")
    async with living(world, sqlite_url, everything()):
        await ana.says(room, "what is in it?", mention=True, file=LIST, connect=True)
        await world.until(lambda: finished(room))
        assert any("could not read file" in message.shown for message in (*answers(room), *room.whispers))


async def test_a_forward_in_a_thread_is_seen_by_who_is_called_into_it(world: Slack, sqlite_url: str) -> None:
    room, den, ana, ben = world.channel(), world.channel(name="den"), world.person("Ana"), world.person("Ben")
    async with living(world, sqlite_url, everything()):
        said = await ben.says(den, "The pump is leaking.", file=LIST)
        root = await ben.shares(room, said)
        await ana.says(room, "what can we do?", thread=root, mention=True)
        await world.until(lambda: finished(room))
        shown = answers(room)[0].shown
        assert "Ben: Forwarded from Ben:\n> The pump is leaking." in shown
        assert "three apples" in shown


async def test_a_deleted_beginning_of_a_thread_is_not_read(world: Slack, sqlite_url: str) -> None:
    room, ana, ben = world.channel(), world.person("Ana"), world.person("Ben")
    async with living(world, sqlite_url, everything()):
        root = await ben.says(room, "The pump is leaking.")
        await ben.says(room, "I have called the plumber.", thread=root)
        await ben.deletes(root)
        await ana.says(room, "what can we do?", thread=root, mention=True)
        await world.until(lambda: finished(room))
        shown = answers(room)[0].shown
        assert "called the plumber" in shown
        assert "deleted" not in shown


async def test_a_mention_that_an_edit_adds_is_answered_once(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    bot = world.teams[room.team].bot.id
    async with living(world, sqlite_url):
        said = await ana.says(room, "what is a crow?")
        await ana.edits(said, f"<@{bot}> what is a crow?")
        await world.until(lambda: finished(room))
        assert answers(room)[0].shown == "You said: Ana: what is a crow?"
        await ana.edits(said, f"<@{bot}> what is a cow?")
        await world.until(lambda: "again" in buttons(answers(room)[0]))
        assert len(answers(room)) == 1


@pytest.mark.parametrize("words", ["/instructions\nabout I like\ncrows", "!instructions about I like crows"])
async def test_a_command_may_go_on_in_the_next_line(world: Slack, sqlite_url: str, words: str) -> None:
    ana = world.person("Ana")
    direct = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(direct, words)
        await world.until(lambda: any("Saved" in one.shown for one in (*answers(direct), *direct.whispers)))


async def test_an_edit_without_the_words_from_before_is_taken(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    direct = ana.dm()
    async with living(world, sqlite_url):
        said = await ana.says(direct, "what is a crow?")
        await world.until(lambda: finished(direct))
        said.text = "what is a cow?"
        now = said.payload() | {"edited": {"user": ana.id, "ts": world.ts()}}
        changed = {"type": "message", "subtype": "message_changed", "channel": direct.id, "ts": world.ts()}
        world.event(direct.team, {**changed, "channel_type": "im", "message": now, "previous_message": None})
        await world.until(lambda: "again" in buttons(answers(direct)[0]))


@pytest.mark.parametrize("away", [False, True])
async def test_the_thumbs_of_other_bots_do_not_count(world: Slack, sqlite_url: str, away: bool) -> None:
    room, ana, helper = world.channel(), world.person("Ana"), world.person("Helper")
    helper.account.bot = "B7"
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well'", [(1,)])
        if not away:
            await (await helper.reacts(answers(room)[0], "+1")).acked.wait()
            await (await ana.reacts(answers(room)[0], "-1")).acked.wait()
            await life.rated(-1)
    if away:
        await helper.reacts(answers(room)[0], "+1")
        await ana.reacts(answers(room)[0], "-1")
        world.open.clear()
    async with living(world, sqlite_url) as life:
        await life.rated(-1)
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert life.rows("SELECT value FROM rating") == [(-1,)]
