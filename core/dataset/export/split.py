"""Splits people and trees into training and validation data."""

import hmac
from dataclasses import dataclass
from typing import Literal, get_args

from core.dataset.export.nodes import ExportedMessage

SplitSide = Literal["train", "validation"]
SIDES: tuple[SplitSide, ...] = get_args(SplitSide)


@dataclass(frozen=True, slots=True)
class DataSplit:
    """One side of a split in which neither a tree nor an author is ever on both sides.

    The side of an author follows from their id and the `key` alone. So it is the same in every export with the same
    key and `share`, whatever people write in the meantime. A tree is on the side of the author of its prompt or, if a
    model wrote that, on the side of its own id. What authors of the other side wrote in it is left out.
    """

    side: SplitSide
    share: float = 0.1
    key: str = ""

    def refuse(self, node: ExportedMessage) -> str:
        """The reason why a message, with everything below it, is left out; empty if it is on this side."""
        author = node.person_id or node.author
        if not (author or node.depth == 0):
            return ""
        side = self._side("user", author) if author else self._side("tree", node.tree_id)
        return "" if side == self.side else "other-side"

    def _side(self, kind: str, id: str) -> SplitSide:
        digest = hmac.digest(self.key.encode(), f"{kind}:{id}".encode(), "sha256")
        return "validation" if int.from_bytes(digest[:8]) < self.share * 2**64 else "train"
