"""Rankings, choices and thumbs become pairs of answers."""

from typing import Any

import pytest
from sqlmodel import Session

from core.dataset.export.counts import ExportCounts
from core.dataset.export.exporter import export
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import MODES, ExportOptions, Mode
from core.dataset.formats import preference as pairs
from core.store.engine.database import Database
from core.store.labeling_tables import PreferenceRow
from tests.dataset.files import read
from tests.dataset.nodes import from_file, grown, labeled, node, pick, ranks, vote
from tests.dataset.people import OPEN, TERMS, talker
from tests.dataset.trees import Grove

pytestmark = pytest.mark.above_the_store

ALL: Mode = "all"


def made(*nodes: ExportedMessage, mode: Mode = MODES[0], counts: ExportCounts | None = None) -> list[str]:
    """The pairs, better before worse, by the ids of the answers."""
    found = pairs.clear(grown(*nodes), ExportOptions(terms=TERMS, mode=mode), counts or ExportCounts())
    return [f"{pair.chosen.id}>{pair.rejected.id}" for pair in found]


def ranked(*rankings: Any, required: int = 2) -> list[ExportedMessage]:
    return [labeled("a", rankings=rankings, required=required), *(labeled(f"a{x}", 1) for x in "bcd")]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("best_vs_worst", ["ab>ad"]),
        ("adjacent", ["ab>ac", "ac>ad"]),
        ("all", ["ab>ac", "ab>ad", "ac>ad"]),
    ],
)
def test_a_ranking_makes_pairs_by_mode(mode: Mode, expected: list[str]) -> None:
    nodes = ranked(ranks("ana", "ab", "ac", "ad"), ranks("ben", "ab", "ac", "ad"))
    assert made(*nodes, mode=mode) == expected


@pytest.mark.parametrize(
    ("rankings", "expected"),
    [
        # Too few rankings.
        ([ranks("ana", "ab", "ac")], []),
        # Nobody leads.
        ([ranks("ana", "ab", "ac"), ranks("ben", "ac", "ab")], []),
        # Two of three is a lead of one third.
        ([ranks("ana", "ab", "ac"), ranks("ben", "ab", "ac"), ranks("cleo", "ac", "ab")], []),
        # Two of three, where the third finds them alike, is a lead of two thirds.
        ([ranks("ana", "ab", "ac"), ranks("ben", "ab", "ac"), ranks("cleo", "ab=ac")], ["ab>ac"]),
        # Ties make no pairs.
        ([ranks("ana", "ab=ac", "ad"), ranks("ben", "ab=ac", "ad")], ["ab>ad", "ac>ad"]),
        # A person who says that none is good weighs against every lead.
        ([ranks("ana", "ab", "ac"), ranks("ben", "ab", "ac"), ranks("cleo", refused=True)], ["ab>ac"]),
        ([ranks("ana", "ab", "ac"), ranks("ben", refused=True)], []),
        # None of the answers is good, so none is better than another.
        ([ranks(name, refused=True) for name in ("ana", "ben", "cleo")], []),
        ([ranks("ana", "ab", "ac"), ranks("ben", refused=True), ranks("cleo", refused=True)], []),
        # What is ranked and was left out is not in a pair, and the others are.
        ([ranks("ana", "ax", "ab", "ac"), ranks("ben", "ax", "ab", "ac")], ["ab>ac"]),
    ],
)
def test_only_clear_leads_make_pairs(rankings: list[Any], expected: list[str]) -> None:
    assert made(*ranked(*rankings), mode=ALL) == expected


def test_answers_that_say_the_same_make_no_pair() -> None:
    rankings = (ranks("ana", "ab", "ac"), ranks("ben", "ab", "ac"))
    nodes = [labeled("a", rankings=rankings, required=2), labeled("ab", 1, text="x"), labeled("ac", 1, text="x")]
    assert made(*nodes) == []


