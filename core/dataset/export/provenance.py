"""Adds the provenance of a row, which trainers ignore or drop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.dataset.export.annotations import PseudonymIds, labels
from core.dataset.export.nodes import ExportedMessage
from core.store.conversations import PathMessage


@dataclass(frozen=True, slots=True)
class ProvenanceWriter:
    """Writes the provenance of rows. `terms` is the version of the terms that is in force."""

    ids: PseudonymIds
    terms: str

    def of(self, node: ExportedMessage, way: Sequence[PathMessage | ExportedMessage], **more: Any) -> dict[str, Any]:
        """The provenance of a row about `node`, made of the messages in `way`; the names are docs/reference/labeling.md
        3.1."""
        means = {name: label["value"] for name, label in labels(node).items()}
        return {
            "tree_id": self.ids("message", node.tree_id),
            "message_ids": [self.ids("message", one.id) for one in way],
            "lang": node.lang,
            "source_platform": node.platform,
            "model_name": node.model,
            **({"label_means": means} if means else {}),
            **({"relaxed": dict(node.relaxed)} if node.relaxed else {}),
            **more,
            "consent_version": self.terms,
        }
