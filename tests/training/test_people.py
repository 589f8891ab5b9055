"""Whoever leaves is heard of as long as a run has their data, also if it is only measured with it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.dataset.export.held_out import HeldOut
from core.errors import OperatorError
from core.store import people
from core.store.engine.database import Database
from core.store.tables import PersonRow
from core.store.training_people import agreeing_accounts
from core.training.card import DEPARTED
from core.training.checks import check_ready, left_runs
from core.training.configuration import WantedTraining
from core.training.outcome import finish
from core.training.people import Departures
from core.training.preparation import prepare
from core.training.runs import CARD, TrainingRun
from tests.training.community import facts, made, tiny
from tests.training.test_reward_runs import MANY, key, keyed

pytestmark = pytest.mark.above_the_store


@pytest.fixture
async def run(store: Database, tmp_path: Path) -> TrainingRun:
    """A run some of whose people are held out."""
    await store.write(keyed(MANY))
    return await prepare(store, facts(tmp_path), tiny(tmp_path), WantedTraining(least=5), print)


def held_out_person(session: Session) -> str:
    held_out = HeldOut(key(MANY))
    return next(one for one in session.exec(select(PersonRow.id)) if held_out.person(one))


def withdraw(session: Session) -> None:
    people.agree(session, held_out_person(session), "2", False)


def erase(session: Session) -> None:
    people.forget(session, held_out_person(session))


LEAVES: list[tuple[Callable[[Session], None], Departures, str]] = [
    (withdraw, Departures(0, 1), "1 withdrew their consent since it was made"),
    (erase, Departures(1, 0), "1 erased their data since it was made"),
]


@pytest.mark.parametrize(("leave", "departures", "words"), LEAVES)
async def test_a_run_is_not_measured_with_the_rows_of_held_out_people_who_have_left(
    store: Database,
    run: TrainingRun,
    tmp_path: Path,
    leave: Callable[[Session], None],
    departures: Departures,
    words: str,
) -> None:
    agreeing = await store.read(agreeing_accounts)
    check_ready(tmp_path, run, key(MANY), agreeing)
    assert left_runs([run], key(MANY), agreeing) == []
    await store.write(leave)
    agreeing = await store.read(agreeing_accounts)
    with pytest.raises(OperatorError, match=words):
        check_ready(tmp_path, run, key(MANY), agreeing)
    (one,) = left_runs([run], key(MANY), agreeing)
    assert one.departures == departures


async def test_a_run_that_has_ended_has_nothing_of_held_out_people(
    store: Database, run: TrainingRun, tmp_path: Path
) -> None:
    made(run)
    finish(tmp_path, run, key(MANY))
    await store.write(erase)
    assert left_runs([run], key(MANY), await store.read(agreeing_accounts)) == []
    assert DEPARTED not in (run.folder / CARD).read_text()


def test_nobody_is_noted_twice(run: TrainingRun) -> None:
    noted = run.people
    assert noted.held_out
    assert {one for person in noted.held_out for one in person}.isdisjoint(
        one for person in noted.own for one in person
    )
    assert len(noted.concerned) == len(noted.own) + len(noted.held_out) == len(noted.quoted)
    assert noted.all == noted.own