def test_the_ranks_of_a_file_make_pairs_where_nobody_ranked_here() -> None:
    replies = [from_file(f"a{x}", 1, rank=rank, ranked=True) for x, rank in (("b", 1), ("c", 0), ("d", None))]
    assert made(from_file("a"), *replies) == ["ac>ab"]
    assert made(from_file("a", rankings=(ranks("ana", "ab", "ac"),), required=2), *replies) == []
    # A rank of ours was made with the votes of all, also of those who have not agreed.
    assert made(labeled("a"), labeled("ab", 1, rank=0, ranked=True), labeled("ac", 1, rank=1, ranked=True)) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"votes": (vote("ana", 1),)}, {"votes": (vote("ana", -1),)}, ["ab>ac"]),
        ({"votes": (vote("ana", -1),)}, {"votes": (vote("ana", 1),)}, ["ac>ab"]),
        ({"votes": (vote("ana", 1),)}, {"votes": (vote("ben", -1),)}, []),
        ({"votes": (vote("ana", 1),)}, {"votes": (vote("ana", 1),)}, []),
        ({"picks": (pick("ana", "ac", "ab"),)}, {"picks": (pick("ana", "ac", "ab"),)}, ["ac>ab"]),
        # Who chose has said it better than with thumbs.
        ({"votes": (vote("ana", 1),), "picks": (pick("ana", "ac", "ab"),)}, {"votes": (vote("ana", -1),)}, ["ac>ab"]),
        # They do not agree.
        ({"votes": (vote("ana", 1),), "picks": (pick("ben", "ac", "ab"),)}, {"votes": (vote("ana", -1),)}, []),
        # Nobody's personal data trains anything.
        ({"votes": (vote("ana", 1),)}, {"votes": (vote("ana", -1, "pii"),)}, []),
    ],
)
def test_choices_and_thumbs_of_one_person_make_pairs_in_a_chat(
    first: dict[str, Any], second: dict[str, Any], expected: list[str]
) -> None:
    assert made(node("a"), node("ab", 1, **first), node("ac", 1, **second)) == expected


def test_questions_do_not_mix() -> None:
    nodes = [
        node("a"),
        node("ab", 1, votes=(vote("ana", 1),)),
        node("abc", 2),
        node("abcd", 3, votes=(vote("ana", 1),)),
        node("abce", 3, votes=(vote("ana", -1),)),
        node("af", 1, votes=(vote("ana", -1),)),
        node("p"),
        node("pq", 1, votes=(vote("ana", -1),)),
    ]
    assert made(*nodes) == ["abcd>abce", "ab>af"]


async def test_rows_are_as_the_trainers_read_them(store: Database, tmp_path: Any) -> None:
    def grow(session: Session) -> None:
        grove = Grove(session)
        ana, ben, cleo = grove.person("ana"), grove.person("ben"), grove.person("cleo", agreed=False)
        grove.tree("a", ana)
        for message_id, person_id in (("b", ana), ("c", None)):
            grove.message(message_id, "a", "a", person_id)
        for person_id in (ana, ben):
            grove.rank(person_id, "a", ["c"], ["b"])
        grove.rank(cleo, "a", ["b"], ["c"])
        chat = talker(session, "dan")
        question = chat.says("Do birds fly?")
        better, worse = chat.hears(question, "Most do."), chat.hears(question, "None does.")
        session.add(PreferenceRow(person_id=chat.scene.person_id, chosen_id=better, rejected_id=worse, source="form"))

    await store.write(grow)
    options = ExportOptions(terms=TERMS, switches=OPEN.switches, meta=True)
    counts = await export(store, "preference", tmp_path / "pairs.jsonl", options)
    ranking, choice = read(tmp_path / "pairs.jsonl")
    meta = ranking.pop("meta")
    assert ranking == {
        "prompt": [{"role": "user", "content": "text of a"}],
        "chosen": [{"role": "assistant", "content": "text of c"}],
        "rejected": [{"role": "assistant", "content": "text of b"}],
    }
    assert (meta["group_id"], meta["margin"], meta["n_votes"], meta["message_ids"]) == ("a", 1.0, 2, ["a", "c", "b"])
    assert (meta["model_name"], meta["rejected_model_name"]) == ("tiny", "")
    assert choice["chosen"] == [{"role": "assistant", "content": "Most do."}]
    assert choice["prompt"] == [{"role": "user", "content": "Do birds fly?"}]
    assert (counts.rows, counts.left_out, counts.ratings_left_out) == (2, {}, {"no-consent": 1})
    await export(store, "reward", tmp_path / "reward.jsonl", OPEN)
    first, _ = read(tmp_path / "reward.jsonl")
    assert first == {
        "chosen": [*ranking["prompt"], *ranking["chosen"]],
        "rejected": [*ranking["prompt"], *ranking["rejected"]],
    }


def test_answers_in_no_pair_are_counted() -> None:
    counts = ExportCounts()
    assert made(*ranked(ranks("ana", "ab", "ac"), ranks("ben", "ab", "ac")), counts=counts) == ["ab>ac"]
    assert counts.left_out == {"unpaired": 1}
