"""kill -9 at every step between the arrival of a message and the end of its answer."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sweep

Sweep = subprocess.Popen[str]


@pytest.fixture(scope="module")
def sweeps(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Sweep]]:
    """Both sweeps, side by side: each waits for the disk most of the time."""
    program = [sys.executable, "-m", "tests.journeys.crash_program", str(sqlite_template)]
    running = {
        kind: subprocess.Popen(
            [*program, str(tmp_path_factory.mktemp(kind)), kind],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for kind in ("keyed", "unkeyed")
    }
    yield running
    for sweep in running.values():
        sweep.kill()
        sweep.communicate()


@pytest.fixture(scope="module", params=["keyed", "unkeyed"])
def outcomes(request: pytest.FixtureRequest, sweeps: Mapping[str, Sweep]) -> Any:
    """The state after a death at each step, on a platform that knows keys, and on one that does not."""
    said, complained = sweeps[request.param].communicate(timeout=200)
    assert sweeps[request.param].returncode == 0, complained[-3000:]
    return request.param, [json.loads(line) for line in said.splitlines()]


def test_every_step_was_a_death_but_the_last(outcomes: Any) -> None:
    _, found = outcomes
    assert len(found) > 20
    assert [outcome["died"] for outcome in found] == [-9] * (len(found) - 1) + [0]


def test_no_event_is_left_undone(outcomes: Any) -> None:
    _, found = outcomes
    assert [outcome["step"] for outcome in found if outcome["open"]] == []


def seen_by_the_person(outcome: Any) -> bool:
    """Whether the first answer was shown: if not, the person rates nothing and asks for no other."""
    return bool(outcome["posts"]["paper:q#answer"] == "sent")


def test_no_message_is_lost_and_none_is_kept_twice(outcomes: Any) -> None:
    _, found = outcomes
    for outcome in found:
        roles = [role for role, _, _ in outcome["messages"]]
        # An answer may have arrived although we do not know of it; the person then asks for another one all the same.
        answers = 2 if seen_by_the_person(outcome) or "paper:p#answer" in outcome["posts"] else 1
        assert roles == ["prompter", *["assistant"] * answers], outcome["step"]


def offered(outcome: Any) -> bool:
    """Whether the person was told that the answer may not have arrived, with a button that shows it."""
    return any(key.startswith("paper:q#unseen:") and state == "sent" for key, state in outcome["posts"].items())


def test_an_answer_is_unseen_only_where_nobody_could_know_whether_it_was_sent(outcomes: Any) -> None:
    kind, found = outcomes
    unseen = [outcome for outcome in found if not seen_by_the_person(outcome)]
    assert len(unseen) <= (0 if kind == "keyed" else 5)
    for outcome in unseen:
        assert outcome["posts"]["paper:q#answer"] == "offered", outcome["step"]
        assert offered(outcome), outcome["step"]


def test_no_rating_is_lost_and_none_counts_twice(outcomes: Any) -> None:
    _, found = outcomes
    for outcome in found:
        thumb = [[1]] if seen_by_the_person(outcome) else []
        assert (outcome["ratings"], outcome["steps"]) == (thumb, thumb), outcome["step"]


def test_no_answer_is_posted_twice(outcomes: Any) -> None:
    kind, found = outcomes
    for outcome in found:
        if kind == "unkeyed":
            assert len(outcome["sends"]) == len(set(outcome["sends"])), outcome["step"]
        assert len(outcome["final"]) <= 2, outcome["step"]


def test_every_answer_ends_whole_or_is_marked_as_interrupted(outcomes: Any) -> None:
    kind, found = outcomes
    for outcome in found:
        for _, state, text in outcome["messages"][1:]:
            whole = (state, text) == ("complete", "one two three")
            assert whole or (kind == "unkeyed" and state == "aborted_by_worker"), outcome["step"]
        for text, _, underway in outcome["final"]:
            # A message that may have been sent but was never confirmed is not touched again: its id is unknown.
            unconfirmed = "offered" in outcome["posts"].values()
            assert (text == "one two three" and not underway) or unconfirmed, outcome["step"]
