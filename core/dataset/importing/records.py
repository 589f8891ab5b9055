"""Checks a line of Open Assistant's files: a tree, a thread or a message (docs/reference/open-assistant.md 4.1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from core.dataset.export.nodes import NOT_COLLECTED
from core.dataset.formats.oasst_fields import FIELDS, LineFault, Row, checked, shown, time
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.jsonl_reader import SourceLine
from core.labeling.rules.vocabulary import TreeState

STATES: frozenset[str] = frozenset(get_args(TreeState))
BACKLOG = "backlog_ranking"

KEPT = ("review_count", "emojis", "labels", "events", "detoxify")
"""The fields that have no column of their own, or only one that is counted afresh here."""


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """The messages of a line as rows without a tree or a depth yet, a parent before its replies.

    `state` and `origin` belong to the tree that begins here. A message that is `alone` on its line may come before its
    parent. `unknown` are fields that the format does not have.
    """

    line: SourceLine
    messages: Sequence[Row]
    state: str
    origin: str = ""
    alone: bool = False
    unknown: frozenset[str] = frozenset()

    @property
    def begins(self) -> bool:
        """Whether the record begins a tree."""
        return self.messages[0]["parent_id"] is None


def record(line: SourceLine, *, backlog: bool, bounds: ImportBounds = USUAL_BOUNDS) -> MessageRecord:
    """Turn a line into a record. With `backlog`, or if the line does not give a state, the tree waits to be ranked.

    Raises LineFault if the line cannot be accepted.
    """
    value = line.value
    if line.fault:
        raise LineFault(line.fault)
    if not isinstance(value, dict):
        raise LineFault("not an object")
    if "thread" in value:
        return _thread(line, value, bounds.deepest)
    if "message_id" in value:
        return _message(line, value, backlog)
    if "message_tree_id" in value and "prompt" in value:
        return _tree(line, value, backlog, bounds)
    raise LineFault("neither a tree (message_tree_id, prompt), a thread (thread_id, thread) nor a message (message_id)")


def _tree(line: SourceLine, value: Row, backlog: bool, bounds: ImportBounds) -> MessageRecord:
    state, origin = _state(value, backlog), value.get("origin") or ""
    if not isinstance(origin, str):
        raise LineFault("origin is not a text")
    nested = list(_nested(value["prompt"], bounds))
    rows = [_row(node, place, waits=state == BACKLOG) for place, node in enumerate(nested)]
    return MessageRecord(line, rows, state, origin, unknown=_unknown(nested))


def _thread(line: SourceLine, value: Row, deepest: int) -> MessageRecord:
    said = value["thread"]
    if not isinstance(said, list) or not said or not all(isinstance(node, dict) for node in said):
        raise LineFault("thread is not a list of messages")
    if len(said) > deepest:
        raise LineFault(f"deeper than {deepest} messages")
    parents = [None, *(node.get("message_id") for node in said)]
    rows = [
        _row(_below(node, parent_id), line.number, waits=True) for node, parent_id in zip(said, parents, strict=False)
    ]
    return MessageRecord(line, rows, BACKLOG, unknown=_unknown(said))


def _message(line: SourceLine, value: Row, backlog: bool) -> MessageRecord:
    state = _state(value, backlog)
    row = _row(value, line.number, waits=state == BACKLOG)
    return MessageRecord(line, [row], state, alone=True, unknown=_unknown([value]))


def _state(value: Row, backlog: bool) -> str:
    state = value.get("tree_state")
    if backlog or state in (None, NOT_COLLECTED):
        return BACKLOG
    if not isinstance(state, str) or state not in STATES:
        raise LineFault(f"tree_state is {shown(state)}, which is not one of Open Assistant's")
    return state


def _nested(prompt: Any, bounds: ImportBounds) -> Iterator[Row]:
    """Yield the messages of a tree, depth first."""
    number = 0
    waiting: list[tuple[Any, str | None, int]] = [(prompt, None, 0)]
    while waiting:
        node, parent_id, depth = waiting.pop()
        number += 1
        if not isinstance(node, dict):
            raise LineFault("a message is not an object")
        if depth >= bounds.deepest:
            raise LineFault(f"deeper than {bounds.deepest} messages")
        if number > bounds.largest:
            raise LineFault(f"more than {bounds.largest} messages in one tree")
        yield _below(node, parent_id)
        waiting.extend((reply, node.get("message_id"), depth + 1) for reply in reversed(_replies(node)))


def _replies(node: Row) -> list[Any]:
    found = node.get("replies")
    if found is None or isinstance(found, list):
        return found or []
    raise LineFault(f"replies of message {shown(node.get('message_id'))} are not a list")


def _below(node: Row, parent_id: str | None) -> Row:
    if node.get("parent_id") not in (None, parent_id):
        raise LineFault(f"message {shown(node.get('message_id'))} stands below another one than its parent_id says")
    return {**node, "parent_id": parent_id}


def _row(node: Row, place: int, *, waits: bool) -> Row:
    """The columns of a message; fields without a column are in `imported`.

    In a tree that `waits` for ranking, a message without a review result counts as accepted.
    """
    node = checked(node)
    at, told = time(node.get("created_date"))
    kept = {name: node[name] for name in KEPT if name in node}
    result = node.get("review_result")
    answer = node["role"] == "assistant"
    return {
        "id": node["message_id"],
        "parent_id": node.get("parent_id"),
        "author": node.get("user_id", ""),
        "role": node["role"],
        "text": node["text"],
        "lang": node["lang"],
        "review_count": node.get("review_count", 0),
        "review_result": True if waits and result is None else result,
        "rank": node.get("rank"),
        "deleted": node.get("deleted", False),
        "synthetic": node.get("synthetic", (waits and answer) or bool(node.get("model_name"))),
        "model": node.get("model_name", ""),
        "imported": {"place": place, **kept, **told},
        "created_at": at,
    }


def _unknown(nodes: Iterable[Row]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in node if name not in FIELDS)
