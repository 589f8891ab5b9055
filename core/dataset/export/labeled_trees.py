"""Reads the labeled trees for the export: depth first, in the order of their ids, a few whole trees at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select
from sqlmodel import Session

from core.dataset.export.nodes import (
    ExportedMessage,
    ExportedRanking,
    ExportedReport,
    ExportedReview,
    ExportedSkip,
    ExportedVote,
)
from core.dataset.export.pieces import USUAL_PIECES, ExportPieces
from core.dataset.export.queries import FetchUnit, kept_out, some
from core.labeling.rules.defaults import TreeLimits
from core.store.labeling_tables import METADATA

TABLES = METADATA.tables
TREE, MESSAGE, PERSON, COMMUNITY = (TABLES[name].c for name in ("message_tree", "tree_message", "person", "community"))
REVIEW, RANKING, FLAG, VOTE, RATING = (TABLES[name].c for name in ("review", "ranking", "flag", "tree_vote", "rating"))
TASK, ITEM, CHAT = (TABLES[name].c for name in ("task", "work_item", "message"))

USUAL = TreeLimits()
LAST = 1 << 62
"""A sort key after every place in a file, so that additions to an imported tree follow what came with it."""

Said = dict[str, list[Any]]
"""Opinions by the id of the message that they are about."""


def walk(
    fetch: FetchUnit, states: Sequence[str] | None = None, pieces: ExportPieces = USUAL_PIECES
) -> Iterator[ExportedMessage]:
    """Yield every message of the trees in the given states (None for all) depth first, a parent before its children.

    Replies come by rank, those without a rank last; then in the order of their file, or oldest first.
    """
    after = ""
    while found := fetch(_trees_after(after, states, pieces)):
        yield from fetch(partial(_nodes, trees=found))
        after = found[-1].id


def by_state(session: Session) -> dict[str, int]:
    """The number of trees in each state."""
    found = select(TREE.state, func.count()).group_by(TREE.state).order_by(TREE.state)
    states: dict[str, int] = dict(session.execute(found).all())
    return states


def _trees_after(
    tree_id: str, states: Sequence[str] | None, pieces: ExportPieces
) -> Callable[[Session], Sequence[Row[Any]]]:
    size = select(func.count()).where(MESSAGE.tree_id == TREE.id).scalar_subquery()
    found = select(TREE.id, TREE.state, TREE.origin, TREE.limits, TREE.relaxed, size.label("size")).where(
        TREE.id > tree_id
    )
    if states is not None:
        found = found.where(TREE.state.in_(states))
    found = found.order_by(TREE.id).limit(pieces.trees)

    def unit(session: Session) -> Sequence[Row[Any]]:
        rows = session.execute(found).all()
        fitting = sum(size <= pieces.messages for size in accumulate(row.size for row in rows))
        return rows[: max(fitting, 1)]

    return unit


def _nodes(session: Session, trees: Sequence[Row[Any]]) -> list[ExportedMessage]:
    connection = session.connection()
    children: dict[str | None, list[Any]] = {}
    for row in connection.execute(_MESSAGES, {"ids": [tree.id for tree in trees]}):
        children.setdefault(row.parent_id, []).append(row)
    ids = [row.id for rows in children.values() for row in rows]
    parents = [id for id in children if id is not None]
    platforms = {row.id: row.platform for rows in children.values() for row in rows}
    said = (
        *(_reviews(connection, ids), _reports(connection, ids), _rankings(connection, parents)),
        *(_votes(connection, platforms), _skips(connection, ids)),
    )
    by_id = {tree.id: tree for tree in trees}
    nodes: list[ExportedMessage] = []
    waiting: list[tuple[Any, ExportedMessage | None, bool]] = [
        (root, None, False) for root in sorted(children.pop(None, ()), key=lambda row: row.tree_id, reverse=True)
    ]
    while waiting:
        row, above, ranked = waiting.pop()
        nodes.append(node := _node(row, by_id[row.tree_id], above, ranked, said))
        replies = sorted(children.pop(row.id, ()), key=_place)
        ranks = any(reply.rank is not None for reply in replies)
        waiting.extend((reply, node, ranks) for reply in reversed(replies))
    return nodes


def _place(row: Any) -> tuple[Any, ...]:
    rank = LAST if row.rank is None else row.rank
    return rank, (row.imported or {}).get("place", LAST), row.created_at, row.id


def _node(row: Any, tree: Any, above: ExportedMessage | None, ranked: bool, said: tuple[Said, ...]) -> ExportedMessage:
    reviews, reports, rankings, votes, skips = (tuple(given.get(row.id, ())) for given in said)
    return ExportedMessage(
        **{name: getattr(row, name) for name in _COLUMNS},
        # Only chats have unfinished answers.
        state="complete",
        imported=row.imported or {},
        chat=False,
        tree_state=tree.state,
        origin=tree.origin,
        required=_required(tree),
        relaxed=tree.relaxed or {},
        ranked=ranked,
        reviews=reviews,
        reports=reports,
        rankings=rankings,
        votes=votes,
        skips=skips,
        above=above,
    )


def _required(tree: Any) -> int:
    """How many rankings decide in a tree; fewer where there were fewer people, but at least one."""
    usual: int = tree.limits.get("num_required_rankings", USUAL.num_required_rankings)
    given: int = (tree.relaxed or {}).get("num_required_rankings", usual)
    return max(min(usual, given), 1)


def _reviews(connection: Connection, ids: Sequence[str]) -> Said:
    found: Said = {}
    for message_id, person_id, terms, platform, source, labels, mode in some(connection, _REVIEWS, ids):
        found.setdefault(message_id, []).append(ExportedReview(person_id, terms, platform, source, labels, mode))
    return found


def _reports(connection: Connection, ids: Sequence[str]) -> Said:
    found: Said = {}
    for message_id, person_id, terms, platform, source, labels, comment in some(connection, _FLAGS, ids):
        report = ExportedReport(person_id, terms, platform or "", source, tuple(labels), comment)
        found.setdefault(message_id, []).append(report)
    return found


def _rankings(connection: Connection, ids: Sequence[str]) -> Said:
    found: Said = {}
    for parent_id, person_id, terms, platform, source, groups, shown, refused in some(connection, _RANKINGS, ids):
        order = tuple(tuple(group) for group in groups)
        found.setdefault(parent_id, []).append(
            ExportedRanking(person_id, terms, platform, source, order, tuple(shown), refused)
        )
    return found


def _votes(connection: Connection, platforms: Mapping[str, str]) -> Said:
    """The thumbs on messages: those on their cards and, for a message from a chat, those that it got there.

    What explains a thumb in a chat is about the answer there, and is exported with the chat.
    """
    found: dict[str, dict[str, ExportedVote]] = {}
    for message_id, person_id, terms, source, value, private in some(connection, _RATINGS, list(platforms)):
        vote = ExportedVote(person_id, terms, platforms[message_id], source, value, (), "", private=private)
        found.setdefault(message_id, {})[person_id] = vote
    for message_id, person_id, terms, platform, source, value in some(connection, _VOTES, list(platforms)):
        vote = ExportedVote(person_id, terms, platform, source, value, (), "")
        found.setdefault(message_id, {})[person_id] = vote
    return {message_id: [by[person] for person in sorted(by)] for message_id, by in found.items()}


def _skips(connection: Connection, ids: Sequence[str]) -> Said:
    found: Said = {}
    for message_id, person_id, terms, platform, source, kind, answer in some(connection, _SKIPPED, ids):
        # A task whose text was purged is skipped, too, so that its item never comes back.
        if not answer.writing.submitted:
            skip = ExportedSkip(person_id, terms, platform, source, kind, answer.reason)
            found.setdefault(message_id, []).append(skip)
    return found


_COLUMNS = tuple(
    one.name
    for one in fields(ExportedMessage)
    if one.name in MESSAGE and one.name not in ("imported", "required", "ranked")
) + ("terms", "private")


def _said(table: str, *what: Any) -> Select[Any]:
    """The query for people's opinions in `table` on the messages `ids`, with the terms that each person agrees to."""
    columns = TABLES[table].c
    whose = columns.parent_id if table == "ranking" else columns.message_id
    return (
        select(whose, columns.person_id, PERSON.terms, *what)
        .select_from(TABLES[table])
        .join(TABLES["person"], PERSON.id == columns.person_id)
        .where(whose.in_(bindparam("ids", expanding=True)))
        .order_by(whose, columns.person_id)
    )


