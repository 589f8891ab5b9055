"""Lengthens conversations for benchmarks: each grows by copies of the one exchange that it has.

The rows are copied as they are, so that a new column needs nothing here.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from core.store.tables import ConversationRow, MessageRow, PostRow, new_id

QUESTION = "How do I get from the old harbour to the lighthouse before it gets dark this evening?"
ANSWER = (
    "Follow the path along the sea wall until you reach the second bridge, then keep left where it climbs through the"
    " pines. It takes about forty minutes on foot, and the last bus back leaves from the car park below at ten past"
    " seven, so start before five if you want to see the light being lit."
)
AS_SAID = {"prompter": QUESTION, "assistant": ANSWER}
"""Texts of a realistic length. Those of a benchmark are shorter, so that more exchanges would fit into the window."""


def grow(session: Session, exchanges: int, channels: Sequence[str], usual: bool = True) -> None:
    """Give each of these conversations this many exchanges.

    With `usual`, they are as long as people's; otherwise each repeats the first, however short it is.
    """
    connection = session.connection()
    talks = select(ConversationRow).where(col(ConversationRow.channel).in_(channels))
    for talk in session.scalars(talks).all():
        messages = select(MessageRow).where(col(MessageRow.conversation_id) == talk.id)
        first = session.scalars(messages.order_by(col(MessageRow.depth))).all()
        posts = session.scalars(select(PostRow).where(col(PostRow.message_id) == first[-1].id)).all()
        said, shown, tail = [], [], first[-1].id
        for number in range(1, exchanges):
            for row in first:
                said.append(copied(row, id=new_id(), parent_id=tail, depth=row.depth + 2 * number))
                tail = said[-1]["id"]
            shown += [
                copied(post, key=f"{post.key}+{number}", message_id=tail, platform_id=f"{post.platform_id}+{number}")
                for post in posts
            ]
        for made in said if usual else ():
            made["text"] = AS_SAID[made["role"]]
        if said:
            connection.execute(insert(MessageRow), said)
            connection.execute(insert(PostRow), shown)
        connection.execute(update(ConversationRow).where(col(ConversationRow.id) == talk.id).values(tail_id=tail))


def copied(row: MessageRow | PostRow, **other: Any) -> dict[str, Any]:
    """The columns of a row, some of them with other values."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | other  # type: ignore[union-attr]
