"""What a transcript shows beside the messages of a conversation: other versions, names, ratings and thoughts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.messages import Place
from core.store import identities
from core.store.tables import AccountRow, MessageRow, PostRow, RatingRow


def versions(session: Session, conversation_id: str, messages: Sequence[MessageRow]) -> Mapping[str | None, list[str]]:
    """For the parent of each message, the ids of all its children, oldest first."""
    parents = {message.parent_id for message in messages}
    known = [parent for parent in parents if parent]
    live = (
        select(MessageRow.id, MessageRow.parent_id)
        .where(col(MessageRow.deleted).is_(False))
        .order_by(col(MessageRow.id))
    )
    rows = list(session.exec(live.where(col(MessageRow.parent_id).in_(known))).all())
    if None in parents:
        roots = live.where(MessageRow.conversation_id == conversation_id, col(MessageRow.parent_id).is_(None))
        rows += session.exec(roots).all()
    found: dict[str | None, list[str]] = {}
    for message_id, parent_id in rows:
        found.setdefault(parent_id, []).append(message_id)
    return found


def names(session: Session, platform: str, person_ids: set[str]) -> Mapping[str, str]:
    """The names of people on a platform, by their ids."""
    found = select(AccountRow.person_id, AccountRow.name).where(
        AccountRow.platform == platform, col(AccountRow.person_id).in_(person_ids)
    )
    return dict(session.exec(found).all())


def ratings_of(session: Session, person_id: str, message_ids: Sequence[str]) -> Mapping[str, int]:
    """A person's ratings of these answers, by the answers' ids."""
    found = select(RatingRow.message_id, RatingRow.value).where(
        RatingRow.person_id == person_id, col(RatingRow.message_id).in_(message_ids)
    )
    return dict(session.exec(found).all())


def reasoning_of(session: Session, message_ids: Sequence[str]) -> Mapping[str, str]:
    """What the model thought before these answers, by their ids; without those for which it told nothing."""
    found = select(MessageRow.id, MessageRow.reasoning).where(
        col(MessageRow.id).in_(message_ids), col(MessageRow.reasoning).is_not(None)
    )
    return {answer: thought for answer, thought in session.exec(found).all() if thought}


def shown_as(session: Session, message_ids: Sequence[str]) -> Mapping[str, str]:
    """The platform's ids of the first posts of these answers, by the answers' ids."""
    found = select(PostRow.message_id, PostRow.platform_id).where(
        col(PostRow.message_id).in_(message_ids), PostRow.part == 0, col(PostRow.platform_id).is_not(None)
    )
    return {answer: shown for answer, shown in session.exec(found).all() if answer and shown}


def notices(session: Session, place: Place, limit: int) -> Mapping[str, datetime]:
    """When the newest messages of ours that show no answer were first shown at a place, by their ids, oldest first."""
    found = select(PostRow.platform_id, PostRow.created_at).where(
        PostRow.platform == place.platform,
        PostRow.channel == place.channel,
        PostRow.community_id == identities.known_community(session, place),
        col(PostRow.message_id).is_(None),
    )
    newest = session.exec(found.order_by(col(PostRow.created_at).desc(), col(PostRow.key).desc()).limit(limit)).all()
    # What replaced a message has its id and a later time, so the last one that is found here counts.
    first = {id: at for id, at in newest if id}
    return dict(sorted(first.items(), key=lambda one: one[1]))
