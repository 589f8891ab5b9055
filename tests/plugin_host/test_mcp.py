"""plugins.host.sources.mcp: an official MCP server through the plugin, and servers that end, hang or never come."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import ToolCall
from parley import Failure, PluginError
from plugins.host.sources.mcp import McpPlugin, McpServer
from tests.plugin_host.stage import Build

pytestmark = pytest.mark.slow

TIME = (sys.executable, "-m", "mcp_server_time", "--local-timezone", "UTC")
NOWHERE: Any = None


@asynccontextmanager
async def opened(server: McpServer, first_pause: float = 0.5) -> AsyncIterator[McpPlugin]:
    plugin = McpPlugin(server, first_pause=first_pause)
    running = asyncio.create_task(plugin.run())
    try:
        async with asyncio.timeout(30):
            await plugin.ready()
        yield plugin
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_official_server_is_a_plugin(build: Build) -> None:
    async with opened(McpServer("time", TIME, confirm=False)) as plugin:
        assert "time_get_current_time" in {tool.tool for tool in plugin.tools}
        noon = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}
        wish = ToolCall("1", "time_convert_time", json.dumps(noon))
        model = ScriptedModel([ScriptedAnswer(calls=(wish,)), "It is nine."], calls_tools=True)
        dialogue = build(model, found=[plugin]).dialogue()
        (await dialogue.says("What time is noon in Tokyo?")).expect("It is nine.")
        assert "21:00" in model.requests[1].lines[-1].text


async def test_what_a_server_refuses_is_said() -> None:
    async with opened(McpServer("time", TIME, confirm=False)) as plugin:
        tool = next(tool for tool in plugin.tools if tool.tool == "time_get_current_time")
        with pytest.raises(PluginError, match="Nowhere"):
            await tool.call(NOWHERE, {"timezone": "Nowhere/Else"})


BREAKING = """
import os
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("breaking")

@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def pid() -> str:
    "Tell the process."
    return str(os.getpid())

@server.tool()
def end() -> str:
    "End the process."
    os._exit(1)

server.run()
"""


@pytest.fixture
def breaking(tmp_path: Path) -> tuple[str, ...]:
    """The command of a server that ends when it is asked to."""
    file = tmp_path / "breaking.py"
    file.write_text(BREAKING)
    return (sys.executable, str(file))


async def test_a_person_is_asked_before_a_tool_that_may_change_something(
    build: Build, breaking: tuple[str, ...]
) -> None:
    async with opened(McpServer("breaking", breaking)) as plugin:
        wishes: list[str | ScriptedAnswer] = [ScriptedAnswer(calls=(ToolCall("1", "breaking_end", "{}"),)), "I asked."]
        dialogue = build(ScriptedModel(wishes, calls_tools=True), found=[plugin]).dialogue()
        (await dialogue.says("End it.")).expect("I asked.")
        assert plugin.state == "ready"
    async with opened(McpServer("breaking", breaking, confirm=False)) as plugin:
        assert not any(tool.confirm for tool in plugin.tools)


PROMPTING = """
from mcp.server.mcpserver import MCPServer

server = MCPServer("prompting")

@server.prompt()
def Review(text: str, tone: str = "kind") -> str:
    "Review a text."
    return f"Review this in a {tone} way: {text}"

server.run()
"""


async def test_a_prompt_of_a_server_is_a_command_that_asks(build: Build, tmp_path: Path) -> None:
    file = tmp_path / "prompting.py"
    file.write_text(PROMPTING)
    async with opened(McpServer("my-server", (sys.executable, str(file)))) as plugin:
        model = ScriptedModel(["It is fine."])
        dialogue = build(model, found=[plugin]).dialogue()
        (await dialogue.types("/my_server_review essay harsh", "#answer")).expect("It is fine.")
        assert model.requests[0].lines[-1].text == "Review this in a harsh way: essay"
        (await dialogue.types("/my_server_review", "#error")).expect("/my_server_review <text> [tone]")


async def test_a_server_that_ends_is_started_again(breaking: tuple[str, ...]) -> None:
    async with opened(McpServer("breaking", breaking), 0.01) as plugin:
        tools = {tool.tool: tool for tool in plugin.tools}
        first = (await tools["breaking_pid"].call(NOWHERE, {})).text
        with pytest.raises(Failure, match="did not answer"):
            await tools["breaking_end"].call(NOWHERE, {})
        async with asyncio.timeout(30), plugin._changed:
            await plugin._changed.wait_for(lambda: plugin.state == "waiting")
        await plugin.ready()
        assert (await plugin.call("pid", {})) != first


@pytest.mark.parametrize("command", [("/nowhere/at/all",), (sys.executable, "-c", "raise SystemExit(3)")])
async def test_a_server_that_never_comes_is_given_up(command: tuple[str, ...]) -> None:
    async with opened(McpServer("gone", command), 0.0) as plugin:
        assert plugin.state == "given up"
        with pytest.raises(Failure, match="not there"):
            await plugin.call("anything", {})
