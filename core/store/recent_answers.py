"""Finds answers by the messages that show them on a platform, for reactions to them, also to those that were missed."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.messages import UNDERWAY, Place
from core.ports.surface import ShownAnswer, WatchedAnswer
from core.store import identities
from core.store.tables import AccountRow, CommunityRow, ConversationRow, MessageRow, PostRow, RatingRow


def watched(session: Session, platform: str, limit: int) -> Sequence[WatchedAnswer]:
    """The messages that show the newest answers, and the ratings of them that came from reactions."""
    newest = (
        select(PostRow.message_id, PostRow.platform_id, ConversationRow, CommunityRow.platform_id)
        .join(MessageRow, col(MessageRow.id) == col(PostRow.message_id))
        .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
        .join(CommunityRow, col(CommunityRow.id) == col(ConversationRow.community_id))
        .where(col(ConversationRow.thread).startswith(identities.ASIDE).is_(False))
        .where(PostRow.platform == platform, col(PostRow.platform_id).is_not(None), col(MessageRow.deleted).is_(False))
        .order_by(col(MessageRow.id).desc(), col(PostRow.part))
        .limit(limit)
    )
    places: dict[str, Place] = {}
    messages: dict[str, list[str]] = {}
    for answer_id, shown, talk, community in session.exec(newest).all():
        private = talk.owner_id is not None
        places[answer_id or ""] = Place(platform, community, talk.channel, talk.thread, private)
        messages.setdefault(answer_id or "", []).append(shown or "")
    rated = (
        select(RatingRow.message_id, AccountRow.platform_id, RatingRow.value)
        .join(AccountRow, col(AccountRow.person_id) == col(RatingRow.person_id))
        .where(col(RatingRow.message_id).in_(places), RatingRow.source == "reaction", AccountRow.platform == platform)
    )
    reactions: dict[str, list[tuple[str, int]]] = {}
    for answer_id, user_id, value in session.exec(rated).all():
        reactions.setdefault(answer_id, []).append((user_id, value))
    return [
        WatchedAnswer(places[answer_id], tuple(shown), tuple(reactions.get(answer_id, ())))
        for answer_id, shown in messages.items()
    ]


def shown(session: Session, place: Place, platform_id: str) -> ShownAnswer | None:
    """The answer that a platform message shows in a place or one of its threads; None if it shows none of ours."""
    found = (
        select(MessageRow, ConversationRow)
        .join(PostRow, col(PostRow.message_id) == col(MessageRow.id))
        .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
        .join(CommunityRow, col(CommunityRow.id) == col(ConversationRow.community_id))
        .where(PostRow.platform == place.platform, PostRow.channel == place.channel, PostRow.platform_id == platform_id)
        .where(CommunityRow.platform_id == place.community)
    )
    row = session.exec(found).first()
    if row is None:
        return None
    answer, talk = row
    # Where such an answer is seen is not kept.
    thread = "" if talk.thread.startswith(identities.ASIDE) else talk.thread
    where = Place(place.platform, place.community, talk.channel, thread, talk.owner_id is not None)
    return ShownAnswer(answer.id, where, answer.state in UNDERWAY)
