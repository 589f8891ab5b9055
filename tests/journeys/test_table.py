"""One table: each journey on each surface. What a surface lacks is in its Capabilities, and skips what needs it.

`make test` makes each journey on two surfaces and `make faults` on all.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import count

import pytest

from core.models.scripted import ScriptedModel
from tests.core.documents import docx
from tests.journeys.stages.every import stage_of
from tests.journeys.stages.guest import Guest, Stage
from tests.sweeping import mostly_swept

LACKS = {
    "web": {"personal", "reactions"},
    "terminal": {"personal", "reactions"},
    "discord": set(),
    "telegram": {"personal", "forms"},
    "slack": set(),
}
"""The abilities that a journey may want and that each surface lacks."""

ALONE = ("web", "terminal")
"""Surfaces on which a conversation belongs to one person; on the others, people speak in a channel here."""


TAKES_FILES = ("discord", "telegram", "slack")
"""Surfaces on which a file can be sent to the assistant."""

TURNS = count()
"""Each journey begins with another surface."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Of two surfaces with one between them, one has several people and reactions, and one has forms."""
    if "stage" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("parametrize"):
        turn, names = next(TURNS), list(LACKS)
        now = [names[(turn + step) % len(names)] for step in (0, 2)]
        metafunc.parametrize("stage", mostly_swept(names, now), indirect=True)


@pytest.fixture
async def stage(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Stage]:
    async with stage_of(request.param, sqlite_url) as made:
        yield made


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The surface's name in the table."""
    return str(request.node.callspec.params["stage"])


def needs(guest: Guest, *what: str) -> None:
    """Skip if the surface says that it cannot do something."""
    missing = [one for one in what if not getattr(guest.capabilities, one)]
    if missing:
        pytest.skip(f"the surface has no {', '.join(missing)}")


