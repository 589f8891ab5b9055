"""Which messages may be exported, and how the others are counted."""

from dataclasses import replace
from typing import Any

import pytest

from cli.wiring.platforms import exported
from core.dataset.export.consent import ConsentGate, ExportSwitches
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from tests.dataset.nodes import from_file, labeled, node, pick, ranks, report, review, vote

DEFAULTS = ExportSwitches(exported())
GATE = ConsentGate("2", DEFAULTS)


@pytest.mark.parametrize(
    ("depth", "values", "reason"),
    [
        (0, {}, ""),
        (1, {}, ""),
        (0, {"terms": "1"}, "no-consent"),
        (0, {"terms": None}, "no-consent"),
        (0, {"person_id": None, "terms": None}, "no-consent"),
        (1, {"terms": "1"}, "no-consent"),
        (0, {"deleted": True}, "deleted"),
        (0, {"outside": True}, "outside"),
        (1, {"state": "pending"}, "unfinished"),
        (1, {"state": "in_progress"}, "unfinished"),
        (1, {"state": "cancelled"}, "unfinished"),
        (1, {"state": "timeout"}, "unfinished"),
        (1, {"state": "aborted_by_worker"}, "unfinished"),
        (0, {"source": "gateway"}, "source-off"),
        (0, {"source": "something new"}, "source-off"),
        (0, {"source": "command"}, ""),
        (0, {"source": "terminal", "platform": "terminal"}, ""),
        (0, {"source": "command", "platform": "slack"}, "platform-off"),
        (0, {"source": "command", "platform": "something new"}, "platform-off"),
        (0, {"source": "gateway", "platform": "discord"}, "source-off"),
        (0, {"text": " \n"}, "empty"),
        (1, {"role": "prompter", "state": "manual", "source": "web"}, "out-of-turn"),
        (2, {"role": "assistant", "state": "complete"}, "out-of-turn"),
    ],
)
def test_a_message_may_leave_or_not(depth: int, values: dict[str, Any], reason: str) -> None:
    assert GATE.refuse(node("a", depth, **values)) == reason


def test_a_switch_for_a_platform_and_a_source_outweighs_both() -> None:
    switches = replace(DEFAULTS, pairs={"slack.command": True, "discord.form": False})
    assert switches.refuse("slack", "command") == ""
    assert switches.refuse("slack", "form") == "platform-off"
    assert switches.refuse("discord", "form") == "source-off"
    assert switches.refuse("discord", "command") == ""


def test_what_is_below_a_message_that_stays_does_not_leave_either() -> None:
    counts = ExportCounts()
    nodes = [
        node("a"),
        node("ab", 1),
        node("abc", 2, terms=None),
        node("abcd", 3),
        node("abcde", 4, deleted=True),
        node("abx", 2),
        node("abxy", 3, state="timeout"),
        node("p", terms="1"),
        node("pq", 1),
        node("z"),
    ]
    assert [kept.id for kept in GATE.admit(iter(nodes), counts)] == ["a", "ab", "abx", "z"]
    assert counts.messages == 10
    assert counts.left_out == {"no-consent": 2, "below": 3, "unfinished": 1}


def test_votes_leave_only_with_the_consent_of_their_raters() -> None:
    counts = ExportCounts()
    votes = (
        vote("ana", 1),
        vote("ben", -1, terms=None),
        vote("cleo", 1, terms="1"),
        vote("dan", -1, source="gateway"),
        vote("eve", -1, source="reaction"),
    )
    (kept,) = GATE.admit(iter([node("a", votes=votes)]), counts)
    assert [given.person_id for given in kept.votes] == ["ana", "eve"]
    assert counts.ratings_left_out == {"no-consent": 2, "source-off": 1}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (labeled("a"), ""),
        (labeled("a", terms="1"), "no-consent"),
        (labeled("a", terms=None), "no-consent"),
        (labeled("a", person_id=None, terms=None), "no-consent"),
        (labeled("a", source="gateway"), "source-off"),
        (labeled("a", platform="slack"), "platform-off"),
        (labeled("ab", 1, terms=None), "no-consent"),
        (labeled("a", deleted=True), ""),
        (labeled("a", deleted=True, text="", person_id=None, terms=None), "deleted"),
        (labeled("ab", 1, text=" "), "empty"),
        (labeled("a", 0, role="assistant"), "out-of-turn"),
        (from_file("a"), ""),
        (from_file("a", author=""), ""),
        (from_file("a", deleted=True, text=""), "deleted"),
        (labeled("ab", 1, synthetic=True, person_id=None, terms=None, platform="", source=""), ""),
        (labeled("ab", 1, synthetic=True, person_id=None, terms=None, platform="import", source="import"), ""),
        (labeled("ab", 1, synthetic=True, terms=None), "no-consent"),
        (node("ab", 1, person_id=None, terms=None), "no-consent"),
    ],
)
def test_a_message_of_a_labeled_tree_may_leave_or_not(made: ExportedMessage, reason: str) -> None:
    """A file's messages and a model's are nobody's here; a person's are theirs."""
    assert GATE.refuse(made) == reason


def test_imported_messages_have_a_switch_too() -> None:
    gate = ConsentGate("2", DEFAULTS.changed({("import", ""): False}))
    assert gate.refuse(from_file("a")) == "platform-off"
    assert gate.refuse(labeled("a")) == ""


def test_a_models_answer_stays_where_its_question_does() -> None:
    counts = ExportCounts()
    reply = labeled("ab", 1, synthetic=True, person_id=None, terms=None)
    assert list(GATE.admit(iter([labeled("a", terms=None), reply]), counts)) == []
    assert counts.left_out == {"no-consent": 1, "below": 1}


def test_reviews_rankings_reports_and_picks_leave_only_with_the_consent_of_who_made_them() -> None:
    made = labeled(
        "a",
        reviews=(review("ana", spam=0.0), review("ben", None, spam=1.0)),
        rankings=(ranks("ana", "b", "c"), ranks("ben", "c", "b", terms="1")),
        reports=(report("ben", "spam", terms=None),),
    )
    chat = node("ab", 1, picks=(pick("ben", "ab", "ac", terms=None), pick("ben", "ad", "ab", terms=None)))
    counts = ExportCounts()
    kept, answer = GATE.admit(iter([made, replace(chat, parent_id="a")]), counts)
    assert [one.person_id for one in (*kept.reviews, *kept.rankings, *kept.reports)] == ["ana", "ana"]
    assert answer.picks == ()
    # A pick is listed under both of its answers and counts once.
    assert counts.ratings_left_out == {"no-consent": 4}
