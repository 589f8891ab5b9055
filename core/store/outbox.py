"""The outbox: each post goes `planned -> sending -> sent`.

A post is `abandoned` if nobody can know whether it was sent, or if the platform could not be reached for too long. It
is `offered` once the person has been told so, with a button that shows the answer.
"""

from collections.abc import Sequence

from sqlalchemy import Update, bindparam, delete, update
from sqlmodel import Session, col, select

from core.messages import Place
from core.store.engine.database import insert_once
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.tables import MessageRow, PostRow, PostState


def _moved(state: PostState) -> Update:
    return update(PostRow).where(col(PostRow.key) == bindparam("post_key")).values(state=state)


_SENDING, _UNSENT = prepared(_moved("sending")), prepared(_moved("planned"))
_SENT = prepared(_moved("sent").values(platform_id=bindparam("new_platform_id")))


def plan(
    session: Session,
    key: str,
    community_id: str,
    place: Place,
    answer: str | None = None,
    tree_message: str | None = None,
) -> bool:
    """Plan a message of ours under its key; `answer` and `tree_message` are the ids of what it shows.

    Returns False if it was planned before.
    """
    return insert_once(
        session,
        PostRow,
        key=key,
        community_id=community_id,
        message_id=answer,
        tree_message_id=tree_message,
        platform=place.platform,
        channel=place.channel,
    )


def sending(session: Session, key: str) -> None:
    """Record that the request is about to leave. After a crash, nobody knows whether it arrived."""
    _SENDING.run(session, {"post_key": key})


def unsent(session: Session, key: str) -> None:
    """Record that the request did not leave after all."""
    _UNSENT.run(session, {"post_key": key})


def sent(session: Session, key: str, platform_id: str) -> None:
    """Record that the platform has the message, and under which id."""
    _SENT.run(session, {"post_key": key, "new_platform_id": platform_id})


def extend(session: Session, first_key: str, key: str, part: int) -> None:
    """Plan a further part of the message whose first part has the key `first_key`, unless that was erased meanwhile."""
    first = session.get(PostRow, first_key)
    if first is None:
        return
    insert_once(
        session,
        PostRow,
        key=key,
        community_id=first.community_id,
        message_id=first.message_id,
        part=part,
        platform=first.platform,
        channel=first.channel,
    )


def drop(session: Session, key: str) -> None:
    """Delete a part that is no longer needed and is gone from the platform."""
    connection_of(session).execute(delete(PostRow).where(col(PostRow.key) == key))


def abandon(session: Session, message_id: str) -> bool:
    """Abandon the parts of an answer that may have been sent. They cannot be looked up and are not sent again.

    Returns whether there were any.
    """
    return _move(session, message_id, ("sending",), "abandoned")


def give_up(session: Session, first_key: str) -> None:
    """Abandon what is unsent of an answer, by the key of its first part."""
    first = session.get(PostRow, first_key)
    if first and first.message_id:
        _move(session, first.message_id, ("planned", "sending"), "abandoned")


def offered(session: Session, message_id: str) -> None:
    """Record that the person knows of an answer's abandoned parts, and can have them shown."""
    _move(session, message_id, ("abandoned",), "offered")


def owed(session: Session, place: Place, conversation_id: str) -> Sequence[str]:
    """The ids of a conversation's answers that were abandoned without the person having been told yet."""
    abandoned: PostState = "abandoned"
    found = (
        select(PostRow.message_id)
        .join(MessageRow, col(MessageRow.id) == col(PostRow.message_id))
        .where(
            PostRow.platform == place.platform,
            PostRow.channel == place.channel,
            col(PostRow.platform_id).is_(None),
            PostRow.state == abandoned,
            MessageRow.conversation_id == conversation_id,
            col(MessageRow.deleted).is_(False),
        )
        .order_by(col(PostRow.created_at))
    )
    return [message_id for message_id in dict.fromkeys(session.exec(found)) if message_id]


def _move(session: Session, message_id: str, before: Sequence[PostState], after: PostState) -> bool:
    moved = update(PostRow).where(col(PostRow.message_id) == message_id, col(PostRow.state).in_(before))
    return connection_of(session).execute(moved.values(state=after)).rowcount > 0


def find(session: Session, key: str) -> PostRow | None:
    """The post with a key, or None."""
    return session.get(PostRow, key)


def of_answer(session: Session, message_id: str) -> Sequence[PostRow]:
    """The posts that show an answer on its platform, in the order of its parts."""
    return session.exec(select(PostRow).where(PostRow.message_id == message_id).order_by(col(PostRow.part))).all()


def posted(parts: Sequence[PostRow]) -> tuple[str, ...]:
    """The ids that a platform has given to the parts of a message, of those that are there."""
    return tuple(part.platform_id for part in parts if part.platform_id)


def shown_by(session: Session, place: Place, platform_id: str) -> str | None:
    """The id of the answer that a platform message shows, or None if it shows no answer of ours."""
    found = select(PostRow.message_id).where(
        PostRow.platform == place.platform, PostRow.channel == place.channel, PostRow.platform_id == platform_id
    )
    return session.exec(found).first()


def tree_message_shown_by(session: Session, place: Place, platform_id: str) -> str | None:
    """The id of the message of a tree that a platform message shows now; None if it shows none.

    A card is replaced in its place by the next one, so the newest post counts.
    """
    found = select(PostRow.tree_message_id).where(
        PostRow.platform == place.platform, PostRow.channel == place.channel, PostRow.platform_id == platform_id
    )
    return session.exec(found.order_by(col(PostRow.created_at).desc(), col(PostRow.key).desc())).first()
