"""A cluster of real processes that lives on a test's Discord."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.ledger import holder_of
from tests.cluster.platforms import discord_at
from tests.cluster.processes import ClusterProcess, RunningCluster, cluster, model_at
from tests.discord.server.server import Discord
from tests.models.standin import Asked, Out, StandIn, stand_in

Write = Callable[[Asked, Out], Awaitable[None]]


def last(asked: Asked) -> str:
    """What was said last."""
    return str(asked.body["messages"][-1]["content"])


async def echo(asked: Asked, out: Out) -> None:
    """Repeat what was said last."""
    await out.head()
    await out.words("You said: ", last(asked))
    await out.end()


def connected(world: Discord) -> int:
    """How many sessions have a connection."""
    return sum(session.socket is not None for session in world.gateway.sessions.values())


@dataclass(frozen=True, slots=True)
class DiscordCluster:
    """A running cluster, and the model that answers for it."""

    url: str
    processes: RunningCluster
    model: StandIn

    async def at_work(self, lease: str) -> ClusterProcess:
        """Whoever holds a lease now."""
        pid = await holder_of(self.url, lease)
        return next(one for one in self.processes.all if one.program.pid == pid)


@asynccontextmanager
async def discord_cluster(
    world: Discord,
    home: Path,
    url: str,
    write: Write = echo,
    *,
    ingresses: int = 2,
    workers: int = 2,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[DiscordCluster]:
    """A cluster that is ready: one ingress is connected, and all workers have logged in."""
    async with stand_in(write, window=4096) as model:
        given = {**discord_at(world), **model_at(model), **(settings or {})}
        async with cluster(home, url, given, ingresses=ingresses, workers=workers) as running:
            for worker in running.workers:
                await worker.out.until("On Discord as")
            for ingress in running.ingresses:
                await ingress.out.until(" Discord")
            await world.until(lambda: bool(world.commands))
            yield DiscordCluster(url, running, model)
