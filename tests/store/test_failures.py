"""Every failure of a database has words for whoever can fix it."""

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.store.engine.failures import FULL, LOCKED, is_passing, told


def lite(kind: type[sqlite3.Error], code: int, text: str = "secret: 1\nline 2") -> DBAPIError:
    error = kind(text)
    error.sqlite_errorcode = code
    return wrapped(error, sqlite3.Error)


def postgres(state: str, text: str = "cause\nDETAIL: Key (name)=(secret) exists") -> DBAPIError:
    return wrapped(errors.lookup(state)(text), psycopg.Error)


def wrapped(error: Exception, base: type[Exception]) -> DBAPIError:
    made = DBAPIError.instance("SELECT secret", {}, error, base, hide_parameters=True)
    assert isinstance(made, DBAPIError)
    return made


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_BUSY), LOCKED),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_BUSY_SNAPSHOT), LOCKED),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_FULL), FULL),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_IOERR_WRITE), "does not read or write"),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_CANTOPEN), "cannot be opened"),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_READONLY_DIRECTORY), "cannot be written"),
        (lite(sqlite3.DatabaseError, sqlite3.SQLITE_CORRUPT), "damaged"),
        (lite(sqlite3.DatabaseError, sqlite3.SQLITE_NOTADB), "not a database"),
        (lite(sqlite3.OperationalError, sqlite3.SQLITE_PROTOCOL, "locking protocol"), "refused (locking protocol)"),
        (postgres("53100"), FULL),
        (postgres("55P03"), LOCKED),
        (postgres("57P01"), "ended the connection (cause)"),
        (postgres("57014"), "took too long"),
        (postgres("53300"), "no connection left"),
        (postgres("25006"), "takes no changes now"),
        (postgres("42501"), "does not let us do this"),
        (postgres("08006"), "does not accept us"),
        (postgres("40P01"), "refused (cause)"),
        (
            wrapped(psycopg.OperationalError("connection refused"), psycopg.Error),
            "does not accept us (connection refused)",
        ),
        (wrapped(psycopg.OperationalError(""), psycopg.Error), "does not accept us (OperationalError)"),
        (PoolTimeout("QueuePool limit"), "every connection to the database is busy"),
    ],
)
def test_what_the_operator_can_mend_is_told(error: BaseException, words: str) -> None:
    said = str(told(error))
    assert words in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "error",
    [
        lite(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_UNIQUE),
        lite(sqlite3.OperationalError, sqlite3.SQLITE_ERROR, "no such column: x"),
        postgres("23505"),
        postgres("42703"),
        postgres("22P02"),
        InvalidRequestError("a fault of ours"),
        ValueError("another"),
    ],
)
def test_a_fault_of_ours_stays_what_it_is(error: BaseException) -> None:
    assert told(error) is None


def test_only_what_lost_against_another_is_tried_again() -> None:
    passing = {state for state in ("40001", "40P01", "23505", "23503", "57P01") if is_passing(postgres(state))}
    assert passing == {"40001", "40P01", "23505", "23503"}
