"""Where units of work are run."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlmodel import Session

T = TypeVar("T")


class Store(Protocol):
    """The database. A unit is a plain function of a session: one unit, one transaction, and no await inside one."""

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run the unit and commit. Raises StoreError where the database cannot be written; nothing is kept then."""
        ...

    async def read(self, unit: Callable[[Session], T]) -> T:
        """Run the unit on a snapshot. It may not write."""
        ...
