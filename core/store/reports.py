"""Stores reports of answers and labels on them: what people say about an answer besides a thumb."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from core.store.tables import ReportRow, TextLabelsRow, now


def report(session: Session, person_id: str, message_id: str, labels: Sequence[str], comment: str, source: str) -> bool:
    """Keep a person's report of an answer in place of an earlier one. Returns whether it is their first for it."""
    kept = session.get(ReportRow, (person_id, message_id))
    row = kept or ReportRow(person_id=person_id, message_id=message_id)
    row.labels, row.comment, row.source, row.at = list(labels), comment, source, now()
    session.add(row)
    return kept is None


def withdraw(session: Session, person_id: str, message_id: str) -> bool:
    """Take a report back. Returns whether there was one."""
    kept = session.get(ReportRow, (person_id, message_id))
    if kept:
        session.delete(kept)
    return kept is not None


def label(session: Session, person_id: str, message_id: str, labels: Mapping[str, float], source: str) -> None:
    """Keep a person's labels for a message in place of earlier ones; an empty mapping deletes them."""
    kept = session.get(TextLabelsRow, (person_id, message_id))
    if not labels:
        if kept:
            session.delete(kept)
        return
    row = kept or TextLabelsRow(person_id=person_id, message_id=message_id)
    row.labels, row.source, row.at = dict(labels), source, now()
    session.add(row)


def labels_by(session: Session, person_id: str, message_id: str) -> Mapping[str, float]:
    """The labels that a person gave a message, with their values."""
    kept = session.get(TextLabelsRow, (person_id, message_id))
    return kept.labels if kept else {}
