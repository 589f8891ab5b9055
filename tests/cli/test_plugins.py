"""cli.wiring.plugins: the settings for signing in become MCP plugins, and a page that browsers return to."""

from pathlib import Path

import httpx
import pytest

from cli.wiring.plugins import wired_plugins
from config.settings import load
from core.store.engine.database import connect
from plugins.host.oauth.discovery import DiscoveredFlow
from plugins.host.sources.mcp import McpPlugin
from plugins.host.sources.mcp_people import PersonalMcpPlugin
from tests.cli.test_run import running

pytestmark = pytest.mark.usefixtures("sqlite_path")
"""Making the tables takes most of the time of a first start. Those of other files make them."""

TOML = """
[plugins.mcp.mine]
url = "https://mine.example/mcp"
oauth = "person"
issuer = "https://login.example"
scopes = ["read"]

[plugins.mcp.ours]
url = "https://ours.example/mcp"
oauth = "client"

[plugins.mcp.open]
url = "https://open.example/mcp"
"""


async def test_a_server_that_wants_tokens_gets_a_door_of_its_kind(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_text(TOML)
    settings = load(environment={"PARLEY_HOME": str(tmp_path)})
    store = connect(settings.database.url)
    everything = wired_plugins(settings, store)
    servers = {server.name: server for server in everything.mcp_plugins}
    assert {name: type(server) for name, server in servers.items()} == {
        "mine": PersonalMcpPlugin,
        "ours": McpPlugin,
        "open": McpPlugin,
    }
    assert servers["mine"].oauth == DiscoveredFlow(
        "https://mine.example/mcp", "person", "https://login.example", ("read",)
    )
    assert [name for name, server in servers.items() if server.tokens] == ["mine", "ours"]
    assert everything.signing_in.personal(servers["mine"])
    assert not everything.signing_in.personal(servers["ours"])
    await everything.host.clients.aclose()
    await store.close()


@pytest.mark.slow
@pytest.mark.parametrize("public", ["", "https://parley.example/here"])
async def test_a_running_parley_has_the_page_that_browsers_come_back_to(tmp_path: Path, public: str) -> None:
    async with running(tmp_path, PARLEY_WEB__PUBLIC_URL=public) as parley, httpx.AsyncClient(verify=False) as browser:
        answer = await browser.get(f"{parley.web}/oauth/callback?state={'A' * 43}", headers={"accept-language": "de"})
        assert answer.status_code == 200
        assert "Dieser Link wurde schon benutzt" in answer.text
        named = await browser.get(f"{parley.web}/oauth/callback", headers={"host": "parley.example"})
        assert named.status_code == (200 if public else 400)
        assert (await browser.get(parley.web, headers={"host": "parley.example"})).status_code == 400
