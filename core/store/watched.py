"""The newest answers at a place, for who was away and wants to look at the reactions on them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.messages import Place
from core.ports import Watched
from core.store import identities
from core.store.tables import Account, Message, Post, Rating


def watched(session: Session, place: Place, limit: int) -> Sequence[Watched]:
    """The messages that show the newest answers of a place, and the ratings of them that came from reactions."""
    community_id = identities.known_community(session, place)
    conversation = identities.find_conversation(session, community_id, place) if community_id else None
    if conversation is None:
        return ()
    newest = (
        select(Message.id)
        .where(Message.conversation_id == conversation.id, Message.role == "assistant")
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    ids = list(session.exec(newest).all())
    shown = select(Post.message_id, Post.platform_id).where(
        col(Post.message_id).in_(ids), col(Post.platform_id).is_not(None)
    )
    rated = (
        select(Rating.message_id, Account.platform_id, Rating.value)
        .join(Account, col(Account.person_id) == col(Rating.person_id))
        .where(col(Rating.message_id).in_(ids), Rating.source == "reaction", Account.platform == place.platform)
    )
    messages: dict[str, list[str]] = {}
    for answer_id, platform_id in session.exec(shown).all():
        messages.setdefault(answer_id or "", []).append(platform_id or "")
    reactions: dict[str, list[tuple[str, int]]] = {}
    for answer_id, user_id, value in session.exec(rated).all():
        reactions.setdefault(answer_id, []).append((user_id, value))
    return [Watched(tuple(found), tuple(reactions.get(answer_id, ()))) for answer_id, found in messages.items()]
