"""What fetches plugins, and what plugins fetch with, in the table of odd replies."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx

from parley import Failure, ManifestError, PluginError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.install.advisory_sources import AdvisoryLists
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.package_index import IndexOptions, installed
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.oauth import endpoint
from plugins.host.oauth.discovery import DescribedFlow, DiscoveredFlow
from plugins.host.oauth.flow import OAuthClient, OAuthFlow, OAuthTokens
from plugins.host.sources.mcp import McpPlugin, McpServer
from plugins.host.sources.openapi.fetch import described
from tests.faults.clients import Call, OddClient
from tests.faults.odd import js

PINNED = "tea==1.0\n"
ME = OAuthClient("tea", "1", "secret")
TOKEN = (js({"access_token": "a", "token_type": "bearer"}),)
FETCHES = (Failure, httpx.HTTPError, httpx.InvalidURL)
"""What a plugin's own fetch may raise (sdk/README.md)."""


def fetching(work: Callable[[httpx.AsyncClient, str], Awaitable[object]]) -> Call:
    """Do something with the guarded client, for which the server on loopback is allowed."""

    async def call(url: str, patience: float) -> object:
        allowed = frozenset({url.removeprefix("http://")})
        async with client(FetchLimits(("127.0.0.1",), allowed, slowest=patience)) as http:
            return await work(http, url)

    return call


def flow(url: str) -> OAuthFlow:
    return OAuthFlow("person", f"{url}/token", revocation=f"{url}/revoke", userinfo=f"{url}/userinfo")


async def advised(http: httpx.AsyncClient, url: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return await AdvisoryLists(own=Path(folder) / "own.json").refreshed(f"{url}/list.json", http)


GUARDED: Mapping[str, tuple[Callable[[httpx.AsyncClient, str], Awaitable[object]], tuple[type[Exception], ...]]] = {
    "plugin fetch": (lambda http, url: http.get(url), FETCHES),
    "plugin post": (lambda http, url: http.post(url, json={"tea": 1}), FETCHES),
    "catalogue": (lambda http, url: PluginCatalogue(Path(), url).entries(http), (PluginProblem,)),
    "openapi description": (
        lambda http, url: described(http, f"{url}/openapi.json"),
        (ManifestError, *FETCHES),
    ),
    "advisory list": (advised, (PluginProblem,)),
    "advisories of OSV": (
        lambda http, url: AdvisoryLists(address=f"{url}/query").check(PINNED, http),
        (PluginProblem,),
    ),
    "advisories of an index": (
        lambda http, url: AdvisoryLists(address=f"{url}/{{name}}/{{version}}").check(PINNED, http),
        (PluginProblem,),
    ),
    "oauth token": (lambda http, url: endpoint.exchanged(http, flow(url), ME, "c", url, "v"), FETCHES),
    "oauth refresh": (lambda http, url: endpoint.refreshed(http, flow(url), ME, "r"), FETCHES),
    "oauth grant": (lambda http, url: endpoint.granted(http, flow(url), ME), FETCHES),
    "oauth revocation": (lambda http, url: endpoint.revoked(http, flow(url), ME, OAuthTokens("a", "r")), FETCHES),
    "oauth discovery": (lambda http, url: DiscoveredFlow(f"{url}/mcp", "person").flow(http), FETCHES),
    "oauth metadata": (lambda http, url: DescribedFlow(flow(url)).flow(http), FETCHES),
}
"""What uses the guarded client, and what its callers catch."""


HEAVY = frozenset({"openapi description"})
"""What reads in a process of its own."""


async def mcp(url: str, patience: float) -> object:
    """Connect to an MCP server and call a tool of it. It is tried five times before it is given up."""
    plugin = McpPlugin(McpServer("tea", url=url), first_pause=0, patience=patience / 5)
    running = asyncio.create_task(plugin.run())
    try:
        await plugin.ready()
        assert plugin.trouble
        return await plugin.call("tea", {})
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def index(url: str, patience: float) -> object:
    """Choose a library from an index that answers oddly, with uv."""
    with tempfile.TemporaryDirectory() as folder:
        return await installed(["tea"], Path(folder), IndexOptions(f"{url}/simple", longest=20 * patience))


CLIENTS: Mapping[str, OddClient] = {
    **{name: OddClient(fetching(work), raises, heavy=name in HEAVY) for name, (work, raises) in GUARDED.items()},
    "oauth userinfo": OddClient(
        fetching(lambda http, url: endpoint.exchanged(http, flow(url), ME, "c", url, "v")), FETCHES, TOKEN
    ),
    "mcp": OddClient(mcp, (PluginError,), heavy=True),
    "package index": OddClient(index, (PluginProblem,), heavy=True),
}
"""Every client with the errors that its callers catch."""
