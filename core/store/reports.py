"""Stores reports and labels: people's opinions of an answer besides a thumb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from core.store.tables import MessageRow, ReportRow, TextLabelsRow, now


@dataclass(frozen=True, slots=True)
class ReportedAnswer:
    """An answer with what people said about it in their open reports, the oldest first."""

    answer: MessageRow
    reports: Sequence[ReportRow]


def report(session: Session, person_id: str, message_id: str, labels: Sequence[str], comment: str, source: str) -> bool:
    """Keep a person's report of an answer in place of an earlier one. Returns whether it is their first for it."""
    kept = session.get(ReportRow, (person_id, message_id))
    row = kept or ReportRow(person_id=person_id, message_id=message_id)
    row.labels, row.comment, row.source, row.at, row.handled_at = list(labels), comment, source, now(), None
    session.add(row)
    return kept is None


def waiting(session: Session, community_id: str | None = None, limit: int = 20) -> Sequence[ReportedAnswer]:
    """The answers with open reports in a community, or in all of them; the one reported first comes first."""
    found = (
        select(ReportRow.message_id)
        .join(MessageRow, col(ReportRow.message_id) == col(MessageRow.id))
        .where(col(ReportRow.handled_at).is_(None))
        .group_by(col(ReportRow.message_id))
        .order_by(func.min(ReportRow.at))
        .limit(limit)
    )
    if community_id:
        found = found.where(MessageRow.community_id == community_id)
    reported = [of_answer(session, message_id) for message_id in session.exec(found).all()]
    return [one for one in reported if one]


def of_answer(session: Session, message_id: str) -> ReportedAnswer | None:
    """An answer with its open reports, the oldest first; None if it has none."""
    found = select(ReportRow).where(ReportRow.message_id == message_id, col(ReportRow.handled_at).is_(None))
    open_ones = session.exec(found.order_by(col(ReportRow.at))).all()
    return ReportedAnswer(session.get_one(MessageRow, message_id), open_ones) if open_ones else None


def close(session: Session, message_id: str, community_id: str | None = None) -> int:
    """Close the open reports of an answer, if it is this community's. Returns how many there were."""
    answer = session.get(MessageRow, message_id)
    if answer is None or (community_id and answer.community_id != community_id):
        return 0
    handled = update(ReportRow).where(col(ReportRow.message_id) == message_id, col(ReportRow.handled_at).is_(None))
    return session.connection().execute(handled.values(handled_at=now())).rowcount


def number_open(session: Session) -> int:
    """How many reports are open, in all communities."""
    return session.exec(select(func.count()).select_from(ReportRow).where(col(ReportRow.handled_at).is_(None))).one()


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
