"""Messages between processes through PostgreSQL's LISTEN and NOTIFY (its manual, NOTIFY)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from core.errors import StoreError
from core.store.engine.failures import UNREACHABLE
from core.store.engine.postgres import ALIVE

QUIET = 5.0
"""Seconds without news after which we ask whether the connection is still there."""


@asynccontextmanager
async def listening(url: URL, channel: str) -> AsyncIterator["AsyncIterator[str]"]:
    """The news on a channel, from now on. Raises StoreError if the database cannot be reached any more."""
    try:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await AsyncConnection.connect(make_conninfo(address, **ALIVE), autocommit=True) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            yield _heard(connection)
    except psycopg.Error as error:
        raise StoreError(UNREACHABLE.format(cause=type(error).__name__)) from error


async def _heard(connection: AsyncConnection) -> AsyncIterator[str]:
    while True:
        async for one in connection.notifies(timeout=QUIET):
            yield one.payload
        # A server that is gone without a word is noticed by this alone.
        await connection.execute("SELECT 1")
