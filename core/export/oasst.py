"""Open Assistant's formats: messages one by one, or as trees (spec/open-assistant.md 3.8 and 4.1)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from core.export.consent import Counts
from core.export.trees import Node, Vote

DEEPEST = 200
"""Levels of a tree that is written as nested replies: readers of JSON give up at about a thousand nested values, and
each message is two."""

dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON without needless spaces, in the letters of every language."""

TREE_STATE = "not_applicable"
"""Open Assistant's word for what was talked and not collected by tasks."""

MERITS = frozenset({"quality", "helpfulness", "creativity", "humor"})
"""Scales whose high end is praise: a thumb says which end is meant. Other labels say that something is the case."""

REPORTS = frozenset(
    {
        *("spam", "not_appropriate", "pii", "hate_speech", "sexual_content", "moral_judgement", "political_content"),
        *("toxicity", "violence", "quality"),
    }
)
"""The labels of a report (spec/open-assistant.md 1.10)."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Hides ids behind SHA-256 and a secret seed, as Open Assistant does; without a seed they stay as they are."""

    seed: str | None = None

    def __call__(self, kind: str, plain: str) -> str:
        return sha256(f"{kind}:{plain}{self.seed}".encode()).hexdigest() if self.seed else plain


def message(node: Node, ids: Ids) -> dict[str, Any]:
    """A message with the field names of the format, in its order; what is not known is absent."""
    fields = {
        "message_id": ids("message", node.id),
        "parent_id": ids("message", node.parent_id) if node.parent_id else None,
        "user_id": ids("user", node.person_id) if node.person_id else None,
        "created_date": node.created_at.isoformat(),
        "text": node.text,
        "role": node.role,
        "lang": node.lang,
        "review_count": 0,
        "review_result": None,
        "deleted": node.deleted,
        "synthetic": node.role == "assistant",
        "model_name": node.model or None,
        "emojis": emojis(node.votes) or None,
        "labels": labels(node.votes) or None,
        "events": events(node.votes, ids) or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def emojis(votes: tuple[Vote, ...]) -> dict[str, int]:
    """The thumbs, by the names that Open Assistant gives them."""
    given = {"+1": sum(vote.value > 0 for vote in votes), "-1": sum(vote.value < 0 for vote in votes)}
    return {name: number for name, number in given.items() if number}


def labels(votes: tuple[Vote, ...]) -> dict[str, dict[str, float]]:
    """For each label the mean of those who named it: who left it out has not said that it does not apply."""
    values: dict[str, list[float]] = {}
    for vote in votes:
        for name in vote.labels:
            values.setdefault(name, []).append(0.0 if name in MERITS and vote.value < 0 else 1.0)
    return {name: {"value": sum(given) / len(given), "count": len(given)} for name, given in sorted(values.items())}


def events(votes: tuple[Vote, ...], ids: Ids) -> Mapping[str, list[dict[str, Any]]]:
    """Each thumb as a score, and each complaint as a report."""
    scores: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for vote in votes:
        user = ids("user", vote.person_id)
        scores.append({"type": "score", "user_id": user, "score": vote.value})
        named = [name for name in vote.labels if name in REPORTS] if vote.value < 0 else []
        for name in named:
            reports.append({"type": "report", "user_id": user, "report_type": name, "reason": vote.comment})
    return {kind: listed for kind, listed in (("score", scores), ("report", reports)) if listed}


def messages(nodes: Iterator[Node], ids: Ids, counts: Counts) -> Iterator[str]:
    """One line a message; a parent comes before its children."""
    for node in nodes:
        counts.rows += 1
        tree = {"message_tree_id": ids("message", node.tree_id), "tree_state": TREE_STATE}
        yield dumps({**message(node, ids), **tree}) + "\n"


def trees(nodes: Iterator[Node], ids: Ids, counts: Counts) -> Iterator[str]:
    """One line a tree, in pieces, since a tree may be larger than the memory."""
    depth = -1
    for node in nodes:
        if node.depth >= DEEPEST:
            counts.left_out["too-deep"] += 1
            continue
        if node.depth == 0:
            yield _closing(depth, -1) + _opening(node, ids)
            counts.rows += 1
        else:
            yield _closing(depth, node.depth - 1) + ("," if depth >= node.depth else "")
        # The message stays open for its replies.
        yield dumps(message(node, ids))[:-1] + ',"replies":['
        depth = node.depth
    yield _closing(depth, -1)


def _opening(root: Node, ids: Ids) -> str:
    # Its id is the hashed id of its root; in Open Assistant's own files it was the plain one.
    head = {"message_tree_id": ids("message", root.id), "tree_state": TREE_STATE}
    return dumps(head)[:-1] + ',"prompt":'


def _closing(depth: int, until: int) -> str:
    """Closes the messages from `depth` up to, and without, the one at `until`; -1 closes the tree too."""
    end = "}\n" if until < 0 <= depth else ""
    return "]}" * (depth - until) + end
