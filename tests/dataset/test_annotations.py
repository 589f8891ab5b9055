"""Labels, emojis and events, of people here and from files."""

from collections.abc import Sequence
from random import Random

import pytest

from core.dataset.export.annotations import (
    PseudonymIds,
    emojis,
    events,
    given_counts,
    labels,
    review_count,
    review_modes,
    shares,
    skip_counts,
)
from core.dataset.export.nodes import ExportedReview
from core.dataset.export.selection import HALF
from tests.dataset.nodes import from_file, labeled, node, ranks, report, review, skip, vote

BEFORE = {"labels": {"spam": {"value": 0.5, "count": 2}, "odd": {"value": None, "count": 0}}, "review_count": 2}


def test_labels_are_the_means_of_who_gave_or_denied_them_with_those_from_the_file() -> None:
    made = from_file(
        imported=BEFORE, reviews=(review("ana", spam=1.0, quality=0.5), review("ben", spam=0.0, quality=1.0))
    )
    assert labels(made) == {
        "spam": {"value": 0.5, "count": 4},
        "lang_mismatch": {"value": 0.0, "count": 2},
        "odd": {"value": None, "count": 0},
        "quality": {"value": 0.75, "count": 2},
    }
    assert labels(from_file(imported=BEFORE)) == BEFORE["labels"]


def test_reviews_without_a_task_are_labels_and_do_not_count() -> None:
    made = from_file(imported=BEFORE, reviews=(review("ana", spam=0.0), review("ben", mode="free", spam=0.0)))
    assert review_count(made) == 3
    assert labels(made)["spam"] == {"value": 0.25, "count": 4}


GOOD, OK, BAD, SPAM, FOREIGN = (
    {"spam": 0.0, "quality": 1.0},
    {"spam": 0.0, "quality": 0.5},
    {"spam": 0.0, "quality": 0.0, "fails_task": 1.0},
    {"spam": 1.0},
    {"spam": 0.0, "lang_mismatch": 1.0},
)


def tapped(taps: Sequence[dict[str, float]]) -> tuple[ExportedReview, ...]:
    """One review by one tap from each of several people."""
    return tuple(ExportedReview(f"p{number}", "2", "web", "form", tap, "quick") for number, tap in enumerate(taps))


@pytest.mark.parametrize(
    ("taps", "expected"),
    [
        # Four say that it is good and one that it is in the wrong language: that is one in five.
        (
            [GOOD] * 4 + [FOREIGN],
            {"lang_mismatch": (0.2, 5), "spam": (0.0, 5), "fails_task": (0.0, 4), "quality": (1, 4)},
        ),
        ([OK, OK, BAD], {"lang_mismatch": (0.0, 3), "spam": (0, 3), "fails_task": (1 / 3, 3), "quality": (1 / 3, 3)}),
        # Who calls it spam had no tap left for anything else.
        ([SPAM, SPAM, BAD], {"lang_mismatch": (0.0, 3), "spam": (2 / 3, 3), "fails_task": (1.0, 1), "quality": (0, 1)}),
    ],
)
def test_a_tap_denies_the_flags_that_are_beside_it(
    taps: list[dict[str, float]], expected: dict[str, tuple[float, int]]
) -> None:
    made = labeled("ab", 1, reviews=tapped(taps))
    found = labels(made)
    assert {name: one["count"] for name, one in found.items()} == {name: count for name, (_, count) in expected.items()}
    assert {name: one["value"] for name, one in found.items()} == pytest.approx(
        {name: value for name, (value, _) in expected.items()}
    )


def test_a_form_denies_the_flags_that_are_in_it_and_a_label_without_a_task_nothing() -> None:
    reviews = (
        review("ana", mode="full", spam=0.0, pii=1.0),
        review("ben", mode="full", spam=0.0, quality=0.5),
        review("cleo", mode="simple", spam=0.0),
        review("dan", mode="free", sexual_content=1.0),
    )
    made = labeled(reviews=reviews)
    found = {name: (one["value"], one["count"]) for name, one in labels(made).items()}
    assert found == {
        **dict.fromkeys(("hate_speech", "not_appropriate"), (0.0, 2)),
        **dict.fromkeys(("spam", "lang_mismatch"), (0.0, 3)),
        "pii": (0.5, 2),
        "sexual_content": (pytest.approx(1 / 3), 3),
        "quality": (0.5, 1),
    }
    assert given_counts(made) == {"spam": 3, "pii": 1, "quality": 1, "sexual_content": 1}
    assert review_modes(made) == {"free": 1, "full": 2, "simple": 1}


@pytest.mark.parametrize("flag", ["lang_mismatch", "fails_task"])
def test_flags_tell_the_simulated_truth_if_most_people_see_it(flag: str) -> None:
    """Five people tap; one tap in ten is wrong. Without what the others deny, one wrong tap would say it all."""
    dice, right = Random(1), 0
    for number in range(400):
        truth = dice.random() < 0.2
        taps = [truth != (dice.random() < 0.1) for _ in range(5)]
        said = FOREIGN if flag == "lang_mismatch" else BAD
        made = labeled(f"{number}b", 1, reviews=tapped([said if tap else GOOD for tap in taps]))
        found = labels(made)[flag]
        assert found == {"value": pytest.approx(sum(taps) / 5), "count": 5}
        right += (found["value"] > HALF) == truth
    assert right >= 0.98 * 400


def test_in_a_chat_who_rates_without_naming_a_flag_denies_it() -> None:
    answer = node("ab", 1, votes=(vote("ana", -1, "spam", "quality"), vote("ben", 1)))
    assert shares(answer) == {"spam": 0.5, "quality": 0.0}
    assert labels(answer)["spam"] == {"value": 0.5, "count": 2}


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


def test_a_flag_is_denied_only_by_forms_that_showed_it() -> None:
    said = [review("ana", mode="full", spam=0.0), review("ben", mode="whole", spam=0.0, toxicity=0.25)]
    made = labels(node("m1", reviews=(*said, review("cleo", mode="whole", spam=0.0, political_content=1.0))))
    assert made["pii"] == {"value": 0.0, "count": 3}
    assert made["political_content"] == {"value": 0.5, "count": 2}
    assert made["toxicity"] == {"value": 0.25, "count": 1}


def test_skips_are_hidden_emojis_with_their_kind_and_reason() -> None:
    given = (
        skip("ana", "label_initial_prompt", "unclear"),
        skip("ben", "label_initial_prompt"),
        *(skip(person, "assistant_reply", "unsure") for person in ("ben", "cleo")),
        skip("cleo", "rank_assistant_replies"),
    )
    made = from_file(imported={"emojis": {"_skip_reply": 1}}, skips=given)
    assert emojis(made) == {"_skip_reply": 3, "_skip_labeling": 2, "_skip_ranking": 1}
    assert skip_counts(made) == {
        "assistant_reply": {"unsure": 2},
        "label_initial_prompt": {"unclear": 1, "unsaid": 1},
        "rank_assistant_replies": {"unsaid": 1},
    }
    told = events(made, PseudonymIds("seed"))["emoji"]
    assert told[0] == {
        "type": "emoji",
        "user_id": PseudonymIds("seed")("user", "ana"),
        "emoji": "_skip_labeling",
        "task": "label_initial_prompt",
        "reason": "unclear",
    }
