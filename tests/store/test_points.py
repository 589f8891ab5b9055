"""core.store.points: counts of a day, the points that come of them, boards, and days in a row."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from core.labeling.rules.score import AGREEMENT, OPEN_ASSISTANT, WorkCounts, points
from core.messages import Place, User
from core.store import identities
from core.store import points as tallies
from core.store.engine.database import Database, connect
from core.store.labeling_tables import LabelerRow, TallyRow, TaskRow
from core.store.points import CountedFrame, PersonScore, PointsFormula
from tests.store.test_plans import plans, slow

DAY = date(2026, 11, 20)
HERE = Place("paper", "server", "room")
THERE = Place("paper", "another server", "room")
ELSEWHERE = Place("other", "server", "room")
PLAIN = PointsFormula({"labels_simple": 1, "label_agreed": 0.75 * 2})
TENTHS = {**OPEN_ASSISTANT, "prompts": 0.1, "prompts_accepted": 0.1}


def worker(session: Session, name: str, place: Place = HERE) -> tuple[str, str]:
    """The ids of a person and of the community where they work."""
    scene = identities.scene(session, place, User(name, name.title()))
    return scene.person_id, scene.community_id


def work(session: Session, name: str, labels: float, day: date = DAY, place: Place = HERE, lang: str = "en") -> str:
    person_id, community_id = worker(session, name, place)
    tallies.add(session, person_id, community_id, lang, {"labels_simple": labels}, day)
    return person_id


def shown(scored: list[PersonScore], people: dict[str, str]) -> list[tuple[str, int, int]]:
    names = {person_id: name for name, person_id in people.items()}
    return [(names[one.person_id], one.points, one.place) for one in scored]


async def test_counts_of_a_day_add_up_and_are_taken_back(store: Database) -> None:
    def unit(session: Session) -> Any:
        ana, here = worker(session, "ana")
        for counts in ({"labels_simple": 2, "rankings": 1}, {"labels_simple": 3, "rank_agreement": 0.5}):
            tallies.add(session, ana, here, "en", counts, DAY)
        tallies.add(session, ana, here, "en", {"labels_simple": -1}, DAY + timedelta(days=1))
        tallies.add(session, ana, here, "es", {}, DAY)
        return [tallies.counts_of(session, ana, since) for since in (None, DAY + timedelta(days=1))]

    assert await store.write(unit) == [
        {"labels_simple": 4, "rankings": 1, "rank_agreement": 0.5},
        {"labels_simple": -1},
    ]


async def test_without_a_day_it_is_today(store: Database) -> None:
    def unit(session: Session) -> Any:
        ana, here = worker(session, "ana")
        tallies.add(session, ana, here, "en", {"rankings": 1})
        return tallies.counts_of(session, ana, tallies.today())

    assert await store.write(unit) == {"rankings": 1}


async def test_what_is_not_counted_is_refused(store: Database) -> None:
    def unit(session: Session) -> None:
        ana, here = worker(session, "ana")
        tallies.add(session, ana, here, "en", {"rankings": 1, "applause": 1})

    with pytest.raises(ValueError, match="applause"):
        await store.write(unit)


async def test_nothing_is_lost_where_many_add_at_once(store: Database) -> None:
    ana, here = await store.write(lambda session: worker(session, "ana"))

    def unit(names: list[str]) -> Callable[[Session], None]:
        return lambda session: tallies.add(session, ana, here, "en", dict.fromkeys(names, 1.0), DAY)

    orders = (["rankings", "prompts", "labels_full"], ["labels_full", "prompts", "rankings"])
    await asyncio.gather(*(store.write(unit(orders[number % 2])) for number in range(16)))
    counts = await store.read(lambda session: tallies.counts_of(session, ana))
    assert counts == {"rankings": 16, "prompts": 16, "labels_full": 16}


@pytest.mark.parametrize(("preset", "weights"), [("agreement", AGREEMENT), ("open-assistant", TENTHS)])
@pytest.mark.parametrize("factor", [1, 7, 30])
async def test_points_are_those_of_the_published_formula(
    store: Database, preset: str, weights: dict[str, float], factor: int
) -> None:
    counts = {name: float(factor * (number % 5)) for number, name in enumerate(sorted(tallies.COUNTED), 1)}
    counts["rank_agreement"] = 0.3 * factor
    whole: Any = counts

    def unit(session: Session) -> int:
        ana, here = worker(session, "ana")
        for back in (0, 1):
            half = {name: number - number // 2 if back else number // 2 for name, number in counts.items()}
            tallies.add(session, ana, here, "en", half, DAY - timedelta(days=back))
        return tallies.points_of(session, PointsFormula(weights), CountedFrame(), ana)

    assert await store.write(unit) == points(WorkCounts(**whole), preset)


@pytest.mark.parametrize(("agreed", "earned"), [(1, 1), (2, 3), (3, 4), (-1, 0)])
async def test_points_are_rounded_down_and_never_negative(store: Database, agreed: int, earned: int) -> None:
    def unit(session: Session) -> int:
        ana, here = worker(session, "ana")
        tallies.add(session, ana, here, "en", {"label_agreed": agreed}, DAY)
        return tallies.points_of(session, PLAIN, CountedFrame(), ana)

    assert await store.write(unit) == earned


async def test_of_a_day_only_so_much_counts(store: Database) -> None:
    def unit(session: Session) -> list[int]:
        ana = [work(session, "ana", labels, DAY - timedelta(days=back)) for back, labels in enumerate((90, 20, 70))][0]
        formulas = [PointsFormula({"labels_simple": 1}, cap) for cap in (0, 60)]
        return [tallies.points_of(session, formula, CountedFrame(), ana) for formula in formulas]

    assert await store.write(unit) == [180, 140]


async def test_a_board_has_the_best_first_and_of_equals_who_came_first(store: Database) -> None:
    def unit(session: Session) -> Any:
        people = {
            name: work(session, name, labels) for name, labels in (("ana", 3), ("ben", 5), ("cleo", 5), ("dan", 0))
        }
        people["eva"], _ = worker(session, "eva")
        found = tallies.board(session, PLAIN, CountedFrame(), 2, people["ana"])
        places = [tallies.place(session, PLAIN, CountedFrame(), people[name]) for name in ("ana", "ben", "eva")]
        return shown([*found], people), shown(places, people)

    best, places = await store.write(unit)
    assert best == [("ben", 5, 1), ("cleo", 5, 2), ("ana", 3, 3)]
    assert places == [("ana", 3, 3), ("ben", 5, 1), ("eva", 0, 0)]


async def test_who_is_hidden_or_banned_takes_no_place(store: Database) -> None:
    def unit(session: Session) -> Any:
        people = {name: work(session, name, labels) for name, labels in (("ana", 9), ("ben", 8), ("cleo", 7))}
        tallies.hide(session, people["ana"], True)
        session.add(LabelerRow(person_id=people["ben"], banned=True))
        session.flush()
        without = shown([*tallies.board(session, PLAIN, CountedFrame())], people)
        hidden = tallies.place(session, PLAIN, CountedFrame(), people["ana"])
        tallies.hide(session, people["ana"], False)
        session.flush()
        return without, (hidden.points, hidden.place), shown([*tallies.board(session, PLAIN, CountedFrame())], people)

    assert await store.write(unit) == ([("cleo", 7, 1)], (9, 0), [("ana", 9, 1), ("cleo", 7, 2)])


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (CountedFrame(), ["ana", "ben", "cleo", "dan"]),
        (CountedFrame(DAY), ["ana", "ben", "cleo"]),
        (CountedFrame(platform="paper"), ["ana", "ben", "dan"]),
        (CountedFrame(lang="es"), ["ben"]),
        (CountedFrame(DAY, platform="other", lang="es"), []),
    ],
)
async def test_a_board_looks_at_a_frame(store: Database, frame: CountedFrame, names: list[str]) -> None:
    def unit(session: Session) -> Any:
        people = {
            "ana": work(session, "ana", 9),
            "ben": work(session, "ben", 8, place=THERE, lang="es"),
            "cleo": work(session, "cleo", 7, place=ELSEWHERE),
            "dan": work(session, "dan", 6, DAY - timedelta(days=3)),
        }
        return shown([*tallies.board(session, PLAIN, frame)], people)

    assert [name for name, _, _ in await store.write(unit)] == names


async def test_a_community_sees_what_was_done_there(store: Database) -> None:
    def unit(session: Session) -> Any:
        people = {"ana": work(session, "ana", 2), "ben": work(session, "ben", 8, place=THERE)}
        work(session, "ana", 5, place=THERE)
        here = identities.community(session, HERE)
        return shown([*tallies.board(session, PLAIN, CountedFrame(community_id=here))], people)

    assert await store.write(unit) == [("ana", 2, 1)]


async def test_people_go_by_their_name_on_the_platform_or_else_by_any(store: Database) -> None:
    def unit(session: Session) -> Any:
        ana, _ = worker(session, "ana")
        ben, _ = worker(session, "ben", ELSEWHERE)
        nobody = identities.person(session, "paper", User("x", ""))
        found = tallies.names(session, "paper", {ana, ben, nobody})
        return found.get(ana), found.get(ben), found.get(nobody)

    assert await store.write(unit) == ("Ana", "Ben", None)


@pytest.mark.parametrize(
    ("days", "row"),
    [
        ([1], [1]),
        ([1, 1, 2, 3, 3], [1, 1, 2, 3, 3]),
        ([1, 4], [1, 1]),
        ([1, 3, 4], [1, 2, 3]),
        ([1, 2, 4, 5, 7], [1, 2, 3, 4, 1]),
        ([1, 3, 5], [1, 2, 1]),
        ([1, 2, 4, 5, 6, 7, 8, 9, 10, 12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ([1, 2, 4, 5, 6, 7, 8, 9, 11], [1, 2, 3, 4, 5, 6, 7, 8, 1]),
        ([5, 4, 6], [1, 1, 2]),
    ],
)
async def test_days_in_a_row_with_one_free_day_a_week(store: Database, days: list[int], row: list[int]) -> None:
    def unit(session: Session) -> list[int]:
        ana, _ = worker(session, "ana")
        return [finish(session, ana, date(2026, 11, number)) for number in days]

    assert await store.write(unit) == row


def finish(session: Session, person_id: str, day: date) -> int:
    at = datetime.combine(day, time(23, 59), UTC)
    session.add(TaskRow(person_id=person_id, kind="label_assistant_reply", lang="en", state="done", done_at=at))
    session.flush()
    return tallies.worked(session, person_id, day)


async def test_a_row_is_shown_as_long_as_it_can_go_on(store: Database) -> None:
    def unit(session: Session) -> list[int]:
        ana, _ = worker(session, "ana")
        before = tallies.streak(session, ana, DAY)
        for back in (2, 1, 0):
            finish(session, ana, DAY - timedelta(days=back))
        return [before, *(tallies.streak(session, ana, DAY + timedelta(days=later)) for later in (0, 1, 2, 3))]

    assert await store.write(unit) == [0, 3, 3, 3, 0]


async def test_two_tasks_finished_at_once_are_one_day(store: Database) -> None:
    ana, _ = await store.write(lambda session: worker(session, "ana"))
    rows = await asyncio.gather(
        *(store.write(lambda session: tallies.worked(session, ana, DAY)) for _ in range(8)),
        *(store.write(lambda session: tallies.worked(session, ana, DAY + timedelta(days=1))) for _ in range(8)),
    )
    assert max(rows) == 2


@pytest.mark.parametrize(
    "frame",
    [CountedFrame(), CountedFrame(DAY, "c"), CountedFrame(None, "c", lang="en"), CountedFrame(DAY, platform="paper")],
)
async def test_no_board_goes_through_all_tallies(sqlite_url: str, frame: CountedFrame) -> None:
    def ask(session: Session) -> None:
        tallies.place(session, PLAIN, frame, "somebody")
        tallies.counts_of(session, "somebody")
        tallies.names(session, "paper", {"somebody"})
        tallies.streak(session, "somebody")

    store = connect(sqlite_url)
    await store.write(lambda session: work(session, "ana", 1))
    plan = await store.read(lambda session: plans(session, ask))
    await store.close()
    assert any(TallyRow.__tablename__ in line.split() for line in plan)
    assert not slow(plan)
    if frame.community_id:
        assert any("tally_by_day (day=? AND community_id=?" in line for line in plan)


async def test_the_columns_of_a_board_are_counted_in_its_frame_alone(store: Database) -> None:
    def unit(session: Session) -> Any:
        ana, here = worker(session, "ana")
        ben, there = worker(session, "ben", THERE)
        tallies.add(session, ana, here, "en", {"replies_assistant": 2, "replies_prompter": 1, "best_first": 1}, DAY)
        tallies.add(session, ana, here, "es", {"prompts": 4}, DAY)
        tallies.add(session, ana, here, "en", {"labels_full": 9}, DAY - timedelta(days=7))
        tallies.add(session, ben, there, "en", {"rankings": 3, "labels_simple": 1}, DAY)
        frame = CountedFrame(DAY - timedelta(days=6), lang="en")
        both = tallies.columns(session, frame, {ana, ben})
        return both[ana], both[ben], tallies.columns(session, CountedFrame(community_id=here), {ana, ben}), ana

    ana_en, ben_en, here, ana = await store.write(unit)
    none = dict.fromkeys(tallies.COLUMNS, 0)
    assert ana_en == {**none, "replies": 3, "firsts": 1}
    assert ben_en == {**none, "labels": 1, "rankings": 3}
    assert here == {ana: {**none, "prompts": 4, "replies": 3, "labels": 9, "firsts": 1}}


async def test_the_columns_of_a_board_are_found_by_its_people(sqlite_url: str) -> None:
    store = connect(sqlite_url)
    frame = CountedFrame(DAY, "some community", "paper", "en")
    plan = await store.read(lambda session: plans(session, lambda inner: tallies.columns(inner, frame, {"a", "b"})))
    await store.close()
    assert not slow(plan)
