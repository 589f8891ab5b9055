"""Turns a database's errors into messages for the operator, without the statement and its values."""

import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import DamagedRow, StoreError
from core.store.damaged_values import DAMAGED

LOCKED = "the database is locked by another program; stop that program, or wait until it is done"
FULL = "the disk of the database is full; free some space, and the work goes on by itself"
CLOSED = "the database is closed: Parley is stopping"
GONE = "the database file was removed or replaced while Parley runs; put it back, or stop Parley and restore a backup"
READ_ONLY = "a read tried to change the database; that is a fault of Parley, please report it"

UNDECODABLE = "Could not decode to UTF-8"
"""How Python's sqlite3 begins to say that a text is none; it goes on with the text."""

SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_NOTADB: "the file is not a database; check database.url, or restore a backup",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; stop Parley and restore a backup (`parley restore`)",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; check that its folder exists, and who owns it",
    sqlite3.SQLITE_READONLY: "the database cannot be written; check who owns its file and its folder",
    sqlite3.SQLITE_IOERR: "the disk of the database does not read or write; check it, and the space that is free",
}
"""Messages by SQLite's primary result code."""

UNREACHABLE = "PostgreSQL does not accept us ({cause}); check that it runs, and the settings in database.url"
POSTGRES = {
    "42501": "PostgreSQL does not let us do this ({cause}); grant the rights, or let the user own the database",
    "25006": "PostgreSQL takes no changes now (it is a standby, or set to read only)",
    "53100": FULL,
    "53300": "PostgreSQL has no connection left; raise max_connections, or stop other programs that use it",
    "55P03": LOCKED,
    "57014": "PostgreSQL took too long and was stopped; see what else it is doing",
    "25P03": "PostgreSQL ended the connection ({cause}); the next try opens a new one",
    "57P": "PostgreSQL ended the connection ({cause}); the next try opens a new one",
    "08": UNREACHABLE,
}
"""Messages by the beginning of PostgreSQL's error code (its manual, appendix A)."""


OURS = (DataError, IntegrityError, ProgrammingError)
"""Errors caused by a fault in a unit, which neither the operator nor a retry can fix.

For a wrong statement, SQLite uses the code SQLITE_ERROR.
"""


def told(error: BaseException) -> StoreError | None:
    """Translate a database error into one for the operator; None if the database is not to blame."""
    if isinstance(error, PoolTimeout):
        return StoreError("every connection to the database is busy; see what keeps them so long")
    if not isinstance(error, DBAPIError):
        return None
    cause = _first_line(error.orig)
    if cause.startswith(UNDECODABLE):
        return DamagedRow(DAMAGED)
    if text := _meaning(error.orig):
        return StoreError(text.format(cause=cause))
    if isinstance(error, OURS) or _sqlite_code(error.orig) == sqlite3.SQLITE_ERROR:
        return None
    return StoreError(f"the database refused ({cause}); `parley doctor` says more")


def is_refused_read(error: DBAPIError) -> bool:
    """Whether the error means that a unit tried to write although it may only read."""
    code = _sqlite_code(error.orig)
    return code == sqlite3.SQLITE_READONLY or getattr(error.orig, "sqlstate", None) == "25006"


def is_passing(error: DBAPIError) -> bool:
    """Whether the unit may succeed if it is run again at once, because it lost against another transaction.

    That transaction may also have added the row that the unit had looked for and not found, or a row that refers to one
    which the unit deletes, or deleted one which the unit's rows refer to.
    """
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "23505", "23503")


def _meaning(cause: BaseException | None) -> str | None:
    if isinstance(cause, sqlite3.Error):
        return SQLITE.get(_sqlite_code(cause))
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return UNREACHABLE if type(cause).__name__ == "OperationalError" else None
    return next((text for prefix, text in POSTGRES.items() if state.startswith(prefix)), None)


def _sqlite_code(cause: BaseException | None) -> int:
    # The low byte is the primary result code; the other bits give details.
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF


def _first_line(cause: BaseException | None) -> str:
    # The lines after the first may contain the values of a row.
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
