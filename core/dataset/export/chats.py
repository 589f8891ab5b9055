"""Reads the chats for the export: depth first, in the order of their roots, in small pieces."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import CTE, Connection, Integer, Select, String, bindparam, func, select
from sqlmodel import Session

from core.dataset.export.nodes import ExportedChoice, ExportedMessage, ExportedVote
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.dataset.export.queries import FetchUnit, kept_out, some
from core.store.labeling_tables import METADATA

TABLES = METADATA.tables
MESSAGE, PERSON, CONVERSATION, RATING, PREFERENCE, TREE = (
    TABLES[name].c for name in ("message", "person", "conversation", "rating", "preference", "message_tree")
)


def walk(fetch: FetchUnit, pieces: ExportPieces = USUAL_PIECES) -> Iterator[ExportedMessage]:
    """Yield every message of every tree depth first, a parent before its children, and children oldest first."""
    after = ""
    while roots := fetch(_roots_after(after, pieces.chat_trees)):
        yield from _below(fetch, roots, pieces.chat_levels)
        after = roots[-1]


def _roots_after(root_id: str, most: int) -> Callable[[Session], Sequence[str]]:
    found = select(MESSAGE.id).where(MESSAGE.parent_id.is_(None), MESSAGE.id > root_id)
    return lambda session: session.scalars(found.order_by(MESSAGE.id).limit(most)).all()


def _below(fetch: FetchUnit, roots: Sequence[str], levels: int) -> Iterator[ExportedMessage]:
    children = fetch(lambda session: _piece(session, roots, levels))
    waiting = list(reversed(children.pop(None, [])))
    while waiting:
        node = waiting.pop()
        yield node
        if node.depth and node.depth % levels == 0:
            children.update(fetch(_continued(node, levels)))
        waiting.extend(reversed(children.pop(node.id, ())))


def _continued(node: ExportedMessage, levels: int) -> Callable[[Session], dict[str | None, list[ExportedMessage]]]:
    def unit(session: Session) -> dict[str | None, list[ExportedMessage]]:
        children = _piece(session, [node.id], levels, node.tree_id, node.depth)
        children.pop(node.parent_id, None)
        return children

    return unit


def _piece(
    session: Session, tops: Sequence[str], levels: int, tree_id: str | None = None, depth: int = 0
) -> dict[str | None, list[ExportedMessage]]:
    """The messages at `tops` and the given number of levels below, by parent id; `depth` is the depth of the tops."""
    connection = session.connection()
    reach = {"tops": tops, "tree": tree_id, "depth": depth, "until": depth + levels}
    rows = connection.execute(_MESSAGES, reach).all()
    answers = {row.id: row.platform for row in rows if row.role == "assistant"}
    votes, picks = _votes(connection, answers), _picks(connection, answers)
    children: dict[str | None, list[ExportedMessage]] = {}
    for row in rows:
        said = tuple(votes.get(row.id, ())), tuple(picks.get(row.id, ()))
        *columns, outside, private = row
        # An answer is the model's own words, whatever it had read.
        others = bool(outside) and row.role == "prompter"
        node = _node(*columns, *said, synthetic=row.id in answers, private=private, outside=others)
        children.setdefault(row.parent_id, []).append(node)
    return children


def _node(*columns: Any, synthetic: bool, private: bool, outside: bool) -> ExportedMessage:
    # In a chat, every answer is a model's.
    made: Any = partial(ExportedMessage, synthetic=synthetic, private=private, outside=outside)
    return cast(ExportedMessage, made(*columns))


def _votes(connection: Connection, answers: Mapping[str, str]) -> dict[str, list[ExportedVote]]:
    """The votes on each of these answers; `answers` maps their ids to their platforms."""
    votes: dict[str, list[ExportedVote]] = {}
    for message_id, person_id, terms, source, value, labels, comment, private in some(
        connection, _VOTES, list(answers)
    ):
        vote = ExportedVote(
            person_id, terms, answers[message_id], source, value, tuple(labels), comment, private=private
        )
        votes.setdefault(message_id, []).append(vote)
    return votes


def _picks(connection: Connection, answers: Mapping[str, str]) -> dict[str, list[ExportedChoice]]:
    """The preferences between these answers and others, listed under both answers."""
    picks: dict[str, list[ExportedChoice]] = {}
    for statement in _PICKS:
        for message_id, person_id, terms, source, chosen_id, rejected_id, private in some(
            connection, statement, list(answers)
        ):
            pick = ExportedChoice(
                person_id, terms, answers[message_id], source, chosen_id, rejected_id, private=private
            )
            picks.setdefault(message_id, []).append(pick)
    return picks


def _reach() -> CTE:
    tree_id = func.coalesce(bindparam("tree", type_=String), MESSAGE.id)
    top = (
        select(MESSAGE.id, tree_id.label("tree_id"), bindparam("depth", type_=Integer).label("depth"))
        .where(MESSAGE.id.in_(bindparam("tops", expanding=True)))
        .cte("reach", recursive=True)
    )
    return top.union_all(
        select(MESSAGE.id, top.c.tree_id, (top.c.depth + 1).label("depth"))
        .where(MESSAGE.parent_id == top.c.id)
        .where(top.c.depth < bindparam("until", type_=Integer))
    )


def _messages(reach: CTE) -> Select[Any]:
    """The query for messages, with its columns in the order of a Node's fields.

    Whether it has words of others, and whether it is private, come last.
    """
    place = (MESSAGE.id, reach.c.tree_id, MESSAGE.parent_id, reach.c.depth)
    who = (MESSAGE.person_id, PERSON.terms, CONVERSATION.platform, MESSAGE.source, MESSAGE.role)
    what = (MESSAGE.state, MESSAGE.text, MESSAGE.lang, MESSAGE.model, MESSAGE.deleted, MESSAGE.created_at, TREE.state)
    return (
        select(*place, *who, *what, MESSAGE.outside, kept_out(MESSAGE.person_id, MESSAGE.conversation_id))
        .select_from(TABLES["message"])
        .join(reach, MESSAGE.id == reach.c.id)
        .join(TABLES["conversation"], CONVERSATION.id == MESSAGE.conversation_id)
        .outerjoin(TABLES["person"], PERSON.id == MESSAGE.person_id)
        # A message that was given to labeling has the same id there.
        .outerjoin(TABLES["tree_message"], TABLES["tree_message"].c.id == MESSAGE.id)
        .outerjoin(TABLES["message_tree"], TREE.id == TABLES["tree_message"].c.tree_id)
        .order_by(MESSAGE.id)
    )


_MESSAGES = _messages(_reach())
_VOTES = (
    select(
        *(RATING.message_id, RATING.person_id, PERSON.terms, RATING.source, RATING.value, RATING.labels),
        *(RATING.comment, kept_out(RATING.person_id, MESSAGE.conversation_id)),
    )
    .select_from(TABLES["rating"].join(TABLES["person"], PERSON.id == RATING.person_id))
    .join(TABLES["message"], MESSAGE.id == RATING.message_id)
    .where(RATING.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(RATING.message_id, RATING.person_id)
)
_PICKS = tuple(
    select(
        *(side, PREFERENCE.person_id, PERSON.terms, PREFERENCE.source, PREFERENCE.chosen_id, PREFERENCE.rejected_id),
        kept_out(PREFERENCE.person_id, MESSAGE.conversation_id),
    )
    .select_from(TABLES["preference"].join(TABLES["person"], PERSON.id == PREFERENCE.person_id))
    .join(TABLES["message"], MESSAGE.id == side)
    .where(side.in_(bindparam("ids", expanding=True)))
    .order_by(side, PREFERENCE.person_id, PREFERENCE.chosen_id, PREFERENCE.rejected_id)
    for side in (PREFERENCE.chosen_id, PREFERENCE.rejected_id)
)
