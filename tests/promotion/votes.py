"""Votes about two models, as many people would have cast them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from core.arena.sequential_test import StoppingRule
from core.messages import Place
from core.store import arena, identities
from core.store.arena_tables import ArenaChoice, ArenaRoundRow, ArenaTrialRow, ArenaVoteRow
from core.store.tables import ConversationRow, PersonRow, new_id, now

BESIDES = {"persona": "parley", "preset": "precise"}


def voted(
    session: Session,
    won: int,
    lost: int = 0,
    *,
    candidate: str = "new",
    baseline: str = "old",
    held_out: bool = True,
    server: str = "voters",
    at: datetime | None = None,
    asked_at: datetime | None = None,
    besides: dict[str, str] | None = None,
) -> str:
    """A trial in a community of its own, in which each of so many people has preferred one. Returns its id.

    The votes for the candidate are spread evenly among the others. The questions were asked at `asked_at`, or when
    people voted.
    """
    community_id = identities.community(session, Place("paper", server, "room"))
    talk = ConversationRow(community_id=community_id, platform="paper", channel=new_id())
    trial = ArenaTrialRow(
        community_id=community_id, candidate={"model": candidate}, baseline={}, rule=dict(StoppingRule().record())
    )
    session.add(talk)
    session.add(trial)
    session.flush()
    for number, better in enumerate(spread(won, lost)):
        first = number % 2 == 0
        mine, theirs = {"model": candidate, **BESIDES}, {"model": baseline, **(besides or BESIDES)}
        asked = ArenaRoundRow(
            trial_id=trial.id,
            community_id=community_id,
            conversation_id=talk.id,
            event_key=new_id(),
            candidate_first=first,
            side_a=mine if first else theirs,
            side_b=theirs if first else mine,
            state="open",
            at=asked_at or at or now(),
        )
        voter = PersonRow()
        session.add(asked)
        session.add(voter)
        session.flush()
        choice: ArenaChoice = "a" if better == first else "b"
        vote = ArenaVoteRow(person_id=voter.id, round_id=asked.id, choice=choice, held_out=held_out, at=at or now())
        assert arena.vote(session, vote)
    return trial.id


def spread(won: int, lost: int) -> Sequence[bool]:
    """So many of both, evenly mixed."""
    total = won + lost
    return [(number + 1) * won // total > number * won // total for number in range(total)]
