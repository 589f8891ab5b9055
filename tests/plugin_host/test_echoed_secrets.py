"""No secret that a service repeats reaches the model or the chat, whatever kind of plugin it came through."""

import base64
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from langchain_core.tools import ToolException, tool

from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import ToolCall
from parley import PluginError, Result
from parley import tool as plugin_tool
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.langchain import LangChainTools
from plugins.host.sources.mcp import McpServer
from tests.plugin_host.stage import Build, made
from tests.plugin_host.test_mcp import opened
from tests.sweeping import mostly_swept

SECRET = 'sk-canary "0123/456'
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": lambda text: json.dumps({"key": text}),
    "percent": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "far along": lambda text: "x" * 490 + text,
}

SERVER = """
import os
from mcp.server.mcpserver import MCPServer

server = MCPServer("echo")

@server.tool()
def echo() -> str:
    "Say what it was started with."
    return "it is " + os.environ["KEY"]

@server.tool()
def fail() -> str:
    "Fail with what it was started with."
    raise ValueError("wrong key: " + "x" * 460 + os.environ["KEY"])

server.run()
"""


def asking(name: str) -> ScriptedModel:
    return ScriptedModel([ScriptedAnswer(calls=(ToolCall("1", name, "{}"),)), "Done."], calls_tools=True)


def policy(*names: str) -> OwnerPolicy:
    return OwnerPolicy(frozenset(names), secrets={"echo": {"KEY": SECRET}}, known=frozenset({SECRET}))


def parts(secret: str) -> set[str]:
    """A secret as it may be seen, and the longer half of one that was cut."""
    return {form(secret)[-len(secret) :] for form in FORMS.values()} | {secret[:12]}


async def told(build: Build, plugin: Any, name: str) -> str:
    """What the model was told by a tool, and what stands in the chat."""
    model = asking(name)
    stage = build(model, found=[plugin], policy=policy(plugin.name))
    dialogue = stage.dialogue()
    await dialogue.says("Try it")
    return model.requests[1].lines[-1].text + json.dumps([str(one) for one in stage.chat.shown.values()], default=str)


@pytest.mark.slow
@pytest.mark.parametrize("name", mostly_swept(["echo_echo", "echo_fail"], ["echo_fail"]))
async def test_what_an_mcp_server_repeats(build: Build, name: str) -> None:
    server = McpServer("echo", (sys.executable, "-c", SERVER), environment={"KEY": SECRET}, confirm=False)
    async with opened(server) as plugin:
        seen = await told(build, plugin, name)
    # The server's library keeps the text of a fault to itself.
    assert ("***" in seen) == (name == "echo_echo")
    assert [part for part in parts(SECRET) if part in seen] == []


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("form", FORMS)
async def test_what_a_langchain_tool_repeats(
    build: Build, form: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = FORMS[form](SECRET)

    @tool
    def repeat() -> str:
        """Repeat."""
        if fails:
            raise ToolException(words)
        return words

    module = ModuleType("tools_that_repeat")
    module.repeat = repeat  # type: ignore[attr-defined] # a module of this test
    monkeypatch.setitem(sys.modules, "tools_that_repeat", module)
    chain = LangChainTools("chain", ("tools_that_repeat:repeat",), confirm=False)
    await chain.load()
    seen = await told(build, chain, "chain_repeat")
    assert [part for part in parts(SECRET) if part in seen] == []


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("form", FORMS)
async def test_what_a_plugin_repeats(build: Build, form: str, fails: bool) -> None:
    words = FORMS[form](SECRET)

    @plugin_tool
    async def repeat() -> Result:
        """Repeat."""
        if fails:
            raise PluginError(words)
        return Result(words)

    seen = await told(build, made({"name": "echo"}, repeat), "repeat")
    assert [part for part in parts(SECRET) if part in seen] == []


def test_nothing_shows_the_secrets_by_itself() -> None:
    assert SECRET not in repr(policy("echo"))
    assert SECRET not in repr(McpServer("echo", environment={"KEY": SECRET}))
