"""Where a row for trainers is from. They ignore it, or drop it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.dataset.export.annotations import Ids, labels
from core.dataset.export.nodes import Node
from core.store.conversations import Spoken


@dataclass(frozen=True, slots=True)
class Meta:
    """Takes the version of the terms that is in force."""

    ids: Ids
    terms: str

    def of(self, node: Node, way: Sequence[Spoken | Node], **more: Any) -> dict[str, Any]:
        """The names of spec/labeling.md 3.1, for a row that is about `node` and made of the messages of `way`."""
        means = {name: label["value"] for name, label in labels(node).items()}
        return {
            "tree_id": self.ids("message", node.tree_id),
            "message_ids": [self.ids("message", one.id) for one in way],
            "lang": node.lang,
            "source_platform": node.platform,
            "model_name": node.model,
            **({"label_means": means} if means else {}),
            **more,
            "consent_version": self.terms,
        }
