"""Looks into the database of a cluster: who works on what."""

import psycopg

from tests.cluster.processes import ClusterProcess, RunningCluster


async def holder(url: str, cluster: RunningCluster, name: str) -> ClusterProcess:
    """The process that holds a lease, by what its name begins with: a place, or some work that one does for all."""
    found = "SELECT pid FROM lease JOIN process ON holder = process.id WHERE name LIKE %s AND until > now()"
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await (await connection.execute(found, [f"{name}%"])).fetchall()
    pids = {pid for (pid,) in rows}
    return next(one for one in (*cluster.ingresses, *cluster.workers) if one.program.pid in pids)


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()