@pytest.mark.parametrize("stage", LACKS, indirect=True)
async def test_each_surface_says_what_it_lacks(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        able = guest.capabilities
        assert {one for one in ("personal", "forms", "reactions") if not getattr(able, one)} == LACKS[name]


async def test_ask_rate_change_restart_remove(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("What is a parley?")
        assert "What is a parley?" in (await guest.answered()).text
        await guest.rates(1)
        await guest.ledger.rated(1)
        await guest.rates(-1)
        await guest.ledger.rated(-1)
    async with stage.open() as guest:
        await guest.unrates(-1)
        await guest.ledger.rated()
        await guest.says("And what is a quarrel?")
        await guest.until(lambda: any("quarrel" in one.text and not one.growing for one in guest.answers()))


@pytest.mark.parametrize("stage", TAKES_FILES, indirect=True)
async def test_the_words_of_a_document_are_in_the_question(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.hands("What is in it?", "notes.docx", docx("Three apples"))
        answer = await guest.answered()
        assert "What is in it?" in answer.text
        assert "Three apples" in answer.text


async def test_start_shows_what_to_try(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.commands("start")
        await guest.sees("Hello!", "Explain something", "All commands")
        await guest.presses("try:1")
        assert "black hole" in (await guest.answered()).text


async def test_an_answer_is_deleted_by_who_asked(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        # A terminal shows no buttons under what has scrolled by.
        await (guest.commands("delete") if name == "terminal" else guest.presses("delete"))
        await guest.ledger.until_rows("SELECT count(*) FROM message WHERE role = 'assistant' AND NOT deleted", [(0,)])


async def test_an_answer_for_one_person_alone(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.commands("ask", question="What is a parley?")
        own = "SELECT count(*) FROM message JOIN conversation AS c ON c.id = conversation_id"
        done = "role = 'assistant' AND state = 'complete' AND c.owner_id IS NOT NULL"
        await guest.ledger.until_rows(f"{own} WHERE {done}", [(1,)])
        if name not in ALONE:
            assert not any("parley?" in text for text in guest.posted())


async def test_a_communitys_own_persona_answers(stage: Stage) -> None:
    async with stage.open(ScriptedModel(lambda lines: lines[0].text)) as guest:
        await guest.commands("persona", name="new", scope="butler", text="You are a butler.")
        await guest.ledger.until_rows(
            "SELECT value FROM choice WHERE name = 'persona:butler'", [("You are a butler.",)]
        )
        await guest.commands("persona", name="butler")
        await guest.ledger.until_rows("SELECT value FROM choice WHERE name = 'persona'", [("butler",)])
        await guest.says("Hello")
        assert (await guest.answered()).text.startswith("You are a butler.")


async def test_the_figures_tell_of_tokens(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("stats")
        await guest.told("Tokens read and written")


async def test_a_question_gets_a_thread_of_its_own(stage: Stage) -> None:
    async with stage.open() as guest:
        needs(guest, "threads")
        await guest.commands("settings", name="threads", value="on")
        await guest.ledger.until_rows("SELECT value FROM choice WHERE name = 'threads'", [("on",)])
        await guest.says("What is a parley?")
        answered = "SELECT count(*) FROM message WHERE role = 'assistant' AND state = 'complete'"
        await guest.ledger.until_rows(answered, [(1,)])


async def test_rate_by_reaction_over_a_restart(stage: Stage) -> None:
    async with stage.open() as guest:
        needs(guest, "reactions")
        await guest.says("Hello")
        await guest.answered()
        await guest.reacts(1)
        await guest.ledger.rated(1)
    async with stage.open() as guest:
        await guest.reacts(1, added=False)
        await guest.ledger.rated()


async def test_an_answer_streams_and_can_be_stopped(stage: Stage) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with stage.open(ScriptedModel(["one two three"], pace=steps.get)) as guest:
        await guest.says("Count")
        steps.put_nowait(None)
        await guest.until(lambda: any(one.growing and one.text == "one" for one in guest.answers()))
        steps.put_nowait(None)
        await guest.until(lambda: any(one.growing and one.text == "one two" for one in guest.answers()))
        await guest.presses("stop")
        assert (await guest.answered()).text.startswith("one two")


async def test_retry_gives_another_answer(stage: Stage) -> None:
    async with stage.open(ScriptedModel(["first", "second"])) as guest:
        await guest.says("Hello")
        await guest.answered()
        await guest.commands("retry")
        await guest.until(lambda: any("second" in one.text and not one.growing for one in guest.answers()))


async def test_continue_goes_on_where_an_answer_was_cut(stage: Stage) -> None:
    async with stage.open(ScriptedModel(["word " * 600, "the end"], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: "continue" in guest.answers()[-1].verbs if guest.answers() else False)
        await guest.commands("continue")
        await guest.until(lambda: "the end" in guest.answers()[-1].text)


async def test_a_long_answer_is_whole(stage: Stage) -> None:
    words = [f"{number:03}{'word' * 15}" for number in range(400)]
    async with stage.open(ScriptedModel([" ".join(words)], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: bool(guest.answers()) and words[-1] in guest.answers()[-1].text)
        await guest.until(lambda: not guest.answers()[-1].growing)
        shown = guest.answers()
        assert " ".join(one.text for one in shown).split() == words
        limit = guest.capabilities.text_limit
        assert (len(shown) > 1) == bool(limit)


CELL = " ".join(f"{'cell' * 9}{number}" for number in range(400))
LINKS = " ".join(f"[link{number}](https://example.org/{number})" for number in range(150))
CODE = "\n".join(f"{'line' * 20}{number}" for number in range(300))


async def arrives(stage: Stage, answer: str, words: list[str]) -> None:
    """An answer arrives with all of its words, in messages that close every block of code that they open."""
    async with stage.open(ScriptedModel([answer], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: bool(guest.answers()) and words[-1] in guest.answers()[-1].text)
        await guest.until(lambda: not guest.answers()[-1].growing)
        shown = [word for one in guest.answers() for word in re.findall(r"\w+", one.text)]
        wanted = set(words)
        assert [word for word in shown if word in wanted] == words
        assert all(one.text.count("```") % 2 == 0 for one in guest.answers())


async def test_a_table_with_one_long_cell_is_whole(stage: Stage) -> None:
    table = f"| name | what |\n|---|---|\n| one | {CELL} |\n| two | done |"
    await arrives(stage, table, [*CELL.split(), "two", "done"])


async def test_all_of_many_links_are_there(stage: Stage) -> None:
    await arrives(stage, LINKS, [f"link{number}" for number in range(150)])


async def test_an_answer_that_was_cut_in_code_is_closed(stage: Stage) -> None:
    await arrives(stage, f"Look:\n\n```python\n# count\n{CODE}", CODE.split())


async def test_settings_by_panel_and_by_line(stage: Stage) -> None:
    kept = "SELECT value FROM choice WHERE name IN ('persona', 'language') ORDER BY name DESC"
    async with stage.open() as guest:
        await guest.commands("settings")
        await guest.told("Persona")
        await guest.presses("settings:how")
        await guest.chooses("set:persona", "pirate")
        await guest.ledger.until_rows(kept, [("pirate",)])
        await guest.commands("settings", name="language", value="de")
        await guest.ledger.until_rows(kept, [("pirate",), ("de",)])


async def test_privacy_is_asked_and_withdrawn(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("privacy")
        await guest.presses("agree")
        await guest.ledger.until_rows("SELECT terms FROM person WHERE terms IS NOT NULL", [("2026-01",)])
        await guest.commands("privacy")
        await guest.presses("withdraw")
        await guest.ledger.until_rows("SELECT count(*) FROM person WHERE terms IS NOT NULL", [(0,)])


async def test_forget_me_erases_what_was_said(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("forgetme")
        await guest.told("cannot be undone")
        await guest.presses("forget")
        await guest.ledger.until_rows("SELECT count(*) FROM message WHERE text LIKE '%bees%'", [(0,)])


async def test_a_conversation_is_kept_out_of_training_and_used_again(stage: Stage) -> None:
    kept = "SELECT count(*) FROM private_conversation"
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("private")
        await guest.ledger.until_rows(kept, [(1,)])
        await guest.commands("privacy")
        await guest.told("This is one of them")
        await guest.commands("private", choice="off")
        await guest.ledger.until_rows(kept, [(0,)])


async def test_a_conversation_is_titled_and_hidden(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        if name not in ALONE:
            pytest.skip("a conversation there belongs to a channel")
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("conversations", what="title", text="Honey")
        await guest.taps("Hide", on="Honey")
        shown = "SELECT title, hidden_at IS NOT NULL FROM conversation WHERE title <> ''"
        await guest.ledger.until_rows(shown, [("Honey", 1)])
        await guest.told("in no list any more")


async def test_a_conversation_is_deleted(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("I keep bees")
        await guest.answered()
        await guest.commands("conversations", what="delete")
        await guest.told("cannot be undone")
        await guest.taps("Yes, delete it")
        await guest.ledger.until_rows("SELECT count(*) FROM message WHERE text LIKE '%bees%'", [(0,)])


async def test_a_profile_is_saved_and_used(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.commands("persona", name="pirate")
        await guest.told("pirate")
        await guest.commands("profile", what="save", name="sea")
        saved = "SELECT value FROM choice WHERE name = 'profile:sea'"
        await guest.ledger.until_rows(saved, [('{"persona": "pirate"}',)])
        await guest.commands("persona", name="default")
        await guest.ledger.until_rows("SELECT count(*) FROM choice WHERE name = 'persona'", [(0,)])
        await guest.commands("profile", what="use", name="sea")
        await guest.ledger.until_rows("SELECT value FROM choice WHERE name = 'persona'", [("pirate",)])


async def test_a_form_is_filled_in(stage: Stage) -> None:
    async with stage.open() as guest:
        needs(guest, "forms")
        await guest.says("Hello")
        await guest.answered()
        await guest.commands("instructions")
        await guest.fills(about="I like crows", style="short")
        await guest.ledger.until_rows("SELECT count(*) FROM choice WHERE value = 'I like crows'", [(1,)])
