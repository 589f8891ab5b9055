"""Answers that are good or bad, for TRL's KTO trainer (docs/reference/labeling.md 3): prompt, completion, label."""

from collections.abc import Iterator

from core.dataset.export.annotations import NOBODYS, labels
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.export.queries import FetchUnit
from core.dataset.export.selection import HALF, ExportSelection
from core.dataset.formats.dialogue import to_each, turn, turns
from core.dataset.formats.oasst import Row

ENOUGH = 2
"""The lead in votes that decides even if the person who asked has not voted, and the least reviewers of a label."""

BAD, GOOD = 0.4, 0.6
"""The mean quality up to which an answer in a tree is bad, and from which it is good."""


def rows(
    nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts, fetch: FetchUnit
) -> Iterator[Row]:
    """Yield a row for each answer that ratings in a chat, or labels in a tree, clearly call good or bad.

    The prompt is the path to the answer, as far back as the assistant itself may look.
    """
    meta = options.told
    for (node, label), way in to_each(_decided(nodes, options.choice, counts), lambda decided: decided[0], fetch):
        row: Row = {"prompt": turns(way), "completion": [turn("assistant", node.text)], "label": label}
        if meta:
            row["meta"] = meta.of(node, [*way, node], **_votes(node))
        counts.rows += 1
        counts.good += label
        counts.bad += not label
        counts.note(node)
        yield row


def verdict(node: ExportedMessage) -> bool | None:
    """The verdict of the votes on an answer: the majority, with the vote of the person who asked breaking a tie.

    None if that is not enough: the person who asked has not voted, and no side leads by ENOUGH votes.
    """
    score = sum(vote.value for vote in node.votes)
    asker = next((vote.value for vote in node.votes if vote.person_id == node.person_id), 0)
    if not asker and abs(score) < ENOUGH:
        return None
    return (score or asker) > 0


def assessment(node: ExportedMessage) -> bool | None:
    """Whether reviewers call an answer in a tree good, by its quality and by whether it fails the task.

    None if fewer than ENOUGH of them gave these labels, or if the quality is in the middle.
    """
    given = {name: label["value"] for name, label in labels(node).items() if label["count"] >= ENOUGH}
    if (given.get("fails_task") or 0.0) > HALF:
        return False
    quality = given.get("quality")
    if quality is None or BAD < quality < GOOD:
        return None
    return bool(quality >= GOOD)


def _votes(node: ExportedMessage) -> dict[str, int]:
    if not node.chat:
        return {"n_votes": labels(node).get("quality", NOBODYS)["count"]}
    votes = [vote.value for vote in node.votes]
    return {"n_votes": len(votes), "margin": sum(votes)}


def flagged(node: ExportedMessage) -> bool:
    """Whether raters rule an answer out for training: most call it spam, or anyone says it has personal data."""
    named = [name for vote in node.votes for name in vote.labels]
    return "pii" in named or named.count("spam") * 2 > len(node.votes)


def weights(counts: ExportCounts) -> tuple[float, float]:
    """The `desirable_weight` and `undesirable_weight` that balance the thumbs: TRL wants a ratio from 1:1 to 4:3."""
    if not counts.good or not counts.bad:
        return 1.0, 1.0
    if counts.good < counts.bad:
        return round(counts.bad / counts.good, 2), 1.0
    if counts.good * 3 > counts.bad * 4:
        return 1.0, round(counts.good / counts.bad, 2)
    return 1.0, 1.0


def _decided(
    nodes: Iterator[ExportedMessage], choice: ExportSelection, counts: ExportCounts
) -> Iterator[tuple[ExportedMessage, bool]]:
    # An answer that was given to labeling has the same id in its tree, and the trees come first.
    in_trees: set[str] = set()
    for node in nodes:
        if node.role != "assistant" or not choice.takes(node):
            continue
        label = verdict(node) if node.chat else assessment(node)
        if label is None:
            counts.left_out["undecided" if node.votes or labels(node) else "unrated"] += 1
        elif node.id in in_trees:
            counts.left_out["given"] += 1
        elif flagged(node):
            counts.left_out["flagged"] += 1
        else:
            if not node.chat:
                in_trees.add(node.id)
            yield node, label
