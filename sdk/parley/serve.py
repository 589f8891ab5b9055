"""The plugin's side of the wire: it loads the plugin, and speaks MCP on its standard streams.

Whoever starts this has already confined the process: see the plugin host. `orders` has the `file` or the `module` of
the plugin, whose folders are already on the path.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from parley import wire
from parley.api import API, Context, Failure, PluginError, Result
from parley.declared import Declared, Tool, declared, imported
from parley.manifest import ManifestError

LONGEST_LINE = 16 * 1024 * 1024
PARTS = ("storage", "texts", "schedule", "chat")


def main(orders: Mapping[str, Any]) -> None:
    """Serve the plugin that the orders name, until the input ends."""
    # Whatever the plugin prints goes to the log: standard output belongs to the protocol.
    output = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        offered = loaded(orders)
    except ManifestError as error:
        sys.exit(str(error))
    asyncio.run(PluginServer(output, offered).run())


def loaded(orders: Mapping[str, Any]) -> Declared:
    """Load the plugin and return what it offers. Raises ManifestError, and whatever the plugin's import raises."""
    module: ModuleType = imported(Path(orders["file"])) if orders.get("file") else import_module(orders["module"])
    return declared(module)


class PluginServer:
    """Answers requests to the plugin, and sends requests for what the plugin uses."""

    def __init__(self, output: int, offered: Declared) -> None:
        self._output = output
        self._offered = offered
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._doing: dict[Any, asyncio.Task[None]] = {}
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Serve until the input ends."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb"))
        pipe, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(self._output, "wb"))
        self._writer = asyncio.StreamWriter(pipe, protocol, None, loop)
        while line := await reader.readline():
            self._take(json.loads(line))

    async def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Ask Parley for something. Raises PluginError with Parley's words if it refuses."""
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"id": number, "method": method, "params": params})
            return await self._asked[number]
        finally:
            del self._asked[number]

    def _take(self, message: Mapping[str, Any]) -> None:
        number = message.get("id")
        if "method" not in message:
            if isinstance(number, int) and (waiting := self._asked.get(number)) and not waiting.done():
                self._settle(waiting, message)
            return
        if message["method"] == "notifications/cancelled":
            if task := self._doing.get(message.get("params", {}).get("requestId")):
                task.cancel()
            return
        if number is not None:
            self._doing[number] = asyncio.create_task(self._do(number, message["method"], message.get("params") or {}))
            self._doing[number].add_done_callback(lambda _: self._doing.pop(number, None))

    def _settle(self, waiting: "asyncio.Future[Any]", message: Mapping[str, Any]) -> None:
        if error := message.get("error"):
            kind = Failure if error.get("data") == "failure" else PluginError
            waiting.set_exception(kind(str(error.get("message"))))
        else:
            waiting.set_result(message.get("result"))

    async def _do(self, number: Any, method: str, params: Mapping[str, Any]) -> None:
        try:
            answer: dict[str, Any] = {"result": await self._answer(method, params)}
        except PluginError as error:
            kind = "failure" if isinstance(error, Failure) else "refused"
            answer = {"error": {"code": wire.REFUSED, "message": str(error), "data": kind}}
        except NotImplementedError:
            answer = {"error": {"code": wire.METHOD_NOT_FOUND, "message": f"there is no method {method}"}}
        except Exception as error:
            # Any exception here is the plugin's own fault: it is reported to the operator, and the process goes on.
            sys.excepthook(type(error), error, error.__traceback__)
            answer = {"error": {"code": -32603, "message": f"{type(error).__name__}: {error}"[:500]}}
        await self._send({"id": number, **answer})

    async def _answer(self, method: str, params: Mapping[str, Any]) -> Any:
        match method:
            case "initialize":
                return self._welcome(params)
            case "ping":
                return {}
            case "tools/list":
                return {"tools": [shape(tool) for tool in self._offered.tools]}
            case "tools/call":
                return await self._call(params)
            case "parley/offers":
                return {"hooks": list(self._offered.hooks), "scheduled": list(self._offered.scheduled)}
            case "parley/hook":
                return await self._hook(params)
            case "parley/run":
                run = self._offered.scheduled[params["function"]]
                await run(self._context(params), **params["values"])
                return {}
        raise NotImplementedError

    def _welcome(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in wire.VERSIONS else wire.VERSIONS[0],
            "capabilities": {"tools": {}, "experimental": {wire.META: {"api": API}}},
            "serverInfo": {"name": "parley-plugin", "version": str(API)},
        }

    async def _call(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = params.get("name")
        tool = next((one for one in self._offered.tools if identity(one) == wanted), None)
        if tool is None:
            raise PluginError(f"there is no tool {wanted!r}")
        try:
            return wire.packed(await tool.call(self._context(params), params.get("arguments") or {}))
        except PluginError as error:
            kind = "failure" if isinstance(error, Failure) else "refused"
            content = [{"type": "text", "text": str(error)}]
            return {"content": content, "isError": True, "_meta": {wire.META: {"kind": kind}}}

    async def _hook(self, params: Mapping[str, Any]) -> Any:
        moment, value = params["moment"], params["value"]
        if moment in wire.VALUES:
            value = wire.VALUES[moment].validate_python(value)
        found = await self._offered.hooks[moment](self._context(params), value)
        return {"result": wire.packed(found)} if isinstance(found, Result) else {"text": found}

    def _context(self, params: Mapping[str, Any]) -> Context:
        given = params.get("_meta", {}).get(wire.META, {})
        call = str(given.get("call", ""))
        parts: dict[str, Any] = {name: RemotePart(self, call, name) for name in PARTS}
        http = httpx.AsyncClient(transport=ParleyTransport(self, call), timeout=None, trust_env=False)
        return Context(http=http, **parts, **{name: given[name] for name in GIVEN if name in given})

    async def _send(self, message: Mapping[str, Any]) -> None:
        assert self._writer is not None
        self._writer.write(wire.line(message))
        await self._writer.drain()


GIVEN = ("config", "secrets", "language", "user_name", "user_id", "key")
"""The parts of a context that are sent with a call; the rest is asked for when it is used."""


class RemotePart:
    """A part of a context whose methods are requests to Parley."""

    def __init__(self, server: PluginServer, call: str, name: str) -> None:
        self._server, self._call, self._name = server, call, name

    def __getattr__(self, method: str) -> Any:
        async def use(*given: Any, **named: Any) -> Any:
            values = [one.isoformat() if hasattr(one, "isoformat") else one for one in given]
            named = {key: one.isoformat() if hasattr(one, "isoformat") else one for key, one in named.items()}
            params = {"call": self._call, "part": self._name, "method": method, "given": values, "named": named}
            answer = await self._server.ask("parley/use", params)
            known = wire.ANSWERS.get(f"{self._name}.{method}")
            return known.validate_python(answer) if known else answer

        return use


class ParleyTransport(httpx.AsyncBaseTransport):
    """Fetches through Parley, which checks the address: this process has no network."""

    def __init__(self, server: PluginServer, call: str) -> None:
        self._server, self._call = server, call

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        answer = await self._server.ask(
            "parley/fetch",
            {
                "call": self._call,
                "method": request.method,
                "url": str(request.url),
                "headers": list(request.headers.multi_items()),
                "body": wire.encoded(body),
            },
        )
        return httpx.Response(answer["status"], headers=answer["headers"], content=wire.decoded(answer["body"]))


def identity(tool: Tool) -> str:
    """Return the name by which MCP knows a function; a command that is not a tool has one too."""
    return tool.tool or tool.command


def shape(tool: Tool) -> dict[str, Any]:
    """Return a function in the form of tools/list."""
    options = [[one.name, one.description, one.required, list(one.values)] for one in tool.options]
    ours = {"tool": tool.tool, "command": tool.command, "shown": tool.shown, "admin": tool.admin, "options": options}
    return {
        "name": identity(tool),
        "description": tool.description,
        "inputSchema": tool.schema,
        "annotations": {"readOnlyHint": not tool.confirm},
        "_meta": {wire.META: ours},
    }
