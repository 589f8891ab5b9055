"""The services of the built-in plugins, answering oddly: the person is told in words, and nothing else happens."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from ddgs.http_client import HttpClient

import plugins.builtin
from core.errors import UserError
from core.messages import Place, User
from core.store.engine.database import Database
from plugins.host.clients import PluginClients
from plugins.host.egress.guarded_http import FetchLimits, GuardedTransport
from plugins.host.plugin import HostedPlugin
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.builtin import built_in
from tests.faults.odd import ODD, SAMPLE, SLOW, SLOW_SAMPLE, Reply, answering
from tests.plugin_host.conftest import build, home, store  # noqa: F401 # fixtures
from tests.plugin_host.stage import Build

FOUND = built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin")
HURRY = 0.3
PLACE, ANA = Place("paper", "garden", "tea"), User("ana", "Ana", admin=True)

CALLS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "weather": ("weather", {"place": "Lima"}),
    "wikipedia": ("wikipedia", {"subject": "Ada Lovelace"}),
    "currency": ("convert", {"amount": 1, "source": "usd", "target": "eur"}),
    "search": ("web_search", {"query": "tea"}),
    "pages": ("read_page", {"url": "https://page.example/"}),
    "feeds": ("feed", {"action": "add", "address": "https://page.example/feed"}),
}
"""Each built-in plugin that asks a service, and how it is called."""


class Diverted(httpx.AsyncBaseTransport):
    """The guarded transport, which leads every request to one server, as if that were the service."""

    def __init__(self, url: str, seconds: float) -> None:
        self._to = httpx.URL(url)
        allowed = frozenset({f"{self._to.host}:{self._to.port}"})
        self._guarded = GuardedTransport(FetchLimits(("*",), allowed, slowest=seconds))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host=self._to.host, port=self._to.port)
        return await self._guarded.handle_async_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        )


class DivertedClients(PluginClients):
    """The clients of plugins whose services all answer from one address."""

    to = ""

    def http(self, plugin: HostedPlugin) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=Diverted(self.to, HURRY), follow_redirects=True, max_redirects=3)


async def tried(build: Build, store: Database, name: str, replies: Mapping[str, Reply]) -> None:  # noqa: F811
    """Call a plugin with each of these replies of its service."""
    policy = OwnerPolicy(frozenset({name}), secrets={"search": {"url": "https://search.example"}})
    clients = DivertedClients(policy, store)
    plugin = FOUND[name]
    stage = build(found=[plugin], policy=policy, clients=clients)
    function, given = CALLS[name]
    tool = next(one for one in plugin.tools if function in (one.tool, one.command))
    asker = await stage.host.asker(PLACE, ANA, "k")
    for how, odd in replies.items():
        async with answering(odd) as url, asyncio.timeout(20):
            clients.to = url
            try:
                await stage.host.run(plugin, tool, asker, given)
            except UserError:
                continue
            except Exception as error:
                raise AssertionError(f"{name} on {how!r} raised {error!r}") from error


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
async def test_some_odd_services_are_told_in_words(build: Build, store: Database, name: str) -> None:  # noqa: F811
    sample = {one: ODD[one] for one in SAMPLE}
    await tried(build, store, name, {**sample, **{one: SLOW[one] for one in SLOW_SAMPLE}})


@pytest.mark.sweep
@pytest.mark.parametrize("name", CALLS)
async def test_every_odd_service_is_told_in_words(build: Build, store: Database, name: str) -> None:  # noqa: F811
    await tried(build, store, name, {**ODD, **SLOW})


def diverted_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the client of the search pages, which is not ours, ask the last address of this list."""
    to: list[str] = []
    true = HttpClient.request

    def request(self: HttpClient, method: Any, url: str, **given: Any) -> Any:
        return true(self, method, to[-1], **given)

    monkeypatch.setattr(HttpClient, "request", request)
    return to


async def searched(build: Build, store: Database, to: list[str], replies: Mapping[str, bytes]) -> None:  # noqa: F811
    """Search with pages that all give one of these replies, one after the other."""
    plugin = FOUND["search"]
    stage = build(found=[plugin], policy=OwnerPolicy(frozenset({"search"})))
    tool = plugin.tools[0]
    asker = await stage.host.asker(PLACE, ANA, "k")
    for how, odd in replies.items():
        async with answering(odd) as url, asyncio.timeout(40):
            to.append(url)
            with pytest.raises(UserError) as told:
                await stage.host.run(plugin, tool, asker, {"query": "tea"})
            assert told.value.key == "plugin-says", how


async def test_some_odd_search_pages_are_told_in_words(
    build: Build,  # noqa: F811
    store: Database,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await searched(build, store, diverted_pages(monkeypatch), {one: ODD[one] for one in SAMPLE})


@pytest.mark.sweep
async def test_every_odd_search_page_is_told_in_words(
    build: Build,  # noqa: F811
    store: Database,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await searched(build, store, diverted_pages(monkeypatch), ODD)


def test_every_plugin_that_fetches_is_tried() -> None:
    assert {name for name, plugin in FOUND.items() if plugin.manifest.hosts} <= {*CALLS, "knowledge"}
