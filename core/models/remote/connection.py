"""The HTTP connection to a model's server: its address, the time limits, and what its refusals mean."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

import httpx

from core.errors import ModelUnavailable, PromptTooLong, SettingsError
from core.models.remote.dialects import Dialect
from core.models.remote.server_errors import read_refusal
from core.models.timeouts import AnswerDeadline, ModelTimeouts, by
from core.outside_json import read_json
from core.secret_redaction import redaction

T = TypeVar("T")

LARGEST_REFUSAL = 64 * 2**10
"""How many bytes of an error answer are read."""


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """The address of a model, and what is known about it.

    `url` is the part of the address before `/chat/completions`. `model` is the server's name for the model. `key` is
    sent as a bearer token. `socket` is the path of a Unix socket to use instead of the host in the address. If
    `dialect` is None or `window` is 0, the server is asked. `tools` says that the model can call tools.
    """

    url: str
    model: str = "default"
    key: str = field(default="", repr=False)
    socket: str = ""
    dialect: Dialect | None = None
    window: int = 0
    slots: int = 4
    tools: bool = False
    session_header: str = "X-Session-Id"


class PassingFailure(ModelUnavailable):
    """A failure that may pass, so that a retry may help: no connection, a broken answer, an overloaded server."""

    def __init__(self, cause: str) -> None:
        super().__init__("model-unavailable", cause)


class SettingRefused(ModelUnavailable):
    """The server does not accept a setting that we can do without."""

    def __init__(self, cause: str, setting: str) -> None:
        super().__init__("model-unavailable", cause)
        self.setting = setting


class ServerConnection:
    """A connection to one server, opened when it is first used. Raises SettingsError for an impossible address."""

    def __init__(self, endpoint: ModelEndpoint, patience: ModelTimeouts) -> None:
        self.url = _checked(endpoint.url)
        self._endpoint = endpoint
        self._patience = patience
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self.closed = False

    @property
    def root(self) -> str:
        """The address without the version, where servers keep what is not part of the OpenAI API."""
        return self.url.removesuffix("/v1")

    async def aclose(self) -> None:
        self.closed = True
        if self._http:
            await self._http.aclose()

    async def ask(self, url: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask a short question, and return the JSON object of its answer; empty if the server does not know it.

        Raises ModelUnavailable (PassingFailure, if a retry may help) and ModelTimeout.
        """
        http = await self._opened()
        work = http.post(url, content=_json(fields)) if fields else http.get(url)
        response = await self._whole(by(self._soon(), work, f"no answer from {url}"))
        if response.status_code >= 500 or response.status_code in (401, 403, 429):
            raise self.refusal(response.status_code, response.content)
        try:
            answer = read_json(response.content)
        except ValueError:
            return {}
        return answer if response.status_code == 200 and isinstance(answer, dict) else {}

    @asynccontextmanager
    async def posted(
        self, body: Mapping[str, Any], session: str, deadline: AnswerDeadline
    ) -> AsyncIterator[httpx.Response]:
        """Post a request for an answer. Gives the response before its body is read; leaving closes the connection."""
        http = await self._opened()
        headers = {self._endpoint.session_header: self._session(session)} if session else {}
        request = http.build_request("POST", f"{self.url}/chat/completions", content=_json(body), headers=headers)
        response = await self._whole(deadline.wait(http.send(request, stream=True)))
        async with aclosing(response):
            yield response

    async def read(self, chunks: AsyncIterator[bytes], deadline: AnswerDeadline) -> bytes:
        """Read the next bytes of a response; empty at its end. Raises ModelTimeout and PassingFailure."""
        return await self._whole(deadline.wait(anext(chunks, b"")))

    async def refused(self, response: httpx.Response, settings: Collection[str]) -> ModelUnavailable | PromptTooLong:
        """Read the error in a response; `settings` are the optional fields of the request."""
        body, chunks, soon = b"", response.aiter_raw(), self._soon()
        while len(body) < LARGEST_REFUSAL:
            chunk = await self._whole(by(soon, anext(chunks, b""), f"{self.url} did not finish its error answer"))
            if not chunk:
                break
            body += chunk
        return self.refusal(response.status_code, body, settings)

    def refusal(self, status: int, content: object, settings: Collection[str] = ()) -> ModelUnavailable | PromptTooLong:
        """Turn a server's refusal into our error. PromptTooLong has 0 for numbers that the server does not tell."""
        refusal = read_refusal(content, settings)
        cause = f"{self.url} answered {status}: {refusal.text}"
        # OpenAI repeats a wrong key in its answer. A key below 8 characters is no secret, and may occur in any word.
        if len(self._endpoint.key) >= 8:
            known = redaction(frozenset({self._endpoint.key}))
            cause = known.redact(cause.encode("utf-8", "replace")).decode("utf-8", "replace")
        if refusal.too_long:
            return PromptTooLong("prompt-too-long", cause, tokens=refusal.tokens, window=refusal.window)
        if status >= 500 or status == 429:
            return PassingFailure(cause)
        return (
            SettingRefused(cause, refusal.setting) if refusal.setting else ModelUnavailable("model-unavailable", cause)
        )

    def _soon(self) -> float:
        return asyncio.get_running_loop().time() + self._patience.question

    async def _whole(self, work: Awaitable[T]) -> T:
        """Wait for a piece of HTTP work. Raises PassingFailure if the connection fails."""
        try:
            return await work
        except httpx.HTTPError as error:
            raise PassingFailure(f"{self.url}: {error!r}") from error

    async def _opened(self) -> httpx.AsyncClient:
        if self.closed:
            raise ModelUnavailable("model-unavailable", f"the connection to {self.url} has been closed")
        async with self._opening:
            if self._http is None:
                self._http = await self._open()
        return self._http

    async def _open(self) -> httpx.AsyncClient:
        url, socket = httpx.URL(self.url), self._endpoint.socket
        # Reading the certificates takes long enough to stall the event loop, and a plain connection needs none.
        encrypted = await asyncio.to_thread(httpx.create_ssl_context) if url.scheme == "https" else None
        verify = encrypted or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        if not encrypted:
            # llama.cpp may close idle connections at any time, and a new plain one costs nothing measurable.
            headers["Connection"] = "close"
        return httpx.AsyncClient(
            headers=headers,
            limits=limits,
            timeout=httpx.Timeout(None, connect=self._patience.connect),
            transport=httpx.AsyncHTTPTransport(uds=socket, verify=verify, limits=limits) if socket else None,
            trust_env=not socket and url.host not in ("localhost", "127.0.0.1", "::1"),
            verify=verify,
        )

    def _session(self, session: str) -> str:
        """The session name that a router sees: always the same for a conversation, but revealing nothing about it."""
        key = self._endpoint.key.encode()[:64]
        return blake2b(session.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"The model's address {url!r} is not an address: {error}.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise SettingsError(f"The model's address {url!r} must begin with http:// or https:// and name a host.")
    return url.rstrip("/")
