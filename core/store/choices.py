"""Choices for communities, channels, people and conversations: model, persona and so on. The nearest one wins."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.store.tables import ChoiceRow, ConversationRow

Scope = Literal["community", "channel", "person", "conversation"]
NEAREST: tuple[Scope, ...] = ("conversation", "person", "channel", "community")
"""What somebody chose for one conversation of their own (`parley chat --model`) comes before what they always choose.

The scope "channel" has the id of the conversation there, too: it is what everybody in the channel gets, and in its
threads, unless something else was chosen for a thread.
"""


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
    """The choices in force for a person in a channel, as values by name.

    `channel` is the id of the conversation there.
    """
    around = _around(session, channel)
    ids = (community_id, *around, channel, person_id)
    kept = session.exec(
        select(ChoiceRow).where(ChoiceRow.community_id == community_id, col(ChoiceRow.scope_id).in_(ids))
    ).all()
    # What was chosen for the channel around comes before what was chosen for the thread, so that the latter wins.
    kept = sorted(kept, key=lambda choice: choice.scope_id not in around)
    return {choice.name: choice.value for scope in reversed(NEAREST) for choice in kept if choice.scope == scope}


def _around(session: Session, conversation_id: str) -> Sequence[str]:
    """The id of the conversation in the channel around a thread; none if it is no thread, or nothing is known of it."""
    thread, channel = aliased(ConversationRow), aliased(ConversationRow)
    found = (
        select(channel.id)
        .join(thread, (col(thread.community_id) == channel.community_id) & (col(thread.channel) == channel.channel))
        .where(col(thread.id) == conversation_id, thread.thread != "", channel.thread == "")
    )
    return session.exec(found).all()


def own(session: Session, community_id: str, person_id: str) -> Mapping[str, str]:
    """All choices that a person has made for themselves in a community, as values by name."""
    kept = session.exec(
        select(ChoiceRow).where(
            ChoiceRow.community_id == community_id, ChoiceRow.scope == "person", ChoiceRow.scope_id == person_id
        )
    ).all()
    return {choice.name: choice.value for choice in kept}
