"""What votes say: the sequential test, Bradley-Terry with ties, win rates, style, and who outweighs whom."""

from math import log, sqrt
from random import Random

import pytest

from cli.arena import report_lines
from core.arena.ballots import Ballot, Outcome, outcome, preferences
from core.arena.bradley_terry import Pairing, fit
from core.arena.sequential_test import StoppingRule, judge
from core.arena.style_control import solved, style_controlled
from core.arena.summary import summary, verdict
from core.arena.win_rate import PersonTally, estimated, share_with_ties, share_won, tallies, without_each
from core.store.arena import CastVote
from core.store.arena_tables import ArenaChoice, ArenaTrialRow
from core.store.tables import now

RULE = StoppingRule()


def cast(person: str, said: Outcome, number: int = 0, *, held_out: bool = False, words: float = 0.0) -> Ballot:
    return Ballot(person, f"{person}{number}", said, candidate_first=True, held_out=held_out, words=words)


@pytest.mark.parametrize(
    ("choice", "first", "said"),
    [("a", True, "won"), ("a", False, "lost"), ("b", True, "lost"), ("b", False, "won"), ("bad", True, "bad")],
)
def test_a_choice_is_seen_from_the_candidate(choice: str, first: bool, said: str) -> None:
    assert outcome(choice, candidate_first=first) == said  # type: ignore[arg-type]


def test_the_test_ends_where_the_ratio_of_likelihoods_says_so() -> None:
    # ln(0.9 / 0.05) / ln(0.6 / 0.5) = 15.9 wins in a row of different people, ln(0.95 / 0.1) / ln(0.5 / 0.4) = 10.1
    # losses.
    rule = StoppingRule(missed=0.1)
    won = judge(rule, [(f"p{number}", True) for number in range(100)])
    lost = judge(rule, [(f"p{number}", False) for number in range(100)])
    assert (won.verdict, won.preferences) == ("better", 16)
    assert (lost.verdict, lost.preferences) == ("not-better", 11)
    assert won.ratio == pytest.approx(16 * log(1.2))


def test_what_comes_after_the_verdict_changes_nothing() -> None:
    votes = [(f"p{number}", True) for number in range(30)]
    assert judge(RULE, [*votes, *((f"q{number}", False) for number in range(300))]) == judge(RULE, votes)


def test_it_gives_up() -> None:
    rule = StoppingRule(most=40)
    votes = [(f"p{number}", number % 20 < 11) for number in range(100)]
    assert (judge(rule, votes[:39]).verdict, judge(rule, votes).verdict) == ("open", "undecided")


@pytest.mark.slow
@pytest.mark.parametrize("better", [True, False])
def test_a_flood_by_one_person_counts_as_one(better: bool) -> None:
    flood = [("one", better)] * 5000
    alone = judge(RULE, flood)
    assert alone.verdict == "open"
    assert alone.ratio == pytest.approx(log(1.2) if better else log(0.8))
    among = judge(RULE, [*((f"p{number}", number % 2 == 0) for number in range(20)), *flood])
    once = judge(RULE, [*((f"p{number}", number % 2 == 0) for number in range(20)), ("one", better)])
    assert among.verdict == "open"
    assert among.ratio == pytest.approx(once.ratio)


def test_only_held_out_people_count_for_a_promotion() -> None:
    votes = [cast(f"p{number}", "won") for number in range(30)]
    held = [cast(f"h{number}", "good", held_out=True) for number in range(3)]
    assert judge(RULE, preferences(votes)).verdict == "better"
    assert verdict(RULE, [*votes, *held]).verdict == "open"
    assert verdict(RULE, [cast(f"h{number}", "won", held_out=True) for number in range(30)]).verdict == "better"


def test_two_that_met_are_as_strong_as_they_did() -> None:
    # With two, Davidson's most likely probabilities are the shares that were seen.
    fitted = fit([Pairing("new", "old", won=60, lost=30, tied=10)], prior=0)
    assert fitted.wins("new", "old") == pytest.approx(2 / 3)
    assert fitted.ties == pytest.approx(10 / sqrt(60 * 30))
    assert fitted.points("new") - fitted.points("old") == pytest.approx(400 * log(2) / log(10))


def test_strengths_chain() -> None:
    # a : b as 2 : 1 and b : c as 3 : 1; a and c never met.
    fitted = fit([Pairing("a", "b", 200, 100), Pairing("b", "c", 300, 100)], prior=0)
    assert fitted.wins("a", "c") == pytest.approx(6 / 7, abs=1e-4)
    assert fitted.ties == 0


