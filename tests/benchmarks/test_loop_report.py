"""The loop's report says no more than was measured, and its journal outlives a kill."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loop.__main__ import arguments, main, sized
from benchmarks.loop.demo import DemoSize
from benchmarks.loop.journal import DemoJournal, DemoMismatch
from benchmarks.loop.pace import DemoPace, PlannedStep
from benchmarks.loop.report import GenerationReport, HeldGuard, LoopReport, generation_report, markdown, undone, written
from benchmarks.loop.tasks import CARD, lettered
from benchmarks.loop.telegram_community import seen

HELD = HeldGuard("words in an answer", 60.0, 42.0, held=True)
WON = GenerationReport(
    model="loop-1",
    base="bundled",
    method="dpo",
    rows=400,
    learning_rate=5e-6,
    device="cpu",
    guards=(HELD,),
    seconds=dict.fromkeys(("chats", "tasks", "training", "votes", "promotion"), 90.0),
    promoted=True,
    decisive=400,
    ties=31,
    people=80,
    rate=0.61,
    low=0.55,
    high=0.66,
    verdict="better",
)
REAL = LoopReport(real=True, wanted=1, votes=400, machine="2 cores", lineage="loop-1", generations=(WON,))

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"low": 0.5}, "lower bound of its win rate is not above 50 %"),
    ({"low": None, "rate": None}, "lower bound of its win rate is not above 50 %"),
    ({"decisive": 399}, "399 of 400 decisive votes"),
    ({"guards": (HELD, replace(HELD, name="plain facts of 30", held=False))}, "plain facts of 30 did not hold"),
    ({"promoted": False}, "was not promoted"),
    ({"forced": "of the demo"}, "although the rule was not met"),
    ({"undone": "length: 9 characters"}, "was rolled back (length: 9 characters)"),
]


def test_a_demo_that_reached_everything_has_no_faults() -> None:
    assert list(REAL.faults()) == []
    assert "all of it is shown" in markdown(REAL)
    trained = "| loop-1 | bundled | 400 rows (dpo, rate 5e-06) |"
    assert f"{trained} 400 (and 31 ties) | 80 | 61.0% (55.0% to 66.0%) | better | yes |" in markdown(REAL).splitlines()


@pytest.mark.parametrize(("changed", "words"), FAULTS)
def test_each_fault_is_named(changed: dict[str, Any], words: str) -> None:
    (fault,) = replace(REAL, generations=(replace(WON, **changed),)).faults()
    assert words in fault
    assert fault in markdown(replace(REAL, generations=(replace(WON, **changed),)))


def test_a_generation_that_is_missing_is_a_fault() -> None:
    assert list(replace(REAL, wanted=3).faults()) == ["1 of 3 generations were trained"]


def test_a_tiny_model_need_not_be_any_good(tmp_path: Path) -> None:
    poor = replace(WON, decisive=3, rate=0.4, low=0.2, verdict="open", forced="too few votes")
    tiny = replace(REAL, real=False, generations=(poor,))
    assert list(tiny.faults()) == []
    text = written(tiny, tmp_path).read_text()
    assert "says nothing sensible" in text
    assert "all steps were taken" in text
    assert "40.0% (20.0% to 66.0%) | open | yes, because too few votes" in text
    assert json.loads((tmp_path / "report.json").read_text())["generations"][0]["low"] == 0.2


def test_a_report_has_what_the_run_and_the_votes_say(tmp_path: Path) -> None:
    journal = DemoJournal(tmp_path / "journal.jsonl", {})
    journal.note("1/votes", 0, seconds=2.5, counts=1)
    journal.note("1/votes", 1, seconds=1.5, counts=0)
    journal.note("1/promotion", "loop-1", seconds=1.0, counts=1, because="")
    journal.note("1/refused", 1e-05, why="plain facts of 30: 22 before, 12 after")
    record = {"name": "loop-1", "base": {"name": "bundled"}, "method": "dpo", "data": {"rows": 400}, "rate": 5e-6}
    guard = {"name": "facts", "before": 18, "after": 17, "bound": "at most 3 fewer", "held": True}
    summary = {
        "outcomes": {"won": 244, "lost": 156, "good": 20, "bad": 11},
        "win_rate": {"value": 0.61, "low": 0.55, "high": 0.66},
        "held_out": {"verdict": "better"},
        "people": 80,
    }
    found = generation_report(journal, 1, record, {"device": "cpu", "guards": [guard]}, summary)
    assert (found.decisive, found.ties, found.low, found.promoted, found.intact) == (400, 31, 0.55, True, True)
    assert found.seconds == {"chats": 0, "tasks": 0, "training": 0, "votes": 4.0, "promotion": 1.0}
    assert found.refused == {"1e-05": "plain facts of 30: 22 before, 12 after"}
    said = "loop-1 was refused at a rate of 1e-05: plain facts of 30: 22 before, 12 after."
    assert said in markdown(replace(REAL, generations=(found,))).splitlines()
    without = generation_report(journal, 2, record, {"device": "cpu", "guards": [{**guard, "held": False}]}, {})
    assert (without.decisive, without.rate, without.promoted, without.intact) == (0, None, False, False)


def test_a_model_that_was_rolled_back_is_found_in_the_lineage() -> None:
    def promotion(ended: str | None, why: str = "") -> dict[str, Any]:
        return {"ended": ended, "why": why}

    second = {"name": "loop-2", "promotions": [promotion(None)], "children": []}
    first = {"name": "loop-1", "promotions": [promotion("2026-11-30", "too short")], "children": [second]}
    lineage = [{"name": "bundled", "promotions": [], "children": [first]}]
    assert [undone(lineage, name) for name in ("loop-1", "loop-2", "loop-3")] == ["too short", "", ""]
    second["promotions"] = [promotion("2026-11-30")]
    assert undone(lineage, "loop-2") == "by its operator"


def test_a_killed_demo_goes_on_and_another_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = DemoJournal(path, {"pairs": 8})
    journal.note("1/chats", 3, seconds=2.0, counts=1)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"step": "1/chats", "it')
    again = DemoJournal(path, {"pairs": 8})
    assert (again.done("1/chats", 3), again.done("1/chats", 4)) == (True, False)
    again.note("1/chats", 4, seconds=4.0, counts=1)
    assert DemoJournal(path, {"pairs": 8}).total("1/chats", "seconds") == 6.0
    with pytest.raises(DemoMismatch, match="go on with the same options"):
        DemoJournal(path, {"pairs": 9})


def test_the_time_left_follows_from_what_was_measured(tmp_path: Path) -> None:
    told: list[str] = []
    journal = DemoJournal(tmp_path / "journal.jsonl", {})
    plan = (PlannedStep("1/chats", 4), PlannedStep("2/chats", 4))
    pace = DemoPace(plan, journal, {"chats": 100.0}, told.append)
    pace.begin("1/chats")
    for item in range(4):
        journal.note("1/chats", item, seconds=20.0, counts=1)
    pace.begin("2/chats")
    assert told == [
        "[1 of 2] 1/chats: 0 of 4, 7 min left; 13 min for the whole demo",
        "[2 of 2] 2/chats: 0 of 4, 80 s left; 80 s for the whole demo",
    ]
    assert (pace.finished("1/chats"), pace.finished("2/chats")) == (True, False)


def test_what_a_surface_adds_below_an_answer_is_not_the_answer() -> None:
    cut = "Bread is\n\nThe answer was cut off at its greatest length. Press “Continue” for the rest."
    assert [seen(text) for text in ("Bread.\n\nAnswer A", cut, f"{cut}\n\nAnswer B", "Bread.")] == [
        "Bread.",
        "Bread is",
        "Bread is",
        "Bread.",
    ]


def test_a_card_with_answers_is_read() -> None:
    card = "Rank answers · English\n\nUser: What is bread?\n\nA Food.\n\nMore.\n\nB Bread!\n\nTap the best one."
    found = CARD.search(card)
    assert found
    assert (found["question"], lettered(found["answers"])) == ("What is bread?", {"A": "Food.\n\nMore.", "B": "Bread!"})


def test_a_size_is_asked_for_by_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = sized(arguments(["--real", "--pairs", "200", "--votes", "100"]))
    assert (size.real, size.pairs, size.votes, size.generations) == (True, 200, 100, 3)
    # Of four answers the better two against the others: four pairs, of which 81 % are not held out.
    assert replace(size, pairs=324).question_count == 100
    DemoJournal(tmp_path / "journal.jsonl", asdict(replace(size, seed=9)))
    assert main(["--real", "--folder", str(tmp_path)]) == 2
    assert "name another --folder" in capsys.readouterr().out


def test_a_usual_size_lets_nobody_be_in_two_chats_at_once() -> None:
    from benchmarks.loop.__main__ import REAL, TINY
    from benchmarks.loop.demo import AT_ONCE

    sizes: list[DemoSize] = [REAL, TINY]
    assert all(one.chatters % AT_ONCE == 0 for one in sizes)
