"""Conversations to learn from, as TRL's SFT trainer reads them (spec/labeling.md 3): they end with an answer."""

from collections.abc import Iterator

from core.dataset.export.consent import pruned
from core.dataset.export.counts import Counts
from core.dataset.export.nodes import Node
from core.dataset.export.options import Options
from core.dataset.export.queries import Fetch
from core.dataset.formats import kto
from core.dataset.formats.dialogue import to_each, turn, turns
from core.dataset.formats.oasst import Row


def rows(nodes: Iterator[Node], options: Options, counts: Counts, fetch: Fetch) -> Iterator[Row]:
    """A row for each branch, up to its last answer; where only prompts are wanted, one for each of these.

    A chat is an example only up to an answer that people rated as good, and from one that they rated as bad on not at
    all.
    """
    choice, meta = options.choice, options.told
    if choice.prompts_only:
        found = (node for node in nodes if choice.takes(node))
        name = "prompt"
    else:
        found = (node for node in _last(pruned(nodes, _refuse, counts)) if choice.takes(node))
        name = "messages"
    for node, way in to_each(found, lambda last: last, fetch):
        row: Row = {name: [*turns(way), turn(node.role, node.text)]}
        if meta:
            row["meta"] = meta.of(node, [*way, node])
        counts.rows += 1
        counts.note(node)
        yield row


def _refuse(node: Node) -> str:
    if not node.chat or node.role != "assistant":
        return ""
    if kto.flagged(node):
        return "flagged"
    return "disliked" if kto.verdict(node) is False else ""


def _last(nodes: Iterator[Node]) -> Iterator[Node]:
    """The last answer of each branch: what one further below goes on from is a part of that one's row."""
    last: Node | None = None
    for node in nodes:
        if last and node.depth <= last.depth:
            yield last
            last = None
        if node.role == "assistant" and (not node.chat or kto.verdict(node)):
            last = node
    if last:
        yield last
