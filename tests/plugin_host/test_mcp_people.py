"""plugins.host.sources.mcp_people and plugins.host.sources.mcp_http: servers of the official MCP SDK that want
the operator's token, or each person's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl

from cli.wiring.plugins import learn_tools
from core.errors import UserError
from core.messages import User
from plugins.host.clients import PluginClients
from plugins.host.oauth.discovery import DiscoveredFlow
from plugins.host.oauth.flow import Grant
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.mcp import McpPlugin, McpServer
from plugins.host.sources.mcp_people import PersonalMcpPlugin
from tests.dialogue import Dialogue
from tests.plugin_host.authorization import CLIENT, SECRET, AuthorizationServer, served
from tests.plugin_host.stage import Build, Stage
from tests.plugin_host.test_oauth import connect

pytestmark = pytest.mark.slow

BEN = User("ben", "Ben")


class Verifier:
    """Looks tokens up at the authorisation server, as a real MCP server would."""

    def __init__(self, server: AuthorizationServer) -> None:
        self._server = server

    async def verify_token(self, token: str) -> AccessToken | None:
        grant = self._server.holder(token)
        if grant is None:
            return None
        scopes = grant.scope.split()
        return AccessToken(token=token, client_id=CLIENT, scopes=scopes, resource=grant.resource, subject=grant.account)


@asynccontextmanager
async def diary(server: AuthorizationServer) -> AsyncIterator[str]:
    """An MCP server of the official SDK that takes only tokens that are meant for it; gives its address."""
    async with served(placeholder) as url:
        port = int(url.rpartition(":")[2])
    url = f"http://127.0.0.1:{port}/mcp"
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(server.url),
        resource_server_url=AnyHttpUrl(url),
        required_scopes=["diary"],
        validate_token_resource=True,
    )
    found = MCPServer("diary", token_verifier=Verifier(server), auth=auth)

    @found.tool()
    def mine() -> str:
        "Whose diary it is."
        token = get_access_token()
        return f"the diary of {token.subject}" if token else "nobody's"

    async with served(found.streamable_http_app(), port):
        yield url


async def placeholder(scope: object, receive: object, send: object) -> None:
    """Holds a port until its number is known."""


@pytest.fixture
async def server() -> AsyncIterator[AuthorizationServer]:
    found = AuthorizationServer()
    async with served(found.app()) as found.url:
        yield found


class Life:
    """A stage with the diary."""

    def __init__(self, server: AuthorizationServer, url: str, build: Build, grant: Grant) -> None:
        self.server = server
        self.flow = DiscoveredFlow(url, grant)
        self._build, self._url = build, url

    def stage(self) -> tuple[Stage, McpPlugin]:
        mcp = McpServer("diary", url=self._url, confirm=False, oauth=self.flow)
        exempt = frozenset(one.split("/")[2] for one in (self.server.url, self._url))
        secrets = {"diary": {"client_id": CLIENT, "client_secret": SECRET}}
        policy = OwnerPolicy(frozenset({"diary"}), secrets=secrets, exempt=exempt)
        store = self._build().host.store
        clients = PluginClients(policy, store)
        personal = self.flow.grant == "person"
        plugin = PersonalMcpPlugin(mcp, store, clients.tokens) if personal else McpPlugin(mcp, clients.tokens)
        stage: Stage = self._build(found=[plugin], policy=policy, clients=clients)
        stage.signing_in.connected = partial(learn_tools, [plugin])
        return stage, plugin


@asynccontextmanager
async def running(plugin: McpPlugin) -> AsyncIterator[None]:
    task = asyncio.create_task(plugin.run())
    try:
        async with asyncio.timeout(30):
            await plugin.ready()
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def call(stage: Stage, plugin: McpPlugin, person: Dialogue) -> str:
    (tool,) = plugin.tools
    asker = await stage.host.asker(person.place, person.user, "direct")
    return (await stage.host.run(plugin, tool, asker, {})).text


async def test_a_server_is_called_with_the_operators_token(server: AuthorizationServer, build: Build) -> None:
    async with diary(server) as url:
        stage, plugin = Life(server, url, build, "client").stage()
        async with running(plugin):
            assert plugin.state == "ready"
            assert await call(stage, plugin, stage.dialogue()) == "the diary of the operator"
            assert server.asked == ["client_credentials"]
            assert (server.grants[0].resource, server.grants[0].scope) == (url, "diary")
            server.grants[0].access = "revoked"
            assert await call(stage, plugin, stage.dialogue()) == "the diary of the operator"
            assert server.asked == ["client_credentials"] * 2


async def test_each_person_calls_a_server_with_their_own_token(server: AuthorizationServer, build: Build) -> None:
    async with diary(server) as url:
        life = Life(server, url, build, "person")
        stage, plugin = life.stage()
        ana, ben = stage.dialogue(), stage.dialogue().elsewhere("ben", BEN)
        async with running(plugin):
            assert not plugin.tools
            assert "/connect diary" in plugin.trouble
            await connect_as(server, stage, ana, "ana@example.org")
            assert [tool.tool for tool in plugin.tools] == ["diary_mine"]
            assert not plugin.trouble
            with pytest.raises(UserError, match="connect-privately"):
                await call(stage, plugin, ben)
            await connect_as(server, stage, ben, "ben@example.org")
            answers = await asyncio.gather(*(call(stage, plugin, person) for person in (ana, ben, ana, ben)))
            assert answers == [f"the diary of {name}@example.org" for name in ("ana", "ben", "ana", "ben")]
            server.of("ana@example.org").access = "expired"
            assert await call(stage, plugin, ana) == "the diary of ana@example.org"
            server.of("ana@example.org").access = server.of("ana@example.org").refresh = ""
            with pytest.raises(UserError, match="connect-privately"):
                await call(stage, plugin, ana)


async def test_tools_that_were_learned_are_there_after_a_restart(server: AuthorizationServer, build: Build) -> None:
    async with diary(server) as url:
        life = Life(server, url, build, "person")
        stage, plugin = life.stage()
        async with running(plugin):
            await connect_as(server, stage, stage.dialogue(), "ana@example.org")
        later, again = life.stage()
        async with running(again):
            assert [tool.tool for tool in again.tools] == ["diary_mine"]
            assert await call(later, again, later.dialogue()) == "the diary of ana@example.org"


async def test_a_server_that_is_gone_is_a_failure_and_nobody_is_signed_out(
    server: AuthorizationServer, build: Build
) -> None:
    async with diary(server) as url:
        stage, plugin = Life(server, url, build, "person").stage()
        async with running(plugin):
            await connect_as(server, stage, stage.dialogue(), "ana@example.org")
    with pytest.raises(UserError) as refused:
        await call(stage, plugin, stage.dialogue())
    assert "did not answer" in str(refused.value.values["words"])
    assert await stage.host.clients.tokens(plugin).token(await asker_id(stage)) == server.of("ana@example.org").access


async def asker_id(stage: Stage) -> str:
    ana = stage.dialogue()
    return (await stage.host.asker(ana.place, ana.user, "direct")).person_id


async def connect_as(server: AuthorizationServer, stage: Stage, person: Dialogue, account: str) -> None:
    (await connect(server, stage, person, account, "diary")).expect("Connected")
