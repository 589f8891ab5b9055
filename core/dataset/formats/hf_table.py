"""The table format of OpenAssistant/oasst1 and oasst2 on the Hugging Face hub: one row per message, all columns."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.dataset.export.annotations import PseudonymIds
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.formats.oasst import Row, columns, taken, tree

if TYPE_CHECKING:
    import pyarrow

DETOXIFY = ("toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit")


def rows(nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts) -> Iterator[Row]:
    """Yield a row for each message, a parent before its children, so that trees can be rebuilt in one pass."""
    for node in taken(nodes, options.choice, counts):
        yield row(node, options.ids)


def row(node: ExportedMessage, ids: PseudonymIds) -> Row:
    """A message as a row of the table. Mappings with free names become lists side by side."""
    found = columns(node, ids)
    emojis, labels = found.pop("emojis"), found.pop("labels")
    detoxify = node.imported.get("detoxify")
    return {
        **found,
        "detoxify": {name: detoxify.get(name) for name in DETOXIFY} if detoxify else None,
        **tree(node, ids),
        "emojis": None if emojis is None else {"name": list(emojis), "count": list(emojis.values())},
        "labels": None if labels is None else {"name": list(labels), **_beside(labels)},
    }


def schema() -> "pyarrow.Schema":
    """The types of the columns, in the order of the rows."""
    import pyarrow as pa

    text, number, yes, share = pa.string(), pa.int32(), pa.bool_(), pa.float64()
    return pa.schema(
        {
            **dict.fromkeys(("message_id", "parent_id", "user_id", "created_date", "text", "role", "lang"), text),
            **{"review_count": number, "review_result": yes, "deleted": yes, "rank": number, "synthetic": yes},
            "model_name": text,
            "detoxify": pa.struct(dict.fromkeys(DETOXIFY, share)),
            **dict.fromkeys(("message_tree_id", "tree_state"), text),
            "emojis": pa.struct({"name": pa.list_(text), "count": pa.list_(number)}),
            "labels": pa.struct({"name": pa.list_(text), "value": pa.list_(share), "count": pa.list_(number)}),
        }
    )


def _beside(labels: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
    return {part: [label[part] for label in labels.values()] for part in ("value", "count")}
