"""Which of what may leave is wanted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.dataset.export.consent import pruned
from core.dataset.export.counts import REASONS, ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.selection import EXAMPLES, SPAM, TRAINING, ExportSelection
from tests.dataset.nodes import AT, from_file, labeled, node, report, review, vote

DAY = datetime(2026, 11, 20, tzinfo=UTC)
BEFORE, AFTER = DAY.replace(day=19), DAY.replace(day=21)


def labels(count: int = 3, **values: float) -> dict[str, Any]:
    return {"imported": {"labels": {name: {"value": value, "count": count} for name, value in values.items()}}}


@pytest.mark.parametrize(
    ("choice", "made", "reason"),
    [
        ({}, labeled(), ""),
        ({}, labeled(deleted=True), "deleted"),
        ({"deleted": True}, labeled(deleted=True), ""),
        ({}, labeled(review_result=False), "rejected"),
        ({}, labeled(review_result=None), "unreviewed"),
        ({"rejected": True}, labeled(review_result=False), ""),
        ({"rejected": True}, labeled(review_result=None), ""),
        ({}, node(), ""),
        ({"langs": {"en"}}, labeled(lang="de"), "lang"),
        ({"langs": {"en", "pt"}}, labeled(lang="pt-BR"), ""),
        ({"langs": {"p"}}, labeled(lang="pt"), "lang"),
        ({"langs": {"en"}}, labeled("ab", 1, lang="de"), ""),
        ({"langs": {"en"}}, node(lang="de"), "lang"),
        ({"since": DAY}, labeled(created_at=AT), ""),
        ({"since": AFTER}, labeled(created_at=AT), "time"),
        ({"until": DAY}, labeled(created_at=AT), "time"),
        ({"until": AT}, labeled(created_at=AT), "time"),
        ({"since": BEFORE, "until": AFTER}, node(created_at=AT), ""),
        ({"prompts_only": True}, labeled("ab", 1), "reply"),
        ({"prompts_only": True}, labeled(), ""),
        ({"synthetic": "exclude"}, labeled("ab", 1, synthetic=True), "synthetic"),
        ({"synthetic": "exclude"}, node("ab", 1), "synthetic"),
        ({"synthetic": "only"}, labeled(), ""),
        ({"min_reviews": 2}, labeled(reviews=(review("ana"),)), "few-reviews"),
        ({"min_reviews": 2}, labeled(reviews=(review("ana"), review("ben"))), ""),
        ({"min_reviews": 2}, labeled(reviews=(review("ana"), review("ben", mode="free"))), "few-reviews"),
        ({"min_reviews": 2}, from_file(imported={"review_count": 3}), ""),
        ({"min_reviews": 2}, node(), ""),
        ({"usual": SPAM}, from_file(**labels(spam=0.5)), ""),
        ({"usual": SPAM}, from_file(**labels(spam=0.6)), "spam"),
        ({"usual": SPAM, "most": {"spam": 0.7}}, from_file(**labels(spam=0.6)), ""),
        ({"usual": TRAINING}, from_file(**labels(lang_mismatch=1.0)), "label"),
        ({"usual": EXAMPLES}, from_file("ab", 1, **labels(fails_task=1.0)), "label"),
        ({"usual": TRAINING}, from_file("ab", 1, **labels(fails_task=1.0)), ""),
        # Half of the people are not most of them.
        ({"usual": TRAINING}, labeled(reviews=(review("a", lang_mismatch=1.0), review("b", quality=1.0))), ""),
        ({"usual": TRAINING}, labeled(reviews=(review("a", lang_mismatch=1.0),)), "label"),
        ({"usual": EXAMPLES}, labeled("ab", 1, reviews=(review("a", fails_task=1.0, quality=0.0),)), "label"),
        (
            {"usual": EXAMPLES},
            labeled("ab", 1, reviews=(review("a", fails_task=1.0, quality=0.0), review("b", quality=0.5))),
            "",
        ),
        ({"least": {"quality": 0.5}}, from_file(**labels(quality=0.4)), "label"),
        ({"least": {"quality": 0.5}}, from_file(**labels(quality=0.5)), ""),
        ({"least": {"quality": 0.5}}, from_file(), ""),
        ({"careful": True}, from_file(**labels(pii=0.67)), "flagged"),
        ({"careful": True}, from_file(**labels(pii=0.34)), ""),
        ({"careful": True}, labeled(reviews=(review("a", pii=1.0),), reports=(report("b", "pii"),)), "flagged"),
        ({"careful": True}, labeled(reviews=(review("a", pii=1.0),), reports=(report("a", "pii"),)), ""),
        ({"careful": True}, labeled(reports=(report("b", "pii", "hate_speech"),)), ""),
        ({}, from_file(**labels(pii=1.0)), ""),
        ({"usual": SPAM}, node("ab", 1, votes=(vote("ana", -1, "spam"),)), ""),
        ({"most": {"spam": 0.5}}, node("ab", 1, votes=(vote("ana", -1, "spam"),)), "spam"),
        ({"most": {"spam": 0.5}}, node("ab", 1, votes=(vote("ana", -1, "spam"), vote("ben", 1))), ""),
    ],
)
def test_a_message_is_wanted_or_not(choice: dict[str, Any], made: ExportedMessage, reason: str) -> None:
    assert ExportSelection(**choice).refuse(made) == reason
    assert not reason or reason in REASONS


@pytest.mark.parametrize(("synthetic", "people", "models"), [("include", True, True), ("only", False, True)])
def test_a_row_may_be_about_people_or_models_alone(synthetic: Any, people: bool, models: bool) -> None:
    choice = ExportSelection(synthetic=synthetic)
    assert choice.takes(labeled("ab", 1)) is people
    assert choice.takes(labeled("ab", 1, synthetic=True)) is models


def test_what_hangs_on_an_unwanted_message_is_not_wanted() -> None:
    counts = ExportCounts()
    nodes = [labeled("a"), labeled("ab", 1, review_result=False), labeled("abc", 2), labeled("ad", 1)]
    assert [kept.id for kept in pruned(iter(nodes), ExportSelection().refuse, counts)] == ["a", "ad"]
    assert counts.left_out == {"rejected": 1, "below": 1}
