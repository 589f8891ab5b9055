"""The operator's switches for what may be exported, with a record of who made each change and why."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.store.labeling_tables import ExportSwitch
from core.store.tables import Audit

ACTION = "export-switch"


def switches(session: Session) -> dict[tuple[str, str], bool]:
    """The switches that were set, by platform and source ("" is the whole platform): whether export is allowed.

    They override the defaults of each source and each platform.
    """
    found = session.exec(select(ExportSwitch).order_by(ExportSwitch.platform, ExportSwitch.source)).all()
    return {(row.platform, row.source): row.allowed for row in found}


def switch(session: Session, platform: str, source: str, allowed: bool, said: str) -> None:
    """Switch a platform, or one source of it, on or off, and record the reason that was `said` for it.

    Switching a platform off also removes the switches that had turned single sources of it on.
    """
    if not allowed and not source:
        alone = delete(ExportSwitch).where(col(ExportSwitch.platform) == platform, col(ExportSwitch.allowed))
        session.connection().execute(alone)
    session.merge(ExportSwitch(platform=platform, source=source, allowed=allowed))
    subject = f"{platform}.{source}" if source else platform
    session.add(Audit(action=ACTION, subject=subject, outcome=f"{'on' if allowed else 'off'}: {said}"))


def history(session: Session) -> Sequence[Audit]:
    """Every change of a switch, oldest first."""
    return session.exec(select(Audit).where(Audit.action == ACTION).order_by(col(Audit.at), col(Audit.id))).all()
