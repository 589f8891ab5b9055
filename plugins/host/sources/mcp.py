"""The source for MCP servers: programs that we start, or addresses, whose tools become tools of ours.

The protocol (https://modelcontextprotocol.io) is spoken by its official SDK, which is imported only if there is a
server.
"""

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from core.backoff import Backoff
from core.foreign_code import ForeignFault, guarded
from parley import Context, Failure, Manifest, PluginError, Result
from parley.declared import OfferOption
from plugins.host.egress.disclosure import without_secrets
from plugins.host.oauth.bearer import TokenSource
from plugins.host.oauth.flow import OAuthSource
from plugins.host.plugin import HostedPlugin, OfferWords
from plugins.host.sources.mcp_http import signed
from plugins.host.sources.tool_names import LONGEST, plain

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
CRASHES, WITHIN = 5, 600.0
"""A server that ends this many times within this many seconds is left alone until the next start."""

PATIENCE = 20.0
"""Seconds that a server may take to start, and to answer a call."""

LIVES = 15.0
"""Seconds between two checks that the server is still there."""

OPTION = re.compile(r"[^a-z0-9_]")


@dataclass(frozen=True, slots=True)
class McpServer:
    """An MCP server: a `command` with its arguments, or a `url`.

    `environment` is all that a program of ours gets besides the usual variables. With `confirm`, a person is asked
    before each call of a tool that does not declare that it changes nothing. `oauth` says how to get tokens for a `url`
    that wants some.
    """

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    description: str = ""
    confirm: bool = True
    oauth: OAuthSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTool(OfferWords):
    """A server's tool, in the form in which the host calls any tool. `theirs` is the server's own name for it."""

    plugin: "McpPlugin"
    theirs: str

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it. Raises PluginError if the server says that it failed, Failure if the server is not there."""
        return Result(await self.plugin.answer(context, self.theirs, given))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPrompt(OfferWords):
    """A server's prompt: a command whose text is put to the assistant in the person's name."""

    plugin: "McpPlugin"
    theirs: str

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Return the prompt filled in with its arguments. Raises PluginError, Failure."""
        return Result(await self.plugin.prompt(self.theirs, given))


TokensOf = Callable[[HostedPlugin], TokenSource | None]
"""Finds the source of the tokens for a plugin's server."""


def no_tokens(plugin: HostedPlugin) -> None:
    """There are no tokens."""
    return


