"""Choices for communities, channels, people and conversations: model, persona and so on. The nearest one wins.

Beneath them all are the models that were promoted, which answer where nobody has chosen one.
"""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import BindParameter, and_, bindparam, case, literal, or_, union_all
from sqlalchemy import select as plain_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.store.engine.prepared import prepared
from core.store.promotion_tables import PromotionRow
from core.store.promotions import MOST_ASKED, PROMOTED, promoted_here
from core.store.tables import ChoiceRow, ConversationRow

Scope = Literal["community", "channel", "person", "conversation"]
NEAREST: tuple[Scope, ...] = ("conversation", "person", "channel", "community")
"""What somebody chose for one conversation of their own (`parley chat --model`) comes before what they always choose.

The scope "channel" has the id of the conversation there, too: it is what everybody in the channel gets, and in its
threads, unless something else was chosen for a thread.
"""

_PROMOTION = "promotion"


def _in_force() -> Any:
    # Each scope by itself, so that the index leads to it: a community may have the choices of many people.
    here: BindParameter[str] = bindparam("conversation")
    ids = {"community": bindparam("community"), "conversation": here, "person": bindparam("person"), "channel": here}
    scopes = [and_(col(ChoiceRow.scope) == scope, col(ChoiceRow.scope_id) == id) for scope, id in ids.items()]
    # A thread has what was chosen for the channel around it, unless something else was chosen in the thread.
    thread, channel = aliased(ConversationRow), aliased(ConversationRow)
    around = (
        plain_select(col(channel.id))
        .join(thread, (col(thread.community_id) == channel.community_id) & (col(thread.channel) == channel.channel))
        .where(col(thread.id) == here, col(thread.thread) != "", col(channel.thread) == "")
        .scalar_subquery()
    )
    scopes.append(and_(col(ChoiceRow.scope) == "channel", col(ChoiceRow.scope_id) == around))
    rank = case((col(ChoiceRow.scope_id) == here, 1), else_=0).label("rank")
    chosen = plain_select(col(ChoiceRow.scope), col(ChoiceRow.name), col(ChoiceRow.value), rank).where(
        col(ChoiceRow.community_id) == bindparam("community"), or_(*scopes)
    )
    # In the same statement, since it is asked for with every message: a promotion counts from the moment of its commit.
    number = col(PromotionRow.number)
    promoted = (
        plain_select(literal(_PROMOTION), col(PromotionRow.candidate), col(PromotionRow.reach), number)
        .where(col(PromotionRow.ended_at).is_(None))
        .order_by(number.desc())
        .limit(MOST_ASKED)
        .subquery()
    )
    return union_all(chosen, plain_select(promoted)).order_by("rank")


_IN_FORCE = prepared(_in_force())


def choose(session: Session, community_id: str, scope: Scope, scope_id: str, name: str, value: str) -> None:
    """Keep a choice; an empty value deletes it."""
    kept = session.get(ChoiceRow, (community_id, scope, scope_id, name))
    if kept and not value:
        session.delete(kept)
    elif kept:
        kept.value = value
    elif value:
        session.add(ChoiceRow(community_id=community_id, scope=scope, scope_id=scope_id, name=name, value=value))


def choices(session: Session, community_id: str, channel: str, person_id: str) -> Mapping[str, str]:
    """The choices in force for a person in a channel, as values by name, with the models that were promoted there.

    `channel` is the id of the conversation there.
    """
    kept = _IN_FORCE.rows(session, {"community": community_id, "conversation": channel, "person": person_id})
    by_scope: dict[str, dict[str, str]] = {scope: {} for scope in reversed(NEAREST)}
    promotions: list[tuple[str, str]] = []
    for scope, name, value, _ in kept:
        if scope == _PROMOTION:
            promotions.insert(0, (name, value))
        else:
            by_scope[scope][name] = value
    promoted = {PROMOTED: promoted_here(promotions, community_id)} if promotions else {}
    return promoted | {name: value for found in by_scope.values() for name, value in found.items()}


def own(session: Session, community_id: str, person_id: str) -> Mapping[str, str]:
    """All choices that a person has made for themselves in a community, as values by name."""
    kept = session.exec(
        select(ChoiceRow).where(
            ChoiceRow.community_id == community_id, ChoiceRow.scope == "person", ChoiceRow.scope_id == person_id
        )
    ).all()
    return {choice.name: choice.value for choice in kept}