# A message that was given from a chat has the same id there, where an answer belongs to whoever asked.
_MESSAGES = (
    select(*MESSAGE, PERSON.terms, kept_out(CHAT.person_id, CHAT.conversation_id).label("private"))
    .select_from(TABLES["tree_message"])
    .outerjoin(TABLES["person"], PERSON.id == MESSAGE.person_id)
    .outerjoin(TABLES["message"], CHAT.id == MESSAGE.id)
    .where(MESSAGE.tree_id.in_(bindparam("ids", expanding=True)))
)
_REVIEWS = _said("review", REVIEW.platform, REVIEW.source, REVIEW.labels, REVIEW.mode)
_RANKINGS = _said("ranking", RANKING.platform, RANKING.source, RANKING.groups, RANKING.shown, RANKING.not_rankable)
_SKIPPED = (
    select(ITEM.message_id, TASK.person_id, PERSON.terms, TASK.platform, TASK.source, TASK.kind, TASK.answer)
    .select_from(TABLES["work_item"])
    .join(TABLES["task"], TASK.item_id == ITEM.id)
    .join(TABLES["person"], PERSON.id == TASK.person_id)
    .where(ITEM.message_id.in_(bindparam("ids", expanding=True)), TASK.state == "skipped")
    .order_by(ITEM.message_id, TASK.person_id, TASK.kind)
)
_VOTES = _said("tree_vote", VOTE.platform, VOTE.source, VOTE.value)
_RATINGS = _said("rating", RATING.source, RATING.value, kept_out(RATING.person_id, CHAT.conversation_id)).join(
    TABLES["message"], CHAT.id == RATING.message_id
)
# A report does not record the platform that it was made on, only the community.
_FLAGS = _said("flag", COMMUNITY.platform, FLAG.source, FLAG.labels, FLAG.comment).outerjoin(
    TABLES["community"], COMMUNITY.id == FLAG.community_id
)
