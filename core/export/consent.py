"""The one gate through which every format goes: who agreed, and what may leave at all."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.export.trees import Node, Vote

SOURCES: Mapping[str, bool] = {
    "command": True,
    "form": True,
    "direct": True,
    "reaction": True,
    "web": True,
    "terminal": True,
    "gateway": False,
}
PLATFORMS: Mapping[str, bool] = {"web": True, "terminal": True, "discord": True, "telegram": True, "slack": False}
"""What may leave by default (spec/labeling.md 0): nothing that was merely overheard, and nothing from Slack, whose
policy forbids it."""

REASONS: Mapping[str, str] = {
    "deleted": "deleted or erased",
    "unfinished": "answers that were cut short, failed or are still being written",
    "empty": "without any text",
    "no-consent": "by a person who has not agreed to the current terms",
    "platform-off": "from a platform that is switched off",
    "source-off": "from a source that is switched off",
    "out-of-turn": "two messages of one side in a row",
    "below": "below a message that was left out",
    "too-deep": "deeper than a tree of the format may be",
    "unrated": "answers without a rating",
    "undecided": "answers whose ratings do not decide",
    "flagged": "answers that were reported as spam or as personal data",
}
"""Why something was left out, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What may leave, by source and by platform; `pairs` ("discord.gateway") outweigh both.

    What is not named may not.
    """

    sources: Mapping[str, bool] = field(default_factory=lambda: SOURCES)
    platforms: Mapping[str, bool] = field(default_factory=lambda: PLATFORMS)
    pairs: Mapping[str, bool] = field(default_factory=dict)

    def refuse(self, platform: str, source: str) -> str:
        """The reason (a key of REASONS) why it may not leave; empty where it may."""
        pair = self.pairs.get(f"{platform}.{source}")
        if pair is not None:
            return "" if pair else "source-off"
        if not self.platforms.get(platform, False):
            return "platform-off"
        return "" if self.sources.get(source, False) else "source-off"


@dataclass(slots=True)
class Counts:
    """What an export wrote, and what it left out by reason (the keys of REASONS).

    `rows` are the lines of the file, `messages` all that were looked at; `good` and `bad` the labels of KTO rows.
    """

    rows: int = 0
    messages: int = 0
    good: int = 0
    bad: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    ratings_left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Gate:
    """Takes the version of the terms that is in force."""

    terms: str
    switches: Switches

    def admit(self, nodes: Iterator[Node], counts: Counts) -> Iterator[Node]:
        """The messages that may leave, each with the votes that may; what is below one that may not stays too.

        `nodes` come depth first, as `core.export.trees.walk` gives them.
        """
        cut: int | None = None
        for node in nodes:
            counts.messages += 1
            if cut is not None and node.depth > cut:
                counts.left_out["below"] += 1
                continue
            cut = None
            if reason := self.refuse(node):
                counts.left_out[reason] += 1
                cut = node.depth
                continue
            yield replace(node, votes=self._votes(node, counts))

    def refuse(self, node: Node) -> str:
        """The reason why a message may not leave, apart from what is above it; empty where it may."""
        if node.deleted:
            return "deleted"
        if node.state not in ("manual", "complete"):
            return "unfinished"
        if node.terms != self.terms:
            return "no-consent"
        if node.role != ("assistant" if node.depth % 2 else "prompter"):
            return "out-of-turn"
        # An answer has the source of its question, which has passed.
        if node.role == "prompter" and (reason := self.switches.refuse(node.platform, node.source)):
            return reason
        return "" if node.text.strip() else "empty"

    def _votes(self, node: Node, counts: Counts) -> tuple[Vote, ...]:
        kept: list[Vote] = []
        for vote in node.votes:
            reason = self.switches.refuse(node.platform, vote.source)
            if vote.terms != self.terms:
                reason = "no-consent"
            if reason:
                counts.ratings_left_out[reason] += 1
            else:
                kept.append(vote)
        return tuple(kept)
