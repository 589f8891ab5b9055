"""Statements that are compiled once, for the few that run for every message.

SQLAlchemy looks up each statement in its cache, makes a typed result for it and prepares both anew, which takes ten
times as long as a small statement takes SQLite. What is compiled here is a statement of SQLAlchemy Core all the same:
written in its terms, the same for both databases, with the types of its columns.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.store.engine.units import DRIVER, ROLLED_BACK, connection_of

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """A statement in the words of one database: its text, the values that it has by itself, and how to convert some.

    `order` are the names of its values, if the driver takes them in their order.
    """

    text: str
    own: Values
    converters: Sequence[tuple[str, Callable[[Any], Any]]]
    order: Sequence[str] | None

    def parameters(self, values: Values) -> Any:
        """The values as the driver takes them."""
        found = {**self.own, **values}
        for name, convert in self.converters:
            found[name] = convert(found[name])
        return tuple([found[name] for name in self.order]) if self.order is not None else found


class PreparedStatement:
    """A statement that is compiled when it first runs on a database.

    It is made from a function of the dialect's name. `columns` are those that an insert without values fills.
    """

    def __init__(self, statement: Callable[[str], Executable], columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, CompiledStatement] = {}

    def rows(self, session: Session, values: Values) -> Sequence[Sequence[Any]]:
        """The rows that it finds, with the values that the driver gives: times and JSON are not read back."""
        driver = _sqlite(session)
        known = self._known(session, driver)
        given = known.parameters(values)
        if driver is None:
            return connection_of(session).exec_driver_sql(known.text, given).all()
        try:
            found: Sequence[Sequence[Any]] = driver.execute(known.text, given).fetchall()
        except sqlite3.Error as error:
            raise _of_sqlalchemy(error) from error
        return found

    def run(self, session: Session, values: Values | Sequence[Values]) -> int:
        """Run it with these values, or once for each of several. Returns how many rows it has changed."""
        driver = _sqlite(session)
        known = self._known(session, driver)
        given = known.parameters(values) if isinstance(values, Mapping) else [known.parameters(one) for one in values]
        if driver is None:
            return connection_of(session).exec_driver_sql(known.text, given).rowcount
        try:
            done = (
                driver.execute(known.text, given) if isinstance(given, tuple) else driver.executemany(known.text, given)
            )
        except sqlite3.Error as error:
            raise _of_sqlalchemy(error) from error
        return done.rowcount

    def _known(self, session: Session, driver: sqlite3.Connection | None) -> CompiledStatement:
        name = "sqlite" if driver else connection_of(session).dialect.name
        return self._compiled.get(name) or self._compile(connection_of(session).dialect)

    def _compile(self, dialect: Dialect) -> CompiledStatement:
        statement: Any = self._statement(dialect.name)
        done = statement.compile(dialect=dialect, column_keys=self._columns)
        impls = {name: bind.type.dialect_impl(dialect) for name, bind in done.binds.items()}
        converters = [(name, found) for name, impl in impls.items() if (found := impl.bind_processor(dialect))]
        known = CompiledStatement(str(done), done.params, converters, done.positiontup)
        self._compiled[dialect.name] = known
        return known


def _sqlite(session: Session) -> sqlite3.Connection | None:
    """SQLite's own connection beneath a session's, in a transaction; None on PostgreSQL."""
    driver = session.info.get(DRIVER)
    if not isinstance(driver, sqlite3.Connection):
        return None
    # The driver would commit each statement at once.
    if not driver.in_transaction:
        raise RuntimeError(ROLLED_BACK)
    return driver


@contextmanager
def worded() -> Iterator[None]:
    """Make of the errors of SQLite's driver what SQLAlchemy makes of them."""
    try:
        yield
    except sqlite3.Error as error:
        raise _of_sqlalchemy(error) from error


def _of_sqlalchemy(error: sqlite3.Error) -> Exception:
    return DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True)


def prepared(statement: Executable, columns: Sequence[str] | None = None) -> PreparedStatement:
    """Prepare a statement that is the same for each database."""
    return PreparedStatement(lambda dialect: statement, columns)
