"""Taking an answer back: nothing of it stays, and nothing that it never counted for is taken from anybody."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, TallyRow, TreeMessageRow, TreeRow
from core.store.tables import AccountRow
from tests.dialogue import Dialogue
from tests.labeling.conftest import QUIET, Begin
from tests.labeling.test_channel_vote import put, votes
from tests.labeling.test_tasks_command import ONE, QUESTION, TWO, grown
from tests.labeling.village import PAIR

pytestmark = pytest.mark.above_the_store


async def counted(store: Database, name: str, what: str) -> float:
    """The sum of somebody's tallies."""
    mine = select(TallyRow.value).join(AccountRow, AccountRow.person_id == TallyRow.person_id)  # type: ignore[arg-type]
    rows = await store.read(
        lambda session: session.exec(mine.where(AccountRow.name == name, TallyRow.name == what)).all()
    )
    return sum(rows)


async def test_a_text_that_was_held_back_can_be_taken_back(labelers: Begin, store: Database) -> None:
    village = labelers()
    card = await village.writes("Ana", "My card is 4012 8888 8888 1881, can you pay the bill for me with it?")
    done = await village.taps("Ana", card, "Send to a moderator")
    (await village.taps("Ana", done, "Undo")).expect("Taken back")
    assert not await store.read(lambda session: session.exec(select(TreeMessageRow)).all())
    assert not await store.read(lambda session: session.exec(select(FlagRow)).all())


async def test_a_text_that_somebody_has_reported_cannot_be_taken_back(labelers: Begin) -> None:
    village = labelers()
    done = await village.writes("Ana", QUESTION)
    ben: Dialogue = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "Report")
    await ben.submits(form, id=card.id, labels="hate_speech", comment="look")
    await village.taps("Ben", card, "Not for me")
    (await village.taps("Ana", done, "Undo")).expect("others have built on it")


async def test_a_judgement_that_came_after_the_decision_takes_nothing_back(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    late = await village.card("Ben", "label_initial_prompt")
    poll = await put(village, "Cleo")
    for name in ("Cleo", "Dan"):
        await votes(village, name, poll, "Good")
    done = await village.taps("Ben", late, "Good")
    (await village.taps("Ben", done, "Undo")).expect("Taken back")
    agreed = [await counted(store, name, "label_agreed") for name in ("Ben", "Cleo", "Dan")]
    assert agreed == [0, 1, 1]
    assert await counted(store, "Ana", "prompts_accepted") == 1


async def test_a_ranking_that_came_after_the_common_one_takes_nothing_back(labelers: Begin, store: Database) -> None:
    village = labelers(rules=replace(QUIET, limits=PAIR))
    await grown(village, ONE, TWO)
    late = await village.card("Gia", "rank_assistant_replies")
    poll = await put(village, "Hal")
    best = next(letter for letter in "AB" if ONE in line_of(poll.reply.text, letter))
    for name in ("Hal", "Ida"):
        await votes(village, name, poll, best)
    assert (await store.read(lambda session: session.exec(select(TreeRow)).one())).state == "ready_for_export"
    same = next(letter for letter in "AB" if ONE in line_of(late.reply.text, letter))
    done = await village.taps("Gia", late, same)
    (await village.taps("Gia", done, "Undo")).expect("Taken back")
    names = ("Gia", "Hal", "Ida", "Ben", "Cleo")
    assert [await counted(store, name, "rank_agreement") for name in names] == [0, 1, 1, 0, 0]
    assert [await counted(store, name, "best_first") for name in names] == [0, 0, 0, 1, 0]
    assert [await counted(store, name, "best_second") for name in names] == [0, 0, 0, 0, 1]


def line_of(text: str, letter: str) -> str:
    """The answer behind a letter of a card."""
    return next(line for line in text.split("\n") if line.startswith(f"**{letter}**"))
