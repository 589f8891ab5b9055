"""Messages for tests of what needs no database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.dataset.export.nodes import (
    IMPORTED,
    ExportedChoice,
    ExportedMessage,
    ExportedRanking,
    ExportedReport,
    ExportedReview,
    ExportedSkip,
    ExportedVote,
)
from core.labeling.rules.vocabulary import ReviewMode, TaskKind

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def node(node_id: str = "a", depth: int = 0, **values: Any) -> ExportedMessage:
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
        "synthetic": answer,
    }
    return ExportedMessage(**{**fields, **values})


def labeled(node_id: str = "a", depth: int = 0, **values: Any) -> ExportedMessage:
    """An accepted message of a finished tree, which a person wrote unless `values` say otherwise."""
    fields: dict[str, Any] = {
        "chat": False,
        "source": "form",
        "state": "complete",
        "synthetic": False,
        "model": "",
        "tree_state": "ready_for_export",
        "review_result": True,
        "required": 2,
    }
    return node(node_id, depth, **{**fields, **values})


def from_file(node_id: str = "a", depth: int = 0, **values: Any) -> ExportedMessage:
    """The same, read from a file."""
    fields = {"person_id": None, "terms": None, "author": "eve", "platform": IMPORTED, "source": IMPORTED}
    before = {"place": 0, **values.pop("imported", {})}
    return labeled(node_id, depth, **{**fields, "imported": before, **values})


def review(person_id: str, terms: str | None = "2", *, mode: ReviewMode = "quick", **labels: float) -> ExportedReview:
    return ExportedReview(person_id, terms, "web", "form", labels, mode)


def vote(
    person_id: str, value: int, *labels: str, terms: str | None = "2", source: str = "form", comment: str = ""
) -> ExportedVote:
    return ExportedVote(person_id, terms, "web", source, value, labels, comment)


def ranks(person_id: str, *order: str, terms: str | None = "2", refused: bool = False) -> ExportedRanking:
    """A ranking, best first; "b=c" are tied."""
    groups = tuple(tuple(group.split("=")) for group in order)
    shown = tuple(sorted(id for group in groups for id in group))
    return ExportedRanking(person_id, terms, "web", "form", groups, shown, refused)


def report(person_id: str, *labels: str, terms: str | None = "2", comment: str = "") -> ExportedReport:
    return ExportedReport(person_id, terms, "web", "form", labels, comment)


def skip(person_id: str, kind: TaskKind, reason: str = "", *, terms: str | None = "2") -> ExportedSkip:
    return ExportedSkip(person_id, terms, "web", "form", kind, reason)


def pick(person_id: str, chosen_id: str, rejected_id: str, terms: str | None = "2") -> ExportedChoice:
    return ExportedChoice(person_id, terms, "web", "form", chosen_id, rejected_id)


def grown(*nodes: ExportedMessage) -> Iterator[ExportedMessage]:
    """Nodes that know their parents, as the walk gives them."""
    known: dict[str | None, ExportedMessage] = {}
    for one in nodes:
        object.__setattr__(one, "above", known.get(one.parent_id))
        known[one.id] = one
        yield one