def test_known_strengths_are_found_again() -> None:
    strengths, ties = {"a": 4.0, "b": 1.0, "c": 0.25}, 0.8
    met = []
    for first, second in (("a", "b"), ("b", "c"), ("a", "c")):
        x, y = strengths[first], strengths[second]
        root = ties * sqrt(x * y)
        whole = x + y + root
        met.append(Pairing(first, second, 1000 * x / whole, 1000 * y / whole, 1000 * root / whole))
    fitted = fit(met, prior=0)
    assert fitted.ties == pytest.approx(ties, rel=1e-4)
    assert [fitted.strengths[name] for name in "abc"] == pytest.approx([4, 1, 0.25], rel=1e-4)


def test_whoever_wins_all_needs_a_prior() -> None:
    with pytest.raises(ValueError, match="lost every time"):
        fit([Pairing("a", "b", 5, 0)], prior=0)
    assert 0.8 < fit([Pairing("a", "b", 5, 0)]).wins("a", "b") < 1


def test_ties_count_half_or_not_at_all() -> None:
    people = [PersonTally(3, 1, 4)]
    assert (share_won(people), share_with_ties(people)) == (0.75, 0.625)
    assert share_won([]) == 0.5


def test_the_interval_knows_that_one_persons_votes_resemble_each_other() -> None:
    five = [cast(f"p{person}", "won" if person < 3 else "lost", n) for person in range(5) for n in range(40)]
    many = [cast(f"p{n}", "won" if n < 120 else "lost") for n in range(200)]
    few = estimated(list(tallies(five, 0.15).values()))
    wide = estimated(list(tallies(many, 0.15).values()))
    assert few
    assert wide
    assert few.value == pytest.approx(wide.value)
    assert few.high - few.low > 0.6
    assert wide.high - wide.low < 0.15
    assert estimated(list(tallies(five, 0.15).values())) == few, "seeded"


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (["good"] * 30, "nobody has preferred one"),
        (["a"] * 4, "too few people to say"),
        (["a", "a", "a", "a", "b"], "80.0% (40.0% to 100.0%)"),
    ],
)
def test_no_interval_is_made_up(choices: list[ArenaChoice], words: str) -> None:
    trial = ArenaTrialRow(community_id="c", candidate={"model": "new"}, rule=dict(RULE.record()))
    votes = [
        CastVote(f"p{one}", said, True, "t", f"r{one}", {}, {}, {}, {}, True, "form", "paper", now(), now())
        for one, said in enumerate(choices)
    ]
    lines = list(report_lines(summary(trial, votes)))
    told = {line[2:16].strip(): line[17:] for line in lines}
    assert told["win rate"] == words
    assert told["at equal style"] == (words if "preferred" in words else "too few people to say")


def test_the_interval_covers() -> None:
    chance, covered = Random(1), 0
    for _ in range(200):
        people = []
        for _person in range(40):
            p = chance.betavariate(0.55 * 5.67, 0.45 * 5.67)
            won = sum(chance.random() < p for _ in range(10))
            people.append(PersonTally(won, 10 - won, 0))
        rate = estimated(people, samples=200)
        assert rate
        covered += rate.low <= 0.55 <= rate.high
    assert 0.88 <= covered / 200 <= 0.99


def test_leaving_one_person_out() -> None:
    people = [PersonTally(1, 1, 0), PersonTally(1, 1, 0), PersonTally(6, 0, 0)]
    assert without_each(people) == (0.5, 7 / 8)


def test_a_candidate_that_only_writes_more_does_not_win_at_the_same_style() -> None:
    chance = Random(2)
    votes = []
    for number in range(400):
        words = chance.uniform(-0.4, 0.8)
        likely = 1 / (1 + 2.718 ** (-4 * words))
        said: Outcome = "won" if chance.random() < likely else "lost"
        votes.append(cast(f"p{number % 80}", said, number, words=words))
    raw = estimated(list(tallies(votes, 0.15).values()))
    fair = style_controlled(votes, 0.15)
    assert raw
    assert fair
    assert raw.low > 0.55
    assert fair.low < 0.5 < fair.high


def test_without_any_difference_of_style_it_is_the_win_rate() -> None:
    votes = [cast(f"p{n}", "won" if n % 10 < 7 else "lost") for n in range(100)]
    fair = style_controlled(votes, 0.15)
    assert fair
    assert fair.value == pytest.approx(0.7, abs=0.002)
    assert (fair.high - fair.low) / 2 == pytest.approx(1.96 * sqrt(0.7 * 0.3 / 100), rel=0.05)
    assert style_controlled(votes[:4], 0.15) is None


def test_small_systems_are_solved() -> None:
    assert solved([[0.0, 2.0], [4.0, 1.0]], [2.0, 9.0]) == pytest.approx([2.0, 1.0])
