"""What the arena says of a candidate against the model that answers now: all votes about the two, under one rule."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.arena.ballots import Ballot, ballot, preferences
from core.arena.sequential_test import StoppingRule, TestedVotes
from core.arena.summary import verdict
from core.arena.win_rate import EstimatedRate, estimated, tallies
from core.store import arena
from core.store.arena import CastVote, Side
from core.store.model_names import ModelNames


@dataclass(frozen=True, slots=True)
class ComparedVotes:
    """The votes about a candidate and the model that it would replace, in the order in which they were cast.

    `rule` is that of the first trial in which the two met; None if they never did. `others` counts the votes that
    compared the candidate with something else, by that, and `stale` those that are about what had one of the two names
    before.
    """

    rule: StoppingRule | None = None
    votes: Sequence[CastVote] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    stale: int = 0


@dataclass(frozen=True, slots=True)
class PromotionEvidence:
    """What held-out people's votes say by a rule: the verdict, and the win rate with its interval if enough voted.

    `more` is how many more choices of theirs the test needs, on average, if the candidate wins as many as are
    worthwhile; 0 once there is a verdict.
    """

    rule: StoppingRule
    tested: TestedVotes
    win_rate: EstimatedRate | None
    more: int

    def record(self) -> Mapping[str, Any]:
        """The figures as they are stored with a promotion."""
        rate = {name: round(value, 4) for name, value in asdict(self.win_rate).items()} if self.win_rate else {}
        return {
            "verdict": self.tested.verdict,
            "choices": self.tested.preferences,
            "people": self.tested.people,
            "win_rate": rate,
        }


def compared(
    session: Session, candidate: str, replaced: str, names: ModelNames, since: datetime | None, now: datetime
) -> ComparedVotes:
    """The votes about two models, from all trials, each as a vote about the candidate. Whoever begins a trial anew does
    not get rid of the earlier votes, and neither does whoever lets the candidate be what the other is compared with:
    what counts is which two models gave the answers of a round.

    Votes about questions from before `since`, when the candidate came to be, are about another model of that name; so
    are those about questions from when a name in the settings stood for another model. People may vote a week later.
    """
    rule: StoppingRule | None = None
    found: list[CastVote] = []
    others: Counter[str] = Counter()
    stale = 0
    rules = {one.id: StoppingRule(**one.rule) for one in arena.trials(session)}
    for cast in arena.votes_about(session, candidate):
        first, second = (side.get("model") == candidate for side in (cast.side_a, cast.side_b))
        if first and second:
            # It met itself: what was compared is something else.
            continue
        vote = replace(cast, candidate_first=first)
        mine, theirs = (vote.side_a, vote.side_b) if first else (vote.side_b, vote.side_a)
        if _besides(mine) != _besides(theirs) or theirs.get("model") != replaced:
            others[_named(mine, theirs)] += 1
        elif (since and vote.asked_at < since) or any(
            _another(names, name, vote.asked_at, now) for name in (candidate, replaced)
        ):
            stale += 1
        else:
            rule = rule or rules[vote.trial_id]
            found.append(vote)
    return ComparedVotes(rule, found, others, stale)


def evidence(rule: StoppingRule, votes: Sequence[CastVote]) -> PromotionEvidence:
    """Judge votes by a rule: those of held-out people alone."""
    ballots = [one for one in map(ballot, votes) if one.held_out]
    tested = verdict(rule, ballots)
    people = list(tallies(ballots, rule.correlation).values())
    return PromotionEvidence(rule, tested, estimated(people), _more(rule, ballots, tested))


def _more(rule: StoppingRule, ballots: Sequence[Ballot], tested: TestedVotes) -> int:
    """How many more preferences the test needs on average (Wald's approximation), by people as busy as so far."""
    if tested.verdict != "open":
        return 0
    numbers = Counter(person for person, _ in preferences(ballots))
    says = sum(rule.says(number) for number in numbers.values()) / numbers.total() if numbers else 1.0
    win, share = math.log(rule.worthwhile / rule.worthless), rule.worthwhile
    loss = math.log((1 - rule.worthwhile) / (1 - rule.worthless))
    return math.ceil((rule.accept - tested.ratio) / ((share * win + (1 - share) * loss) * says))


def _another(names: ModelNames, name: str, then: datetime, now: datetime) -> bool:
    """Whether a name is known to have stood for another model at an earlier time."""
    # Of a model that was installed since the last start, nobody has noted yet what it is.
    return names.true_name(name, then) not in (name, names.true_name(name, now))


def _besides(side: Side) -> Side:
    return {kind: name for kind, name in side.items() if kind != "model"}


def _named(mine: Side, theirs: Side) -> str:
    return str(theirs.get("model")) if _besides(mine) == _besides(theirs) else "another persona or preset"
