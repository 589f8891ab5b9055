"""Held-out people and prompts are in no training set, now or later, and neither is what these people say of others."""

from collections.abc import Sequence
from typing import Any

from core.dataset.export.counts import ExportCounts
from core.dataset.export.held_out import HeldOut, HeldOutSide
from core.dataset.export.nodes import ExportedMessage
from tests.dataset.nodes import labeled, node, pick, ranks, vote
from tests.dataset.test_split import trees

KEY = b"a key of this installation"
HELD = HeldOut(KEY)
INSIDE = next(name for number in range(99) if not HELD.person(name := f"person {number}"))
OUTSIDE = next(name for number in range(99) if HELD.person(name := f"person {number}"))
COMMON = next(text for number in range(99) if not HELD.prompt(text := f"What is {number}?"))
RARE = next(text for number in range(99) if HELD.prompt(text := f"What is {number}?"))


def side(nodes: Sequence[ExportedMessage], name: HeldOutSide = "train", key: bytes = KEY) -> list[ExportedMessage]:
    return list(HeldOut(key, name).admit(iter(nodes), ExportCounts()))


def ids(nodes: Sequence[ExportedMessage]) -> list[str]:
    return [one.id for one in nodes]


def test_a_tree_of_a_held_out_person_or_prompt_is_not_trained_on() -> None:
    found = [
        node("a", text=COMMON, person_id=INSIDE),
        node("ab", 1, person_id=INSIDE),
        node("b", text=RARE, person_id=INSIDE),
        node("bb", 1, person_id=INSIDE),
        node("c", text=COMMON, person_id=OUTSIDE),
        node("cb", 1, person_id=OUTSIDE),
    ]
    assert ids(side(found)) == ["a", "ab"]
    assert ids(side(found, "held-out")) == ["b", "bb", "c", "cb"]


def test_what_a_held_out_person_wrote_in_the_tree_of_another_is_not_trained_on() -> None:
    found = [
        labeled("a", text=COMMON, person_id=INSIDE),
        labeled("ab", 1, person_id=OUTSIDE),
        labeled("abc", 2, person_id=INSIDE),
        labeled("ac", 1, person_id=INSIDE),
    ]
    assert ids(side(found)) == ["a", "ac"]


def test_a_prompt_is_the_same_however_it_is_spaced_and_capitalised() -> None:
    found = [node("a", text=f"  {RARE.upper()}\n", person_id=INSIDE)]
    assert side(found) == []


def test_what_held_out_people_say_of_answers_is_not_trained_on() -> None:
    said: dict[str, Any] = {
        "votes": (vote(INSIDE, 1), vote(OUTSIDE, -1)),
        "picks": (pick(OUTSIDE, "ab", "ac"),),
        "rankings": (ranks(OUTSIDE, "ab", "ac"), ranks(INSIDE, "ac", "ab")),
    }
    (kept,) = side([labeled("a", text=COMMON, person_id=INSIDE, **said)])
    assert [one.person_id for one in (*kept.votes, *kept.picks, *kept.rankings)] == [INSIDE, INSIDE]


def test_who_is_held_out_stays_so_when_more_is_written_and_depends_on_the_key() -> None:
    now, later = trees(200), trees(400)
    assert ids(side(later))[: len(side(now))] == ids(side(now))
    train, outside = side(later), side(later, "held-out")
    assert train
    assert outside
    assert not set(ids(train)) & set(ids(outside))
    assert ids(side(later, key=b"another")) != ids(train)
    assert 0.07 < sum(HELD.person(f"person {number}") for number in range(2000)) / 2000 < 0.13
