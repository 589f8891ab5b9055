"""Statements that are compiled once, for the few that run for every message.

SQLAlchemy looks up each statement in its cache, makes a typed result for it and prepares both anew, which takes longer
than a small statement takes the database. What is compiled here is a statement of SQLAlchemy Core all the same: written
in its terms, the same for both databases, with the types of its columns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, Dialect, Executable
from sqlmodel import Session

from core.store.engine.units import connection_of

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """A statement in the words of one database: its text, the values that it has by itself, and how to convert some.

    `order` are the names of its values, if the driver takes them in their order.
    """

    text: str
    own: Values
    converters: Mapping[str, Callable[[Any], Any]]
    order: Sequence[str] | None

    def parameters(self, values: Values) -> Any:
        """The values as the driver takes them."""
        found = {**self.own, **values}
        for name, convert in self.converters.items():
            found[name] = convert(found[name])
        return tuple([found[name] for name in self.order]) if self.order is not None else found


class PreparedStatement:
    """A statement that is compiled when it first runs on a database.

    It is made from a function of the dialect's name. `columns` are those that an insert without values fills. Results
    have the values that the driver gives: times and JSON are not read back.
    """

    def __init__(self, statement: Callable[[str], Executable], columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, CompiledStatement] = {}

    def __call__(self, session: Session, values: Values | Sequence[Values]) -> CursorResult[*tuple[Any, ...]]:
        """Run the statement with these values, or once for each of several."""
        connection = connection_of(session)
        known = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        if isinstance(values, Mapping):
            return connection.exec_driver_sql(known.text, known.parameters(values))
        return connection.exec_driver_sql(known.text, [known.parameters(one) for one in values])

    def _compile(self, dialect: Dialect) -> CompiledStatement:
        statement: Any = self._statement(dialect.name)
        done = statement.compile(dialect=dialect, column_keys=self._columns)
        impls = {name: bind.type.dialect_impl(dialect) for name, bind in done.binds.items()}
        converters = {name: found for name, impl in impls.items() if (found := impl.bind_processor(dialect))}
        known = CompiledStatement(str(done), done.params, converters, done.positiontup)
        self._compiled[dialect.name] = known
        return known


def prepared(statement: Executable, columns: Sequence[str] | None = None) -> PreparedStatement:
    """Prepare a statement that is the same for each database."""
    return PreparedStatement(lambda dialect: statement, columns)
