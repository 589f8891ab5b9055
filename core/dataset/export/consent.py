"""The one gate that every format passes through: it checks who agreed and what may be exported at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import IMPORTED, ExportedMessage, ExportedOpinion

G = TypeVar("G", bound=ExportedOpinion)

SOURCES: Mapping[str, bool] = {
    "command": True,
    "form": True,
    "direct": True,
    "reaction": True,
    "web": True,
    "terminal": True,
    IMPORTED: True,
    "gateway": False,
}
"""What may be exported by default (docs/reference/labeling.md 0): nothing that was merely overheard."""


@dataclass(frozen=True, slots=True)
class ExportSwitches:
    """What may be exported, by source and by platform; `pairs` ("platform.source") override both.

    A source or platform that is not named may not be exported.
    """

    platforms: Mapping[str, bool] = field(default_factory=dict)
    sources: Mapping[str, bool] = field(default_factory=lambda: SOURCES)
    pairs: Mapping[str, bool] = field(default_factory=dict)

    def changed(self, changes: Mapping[tuple[str, str], bool]) -> "ExportSwitches":
        """The switches with changes by platform and source; an empty source means the whole platform."""
        platforms = {platform: allowed for (platform, source), allowed in changes.items() if not source}
        pairs = {f"{platform}.{source}": allowed for (platform, source), allowed in changes.items() if source}
        return replace(self, platforms={**self.platforms, **platforms}, pairs={**self.pairs, **pairs})

    def refuse(self, platform: str, source: str) -> str:
        """The reason (a key of REASONS) why a platform and source may not be exported; empty if they may."""
        pair = self.pairs.get(f"{platform}.{source}")
        if pair is not None:
            return "" if pair else "source-off"
        if not self.platforms.get(platform, False):
            return "platform-off"
        return "" if self.sources.get(source, False) else "source-off"


def pruned(
    nodes: Iterator[ExportedMessage], refuse: Callable[[ExportedMessage], str], counts: ExportCounts
) -> Iterator[ExportedMessage]:
    """Leave out the messages for which `refuse` gives a reason, and everything below them.

    `nodes` must come depth first, a parent before its children.
    """
    cut: int | None = None
    for node in nodes:
        if cut is not None and node.depth > cut:
            counts.left_out["below"] += 1
            continue
        cut = None
        if reason := refuse(node):
            counts.left_out[reason] += 1
            cut = node.depth
        else:
            yield node


@dataclass(frozen=True, slots=True)
class ConsentGate:
    """Decides which messages, and which opinions about them, may be exported.

    `terms` is the version of the terms that is in force.
    """

    terms: str
    switches: ExportSwitches

    def admit(self, nodes: Iterator[ExportedMessage], counts: ExportCounts) -> Iterator[ExportedMessage]:
        """Yield the messages that may be exported, with those opinions of them that may be.

        Everything below a message that may not be exported is left out.
        """
        for node in pruned(_counted(nodes, counts), self.refuse, counts):
            yield self._said(node, counts)

    def refuse(self, node: ExportedMessage) -> str:
        """The reason why a message itself may not be exported, whatever is above it; empty if it may."""
        if node.deleted and (node.chat or not node.text):
            return "deleted"
        if node.state not in ("manual", "complete"):
            return "unfinished"
        if node.owned and node.terms != self.terms:
            return "no-consent"
        if node.private:
            return "private"
        if node.outside:
            return "outside"
        if node.role != ("assistant" if node.depth % 2 else "prompter"):
            return "out-of-turn"
        if node.typed and (reason := self.switches.refuse(node.platform, node.source)):
            return reason
        return "" if node.text.strip() else "empty"

    def _said(self, node: ExportedMessage, counts: ExportCounts) -> ExportedMessage:
        if not (node.votes or node.picks or node.reviews or node.reports or node.rankings or node.skips):
            return node
        return replace(
            node,
            votes=self.opinions(node.votes, counts),
            # A preference is listed under both of its answers, but counted only under the better one.
            picks=self.opinions([pick for pick in node.picks if pick.rejected_id == node.id], ExportCounts())
            + self.opinions([pick for pick in node.picks if pick.chosen_id == node.id], counts),
            reviews=self.opinions(node.reviews, counts),
            reports=self.opinions(node.reports, counts),
            rankings=self.opinions(node.rankings, counts),
            skips=self.opinions(node.skips, counts),
        )

    def opinions(self, given: Sequence[G], counts: ExportCounts) -> tuple[G, ...]:
        """Those opinions that may be exported."""
        kept: list[G] = []
        for one in given:
            reason = self.switches.refuse(one.platform, one.source)
            if one.private:
                reason = "private"
            if one.terms != self.terms:
                reason = "no-consent"
            if reason:
                counts.ratings_left_out[reason] += 1
            else:
                kept.append(one)
        return tuple(kept)


def _counted(nodes: Iterator[ExportedMessage], counts: ExportCounts) -> Iterator[ExportedMessage]:
    for node in nodes:
        counts.messages += 1
        yield node
