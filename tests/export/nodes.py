"""Messages for tests of what needs no database."""

from datetime import UTC, datetime
from typing import Any

from core.export.trees import Node, Vote

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def node(node_id: str = "a", depth: int = 0, **values: Any) -> Node:
    """A message that may leave unless `values` say otherwise; odd depths are answers."""
    answer = depth % 2 == 1
    fields: dict[str, Any] = {
        "id": node_id,
        "tree_id": node_id[:1],
        "parent_id": node_id[:-1] or None,
        "depth": depth,
        "person_id": "ana",
        "terms": "2",
        "platform": "web",
        "source": "" if answer else "web",
        "role": "assistant" if answer else "prompter",
        "state": "complete" if answer else "manual",
        "text": f"text of {node_id}",
        "lang": "en",
        "model": "tiny" if answer else "",
        "deleted": False,
        "created_at": AT,
        "votes": (),
    }
    return Node(**{**fields, **values})


def vote(
    person_id: str, value: int, *labels: str, terms: str | None = "2", source: str = "form", comment: str = ""
) -> Vote:
    return Vote(person_id, terms, source, value, labels, comment)
