"""Adds the provenance of a row, which trainers ignore or drop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.dataset.export.annotations import PseudonymIds, given_counts, labels, review_modes, skip_counts
from core.dataset.export.nodes import GUESS, LANG_FROM, ExportedMessage
from core.store.hot_path import PathMessage


@dataclass(frozen=True, slots=True)
class ProvenanceWriter:
    """Writes the provenance of rows. `terms` is the version of the terms that is in force."""

    ids: PseudonymIds
    terms: str

    def of(self, node: ExportedMessage, way: Sequence[PathMessage | ExportedMessage], **more: Any) -> dict[str, Any]:
        """The provenance of a row about `node`, made of the messages in `way`; the names are docs/reference/labeling.md
        3.1."""
        return {
            "tree_id": self.ids("message", node.tree_id),
            "message_ids": [self.ids("message", one.id) for one in way],
            "lang": node.lang,
            **({"lang_guessed": True} if node.imported.get(LANG_FROM) == GUESS else {}),
            "source_platform": node.platform,
            "model_name": node.model,
            **_labels(node),
            **({"skips": skip_counts(node)} if node.skips else {}),
            **({"relaxed": dict(node.relaxed)} if node.relaxed else {}),
            **more,
            "consent_version": self.terms,
        }


def _labels(node: ExportedMessage) -> dict[str, Any]:
    """The means of the labels, over how many people, how many of them gave each, and in which mode they reviewed.

    A flag's mean is over all who saw it. `label_means` times `label_counts` by `label_given` is the mean over those who
    gave it.
    """
    found = labels(node)
    if not found:
        return {}
    said = {
        "label_means": {name: label["value"] for name, label in found.items()},
        "label_counts": {name: label["count"] for name, label in found.items()},
        "label_given": given_counts(node),
    }
    return {**said, "review_modes": review_modes(node)} if node.reviews else said
