"""Taking an answer back: nothing of it stays, and nothing that it never counted for is taken from anybody."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, LabelerRow, ReviewRow, TallyRow, TreeMessageRow, TreeRow
from core.store.tables import AccountRow
from tests.dialogue import Dialogue
from tests.labeling.conftest import QUIET, Begin
from tests.labeling.test_channel_vote import put, votes
from tests.labeling.test_free_labels import prompt_of, reviews
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


async def test_labels_from_without_the_task_stay(labelers: Begin, store: Database) -> None:
    """Those from before come back, and those that were added to the review since are kept."""
    village = labelers()
    await village.writes("Ana", QUESTION)
    id, ben = await prompt_of(store), await village.named("Ben")
    await ben.types(f"/label {id} spam pii quality=2")
    done = await village.taps("Ben", await village.card("Ben", "label_initial_prompt"), "Good")
    await ben.types(f"/label {id} pii violence=5")
    assert await reviews(store) == [({"quality": 1.0, "spam": 0.0, "pii": 1.0, "violence": 1.0}, "quick")]
    (await village.taps("Ben", done, "Undo")).expect("Taken back")
    assert await reviews(store) == [({"quality": 0.25, "spam": 1.0, "pii": 1.0, "violence": 1.0}, "free")]
    await village.accepted("label_initial_prompt", "Ben")
    assert await reviews(store) == [({"quality": 1.0, "spam": 0.0, "pii": 1.0, "violence": 1.0}, "quick")]


async def test_a_tree_that_moderators_halted_is_not_reopened_by_taking_back_a_review(
    labelers: Begin, store: Database
) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    await village.accepted("label_initial_prompt", "Ben")
    done = await village.taps("Cleo", await village.card("Cleo", "label_initial_prompt"), "Good")

    def halt(session: Session) -> None:
        session.exec(select(TreeRow)).one().state = "halted_by_moderator"

    await store.write(halt)
    (await village.taps("Cleo", done, "Undo")).expect("others have built on it")
    assert (await store.read(lambda session: session.exec(select(TreeRow)).one())).state == "halted_by_moderator"


async def test_who_is_banned_takes_nothing_back_to_do_it_again(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    done = await village.taps("Ben", await village.card("Ben", "label_initial_prompt"), "Good")

    def ban(session: Session) -> None:
        session.merge(LabelerRow(person_id=session.exec(select(ReviewRow.person_id)).one(), banned=True))

    await store.write(ban)
    (await village.taps("Ben", done, "Undo")).expect("cannot do tasks here")
    assert len(await reviews(store)) == 1
