"""What may leave, and what is counted as left out."""

from typing import Any

import pytest

from core.export.consent import REASONS, Counts, Gate, Switches
from tests.export.nodes import node, vote

GATE = Gate("2", Switches())


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
    switches = Switches(pairs={"slack.command": True, "discord.form": False})
    assert switches.refuse("slack", "command") == ""
    assert switches.refuse("slack", "form") == "platform-off"
    assert switches.refuse("discord", "form") == "source-off"
    assert switches.refuse("discord", "command") == ""


def test_what_is_below_a_message_that_stays_does_not_leave_either() -> None:
    counts = Counts()
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
    counts = Counts()
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


def test_every_reason_has_words_for_the_operator() -> None:
    named = {"deleted", "unfinished", "empty", "no-consent", "platform-off", "source-off", "out-of-turn", "below"}
    assert named | {"too-deep", "unrated", "undecided", "flagged"} == set(REASONS)
