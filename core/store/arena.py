"""The arena's units of the store: trials, rounds, and the votes of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.store.arena_tables import ArenaChoice, ArenaRoundRow, ArenaTrialRow, ArenaVoteRow, RoundState
from core.store.tables import CommunityRow, PrivateConversationRow, now

Side = Mapping[str, str]
"""What answers: a model, a persona and a preset by name, or some of them."""


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote with the facts that are judged beside it. `platform` is where it was cast."""

    person_id: str
    choice: ArenaChoice
    candidate_first: bool
    trial_id: str
    round_id: str
    side_a: Side
    side_b: Side
    style_a: Mapping[str, int]
    style_b: Mapping[str, int]
    held_out: bool
    source: str
    platform: str
    at: datetime


def current(session: Session, community_id: str) -> ArenaTrialRow | None:
    """The trial that goes on in a community; None if there is none."""
    found = select(ArenaTrialRow).where(
        ArenaTrialRow.community_id == community_id, col(ArenaTrialRow.ended_at).is_(None)
    )
    return session.exec(found.order_by(col(ArenaTrialRow.id).desc()).limit(1)).first()


def newest(session: Session, community_id: str) -> ArenaTrialRow | None:
    """A community's last trial, whether it goes on or not."""
    found = select(ArenaTrialRow).where(ArenaTrialRow.community_id == community_id)
    return session.exec(found.order_by(col(ArenaTrialRow.id).desc()).limit(1)).first()


def trials(session: Session) -> Sequence[ArenaTrialRow]:
    """All trials of this installation, oldest first."""
    return session.exec(select(ArenaTrialRow).order_by(col(ArenaTrialRow.id))).all()


def begin(session: Session, community_id: str, candidate: Side, baseline: Side, rule: Mapping[str, Any]) -> None:
    """Begin a trial; the one that went on ends."""
    end(session, community_id)
    session.add(
        ArenaTrialRow(community_id=community_id, candidate=dict(candidate), baseline=dict(baseline), rule=dict(rule))
    )


def end(session: Session, community_id: str) -> bool:
    """End the trial that goes on. Returns whether there was one."""
    going = current(session, community_id)
    if going:
        going.ended_at = now()
        session.flush()
    return going is not None


def of_event(session: Session, event_key: str) -> ArenaRoundRow | None:
    """The round that an event began; None if it began none."""
    return session.exec(select(ArenaRoundRow).where(ArenaRoundRow.event_key == event_key)).first()


def votes_since(session: Session, person_id: str, span: timedelta) -> int:
    """How many votes a person has cast in the last time."""
    found = select(func.count()).where(ArenaVoteRow.person_id == person_id, ArenaVoteRow.at > now() - span)
    return session.exec(found).one()


def vote(session: Session, cast: ArenaVoteRow) -> bool:
    """Keep a person's vote, in place of an earlier one. Returns False if the earlier one stands, as it was revealed."""
    kept = session.get(ArenaVoteRow, (cast.person_id, cast.round_id))
    if kept and kept.revealed:
        return False
    session.merge(cast)
    session.flush()
    return True


def votes(session: Session, trial_ids: Sequence[str]) -> Sequence[CastVote]:
    """The votes of trials in the order in which they were cast, but for those in conversations that people keep to
    themselves.
    """
    kept_out = (
        select(PrivateConversationRow.person_id)
        .where(PrivateConversationRow.person_id == ArenaVoteRow.person_id)
        .where(PrivateConversationRow.conversation_id == ArenaRoundRow.conversation_id)
    )
    states: tuple[RoundState, ...] = ("open", "over")
    found = (
        select(ArenaVoteRow, ArenaRoundRow, CommunityRow.platform)
        .join(ArenaRoundRow, col(ArenaRoundRow.id) == col(ArenaVoteRow.round_id))
        .join(CommunityRow, col(CommunityRow.id) == col(ArenaRoundRow.community_id))
        .where(col(ArenaRoundRow.trial_id).in_(trial_ids), col(ArenaRoundRow.state).in_(states), ~kept_out.exists())
        .order_by(col(ArenaVoteRow.at), col(ArenaVoteRow.round_id), col(ArenaVoteRow.person_id))
    )
    return [
        CastVote(
            cast.person_id,
            cast.choice,
            asked.candidate_first,
            asked.trial_id,
            asked.id,
            asked.side_a,
            asked.side_b,
            asked.style_a,
            asked.style_b,
            cast.held_out,
            cast.source,
            platform,
            cast.at,
        )
        for cast, asked, platform in session.exec(found)
    ]
