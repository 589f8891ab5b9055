"""Checks a line of a file: a tree, a thread or a message (docs/reference/open-assistant.md 4.1), or a conversation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from core.dataset.export.nodes import GUESS, LANG_FROM, NOT_COLLECTED, OPERATOR
from core.dataset.formats.oasst_fields import FIELDS, LineFault, Row, checked, shown, time
from core.dataset.importing import conversations
from core.dataset.importing.bounds import USUAL_BOUNDS, ImportBounds
from core.dataset.importing.jsonl_reader import SourceLine
from core.labeling.rules.language_id import guess
from core.labeling.rules.vocabulary import TreeState

STATES: frozenset[str] = frozenset(get_args(TreeState))
BACKLOG = "backlog_ranking"

TREE_FIELDS, THREAD_FIELDS = {"message_tree_id", "tree_state", "prompt", "origin"}, {"thread_id", "thread"}

KEPT = ("review_count", "emojis", "labels", "events", "detoxify")
"""The fields that have no column of their own, or only one that is counted afresh here."""


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """The messages of a line as rows without a tree or a depth yet, a parent before its replies.

    `state` and `origin` belong to the tree that begins here. A message that is `alone` on its line, perhaps with its
    replies, may come before its parent. `tree_id` is the tree that the line says it is in. `unknown` are fields that
    the format does not have.
    """

    line: SourceLine
    messages: Sequence[Row]
    state: str
    origin: str = ""
    alone: bool = False
    tree_id: Any = None
    unknown: frozenset[str] = frozenset()

    @property
    def begins(self) -> bool:
        """Whether the record begins a tree."""
        return self.messages[0]["parent_id"] is None

    @property
    def guessed(self) -> int:
        """How many of the messages are in a language that was guessed."""
        return sum(row["imported"].get(LANG_FROM) == GUESS for row in self.messages)


@dataclass(frozen=True, slots=True)
class RecordDefaults:
    """Defaults for lines that do not give a value.

    With `backlog`, every tree waits to be ranked, as one does that has no state. `lang` is the language of messages
    that have none; if it is empty, their language is guessed.
    """

    backlog: bool = False
    lang: str = ""


def record(
    line: SourceLine, defaults: RecordDefaults = RecordDefaults(), bounds: ImportBounds = USUAL_BOUNDS
) -> MessageRecord:
    """Turn a line into a record. Raises LineFault if the line cannot be accepted."""
    value = line.value
    if line.fault:
        raise LineFault(line.fault)
    if not isinstance(value, dict):
        raise LineFault("not an object")
    if "thread" in value:
        return _thread(line, value, defaults, bounds.deepest)
    if "message_id" in value:
        return _message(line, value, defaults, bounds)
    if "message_tree_id" in value and "prompt" in value:
        return _tree(line, value, defaults, bounds)
    if found := conversations.thread(value):
        return _thread(line, found, defaults, bounds.deepest)
    raise LineFault(
        "neither a tree (message_tree_id, prompt), a thread (thread_id, thread), a message (message_id) nor a"
        " conversation (conversations; messages; instruction, output)"
    )


def _tree(line: SourceLine, value: Row, defaults: RecordDefaults, bounds: ImportBounds) -> MessageRecord:
    state, origin = _state(value, defaults.backlog), value.get("origin") or ""
    if not isinstance(origin, str):
        raise LineFault("origin is not a text")
    nested = list(_nested(value["prompt"], None, bounds))
    rows = [_row(node, place, waits=state == BACKLOG) for place, node in enumerate(_spoken(nested, defaults.lang))]
    unknown = _unknown(nested) | (value.keys() - TREE_FIELDS)
    return MessageRecord(line, rows, state, origin, tree_id=value["message_tree_id"], unknown=unknown)


def _thread(line: SourceLine, value: Row, defaults: RecordDefaults, deepest: int) -> MessageRecord:
    said = value["thread"]
    if not isinstance(said, list) or not said or not all(isinstance(node, dict) for node in said):
        raise LineFault("thread is not a list of messages")
    if len(said) > deepest:
        raise LineFault(f"deeper than {deepest} messages")
    if any(_replies(node) for node in said):
        raise LineFault("a message of a thread has replies of its own, which belong into a tree")
    parents = [None, *(node.get("message_id") for node in said)]
    placed = [_below(node, parent_id) for node, parent_id in zip(said, parents, strict=False)]
    rows = [_row(node, line.number, waits=True) for node in _spoken(placed, defaults.lang)]
    return MessageRecord(line, rows, BACKLOG, unknown=_unknown(said) | (value.keys() - THREAD_FIELDS))


def _message(line: SourceLine, value: Row, defaults: RecordDefaults, bounds: ImportBounds) -> MessageRecord:
    state = _state(value, defaults.backlog)
    nested = list(_nested(value, value.get("parent_id"), bounds))
    # Among messages on lines of their own, the number of the line is the place.
    rows = [_row(node, line.number, waits=state == BACKLOG) for node in _spoken(nested, defaults.lang)]
    tree_id = value.get("message_tree_id")
    return MessageRecord(line, rows, state, alone=True, tree_id=tree_id, unknown=_unknown(nested))


def _spoken(nodes: Sequence[Row], given: str) -> Sequence[Row]:
    """The messages, each in a language: its own, the one that the operator gave, or else one that is guessed.

    The language of one message often cannot be told, so they are looked at together.
    """
    silent = [node for node in nodes if not node.get("lang")]
    if not silent:
        return nodes
    lang = given or guess("\n".join(str(node.get("text", "")) for node in silent))
    if not lang:
        # The ids of conversations are made here, so people know their messages by the words.
        words = shown(silent[0].get("text"))
        raise LineFault(f"there is no lang, and it cannot be told from {words}: give it with --lang")
    mark = OPERATOR if given else GUESS
    return [node if node.get("lang") else {**node, "lang": lang, LANG_FROM: mark} for node in nodes]


def _state(value: Row, backlog: bool) -> str:
    state = value.get("tree_state")
    if backlog or state in (None, NOT_COLLECTED):
        return BACKLOG
    if not isinstance(state, str) or state not in STATES:
        raise LineFault(f"tree_state is {shown(state)}, which is not one of Open Assistant's")
    return state


def _nested(top: Any, parent_id: Any, bounds: ImportBounds) -> Iterator[Row]:
    """Yield a message and everything below it, depth first."""
    number = 0
    waiting: list[tuple[Any, Any, int]] = [(top, parent_id, 0)]
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


def _below(node: Row, parent_id: Any) -> Row:
    if node.get("parent_id") not in (None, parent_id):
        raise LineFault(f"message {shown(node.get('message_id'))} stands below another one than its parent_id says")
    return {**node, "parent_id": parent_id}


def _row(node: Row, place: int, *, waits: bool) -> Row:
    """The columns of a message; fields without a column are in `imported`.

    In a tree that `waits` for ranking, a message without a review result counts as accepted.
    """
    lang_from = {LANG_FROM: node[LANG_FROM]} if LANG_FROM in node else {}
    node = checked(node)
    at, told = time(node.get("created_date"))
    kept = {name: node[name] for name in KEPT if name in node} | lang_from
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
