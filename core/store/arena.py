"""The arena's units of the store: trials, rounds, and the votes of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core.store.arena_tables import ArenaChoice, ArenaRoundRow, ArenaTrialRow, ArenaVoteRow, RoundState
from core.store.tables import CommunityRow, PersonRow, Row, now

TABLES = Row.metadata.tables
"""The tables by their names. Those of the schema that are used here are defined by what is imported above."""

Side = Mapping[str, str]
"""What answers: a model, a persona and a preset by name, or some of them."""

LASTS = timedelta(days=7)
"""How long people may vote about a question."""

UNDECIDED: tuple[RoundState, ...] = ("writing", "open")


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote with the facts that are judged beside it.

    `at` is when the person first voted about the question, and `asked_at` when that was asked, so which models have
    answered follows from the latter. `platform` is where it was cast, `terms` the version of the terms that the person
    agrees to now. `private` says that they keep the conversation to themselves.
    """

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
    asked_at: datetime
    terms: str | None = None
    private: bool = False
    a_id: str = ""
    b_id: str = ""


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


def undecided(session: Session, *among: ColumnElement[bool]) -> Sequence[ArenaRoundRow]:
    """The rounds among some in which people may still choose, or will be able to."""
    found = select(ArenaRoundRow).where(
        col(ArenaRoundRow.state).in_(UNDECIDED), col(ArenaRoundRow.at) > now() - LASTS, *among
    )
    return session.exec(found).all()


def votes_since(session: Session, person_id: str, span: timedelta) -> int:
    """How many votes a person has cast in the last time."""
    found = select(func.count()).where(ArenaVoteRow.person_id == person_id, ArenaVoteRow.at > now() - span)
    return session.exec(found).one()


def vote(session: Session, cast: ArenaVoteRow) -> bool:
    """Keep a person's vote, in place of an earlier one. Returns False if the earlier one stands, as it was revealed.

    The order of votes decides when a test ends, so a vote keeps the place of the first one about its question, whatever
    the person says later. Nobody can move a vote behind those of others, where another order might end the test
    differently, and nobody can put one among those that were there before: a late vote about an old question comes
    last. All that a person decides is what their one vote says, and that only while it is blind. Ties keep a place,
    too: a preference that was a tie at first has the place of the tie.
    """
    kept = session.get(ArenaVoteRow, (cast.person_id, cast.round_id))
    if kept and kept.revealed:
        return False
    if kept:
        cast.at = kept.at
    session.merge(cast)
    session.flush()
    return True


def votes(session: Session, trial_ids: Sequence[str]) -> Sequence[CastVote]:
    """The votes of trials in the order in which they were cast, but for those in conversations that people keep to
    themselves.
    """
    found = session.connection().execute(_CAST.where(TABLES["arena_round"].c.trial_id.in_(trial_ids)))
    return [one for one in map(_cast, found) if not one.private]


def votes_about(session: Session, model: str) -> Sequence[CastVote]:
    """The votes of all trials about rounds in which a model gave an answer, on whichever side, as `votes` has them."""
    asked = TABLES["arena_round"].c
    named = or_(*(side["model"].as_string() == model for side in (asked.side_a, asked.side_b)))
    return [one for one in map(_cast, session.connection().execute(_CAST.where(named))) if not one.private]


def all_votes(session: Session) -> Sequence[CastVote]:
    """All votes of this installation, in the order in which they were cast."""
    return [_cast(row) for row in session.connection().execute(_CAST)]


def _cast_votes() -> Select[Any]:
    cast, asked = TABLES["arena_vote"].c, TABLES["arena_round"].c
    kept = TABLES["private_conversation"].c
    private = exists().where(kept.person_id == cast.person_id, kept.conversation_id == asked.conversation_id)
    states: tuple[RoundState, ...] = ("open", "over")
    return (
        plain_select(
            *(cast.person_id, cast.choice, asked.candidate_first, asked.trial_id, asked.id, asked.side_a, asked.side_b),
            *(asked.style_a, asked.style_b, cast.held_out, cast.source, col(CommunityRow.platform), cast.at),
            *(asked.at, col(PersonRow.terms), private, asked.a_id, asked.b_id),
        )
        .join(TABLES["arena_round"], asked.id == cast.round_id)
        .join(CommunityRow, col(CommunityRow.id) == asked.community_id)
        .join(PersonRow, col(PersonRow.id) == cast.person_id)
        .where(asked.state.in_(states))
        .order_by(cast.at, cast.round_id, cast.person_id)
    )


_CAST = _cast_votes()


def _cast(row: Any) -> CastVote:
    return CastVote(*row)
