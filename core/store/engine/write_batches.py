"""The writer's connection to SQLite, on which one transaction follows another.

SQLAlchemy takes all of them for one that never ends, and the driver begins and commits them. A transaction, a session
and a loan from the pool for each of them would take SQLAlchemy as long as all the statements of a message take SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

from core.store.engine.prepared import worded
from core.store.engine.units import DRIVER, connection_of, session_on
from core.store.secret_keyring import SecretKeyring

BEGIN, COMMIT = "BEGIN IMMEDIATE", "COMMIT"


class WriteBatches:
    """Transactions that write, one after another, each for a batch of units. Only the writer's thread may use it.

    `engine` must begin no transactions by itself.
    """

    def __init__(self, engine: Engine, keyring: SecretKeyring) -> None:
        self._engine = engine
        self._keyring = keyring
        self._session: Session | None = None

    @contextmanager
    def begun(self) -> Iterator[Session]:
        """A transaction for the block: committed at its end, or rolled back if anything is raised.

        Raises DBAPIError.
        """
        session = self._session or self._open()
        driver = session.info[DRIVER]
        committed = False
        try:
            with worded():
                driver.execute(BEGIN)
            yield session
            with worded():
                driver.execute(COMMIT)
            committed = True
        finally:
            if not committed:
                self.release()
        # Most batches have only prepared statements, which the session does not know about.
        if session.in_transaction():
            session.close()

    def release(self) -> None:
        """Roll back what is open, and give the connection back until it is needed again."""
        session, self._session = self._session, None
        if session:
            session.close()
            connection_of(session).close()

    def _open(self) -> Session:
        connection = self._engine.connect()
        connection.begin()
        self._session = session_on(connection, self._keyring)
        return self._session
