"""MCP servers at which each person signs in for themselves: one session per call, in the name of the person who asked.

Such a server shows its tools only to people who have signed in. We learn them when somebody connects an account, keep
them in the database, and show them to everybody: we assume that a server's list of tools is not a secret.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

from core.errors import StoreError
from core.foreign_code import ForeignFault, guarded
from core.ports.store import Store
from core.store.tables import KeptRow
from parley import Context, Failure, PluginError
from plugins.host.oauth.flow import SignInNeeded
from plugins.host.sources.mcp import PATIENCE, McpPlugin, McpServer, ServerPrompt, ServerTool, TokensOf, no_tokens
from plugins.host.sources.mcp_http import signed

log = structlog.get_logger()

CHECK_INTERVAL = 30.0
"""Seconds between two looks for tools that another process has learned."""


class PersonalMcpPlugin(McpPlugin):
    """A server that wants each person's own token. Between two calls there is no connection."""

    def __init__(
        self,
        server: McpServer,
        store: Store,
        tokens_of: TokensOf = no_tokens,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(server, tokens_of, changed)
        self._store = store

    @property
    def trouble(self) -> str:
        """Why it offers nothing yet; empty once it does."""
        return "" if self.tools else f"its tools are known once somebody has signed in: /connect {self.name}"

    async def run(self) -> None:
        """Offer the tools that were learned before, including those that another process learns."""
        while True:
            try:
                kept = await self._store.read(lambda session: session.get(KeptRow, self._key))
                await self._become("ready", self._offered(json.loads(kept.value) if kept else ()))
            except StoreError as error:
                # The database is asked again in a moment.
                log.warning("mcp_tools_not_looked_up", server=self.name, error=error)
            await asyncio.sleep(CHECK_INTERVAL)

    async def learn(self, person_id: str) -> None:
        """Ask the server for its tools, in the name of a person who has just connected an account. Never raises."""
        try:
            with guarded():
                async with self._session(person_id) as client:
                    listed = await client.list_tools()
        except ForeignFault as fault:
            log.warning("mcp_tools_not_learned", server=self.name, error=fault.cause)
            return
        told = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed.tools]
        value = json.dumps(told)
        await self._store.write(lambda session: session.merge(KeptRow(name=self._key, value=value)))
        await self._become("ready", self._offered(told))

    async def answer(self, context: Context, name: str, given: Mapping[str, Any]) -> str:
        """Call a tool in the person's own name. Raises SignInNeeded, PluginError, Failure."""
        return await self.call_for(context.user_id, name, given)

    async def call_for(self, person_id: str, name: str, given: Mapping[str, Any]) -> str:
        """Call a tool for a person and return its text. Raises SignInNeeded, PluginError, Failure."""
        try:
            with guarded(SignInNeeded, PluginError):
                async with self._session(person_id) as client:
                    answer = await client.call_tool(name, dict(given), read_timeout_seconds=PATIENCE)
        except ForeignFault as fault:
            raise Failure(f"{self.name} did not answer ({type(fault.cause).__name__})") from None
        return await self.result_of(answer, person_id)

    @asynccontextmanager
    async def _session(self, person_id: str) -> AsyncIterator[Any]:
        from mcp import Client

        tokens = self.tokens
        if tokens is None:
            raise Failure(f"{self.name} is not there at the moment; try again in a minute")
        # Get the token before anything is opened: an exception inside the SDK's tasks comes out as a different one.
        await tokens.token(person_id)
        lost: list[bool] = []
        try:
            with guarded():
                async with asyncio.timeout(PATIENCE):
                    transport = signed(self.server.url, tokens, person_id, lambda: lost.append(True))
                    async with Client(transport) as client:
                        yield client
        except ForeignFault:
            if lost:
                raise SignInNeeded(self.name) from None
            raise

    def _offered(self, told: Sequence[Mapping[str, Any]]) -> Sequence[ServerTool | ServerPrompt]:
        if not told:
            return ()
        from mcp.types import Tool

        return [self._tool(Tool.model_validate(one)) for one in told]

    @property
    def _key(self) -> str:
        return f"mcp:{self.name}:tools"
