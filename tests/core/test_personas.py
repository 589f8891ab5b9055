"""core.commands.personas: a community's own personas, written by its admins and chosen by its members."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.messages import Place, User
from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from core.store.tables import AuditRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
BEN, MO = User("ben", "Ben"), User("mo", "Mo", roles=frozenset({"5"}))


def system() -> ScriptedModel:
    """A model that repeats its system line."""
    return ScriptedModel(lambda lines: lines[0].text)


def in_square(talk: Talk, chat: PaperChat | None = None) -> tuple[Dialogue, Dialogue]:
    """The admin and a member."""
    ana = replace(talk(system(), chat=chat), place=SQUARE)
    return ana, replace(ana, user=BEN)


async def test_an_admin_writes_one_and_a_member_chooses_it(talk: Talk) -> None:
    ana, ben = in_square(talk)
    (await ana.types("/persona new Butler You are a butler.")).expect("“butler”")
    (await ben.types("/persona list")).expect("butler", "You are a butler.", "pirate")
    (await ben.types("/persona")).expect("butler")
    await ben.types("/persona butler")
    (await ben.says("Hello")).expect("You are a butler.")
    (await ana.says("Hello")).expect("You are Parley.")
    await ana.types("/persona edit butler You are a gardener.")
    (await ben.says("And now?")).expect("You are a gardener.")


async def test_it_becomes_the_communitys_own_prompt_by_its_settings(talk: Talk) -> None:
    ana, ben = in_square(talk)
    await ana.types("/persona new butler You are a butler.")
    await ana.types("/settings persona butler")
    (await ben.says("Hello")).expect("You are a butler.")


async def test_one_that_is_removed_gives_way_to_the_default(talk: Talk) -> None:
    ana, ben = in_square(talk)
    await ana.types("/persona new butler You are a butler.")
    await ben.types("/persona butler")
    (await ana.types("/persona remove butler")).expect("removed")
    (await ben.says("Hello")).expect("You are Parley.")
    (await ben.types("/persona butler", "#error")).expect("butler")


async def test_it_is_unknown_in_other_communities(talk: Talk) -> None:
    ana, _ = in_square(talk)
    await ana.types("/persona new butler You are a butler.")
    other = replace(ana, place=replace(SQUARE, community="other"))
    (await other.types("/persona butler", "#error")).expect("is not possible")
    (await other.types("/persona list")).expect("no personas of its own")


@pytest.mark.parametrize("line", ["new butler You are a butler.", "edit pet You are a cat.", "remove pet"])
async def test_members_write_none(talk: Talk, line: str) -> None:
    ana, ben = in_square(talk)
    await ana.types("/persona new pet You are a dog.")
    # Choosing one is for everybody, so the refusal names what is not.
    (await ben.types(f"/persona {line}", "#error")).expect("Only", f"/persona {line.split()[0]}")
    (await ben.types("/persona list")).expect("You are a dog.")


async def test_a_moderator_removes_but_writes_none(talk: Talk) -> None:
    ana, _ = in_square(talk)
    await ana.types("/settings moderators <@&5>")
    mo = replace(ana, user=MO)
    await ana.types("/persona new pet You are a dog.")
    (await mo.types("/persona edit pet You are a cat.", "#error")).expect("Only an admin")
    (await mo.types("/persona remove pet")).expect("removed")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("new pirate Arr.", "already"),
        ("new list Everything.", "not possible"),
        ("new a/b Text.", "not possible"),
        ("new default Text.", "not possible"),
        ("edit nobody Text.", "no persona of its own"),
        ("remove nobody", "no persona of its own"),
        (f"new long {'word ' * 301}", "301 words"),
        (f"new long {'w' * 2001}", "2,000 characters"),
        ("new empty \u200b", "0 words"),
    ],
)
async def test_what_cannot_be_a_persona_is_said(talk: Talk, line: str, words: str) -> None:
    ana, _ = in_square(talk)
    (await ana.types(f"/persona {line}", "#error")).expect(words)


async def test_without_a_text_it_is_asked_for_with_a_form(talk: Talk) -> None:
    ana, ben = in_square(talk)
    await ana.send(ana.command("/persona new"))
    await ana.chat.until(lambda: bool(ana.chat.forms))
    form = ana.chat.forms[-1]
    assert [field.name for field in form.fields] == ["name", "text"]
    (await ben.submits(form.action, name="butler", text="You are a butler.")).expect("Only an admin")
    (await ana.submits(form.action, name="butler", text="You are a butler.")).expect("“butler”")
    await ana.send(ana.command("/persona edit butler"))
    await ana.chat.until(lambda: len(ana.chat.forms) == 2)
    (words,) = ana.chat.forms[-1].fields
    assert words.value == "You are a butler."


async def test_where_there_are_no_forms_it_says_how(talk: Talk, plain: PaperChat) -> None:
    ana, _ = in_square(talk, plain)
    await ana.send(ana.command("/persona new"))
    await ana.settled()
    (told,) = plain.shown.values()
    assert "/persona new <name> <text>" in told.text


async def test_each_change_is_on_record_and_told_to_the_admins(talk: Talk, store: Database) -> None:
    ana, _ = in_square(talk)
    await ana.types("/settings log_channel <#77>")
    await ana.types("/persona new butler You are a butler.")
    await ana.types("/persona remove butler")
    rows = await store.read(lambda session: session.exec(select(AuditRow).order_by(AuditRow.id)).all())
    assert [(row.action, row.subject, row.outcome) for row in rows] == [
        ("persona", "butler", "new"),
        ("persona", "butler", "remove"),
    ]
    logged = [reply.text for key, reply in ana.chat.shown.items() if ana.chat.posted_in.get(key) == "77"]
    assert sum("“butler”" in text for text in logged) == 2


async def test_a_name_is_found_however_it_is_written(talk: Talk) -> None:
    ana, ben = in_square(talk)
    await ana.types("/persona New Butler You are a butler.")
    (await ben.types("/persona BUTLER")).expect("butler")
    (await ben.says("Hello")).expect("You are a butler.")
    (await ben.types("/persona Pirate")).expect("pirate")
    await ana.types("/persona edit \uff22utler You are a gardener.")
    (await ana.types("/persona remove BUTLER")).expect("removed")


@pytest.mark.parametrize("name", ["हिन्दी", "ผู้ช่วย", "İzmir", "Ἑλλάς", "büro-2"])
async def test_a_name_may_be_a_word_of_any_language(talk: Talk, name: str) -> None:
    ana, ben = in_square(talk)
    await ana.types(f"/persona new {name} You are a butler.")
    await ben.types(f"/persona {name}")
    (await ben.says("Hello")).expect("You are a butler.")


@pytest.mark.parametrize(
    "name", ["@everyone", "<@1>", "[a](b)", "*a*", "-a", "a\u034fb", "\u0301a", "b\u202ea", "a" * 33]
)
async def test_nothing_else_is_a_name(talk: Talk, name: str) -> None:
    ana, _ = in_square(talk)
    (await ana.types(f"/persona new {name} Text.", "#error")).expect("not possible")


async def test_the_longest_name_that_is_possible_can_be_edited(talk: Talk) -> None:
    ana, _ = in_square(talk)
    for length in range(32, 0, -1):
        command = ana.command(f"/persona new {'本' * length} You are a bookseller.")
        await ana.send(command)
        await ana.settled()
        if f"{command.key}#notice" in ana.chat.shown:
            break
    assert length >= 16
    await ana.send(ana.command(f"/persona edit {'本' * length}"))
    await ana.chat.until(lambda: bool(ana.chat.forms))


async def test_of_two_admins_who_write_one_at_once_the_second_is_told(talk: Talk) -> None:
    ana, ben = in_square(talk)
    commands = [ana.command(f"/persona new pet You are a {animal}.") for animal in ("dog", "cat")]
    for command in commands:
        await ana.send(command)
    await ana.settled()
    shown = [key for key in ana.chat.shown if key in {f"{command.key}#error" for command in commands}]
    assert len(shown) == 1
    assert "already" in ana.chat.shown[shown[0]].text


async def test_one_that_is_removed_is_not_said_to_be_chosen(talk: Talk) -> None:
    ana, ben = in_square(talk)
    await ana.types("/persona new butler You are a butler.")
    await ben.types("/persona butler")
    await ana.types("/persona remove butler")
    assert "butler" not in (await ben.types("/persona")).reply.text
