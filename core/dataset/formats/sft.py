"""Conversations that end with an answer, for TRL's SFT trainer (docs/reference/labeling.md 3)."""

from collections.abc import Callable, Iterator

from core.dataset.export.consent import pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.export.queries import FetchUnit
from core.dataset.formats import kto
from core.dataset.formats.dialogue import to_each, turn, turns
from core.dataset.formats.oasst import Row
from core.labeling.rules.ranking_consensus import WeightedRanking, is_refused


def rows(
    nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts, fetch: FetchUnit
) -> Iterator[Row]:
    """Yield a row for each branch, up to its last answer; if only prompts are wanted, a row for each prompt.

    A chat is used only up to an answer that people rated as good; an answer that they rated as bad, and everything
    below it, is left out. In a tree, so are the answers of which people say that none is good.
    """
    choice, meta = options.choice, options.told
    if choice.prompts_only:
        found = (node for node in nodes if choice.takes(node))
        name = "prompt"
    else:
        found = (node for node in _last(pruned(nodes, _refuse(), counts)) if choice.takes(node))
        name = "messages"
    for node, way in to_each(found, lambda last: last, fetch):
        row: Row = {name: [*turns(way), turn(node.role, node.text)]}
        if meta:
            row["meta"] = meta.of(node, [*way, node])
        counts.rows += 1
        counts.note(node)
        yield row


def _refuse() -> Callable[[ExportedMessage], str]:
    """The reason why people do not want an answer as an example. It must be asked depth first, parents first."""
    questions: dict[int, ExportedMessage] = {}

    def reason(node: ExportedMessage) -> str:
        if node.role != "assistant":
            questions[node.depth] = node
            return ""
        if not node.chat:
            return "not-good" if _is_refused(questions[node.depth - 1], node.id) else ""
        if kto.flagged(node):
            return "flagged"
        return "disliked" if kto.verdict(node) is False else ""

    return reason


def _is_refused(question: ExportedMessage, answer_id: str) -> bool:
    """Whether those who ranked an answer say that none of the answers they saw is good."""
    about = [ranks for ranks in question.rankings if answer_id in ranks.shown]
    return is_refused([WeightedRanking(ranks.groups, not_rankable=ranks.not_rankable) for ranks in about])


def _last(nodes: Iterator[ExportedMessage]) -> Iterator[ExportedMessage]:
    """Yield the last answer of each branch; earlier answers are already part of its row."""
    last: ExportedMessage | None = None
    for node in nodes:
        if last and node.depth <= last.depth:
            yield last
            last = None
        if node.role == "assistant" and (not node.chat or kto.verdict(node)):
            last = node
    if last:
        yield last
