"""parley.serve: a plugin's process is an MCP server, as the official client finds it; and the bench and the walls."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from parley import Context, ManifestError, PluginError, Rating, command, declared, hook, scheduled
from parley.manifest import manifest_of
from parley.testing import Asks, Bench
from plugins.host.install.base_environment import base
from plugins.host.sandbox.confinement import ProcessWalls, walls_here
from plugins.host.sandbox.program import PluginProgram
from tests.plugin_host.stage import made

SHOUT = '''# /// script
# tool.parley = {name = "shout", version = "0.1.0", description = "Says words in capital letters."}
# ///
from parley import command, tool


@tool
@command
async def shout(words: str) -> str:
    """Say words in capital letters."""
    return words.upper()
'''


@pytest.mark.parametrize("walls", [walls_here(), replace(walls_here(), bubblewrap="")], ids=lambda walls: walls.level)
async def test_the_official_client_can_use_a_plugin(tmp_path: Path, walls: ProcessWalls) -> None:
    file = tmp_path / "shout.py"
    file.write_text(SHOUT)
    common = await asyncio.to_thread(base, tmp_path)
    command, *arguments = PluginProgram((common, tmp_path), file, walls=walls).command(100)
    server = StdioServerParameters(command=command, args=arguments)
    async with Client(stdio_client(server)) as client:
        (tool,) = (await client.list_tools()).tools
        assert (tool.name, tool.description) == ("shout", "Say words in capital letters.")
        assert tool.input_schema["required"] == ["words"]
        assert tool.annotations
        assert tool.annotations.read_only_hint
        answer = await client.call_tool("shout", {"words": "hello"})
        assert [part.text for part in answer.content if part.type == "text"] == ["HELLO"]
        wrong = await client.call_tool("shout", {"loudness": 3})
        assert wrong.is_error


def test_the_readmes_plugin_is_short_and_is_this_one() -> None:
    readme = (Path(__file__).parents[2] / "sdk" / "README.md").read_text()
    assert SHOUT in readme
    assert len(SHOUT.splitlines()) == 11


async def test_the_bench_runs_a_plugin_without_a_bot(tmp_path: Path) -> None:
    file = tmp_path / "shout.py"
    file.write_text(SHOUT)
    bench = Bench.of(file)
    assert (await bench.call("shout", words="hello")).text == "HELLO"
    assert await bench.asks(Asks("shout", {"words": "hi"}), "It says {0}.") == "It says HI."
    with pytest.raises(LookupError):
        await bench.asks(Asks("whisper"))


async def test_the_bench_holds_a_plugin_to_its_manifest() -> None:
    @command
    async def keep(ctx: Context, where: str) -> str:
        """Use something."""
        match where:
            case "storage":
                await ctx.storage.set("a", 1)
            case "texts":
                await ctx.texts.search("a")
            case "schedule":
                await ctx.schedule.due()
            case "post" | "log":
                await getattr(ctx.chat, where)("x")
            case "history":
                await ctx.chat.history()
            case _:
                await ctx.http.get("https://other.example/")
        return "done"

    plugin = made({"name": "keeping", "hosts": ["api.example"]}, keep)
    module = sys.modules.setdefault("a_plugin", type(sys)("a_plugin"))
    module.keep = keep  # type: ignore[attr-defined]
    bench = Bench(module, plugin.manifest)
    for where in ("storage", "texts", "schedule", "post", "log", "history", "https"):
        with pytest.raises(PluginError, match=r"powers|not among the hosts"):
            await bench.call("keep", where=where)
    allowed = plugin.manifest.model_copy(update={"powers": ("storage", "post")})
    bench = Bench(module, allowed)
    assert (await bench.call("keep", where="storage")).text == "done"
    await bench.call("keep", where="post")
    assert (bench.memory.kept, bench.voice.posted) == ({"a": 1}, ["x"])


async def no_context(text: str) -> None: ...


async def too_many(ctx: Context, text: str, more: str) -> None: ...


async def fine(ctx: Context, rating: Rating) -> None: ...


def test_hooks_and_scheduled_functions_must_have_the_right_form() -> None:
    def offered(*functions: object) -> object:
        return made({"name": "x"}, *functions)

    for wrong, words in ((no_context, "ctx: Context"), (too_many, "one str")):
        with pytest.raises(ManifestError, match=words):
            offered(hook("before_answer")(wrong))
    with pytest.raises(ManifestError, match="no hook"):
        offered(hook("after_all")(fine))  # type: ignore[arg-type]
    plugin = made({"name": "x"}, hook("on_rating")(scheduled(fine)))
    assert list(plugin.declared.hooks) == ["on_rating"]
    assert list(plugin.declared.scheduled) == ["fine"]


def test_permissions_are_what_a_manifest_asks_for() -> None:
    table = """# /// script
# [tool.parley]
# name = "asking"
# version = "1"
# description = "Asks."
# hosts = ["a.example"]
# powers = ["post"]
# hooks = ["before_send"]
# schedules = {look = "15m"}
# ///
"""
    manifest = manifest_of(table)
    assert sorted(manifest.permissions) == ["hook:before_send", "host:a.example", "power:post", "schedule:look"]
    with pytest.raises(ManifestError, match="not a time"):
        manifest_of(table.replace("15m", "soon"))


def test_nothing_declared_is_nothing_offered() -> None:
    with pytest.raises(ManifestError, match="offers nothing"):
        declared(type(sys)("empty"))
