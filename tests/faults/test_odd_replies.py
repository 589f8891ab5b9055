"""Every client gets every odd reply, and raises nothing but what its callers catch, within the time that it has."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.faults import chat_clients, discord_client, model_clients, plugin_clients
from tests.faults.clients import OddClient
from tests.faults.odd import ODD, SAMPLE, SLOW, SLOW_SAMPLE, Reply, answering
from tests.faults.test_odd_services import CALLS

CLIENTS: Mapping[str, OddClient] = {
    **chat_clients.CLIENTS,
    **discord_client.CLIENTS,
    **model_clients.CLIENTS,
    **plugin_clients.CLIENTS,
}
"""Every client by its name."""

PATIENCE, HURRY = 3.0, 0.15
"""The seconds that a client has for an answer that comes at once, and for one that never does."""

END = 20.0
"""The seconds after which a call that has not ended never does."""


async def tried(client: str, name: str, odd: Reply, patience: float) -> None:
    """Give a client a reply."""
    row = CLIENTS[client]
    async with answering(odd, *row.first) as url:
        calling = asyncio.ensure_future(row.call(url, patience))
        await asyncio.wait({calling}, timeout=END)
        assert calling.done(), f"{client} still waits after {name!r}"
        error = calling.exception()
    if error and not isinstance(error, row.raises):
        raise AssertionError(f"{client} on {name!r} raised {error!r}") from error


async def tried_all(client: str, names: Iterable[str]) -> None:
    """Give a client these replies, one after another."""
    for name in names:
        await tried(client, name, ODD[name], PATIENCE)


async def tried_slow(client: str, names: Iterable[str]) -> None:
    """Give a client these replies that never end, one after another."""
    for name in names:
        await tried(client, name, SLOW[name], HURRY)


@pytest.mark.slow
@pytest.mark.parametrize("client", [name for name, client in CLIENTS.items() if not client.heavy])
async def test_some_odd_replies_end_in_an_error_that_is_caught(client: str) -> None:
    await tried_all(client, SAMPLE)
    await tried_slow(client, SLOW_SAMPLE)


@pytest.mark.sweep
@pytest.mark.parametrize("client", CLIENTS)
async def test_every_odd_reply_ends_in_an_error_that_is_caught(client: str) -> None:
    await tried_all(client, ODD)
    await tried_slow(client, SLOW)


def test_the_page_tells_how_many_there_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
    replies, clients = len(ODD) + len(SLOW), len(CLIENTS) + len(CALLS)
    assert f"cases ({replies} replies each)" in page
    assert f"| together | {clients} | {clients * replies:,} |" in page


def test_the_table_is_long_and_its_sample_is_in_it() -> None:
    assert len(ODD) >= 60
    assert set(SAMPLE) <= set(ODD)
    assert set(SLOW_SAMPLE) <= set(SLOW)