class McpPlugin:
    """A connection to a server, opened again whenever it breaks. To the host it is a plugin; `run` it in a task.

    `changed` is called when the set of tools and prompts has changed. The server has `patience` seconds for an answer.
    """

    def __init__(
        self,
        server: McpServer,
        tokens_of: TokensOf = no_tokens,
        changed: Callable[[], None] = lambda: None,
        first_pause: float = FIRST_PAUSE,
        patience: float = PATIENCE,
    ) -> None:
        self.server = server
        self.manifest = Manifest(name=server.name, version="0", description=server.description or "An MCP server.")
        self.tools: Sequence[ServerTool | ServerPrompt] = ()
        self.state = "starting"
        self._first_pause = first_pause
        self._patience = patience
        self._tokens_of = tokens_of
        self._tell_changed = changed
        self._client: Any = None
        self._broken = asyncio.Event()
        self._changed = asyncio.Condition()

    @property
    def name(self) -> str:
        return self.server.name

    @property
    def digest(self) -> str:
        """Identifies the program or address. What it does, only its operator knows."""
        return repr((self.server.command, self.server.url))

    @property
    def oauth(self) -> OAuthSource | None:
        """How to get tokens for the server, None if it wants none."""
        return self.server.oauth

    @property
    def tokens(self) -> TokenSource | None:
        """The source of the tokens that the server wants, None if it wants none."""
        return self._tokens_of(self) if self.server.oauth else None

    async def run(self) -> None:
        """Keep the connection open until the task is cancelled or the server has crashed too often."""
        ends: list[float] = []
        pauses = Backoff(self._first_pause, LONGEST_PAUSE)
        while True:
            began = asyncio.get_running_loop().time()
            try:
                with guarded():
                    await self._connected()
            except ForeignFault as fault:
                log.warning("mcp_server_ended", server=self.name, error=fault.cause)
            now = asyncio.get_running_loop().time()
            ends = [end for end in (*ends, now) if end > now - WITHIN]
            if len(ends) >= CRASHES:
                log.error("mcp_server_given_up", server=self.name, fix="see what it prints when you start it by hand")
                await self._become("given up", ())
                return
            await self._become("waiting", ())
            if now - began > LONGEST_PAUSE:
                pauses.reset()
            await asyncio.sleep(next(pauses))

    async def ready(self) -> None:
        """Wait until its tools are known, or until it has been given up."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.state in ("ready", "given up"))

    async def answer(self, context: Context, name: str, given: Mapping[str, Any]) -> str:
        """Call a tool for the person of a context: in the operator's name, whoever it is."""
        return await self.call(name, given)

    async def call(self, name: str, given: Mapping[str, Any]) -> str:
        """Call a tool and return its text. Raises PluginError, Failure."""
        if self._client is None:
            raise Failure(f"{self.name} is not there at the moment; try again in a minute")
        try:
            with guarded():
                answer = await self._client.call_tool(name, dict(given), read_timeout_seconds=self._patience)
        except ForeignFault as fault:
            self._broken.set()
            raise Failure(f"{self.name} did not answer ({type(fault.cause).__name__})") from None
        return await self.result_of(answer)

    async def result_of(self, answer: Any, person_id: str = "") -> str:
        """The text of an answer, without the token that it was asked with. Raises PluginError if it is an error."""
        text = "\n".join(part.text for part in answer.content if getattr(part, "type", "") == "text")
        text = await self._without_token(text, person_id)
        if answer.is_error:
            raise PluginError(text or f"{self.name}: it did not work")
        return text

    async def _without_token(self, text: str, person_id: str = "") -> str:
        if self.tokens is None:
            return text
        return await without_secrets(text, frozenset({await self.tokens.token(person_id)}))

    async def prompt(self, name: str, given: Mapping[str, Any]) -> str:
        """Return the text of a prompt filled in with its arguments. Raises PluginError, Failure."""
        if self._client is None:
            raise Failure(f"{self.name} is not there at the moment; try again in a minute")
        try:
            with guarded(TimeoutError):
                async with asyncio.timeout(self._patience):
                    answer = await self._client.get_prompt(name, {key: str(value) for key, value in given.items()})
        except TimeoutError:
            raise Failure(f"{self.name} did not answer") from None
        except ForeignFault as fault:
            # The SDK raises the same error if the server refuses and if something went wrong.
            raise PluginError(await self._without_token(f"{self.name}: {fault.cause}")) from None
        texts = [getattr(message.content, "text", "") for message in answer.messages]
        return await self._without_token("\n\n".join(filter(None, texts)))

    @property
    def trouble(self) -> str:
        """What is wrong with the server, empty while nothing is."""
        return "" if self.state in ("ready", "starting") else f"the server is not there ({self.state})"

    async def _connected(self) -> None:
        from mcp import Client, StdioServerParameters
        from mcp.client.stdio import stdio_client

        server = self.server
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: ASYNC230 # it never waits
            if server.command:
                first, *rest = server.command
                params = StdioServerParameters(command=first, args=rest, env=dict(server.environment) or None)
                transport: Any = stdio_client(params, errlog=nowhere)
            else:
                transport = signed(server.url, self.tokens) if self.tokens else server.url
            async with asyncio.timeout(self._patience) as starting, Client(transport) as client:
                listed = await client.list_tools()
                starting.reschedule(None)
                self._broken.clear()
                self._client = client
                tools = [self._tool(tool) for tool in listed.tools]
                found: list[ServerTool | ServerPrompt] = [*tools, *await self._prompts(client)]
                await self._become("ready", found)
                try:
                    await self._lives(client)
                finally:
                    self._client = None

    async def _lives(self, client: Any) -> None:
        """Return or raise once the server is no longer there."""
        while not self._broken.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LIVES):
                    await self._broken.wait()
            async with asyncio.timeout(self._patience):
                await client.list_tools()
            self._broken.clear()

    async def _prompts(self, client: Any) -> Sequence[ServerPrompt]:
        if client.server_capabilities is None or client.server_capabilities.prompts is None:
            return ()
        listed = await client.list_prompts()
        return [self._prompt(prompt) for prompt in listed.prompts]

    def _prompt(self, told: Any) -> ServerPrompt:
        options = tuple(
            OfferOption(OPTION.sub("_", one.name.lower())[:32], one.description or one.name, bool(one.required))
            for one in told.arguments or ()
        )
        command = OPTION.sub("_", f"{self.name}_{told.name}".lower())[:32]
        return ServerPrompt(
            command=command,
            description=(told.description or told.name)[:200],
            options=options,
            asks=True,
            plugin=self,
            theirs=told.name,
        )

    def _tool(self, told: Any) -> ServerTool:
        hints = told.annotations
        harmless = bool(hints and hints.read_only_hint)
        name = plain(f"{self.name}_{told.name}")[:LONGEST]
        return ServerTool(
            tool=name,
            description=(told.description or told.name)[:1000],
            schema=told.input_schema,
            confirm=self.server.confirm and not harmless,
            reaches=self.name,
            plugin=self,
            theirs=told.name,
        )

    async def _become(self, state: str, tools: Sequence[ServerTool | ServerPrompt]) -> None:
        before = [tool.command for tool in self.tools]
        async with self._changed:
            self.state, self.tools = state, tools
            self._changed.notify_all()
        if [tool.command for tool in tools] != before:
            self._tell_changed()
