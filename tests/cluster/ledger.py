"""A look into the database that the processes of a cluster share."""

import asyncio
from typing import Any, LiteralString

from psycopg import AsyncConnection

from tests.cli.program import LIMIT

PAUSE = 0.05
"""Seconds between two looks: what other processes write cannot be waited for here."""


async def rows(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    """What a query finds."""
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(query)).fetchall()


async def until_rows(url: str, query: LiteralString, expected: list[tuple[Any, ...]]) -> None:
    """Wait until a query finds this. Raises AssertionError with what it found instead."""
    found: list[tuple[Any, ...]] = []
    try:
        async with asyncio.timeout(LIMIT), await AsyncConnection.connect(url, autocommit=True) as connection:
            while (found := await (await connection.execute(query)).fetchall()) != expected:
                await connection.execute("SELECT pg_sleep(%s)", [PAUSE])
    except TimeoutError:
        raise AssertionError(f"{query}: {found}, not {expected}") from None


async def holder_of(url: str, lease: str) -> int:
    """The process id of whoever holds a lease now. Raises AssertionError if nobody does."""
    query = "SELECT pid FROM process JOIN lease ON holder = id WHERE name = %s AND until >= clock_timestamp()"
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        found = await (await connection.execute(query, [lease])).fetchone()
    assert found, f"nobody holds {lease}"
    return int(found[0])
