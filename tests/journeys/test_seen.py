"""The assistant sees what people see: files, forwards, polls, what is replied to. The table's journeys of that."""

import re

import pytest

from core.models.scripted import ScriptedModel
from tests.core.documents import docx
from tests.journeys.abilities import ALONE, able
from tests.journeys.stages.guest import Stage

LIST = ("list.txt", b"three apples")
VOTES = {"tea": 2, "rum": 5}
SEEN = ("What shall we drink?", "tea (2)", "rum (5)")
OUTSIDE = "SELECT CASE WHEN outside THEN 1 ELSE 0 END FROM message WHERE role = 'prompter' ORDER BY id"


def everything() -> ScriptedModel:
    """A model that repeats all that people said."""
    return ScriptedModel(lambda lines: " | ".join(line.text for line in lines if line.role == "user"))


@able("files")
async def test_the_words_of_a_document_are_in_the_question(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.hands("What is in it?", ("notes.docx", docx("Three apples")))
        answer = await guest.answered()
        assert "What is in it?" in answer.text
        assert "Three apples" in answer.text


@pytest.mark.slow
@able("files")
async def test_files_that_are_sent_together_are_one_question(stage: Stage) -> None:
    files = [(f"{fruit[0]}.txt", fruit.encode()) for fruit in ("apples", "berries", "cherries")]
    async with stage.open(everything()) as guest:
        await guest.hands("Which fruit?", *files)
        answer = await guest.answered()
        assert [answer.text.count(words) for words in ("Which fruit?", "apples", "berries", "cherries")] == [1] * 4
        await guest.ledger.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        await guest.ledger.until_rows("SELECT count(*) FROM message WHERE role = 'prompter'", [(1,)])


@able("forwards")
async def test_a_forwarded_message_is_quoted_with_its_file_and_is_no_command(stage: Stage) -> None:
    async with stage.open(everything()) as guest:
        ben, ana = await guest.another("Ben"), await guest.alone()
        await ben.posts("/forgetme", LIST)
        await ana.forwards(ben)
        answer = await ana.answered()
        assert answer.text.startswith("Forwarded")
        assert "/forgetme" in answer.text
        assert "three apples" in answer.text
        assert guest.ledger.rows(OUTSIDE) == [(1,)]


@able("forwards")
async def test_who_forwards_a_call_calls_nobody(stage: Stage) -> None:
    async with stage.open() as guest:
        ben = await guest.another("Ben")
        await ben.calls("Hello")
        await guest.answered()
        await guest.forwards(ben)
        await guest.calls("And now?")
        assert "And now?" in (await guest.answered(2)).text
        await guest.ledger.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert len(guest.answers()) == 2


@able("replies")
async def test_what_is_replied_to_is_seen_with_its_file(stage: Stage) -> None:
    async with stage.open(everything()) as guest:
        ben = await guest.another("Ben")
        await ben.posts("My list", LIST)
        await guest.asks_about(ben, "What is on it?")
        answer = await guest.answered()
        for words in ("Ben: My list", "three apples", "Ana: What is on it?"):
            assert words in answer.text


@able("selected parts")
async def test_the_part_that_is_selected_in_a_reply_is_seen(stage: Stage) -> None:
    async with stage.open(everything()) as guest:
        ben = await guest.another("Ben")
        await ben.posts("A crow, a cow and a cat")
        await guest.asks_about(ben, "What is that?", part="a cow")
        _, part, selected = (await guest.answered()).text.partition("The part of the message above")
        assert part
        assert "a cow" in selected
        assert "a cat" not in selected


@able("polls")
async def test_a_poll_is_seen_with_its_votes(stage: Stage) -> None:
    async with stage.open(everything()) as guest:
        ben, ana = await guest.another("Ben"), await guest.alone()
        await ben.polls("What shall we drink?", VOTES)
        await guest.asks_about(ben, "Who wins?")
        answer = await guest.answered()
        assert [words in answer.text for words in (*SEEN, "Ana: Who wins?")] == [True] * 4
        await ana.polls("What shall we drink?", VOTES)
        answer = await ana.answered()
        assert [words in answer.text for words in SEEN] == [True] * 3


@able("added mentions")
async def test_a_mention_that_an_edit_adds_is_answered_and_another_edit_offers(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.posts("what is a crow?")
        await guest.edits("what is a crow?")
        assert (await guest.answered()).text == "You said: Ana: what is a crow?"
        await guest.edits("what is a cow?")
        await guest.until(lambda: "again" in guest.answers()[0].verbs)
        assert len(guest.answers()) == 1


@able("edits")
async def test_a_question_that_is_changed_is_answered_anew(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.says("what is a crow?")
        await guest.answered()
        await guest.edits("what is a cow?")
        if name not in ALONE:
            # Others read along, and many an edit only mends a letter, so a button asks for it.
            await guest.presses("again")
        await guest.until(lambda: any("a cow?" in one.text and not one.growing for one in guest.answers()))


@able("deletions")
async def test_a_question_that_is_deleted_is_erased(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("what is a crow?")
        await guest.answered()
        await guest.deletes()
        erased = "SELECT count(*) FROM message WHERE role = 'prompter' AND text LIKE '%crow%'"
        await guest.ledger.until_rows(erased, [(0,)])


async def test_a_reply_goes_on_with_the_conversation_and_another_call_begins_one(stage: Stage, name: str) -> None:
    async with stage.open(everything()) as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.replies("And what do they eat?")
        assert re.search(r"I keep bees.* \| .*what do they eat", (await guest.answered(2)).text)
        if name not in ALONE:
            ben = await guest.another("Ben")
            await ben.calls("Hello")
            assert (await guest.answered(3)).text == "Ben: Hello"


@able("replies")
async def test_a_message_of_somebody_is_explained_to_who_asks_alone(stage: Stage) -> None:
    async with stage.open(ScriptedModel(lambda lines: f"[{lines[-1].text}]")) as guest:
        ben = await guest.another("Ben")
        await ben.posts("Crows can count.")
        await guest.explains(ben)
        explained = "SELECT count(*) FROM message WHERE role = 'assistant' AND state = 'complete'"
        await guest.ledger.until_rows(f"{explained} AND text LIKE '%Crows can count.%'", [(1,)])
        assert not any("can count" in text for text in guest.posted())


@able("replies")
async def test_what_the_platform_says_in_the_channel_is_no_speech(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.commands("settings", name="always", value="here")
        await guest.ledger.until_rows("SELECT count(*) FROM choice WHERE name = 'always'", [(1,)])
        ben = await guest.another("Ben")
        await ben.joins()
        await ben.posts("Hello")
        assert "Ben: Hello" in (await guest.answered()).text
        await guest.ledger.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert len(guest.answers()) == 1
        assert not any("could not see" in text for text in (*guest.posted(), *guest.notices()))


@able("last messages")
@pytest.mark.parametrize("allowed", [False, True])
async def test_the_last_messages_are_read_where_the_community_allows_it(stage: Stage, *, allowed: bool) -> None:
    async with stage.open(everything()) as guest:
        ben = await guest.another("Ben")
        if allowed:
            await guest.commands("settings", name="recent", value="on")
            await guest.ledger.until_rows("SELECT value FROM choice WHERE name = 'recent'", [("on",)])
        await ben.posts("The pump is leaking.")
        await guest.says("Summarise this")
        assert ("Ben: The pump is leaking." in (await guest.answered()).text) is allowed
        assert guest.ledger.rows("SELECT text FROM message WHERE role = 'prompter'") == [("Summarise this",)]
