"""The source for LangChain's tools: objects of its packages become tools of ours, each with its own schema.

They run in this process with all of its rights, and reach the network in their own ways. `load` imports LangChain, in a
thread.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from core.foreign_code import ForeignFault, guarded
from parley import Context, Manifest, ManifestError, PluginError, Result
from plugins.host.plugin import OfferWords
from plugins.host.sources.tool_names import free, plain

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

LONGEST_ERROR = 500
DEEPEST = 4
"""Most steps from a named object to its tools.

A function that returns a toolkit that has a list of tools takes three.
"""


class LangChainTools:
    """The tools that `objects` name, each as "package.module:attribute", as one plugin. It has no tools until `load`.

    An object is a tool, a toolkit, a list of them, or something that returns one of these when it is called without
    arguments. With `confirm` a person is asked before each call, because LangChain's tools do not say whether they
    change something. Raises ManifestError for an invalid name.
    """

    def __init__(self, name: str, objects: Sequence[str], confirm: bool = True, description: str = "") -> None:
        try:
            self.manifest = Manifest(
                name=name,
                version="0",
                description=description[:200] or "Tools of LangChain.",
                # None of our rules limit what these tools fetch.
                hosts=("*",),
            )
        except ValidationError as error:
            raise ManifestError(f"{name!r}: {error.errors(include_url=False)[0]['msg']}") from None
        self.tools: Sequence[LangChainTool] = ()
        self._objects = tuple(objects)
        self._confirm = confirm
        self._loading = asyncio.Lock()

    @property
    def name(self) -> str:
        return self.manifest.name

    async def load(self) -> None:
        """Import the tools, once. Raises a ManifestError that says what is missing or wrong."""
        async with self._loading:
            if not self.tools:
                self.tools = await asyncio.to_thread(self._loaded)

    def _loaded(self) -> Sequence["LangChainTool"]:
        offers: dict[str, LangChainTool] = {}
        for where in self._objects:
            for tool in _found(where):
                name = free(plain(f"{self.name}_{tool.name}"), offers)
                offers[name] = _offer(tool, name, where, self._confirm)
        if not offers:
            raise ManifestError(f"{self.name}: it names no tools; write them as package.module:attribute")
        return tuple(offers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LangChainTool(OfferWords):
    """A LangChain tool, in the form in which the host calls any tool."""

    theirs: "BaseTool"

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it. Raises PluginError if the arguments do not fit, or if the tool says that it failed."""
        from langchain_core.tools import ToolException

        # When it is called as a model would call it, a tool says whether its answer is an error.
        asked = {"type": "tool_call", "id": context.key or "call", "name": self.theirs.name, "args": dict(given)}
        try:
            answer = await self.theirs.ainvoke(asked)
        except ToolException as error:
            raise PluginError(str(error) or f"{self.tool}: it did not work") from None
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            raise PluginError(f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}") from None
        text = _text(getattr(answer, "content", answer))
        if getattr(answer, "status", "") == "error":
            raise PluginError(text or f"{self.tool}: it did not work")
        return Result(text)


def _found(where: str) -> Sequence["BaseTool"]:
    """Return the tools that a name leads to. Raises ManifestError."""
    module, colon, attribute = where.partition(":")
    if not (module and colon and attribute):
        raise ManifestError(f"{where!r} is not a name of a LangChain tool; write it as package.module:attribute")
    try:
        with guarded(ManifestError, ImportError):
            import langchain_core  # noqa: F401 # it says better than its packages that it is missing

            found: Any = import_module(module)
            for part in attribute.split("."):
                found = getattr(found, part)
            return list(_tools(found, where))
    except ImportError as error:
        mend = "install the package that has it, and the extra `langchain` (`uv sync --extra langchain`)"
        raise ManifestError(f"{where} cannot be imported: {error}; {mend}") from None
    except ForeignFault as fault:
        # A missing key, a wrong setting, an unknown name: each package reports it in its own way.
        why = f"{type(fault.cause).__name__}: {str(fault.cause)[:LONGEST_ERROR]}"
        raise ManifestError(f"{where} cannot be used: {why}") from fault.cause


def _tools(found: Any, where: str, depth: int = 0) -> Iterator["BaseTool"]:
    from langchain_core.tools import BaseTool, BaseToolkit

    if isinstance(found, BaseTool):
        yield found
    elif isinstance(found, BaseToolkit):
        yield from found.get_tools()
    elif isinstance(found, Sequence) and not isinstance(found, str) and depth < DEEPEST:
        for one in found:
            yield from _tools(one, where, depth + 1)
    elif callable(found) and depth < DEEPEST:
        yield from _tools(found(), where, depth + 1)
    else:
        kind = type(found).__name__
        raise ManifestError(
            f"{where} is not a LangChain tool, toolkit, list of tools or function for them: it is a {kind}"
        )


def _offer(tool: "BaseTool", name: str, where: str, confirm: bool) -> LangChainTool:
    from langchain_core.utils.function_calling import convert_to_openai_tool

    told = convert_to_openai_tool(tool)["function"]
    schema = told.get("parameters") or {"type": "object", "properties": {}}
    about = (told.get("description") or where)[:1000]
    return LangChainTool(tool=name, description=about, schema=schema, confirm=confirm, theirs=tool)


def _text(content: object) -> str:
    """Return a tool's answer as text; of a list of blocks, only the words."""
    if not isinstance(content, list):
        return str(content)
    blocks = [block if isinstance(block, dict) else {"type": "text", "text": block} for block in content]
    return "\n".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")
