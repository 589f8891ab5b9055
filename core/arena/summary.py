"""What a trial's votes say, in figures: the verdict of its rule, win rates, and what may be wrong with them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.arena import sides
from core.arena.ballots import POINTS, Ballot, ballot, preferences
from core.arena.bradley_terry import Pairing, fit
from core.arena.sequential_test import StoppingRule, TestedVotes, judge
from core.arena.style_control import mean_styles, style_controlled
from core.arena.win_rate import (
    FEWEST_PEOPLE,
    EstimatedRate,
    estimated,
    share_with_ties,
    share_won,
    tallies,
    without_each,
)
from core.labeling.rules.agreement import agreement
from core.store.arena import CastVote
from core.store.arena_tables import ArenaTrialRow


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """What a trial says so far.

    `tested` is the verdict of its rule over all votes, `held_out` the one that counts for a promotion: over the votes
    of people on whose data nothing is trained. `win_rate` is the share of preferences that the candidate won,
    `with_ties` the share of all votes with a tie as half a win, `same_style` what it would be with answers of the same
    length and as many lists. `strength` is the candidate's advantage on the scale of chess ratings. `shown_first` is
    its win rate where it was A, `shown_second` where it was B. `without_one` is the range of the win rate if any one
    person is left out. `agreement` is Krippendorff's alpha, over `shared` questions about which several people voted.
    """

    trial: str
    candidate: str
    baseline: str
    rule: StoppingRule
    votes: int
    people: int
    outcomes: Mapping[str, int]
    tested: TestedVotes
    held_out: TestedVotes
    win_rate: EstimatedRate | None
    with_ties: EstimatedRate | None
    same_style: EstimatedRate | None
    style: Mapping[str, float]
    strength: float | None
    shown_first: float | None
    shown_second: float | None
    without_one: tuple[float, float] | None
    agreement: float | None
    shared: int


def summary(trial: ArenaTrialRow, votes: Sequence[CastVote]) -> TrialSummary:
    """Sum up the votes of a trial, which come in the order in which they were cast."""
    rule = StoppingRule(**trial.rule)
    ballots = [ballot(vote) for vote in votes]
    people = list(tallies(ballots, rule.correlation).values())
    won, lost, tied = (sum(getattr(one, name) for one in people) for name in ("won", "lost", "tied"))
    alike = _agreement(ballots)
    return TrialSummary(
        trial=trial.id,
        candidate=sides.written(trial.candidate),
        baseline=sides.written(trial.baseline),
        rule=rule,
        votes=len(ballots),
        people=len(people),
        outcomes={name: sum(one.outcome == name for one in ballots) for name in POINTS},
        tested=judge(rule, preferences(ballots)),
        held_out=verdict(rule, ballots),
        win_rate=estimated(people),
        with_ties=estimated(people, share_with_ties),
        same_style=style_controlled(ballots, rule.correlation),
        style=mean_styles(ballots),
        strength=_strength(won, lost, tied),
        shown_first=_rate(ballots, rule, first=True),
        shown_second=_rate(ballots, rule, first=False),
        without_one=without_each(people),
        agreement=alike[0],
        shared=alike[1],
    )


def verdict(rule: StoppingRule, ballots: Sequence[Ballot]) -> TestedVotes:
    """What a rule says by the votes of people on whose data nothing is trained. A promotion needs "better"."""
    return judge(rule, preferences(one for one in ballots if one.held_out))


def summary_lines(told: TrialSummary, text: Callable[..., str]) -> Sequence[str]:
    """The figures as a chat shows them."""
    lines = [
        text("arena-results", candidate=told.candidate, baseline=told.baseline, votes=told.votes, people=told.people),
        text("arena-results-votes", **{name: told.outcomes[name] for name in ("won", "lost", "good", "bad")}),
    ]
    if told.win_rate:
        rate = told.win_rate
        shares = {"rate": _percent(rate.value), "low": _percent(rate.low), "high": _percent(rate.high)}
        lines.append(text("arena-results-rate", **shares))
    elif told.people < FEWEST_PEOPLE:
        lines.append(text("arena-results-rate-few", least=FEWEST_PEOPLE))
    else:
        lines.append(text("arena-results-rate-ties"))
    lines.append(text(f"arena-verdict-{told.tested.verdict}"))
    lines.append(text("arena-results-held-out", preferences=told.held_out.preferences, people=told.held_out.people))
    return lines


def _percent(share: float) -> int:
    return round(100 * share)


def _strength(won: float, lost: float, tied: float) -> float | None:
    if not won + lost + tied:
        return None
    fitted = fit([Pairing("candidate", "baseline", won, lost, tied)])
    return fitted.points("candidate") - fitted.points("baseline")


def _rate(ballots: Sequence[Ballot], rule: StoppingRule, *, first: bool) -> float | None:
    shown = [one for one in ballots if one.candidate_first == first and one.outcome in ("won", "lost")]
    return share_won(list(tallies(shown, rule.correlation).values())) if shown else None


def _agreement(ballots: Sequence[Ballot]) -> tuple[float | None, int]:
    number = Counter(one.round for one in ballots)
    units: dict[str, list[float]] = {}
    for one in ballots:
        if number[one.round] > 1:
            units.setdefault(one.round, []).append(POINTS[one.outcome])
    found = agreement(list(units.values()), "interval")
    return (found.alpha, found.items) if found else (None, 0)
