"""The one gate through which every format goes: who agreed, and what may leave at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.dataset.export.counts import Counts
from core.dataset.export.nodes import IMPORTED, Given, Node

G = TypeVar("G", bound=Given)

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
PLATFORMS: Mapping[str, bool] = {
    "web": True,
    "terminal": True,
    "discord": True,
    "telegram": True,
    IMPORTED: True,
    "slack": False,
}
"""What may leave by default (spec/labeling.md 0): nothing that was merely overheard, and nothing from Slack, whose
policy forbids it."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What may leave, by source and by platform; `pairs` ("discord.gateway") outweigh both.

    What is not named may not.
    """

    sources: Mapping[str, bool] = field(default_factory=lambda: SOURCES)
    platforms: Mapping[str, bool] = field(default_factory=lambda: PLATFORMS)
    pairs: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def with_changes(cls, changes: Mapping[tuple[str, str], bool]) -> "Switches":
        """The defaults with what was switched by platform and source; without a source it is the whole platform."""
        platforms = {platform: allowed for (platform, source), allowed in changes.items() if not source}
        pairs = {f"{platform}.{source}": allowed for (platform, source), allowed in changes.items() if source}
        return cls(SOURCES, {**PLATFORMS, **platforms}, pairs)

    def refuse(self, platform: str, source: str) -> str:
        """The reason (a key of REASONS) why it may not leave; empty where it may."""
        pair = self.pairs.get(f"{platform}.{source}")
        if pair is not None:
            return "" if pair else "source-off"
        if not self.platforms.get(platform, False):
            return "platform-off"
        return "" if self.sources.get(source, False) else "source-off"


def pruned(nodes: Iterator[Node], refuse: Callable[[Node], str], counts: Counts) -> Iterator[Node]:
    """The messages for which `refuse` gives no reason; what is below one with a reason stays too.

    `nodes` come depth first, a parent right before its children.
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
class Gate:
    """Takes the version of the terms that is in force."""

    terms: str
    switches: Switches

    def admit(self, nodes: Iterator[Node], counts: Counts) -> Iterator[Node]:
        """The messages that may leave, each with what was said of it that may; nothing below one that may not."""
        for node in pruned(_counted(nodes, counts), self.refuse, counts):
            yield self._said(node, counts)

    def refuse(self, node: Node) -> str:
        """The reason why a message may not leave, apart from what is above it; empty where it may."""
        if node.deleted and (node.chat or not node.text):
            return "deleted"
        if node.state not in ("manual", "complete"):
            return "unfinished"
        if node.owned and node.terms != self.terms:
            return "no-consent"
        if node.role != ("assistant" if node.depth % 2 else "prompter"):
            return "out-of-turn"
        if node.typed and (reason := self.switches.refuse(node.platform, node.source)):
            return reason
        return "" if node.text.strip() else "empty"

    def _said(self, node: Node, counts: Counts) -> Node:
        if not (node.votes or node.picks or node.reviews or node.reports or node.rankings):
            return node
        return replace(
            node,
            votes=self._kept(node.votes, counts),
            # What was said of two answers stands under both, and counts under the better one.
            picks=self._kept([pick for pick in node.picks if pick.rejected_id == node.id], Counts())
            + self._kept([pick for pick in node.picks if pick.chosen_id == node.id], counts),
            reviews=self._kept(node.reviews, counts),
            reports=self._kept(node.reports, counts),
            rankings=self._kept(node.rankings, counts),
        )

    def _kept(self, given: Sequence[G], counts: Counts) -> tuple[G, ...]:
        kept: list[G] = []
        for one in given:
            reason = self.switches.refuse(one.platform, one.source)
            if one.terms != self.terms:
                reason = "no-consent"
            if reason:
                counts.ratings_left_out[reason] += 1
            else:
                kept.append(one)
        return tuple(kept)


def _counted(nodes: Iterator[Node], counts: Counts) -> Iterator[Node]:
    for node in nodes:
        counts.messages += 1
        yield node
