"""plugins.host.sources.langchain: LangChain's own kinds of tools behind our host, and what is wrong with a name."""

import subprocess
import sys
from types import ModuleType
from typing import Annotated, Any

import httpx
import pytest
from langchain_core.tools import BaseTool, BaseToolkit, InjectedToolArg, StructuredTool, Tool, ToolException, tool

from parley import Context, ManifestError, PluginError
from plugins.host.plugin import HostedPlugin
from plugins.host.sources.langchain import LangChainTools

NOTHING: Any = None
HERE = "some_tools"


@tool
def multiply(a: int, b: Annotated[int, "the second"], secret: Annotated[str, InjectedToolArg] = "") -> int:
    """Multiply two numbers."""
    return a * b


@tool(parse_docstring=True)
async def look(what: str) -> list[dict[str, str]]:
    """Look at something.

    Args:
        what: the thing
    """
    if what == "nothing":
        raise ToolException("there is nothing to see")
    if what == "broken":
        raise RuntimeError("a secret in here")
    return [
        {"type": "text", "text": what},
        {"type": "image", "url": "https://a.example"},
        {"type": "text", "text": "!"},
    ]


class Kit(BaseToolkit):
    """Two tools of one name."""

    def get_tools(self) -> list[BaseTool]:
        handled = StructuredTool.from_function(coroutine=self._fail, name="do it!", description="Do.")
        handled.handle_tool_error = "could not"
        return [Tool("do it!", str.upper, "Shout."), handled]

    async def _fail(self) -> str:
        raise ToolException("inner words")


def no_key() -> BaseTool:
    raise ValueError("set SOME_KEY")


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package with all kinds of objects."""
    found = ModuleType(HERE)
    things = {"multiply": multiply, "many": (look, [multiply]), "Kit": Kit, "kit": Kit(), "no_key": no_key}
    for name, thing in {**things, "text": "x", "forever": [forever]}.items():
        setattr(found, name, thing)
    monkeypatch.setitem(sys.modules, HERE, found)
    return found


def forever() -> Any:
    return [forever]


async def loaded(*names: str, confirm: bool = True) -> LangChainTools:
    plugin = LangChainTools("kit", [f"{HERE}:{name}" for name in names], confirm)
    await plugin.load()
    return plugin


async def called(plugin: LangChainTools, name: str, **given: Any) -> str:
    offer = next(one for one in plugin.tools if one.tool == name)
    async with httpx.AsyncClient() as http:
        return (await offer.call(Context(http, NOTHING, NOTHING, NOTHING, NOTHING), given)).text


async def test_a_tool_is_offered_as_it_describes_itself() -> None:
    (offer,) = (await loaded("multiply")).tools
    assert (offer.tool, offer.description, offer.confirm, offer.command) == (
        "kit_multiply",
        "Multiply two numbers.",
        True,
        "",
    )
    assert offer.schema["required"] == ["a", "b"]
    assert offer.schema["properties"]["b"] == {"type": "integer", "description": "the second"}
    assert "secret" not in offer.schema["properties"]


@pytest.mark.parametrize(
    ("names", "offered"),
    [
        (["many"], ["kit_look", "kit_multiply"]),
        (["kit"], ["kit_do_it_", "kit_do_it__2"]),
        (["Kit", "multiply"], ["kit_do_it_", "kit_do_it__2", "kit_multiply"]),
    ],
)
async def test_lists_and_toolkits_are_taken_apart(names: list[str], offered: list[str]) -> None:
    plugin = await loaded(*names, confirm=False)
    assert [offer.tool for offer in plugin.tools] == offered
    assert not any(offer.confirm for offer in plugin.tools)


async def test_tools_are_called() -> None:
    plugin = await loaded("many", "kit")
    assert await called(plugin, "kit_multiply", a=6, b=7) == "42"
    assert await called(plugin, "kit_look", what="a crow") == "a crow\n!"
    assert await called(plugin, "kit_do_it_", __arg1="hey") == "HEY"


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("kit_look", {"what": "nothing"}, "nothing to see"),
        ("kit_do_it__2", {}, "could not"),
        ("kit_multiply", {"a": "x", "b": 1}, "a: Input should be a valid integer"),
        ("kit_multiply", {"b": 1}, "a: Field required"),
    ],
)
async def test_what_a_tool_refuses_is_said(name: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(PluginError, match=words):
        await called(await loaded("many", "kit"), name, **given)


async def test_what_breaks_is_for_the_host_to_hide() -> None:
    with pytest.raises(RuntimeError):
        await called(await loaded("many"), "kit_look", what="broken")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("some_tools", "write it as package.module:attribute"),
        ("no_such_package:tool", "cannot be imported.*install"),
        (f"{HERE}:absent", "cannot be used: AttributeError"),
        (f"{HERE}:no_key", "set SOME_KEY"),
        (f"{HERE}:text", "is not a LangChain tool.*it is a str"),
        (f"{HERE}:forever", "is not a LangChain tool"),
    ],
)
async def test_what_is_wrong_with_a_name_is_said(where: str, words: str) -> None:
    plugin = LangChainTools("kit", [where])
    assert not plugin.tools
    with pytest.raises(ManifestError, match=words):
        await plugin.load()


async def test_a_plugin_needs_a_name_and_tools() -> None:
    with pytest.raises(ManifestError, match="Kit"):
        LangChainTools("Kit", [])
    with pytest.raises(ManifestError, match="names no tools"):
        await LangChainTools("kit", []).load()


async def test_it_says_that_it_may_reach_everything() -> None:
    plugin: HostedPlugin = await loaded("multiply")
    assert plugin.name == "kit"
    assert "host:*" in plugin.manifest.permissions


@pytest.mark.slow
def test_langchain_is_not_imported_until_it_is_needed() -> None:
    program = "import plugins.host.sources.langchain, sys; sys.exit('langchain_core' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
