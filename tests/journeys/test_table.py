"""One table: each journey on each surface. What a surface lacks is in `abilities`, and skips what needs it.

`make test` makes each journey on two surfaces and `make faults` on all. How answers arrive is in `test_whole`, what the
assistant sees of what people show it in `test_seen`, and how it behaves as a guest in `test_manners`.
"""

from pathlib import Path

import pytest

from core.models.scripted import ScriptedModel
from tests.journeys.abilities import ALONE, CANNOT, LACKS, needs
from tests.journeys.stages.guest import Stage

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("stage", LACKS, indirect=True)
async def test_each_surface_says_what_it_lacks(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        able = guest.capabilities
        wanted = ("personal", "forms", "reactions", "history", "threads")
        assert {one for one in wanted if not getattr(able, one)} == LACKS[name]


@pytest.mark.parametrize("surface", LACKS)
def test_the_document_of_each_surface_says_what_it_has_no_means_for(surface: str) -> None:
    document = " ".join((DOCS / f"{surface}.md").read_text(encoding="utf-8").split())
    assert {why[surface] for why in CANNOT.values() if surface in why and why[surface] not in document} == set()


@pytest.mark.slow
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


async def test_the_last_answer_is_explained_to_one_person_alone(stage: Stage, name: str) -> None:
    async with stage.open(ScriptedModel(lambda lines: f"[{lines[-1].text}]")) as guest:
        await guest.says("What is a parley?")
        await guest.answered()
        await guest.commands("explain")
        explained = (
            "SELECT count(*) FROM message WHERE role = 'assistant' AND state = 'complete' AND text LIKE '%Explain%'"
        )
        await guest.ledger.until_rows(explained, [(1,)])
        if name not in ALONE:
            assert not any("Explain" in text for text in guest.posted())


async def test_help_says_how_one_talks_here(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.commands("help")
        await guest.told("/parley forgetme" if name == "slack" else "forgetme")


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


async def test_two_answers_are_compared_blind(stage: Stage, name: str) -> None:
    pirate = ScriptedModel(lambda lines: "Arr!" if "pirate" in lines[0].text else "Hello!")
    async with stage.open(pirate) as guest:
        await guest.commands("arena", question="on pirate")
        await guest.told("meets")
        await guest.commands("arena", question="Who are you?")
        await guest.sees("which is better?")
        # A page shows the first answer beside the second one when it has been told of both.
        await guest.until(
            lambda: {"Arr!", "Hello!"} <= {words for one in guest.answers() for words in one.text.split()}
        )
        assert not any("scripted" in one.text for one in guest.answers())
        await guest.taps("A")
        await guest.ledger.until_rows("SELECT choice FROM arena_vote", [("a",)])
        # Where nobody can be told alone, everybody is told in the end.
        await guest.told("Thank you. A was" if guest.capabilities.personal or name in ALONE else "Counted")


async def test_retry_gives_another_answer(stage: Stage) -> None:
    async with stage.open(ScriptedModel(["first", "second"])) as guest:
        await guest.says("Hello")
        await guest.answered()
        await guest.commands("retry")
        await guest.until(lambda: any("second" in one.text and not one.growing for one in guest.answers()))


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


@pytest.mark.slow
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
