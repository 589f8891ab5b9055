"""Requests to an MCP server that wants tokens (MCP's authorization: OAuth 2.1 for HTTP transports)."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from plugins.host.oauth.bearer import TokenSource
from plugins.host.oauth.flow import SignInNeeded

Lost = Callable[[], None]
"""Called when a server no longer accepts the person's tokens."""


@asynccontextmanager
async def signed(url: str, tokens: TokenSource, person_id: str = "", lost: Lost = lambda: None) -> AsyncIterator[Any]:
    """Open the SDK's transport to a server. Its requests carry a token; a refused token is renewed once."""
    import httpx2
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    class Auth(httpx2.Auth):
        async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
            token = await tokens.token(person_id)
            request.headers["Authorization"] = f"Bearer {token}"
            response = yield request
            if response.status_code != 401:
                return
            try:
                renewed = await tokens.renewed(person_id, token)
            except SignInNeeded:
                # The refusal continues through the SDK, which would turn our exception into one of its own.
                lost()
                return
            request.headers["Authorization"] = f"Bearer {renewed}"
            yield request

    async with (
        create_mcp_http_client(auth=Auth()) as http,
        streamable_http_client(url, http_client=http) as streams,
    ):
        yield streams
