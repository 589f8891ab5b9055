"""Labels, emojis and events, of people here and from files."""

import pytest

from core.dataset.export.annotations import PseudonymIds, emojis, events, labels, review_count, shares
from tests.dataset.nodes import from_file, labeled, node, ranks, report, review, vote

BEFORE = {"labels": {"spam": {"value": 0.5, "count": 2}, "odd": {"value": None, "count": 0}}, "review_count": 2}


def test_labels_are_the_means_of_who_gave_them_with_those_from_the_file() -> None:
    made = from_file(imported=BEFORE, reviews=(review("ana", spam=1.0, quality=0.5), review("ben", quality=1.0)))
    assert labels(made) == {
        "spam": {"value": 2 / 3, "count": 3},
        "odd": {"value": None, "count": 0},
        "quality": {"value": 0.75, "count": 2},
    }
    assert labels(from_file(imported=BEFORE)) == BEFORE["labels"]


def test_reviews_without_a_task_are_labels_and_do_not_count() -> None:
    made = from_file(imported=BEFORE, reviews=(review("ana", spam=0.0), review("ben", counted=False, spam=0.0)))
    assert review_count(made) == 3
    assert labels(made)["spam"] == {"value": 0.25, "count": 4}


def test_in_a_chat_who_rates_without_naming_a_flag_denies_it() -> None:
    answer = node("ab", 1, votes=(vote("ana", -1, "spam", "quality"), vote("ben", 1)))
    assert shares(answer) == {"spam": 0.5, "quality": 0.0}


def test_emojis_are_counted_together_and_nobody_flags_themselves() -> None:
    made = labeled(
        person_id="ana",
        imported={"emojis": {"red_flag": 1, "_skip_reply": 2}},
        reports=(report("ana", "pii"), report("ben", "spam")),
    )
    assert emojis(made) == {"red_flag": 2, "_skip_reply": 2}


def test_a_ranking_is_an_event_as_it_was_given() -> None:
    made = labeled("a", rankings=(ranks("ana", "ac", "ab=ad"), ranks("ben", "ab", refused=True)))
    first, second = events(made, PseudonymIds())["ranking"]
    assert first == {
        "type": "ranking",
        "user_id": "ana",
        "ranking": [1, 0, 2],
        "ranked_message_ids": ["ac", "ab", "ad"],
        "ranking_parent_id": "a",
        "message_tree_id": "a",
        "tied_message_ids": [["ab", "ad"]],
    }
    assert second["not_rankable"] is True


def test_a_report_is_an_event_for_each_of_its_labels() -> None:
    made = labeled("a", reports=(report("ana", "spam", "odd", "pii", comment="see"),))
    assert events(made, PseudonymIds())["report"] == [
        {"type": "report", "user_id": "ana", "report_type": name, "reason": "see"} for name in ("spam", "pii")
    ]


@pytest.mark.parametrize("seed", [None, "pepper"])
def test_events_from_a_file_hide_their_ids_too(seed: str | None) -> None:
    ids = PseudonymIds(seed)
    event = {
        "type": "ranking",
        "user_id": "eve",
        "ranking": [0, 1],
        "ranked_message_ids": ["b", "c"],
        "ranking_parent_id": "a",
        "message_tree_id": "a",
        "not_rankable": None,
    }
    (found,) = events(from_file(imported={"events": {"ranking": [event]}}), ids)["ranking"]
    assert found == {
        "type": "ranking",
        "user_id": ids("user", "eve"),
        "ranking": [0, 1],
        "ranked_message_ids": [ids("message", "b"), ids("message", "c")],
        "ranking_parent_id": ids("message", "a"),
        "message_tree_id": ids("message", "a"),
        "not_rankable": None,
    }
