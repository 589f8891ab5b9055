"""Finds the newest answers on a platform, for a surface that was offline and wants to catch up on their reactions."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.messages import Place
from core.ports.surface import Watched
from core.store.tables import Account, Community, Conversation, Message, Post, Rating


def watched(session: Session, platform: str, limit: int) -> Sequence[Watched]:
    """The messages that show the newest answers, and the ratings of them that came from reactions."""
    newest = (
        select(Post.message_id, Post.platform_id, Conversation, Community.platform_id)
        .join(Message, col(Message.id) == col(Post.message_id))
        .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
        .join(Community, col(Community.id) == col(Conversation.community_id))
        .where(Post.platform == platform, col(Post.platform_id).is_not(None), col(Message.deleted).is_(False))
        .order_by(col(Message.id).desc(), col(Post.part))
        .limit(limit)
    )
    places: dict[str, Place] = {}
    messages: dict[str, list[str]] = {}
    for answer_id, shown, talk, community in session.exec(newest).all():
        private = talk.owner_id is not None
        places[answer_id or ""] = Place(platform, community, talk.channel, talk.thread, private)
        messages.setdefault(answer_id or "", []).append(shown or "")
    rated = (
        select(Rating.message_id, Account.platform_id, Rating.value)
        .join(Account, col(Account.person_id) == col(Rating.person_id))
        .where(col(Rating.message_id).in_(places), Rating.source == "reaction", Account.platform == platform)
    )
    reactions: dict[str, list[tuple[str, int]]] = {}
    for answer_id, user_id, value in session.exec(rated).all():
        reactions.setdefault(answer_id, []).append((user_id, value))
    return [
        Watched(places[answer_id], tuple(shown), tuple(reactions.get(answer_id, ())))
        for answer_id, shown in messages.items()
    ]
