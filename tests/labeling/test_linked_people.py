"""Two accounts that turn out to be one person's: nobody has judged their own texts, or does so from then on."""

import pytest
from sqlmodel import Session, select

from core.errors import UserError
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service import free_labels
from core.store import linking
from core.store.engine.database import Database
from core.store.labeling_tables import RankingRow, ReviewRow, TaskRow, TreeVoteRow
from tests.labeling.village import PAIR, Village

RULES = LabelingRules(limits=PAIR, gold_every=0)
ANSWERS = ("Because of the air.", "Because of the sea.")


async def links(village: Village, into: str, other: str) -> None:
    """Link the accounts of two people, who are `into` then."""
    people = village.people

    def unit(session: Session) -> None:
        linking.merge(session, people[into], people[other])
        village.keeper.settle_stale(session, village.now)

    await village.store.write(unit)
    people[other] = people[into]


async def with_answers(store: Database) -> Village:
    """People, one of whom has asked what Ben and Cleo have answered; their answers wait to be ranked."""
    village = Village(store, RULES)
    await village.settle_in("ana", "ben", "cleo", "twin", "dan", "eva")
    await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "dan", "eva")
    for name, text in zip(("ben", "cleo"), ANSWERS, strict=True):
        await village.writes(name, text, "assistant_reply")
    for _ in range(2):
        await village.accepts("label_assistant_reply", "dan", "eva")
    return village


async def judges(village: Village) -> tuple[int, int, int]:
    """How many reviews, thumbs and rankings there are."""
    return await village.store.read(
        lambda session: (
            len(session.exec(select(ReviewRow)).all()),
            len(session.exec(select(TreeVoteRow)).all()),
            len(session.exec(select(RankingRow)).all()),
        )
    )


@pytest.mark.parametrize("order", [("ana", "twin"), ("twin", "ana")])
async def test_what_they_said_about_their_own_text_is_gone(store: Database, order: tuple[str, str]) -> None:
    village = Village(store, RULES)
    await village.settle_in("ana", "twin", "ben", "cleo")
    id = await village.writes("ana", "Why is the sky blue?")
    done = await village.labels("twin", "label_initial_prompt")

    def thumb(session: Session) -> None:
        by = village.person("twin")
        free_labels.vote(session, free_labels.labelable(session, id, by), by, 1, "reaction")

    await store.write(thumb)
    assert await judges(village) == (1, 1, 0)
    await links(village, *order)
    assert await judges(village) == (0, 0, 0)
    with pytest.raises(UserError):
        await village.undoes("ana", done)
    await village.accepts("label_initial_prompt", "ben", "cleo")
    assert await village.state(id) != "initial_prompt_review"


@pytest.mark.parametrize("order", [("ana", "twin"), ("twin", "ana")])
async def test_a_task_about_their_own_text_is_not_theirs_any_more(store: Database, order: tuple[str, str]) -> None:
    village = Village(store, RULES)
    await village.settle_in("ana", "twin")
    await village.writes("ana", "Why is the sky blue?")
    held = await village.gets("twin", "label_initial_prompt")
    await links(village, *order)
    with pytest.raises(UserError):
        await village.labels_this("ana", held)
    assert not isinstance(await village.asks("ana", "label_initial_prompt"), TaskRow)
    assert await judges(village) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("order", [("ben", "twin"), ("twin", "ben")])
async def test_a_ranking_of_their_own_answer_is_gone(store: Database, order: tuple[str, str]) -> None:
    village = await with_answers(store)
    done = await village.ranks("twin", ANSWERS)
    assert (await judges(village))[2] == 1
    await links(village, *order)
    assert (await judges(village))[2] == 0
    with pytest.raises(UserError):
        await village.undoes("ben", done)


@pytest.mark.slow
@pytest.mark.parametrize("order", [("ana", "twin"), ("twin", "ana")])
async def test_a_task_that_one_of_them_has_done_is_done(store: Database, order: tuple[str, str]) -> None:
    village = await with_answers(store)
    await village.gets("ana", "rank_assistant_replies")
    await village.ranks("twin", ANSWERS)
    await links(village, *order)

    def states(session: Session) -> list[str]:
        theirs = select(TaskRow).where(TaskRow.person_id == village.people["ana"])
        return [task.state for task in session.exec(theirs) if task.kind == "rank_assistant_replies"]

    assert await store.read(states) == ["done"]
