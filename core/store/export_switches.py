"""The operator's switches for what may be exported, with a record of who made each change and why."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.store.labeling_tables import ExportSwitchRow
from core.store.tables import AuditRow

ACTION = "export-switch"


def switches(session: Session) -> dict[tuple[str, str], bool]:
    """The switches that were set, by platform and source ("" is the whole platform): whether export is allowed.

    They override the defaults of `core.dataset.export.consent`.
    """
    found = session.exec(select(ExportSwitchRow).order_by(ExportSwitchRow.platform, ExportSwitchRow.source)).all()
    return {(row.platform, row.source): row.allowed for row in found}


def switch(session: Session, platform: str, source: str, allowed: bool, said: str) -> None:
    """Switch a platform, or one source of it, on or off, and record the reason that was `said` for it.

    Switching a platform off also removes the switches that had turned single sources of it on.
    """
    if not allowed and not source:
        alone = delete(ExportSwitchRow).where(col(ExportSwitchRow.platform) == platform, col(ExportSwitchRow.allowed))
        session.connection().execute(alone)
    session.merge(ExportSwitchRow(platform=platform, source=source, allowed=allowed))
    subject = f"{platform}.{source}" if source else platform
    session.add(AuditRow(action=ACTION, subject=subject, outcome=f"{'on' if allowed else 'off'}: {said}"))


def history(session: Session) -> Sequence[AuditRow]:
    """Every change of a switch, oldest first."""
    return session.exec(
        select(AuditRow).where(AuditRow.action == ACTION).order_by(col(AuditRow.at), col(AuditRow.id))
    ).all()
