"""Rows for tests of the store itself, which care for no meaning."""

from collections.abc import Callable

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.store.tables import CommunityRow

Adding = Callable[[Session], str]


def adding(name: str) -> Adding:
    """A unit that adds a row under a name that must be new, and returns the name."""

    def unit(session: Session) -> str:
        session.add(CommunityRow(id=name, platform="paper", platform_id=name))
        return name

    return unit


def names(session: Session) -> list[str]:
    """The names that were added, in order."""
    return list(session.exec(select(CommunityRow.id).order_by(col(CommunityRow.id))).all())


def number(session: Session) -> int:
    """How many rows there are."""
    return session.exec(select(func.count()).select_from(CommunityRow)).one()
