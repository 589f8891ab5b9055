"""The port to the database."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

# The port is imported far and wide, and only the store itself needs the library.
if TYPE_CHECKING:
    from sqlmodel import Session

T = TypeVar("T")


class Store(Protocol):
    """The database. It runs units of work: plain functions of a session, each in one transaction, without any await."""

    async def write(self, unit: "Callable[[Session], T]") -> T:
        """Run the unit and commit. Raises StoreError if the database cannot be written; nothing is kept then."""
        ...

    async def read(self, unit: "Callable[[Session], T]") -> T:
        """Run the unit on a snapshot. It must not write."""
        ...
