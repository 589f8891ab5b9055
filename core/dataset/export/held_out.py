"""Keeps people and prompts out of training for good, so that a trained model can be judged by them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from core.dataset.export.consent import pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.store.training_people import is_held_out

HeldOutSide = Literal["train", "held-out"]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One side of a split by person and by prompt, which is the same in every run.

    Who is held out follows from their id and the installation's `key` alone, and a prompt from its words: nobody who
    does not know the key can choose a side. On the side "train" is nothing that a held-out person wrote or said about
    an answer, and no tree that begins with a held-out prompt. On the side "held-out" are the trees that were begun by
    held-out people, or with held-out prompts.
    """

    key: bytes
    side: HeldOutSide = "train"

    def admit(self, nodes: Iterator[ExportedMessage], counts: ExportCounts) -> Iterator[ExportedMessage]:
        """Yield the messages on this side, with what may be used of what people said about them.

        They must come depth first, a parent before its children.
        """
        if self.side == "held-out":
            yield from pruned(nodes, lambda node: "" if node.depth or self._begins(node) else "other-side", counts)
            return
        for node in pruned(nodes, self._refuse, counts):
            yield self._unsaid(node)

    def person(self, id: str) -> bool:
        """Whether a person is held out."""
        return is_held_out(self.key, "person", id)

    def prompt(self, text: str) -> bool:
        """Whether a prompt is held out, however it is spaced and capitalised."""
        return is_held_out(self.key, "prompt", " ".join(text.casefold().split()))

    def _begins(self, node: ExportedMessage) -> bool:
        """Whether a tree that begins with this message is held out."""
        return self._by_held_out(node) or self.prompt(node.text)

    def _by_held_out(self, node: ExportedMessage) -> bool:
        author = node.person_id or node.author
        return bool(author) and self.person(author)

    def _refuse(self, node: ExportedMessage) -> str:
        outside = self._by_held_out(node) if node.depth else self._begins(node)
        return "other-side" if outside else ""

    def _unsaid(self, node: ExportedMessage) -> ExportedMessage:
        """The message without what held-out people said about it."""
        return replace(
            node,
            votes=tuple(one for one in node.votes if not self.person(one.person_id)),
            picks=tuple(one for one in node.picks if not self.person(one.person_id)),
            reviews=tuple(one for one in node.reviews if not self.person(one.person_id)),
            reports=tuple(one for one in node.reports if not self.person(one.person_id)),
            rankings=tuple(one for one in node.rankings if not self.person(one.person_id)),
            skips=tuple(one for one in node.skips if not self.person(one.person_id)),
        )
