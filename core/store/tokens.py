"""Counts the tokens that a community's answers took, as their models said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from core.store.identities import EventScene
from core.store.tables import MessageRow

MOST = 5
"""How many people and roles are listed, those with the most tokens first."""


@dataclass(frozen=True, slots=True)
class TokenUse:
    """The tokens that models have read and written."""

    read: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class CommunityTokens:
    """The tokens of a community: all of them, those of one person, and the largest shares by person and by role.

    `chosen` is the number of answers that were the best of several, `drafts` the number of answers written for them.
    """

    everybody: TokenUse
    mine: TokenUse
    people: Mapping[str, TokenUse]
    roles: Mapping[str, TokenUse]
    chosen: int = 0
    drafts: int = 0


def used(session: Session, scene: EventScene) -> CommunityTokens:
    """The tokens of a scene's community, and of its person there."""
    mine = _by(session, scene, "person_id", [scene.person_id])
    several = select(func.count(), func.sum(MessageRow.drafts)).where(
        MessageRow.community_id == scene.community_id,
        MessageRow.role == "assistant",
        col(MessageRow.drafts).is_not(None),
    )
    chosen, drafts = session.exec(several).one()
    return CommunityTokens(
        everybody=next(iter(_by(session, scene, "community_id").values()), TokenUse()),
        mine=mine.get(scene.person_id, TokenUse()),
        people=_by(session, scene, "person_id"),
        roles=_by(session, scene, "quota_role"),
        chosen=chosen,
        drafts=drafts or 0,
    )


def _by(session: Session, scene: EventScene, name: str, among: Sequence[str] = ()) -> Mapping[str, TokenUse]:
    """The tokens by a column of the answers, the most first; nobody's and no role's are left out."""
    column = col(getattr(MessageRow, name))
    read, written = func.sum(col(MessageRow.prompt_tokens)), func.sum(col(MessageRow.completion_tokens))
    found = select(column, read, written).where(
        MessageRow.community_id == scene.community_id, MessageRow.role == "assistant", column.is_not(None)
    )
    if among:
        found = found.where(column.in_(among))
    rows = session.exec(found.group_by(column).order_by((read + written).desc()).limit(MOST)).all()
    return {key: TokenUse(int(first or 0), int(second or 0)) for key, first, second in rows}
