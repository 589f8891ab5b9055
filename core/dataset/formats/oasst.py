"""Open Assistant's formats: single messages, trees, or threads (docs/reference/open-assistant.md 3.8 and 4.1)."""

import json
from collections.abc import Iterator
from typing import Any

from core.dataset.export.annotations import PseudonymIds, emojis, events, labels, review_count
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.export.selection import ExportSelection

DEEPEST = 200
"""The most levels of a tree that is written as nested replies.

JSON readers give up at about a thousand nested values, and each message takes two.
"""

FEW_REVIEWS = 2
"""Open Assistant does not report a message as rejected if it has this many reviews or fewer."""

dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Writes JSON without needless spaces, and without escaping the letters of any language."""

Row = dict[str, Any]


def message(node: ExportedMessage, ids: PseudonymIds) -> Row:
    """A message with the format's field names, in the format's order; unknown fields are absent."""
    return {name: value for name, value in columns(node, ids).items() if value is not None}


def columns(node: ExportedMessage, ids: PseudonymIds) -> Row:
    """All fields of a message; unknown ones are None."""
    user = node.person_id or node.author
    reviews = review_count(node)
    return {
        "message_id": ids("message", node.id),
        "parent_id": ids("message", node.parent_id) if node.parent_id else None,
        "user_id": ids("user", user) if user else None,
        # A date that its file wrote in another way, or left out, is written as it was there.
        "created_date": node.imported.get("created_date", node.created_at.isoformat()),
        "text": node.text,
        "role": node.role,
        "lang": node.lang,
        "review_count": reviews,
        "review_result": True if node.review_result else node.review_result if reviews > FEW_REVIEWS else None,
        "deleted": node.deleted,
        "rank": node.rank,
        "synthetic": node.synthetic,
        "model_name": node.model or None,
        "emojis": emojis(node) or node.imported.get("emojis"),
        "labels": labels(node) or node.imported.get("labels"),
    }


def rest(node: ExportedMessage, options: ExportOptions) -> Row:
    """The fields that follow the replies of a message, without empty ones."""
    found = {"events": events(node, options.ids) if options.events else None, "detoxify": node.imported.get("detoxify")}
    return {name: value for name, value in found.items() if value}


def tree(node: ExportedMessage, ids: PseudonymIds) -> Row:
    """The fields that say which tree a message is in. A tree's id is that of its root, whether hidden or not."""
    return {"message_tree_id": ids("message", node.tree_id), "tree_state": node.tree_state}


def messages(nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts) -> Iterator[Row]:
    """Yield a row for each message, a parent before its children."""
    for node in taken(nodes, options.choice, counts):
        yield {**message(node, options.ids), **rest(node, options), **tree(node, options.ids)}


def taken(nodes: Iterator[ExportedMessage], choice: ExportSelection, counts: ExportCounts) -> Iterator[ExportedMessage]:
    """Yield the messages that each make a row, and count them."""
    for node in nodes:
        if reason := choice.skips(node):
            counts.left_out[reason] += 1
        else:
            counts.rows += 1
            counts.note(node)
            yield node


def threads(nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts) -> Iterator[Row]:
    """Yield a row for the last message of each branch, with the whole path to it."""
    way: list[Row] = []
    last: ExportedMessage | None = None
    for node in shallow(nodes, counts):
        if last and node.depth <= last.depth:
            yield _thread(way, last, counts)
        del way[node.depth :]
        way.append({**message(node, options.ids), **rest(node, options)})
        last = node
    if last:
        yield _thread(way, last, counts)


def trees(nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts) -> Iterator[str]:
    """Yield a line for each tree, in pieces, since a tree may be too large for memory."""
    # For each message whose replies are still being written, the text that follows them.
    ends: list[str] = []
    for node in shallow(nodes, counts):
        more = len(ends) > node.depth
        yield "".join(_closing(ends, node.depth))
        if node.depth == 0:
            yield _opening(node, options.ids)
            counts.rows += 1
        elif more:
            yield ","
        yield dumps(message(node, options.ids))[:-1] + ',"replies":['
        behind = dumps(rest(node, options))[1:-1]
        ends.append(f"],{behind}}}" if behind else "]}")
        if node.depth == 0:
            ends[0] += f',"origin":{dumps(node.origin)}}}\n' if node.origin else "}\n"
        counts.note(node)
    yield "".join(_closing(ends, 0))


def shallow(nodes: Iterator[ExportedMessage], counts: ExportCounts) -> Iterator[ExportedMessage]:
    """Leave out messages that are too deep for JSON readers (see DEEPEST)."""
    for node in nodes:
        if node.depth < DEEPEST:
            yield node
        else:
            counts.left_out["too-deep"] += 1


def _thread(way: list[Row], last: ExportedMessage, counts: ExportCounts) -> Row:
    counts.rows += 1
    counts.note(last)
    return {"thread_id": way[-1]["message_id"], "thread": list(way)}


def _opening(root: ExportedMessage, ids: PseudonymIds) -> str:
    return dumps(tree(root, ids))[:-1] + ',"prompt":'


def _closing(ends: list[str], until: int) -> Iterator[str]:
    while len(ends) > until:
        yield ends.pop()
