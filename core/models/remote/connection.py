"""HTTP to a model's server: where it is, how long we wait, and what its refusals mean."""

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
from core.models.timeouts import Deadline, Patience, by
from core.outside_json import read_json

T = TypeVar("T")

LARGEST_REFUSAL = 64 * 2**10
"""Bytes of an error answer that are read."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is, and what is known of it.

    `url` ends where `/chat/completions` follows; `model` is the server's name for it; `key` is sent as a bearer token;
    `socket` is the path of a Unix socket that stands in for the address. A `dialect` of None and a `window` of 0 are
    asked of the server. `tools`: its model can call tools.
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


class Passing(ModelUnavailable):
    """A failure that another try may not meet: no connection, a broken answer, an overloaded server."""

    def __init__(self, cause: str) -> None:
        super().__init__("model-unavailable", cause)


class Refused(ModelUnavailable):
    """The server does not accept a setting that we can do without."""

    def __init__(self, cause: str, setting: str) -> None:
        super().__init__("model-unavailable", cause)
        self.setting = setting


class Connection:
    """Speaks to one server. Opened by its first use. Raises SettingsError for an impossible address."""

    def __init__(self, endpoint: Endpoint, patience: Patience) -> None:
        self.url = _checked(endpoint.url)
        self._endpoint = endpoint
        self._patience = patience
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self.closed = False

    @property
    def root(self) -> str:
        """The address without the version: where servers keep what is not of the OpenAI API."""
        return self.url.removesuffix("/v1")

    async def aclose(self) -> None:
        self.closed = True
        if self._http:
            await self._http.aclose()

    async def ask(self, url: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON object that answers a short question; empty where the server does not know the question.

        Raises ModelUnavailable (Passing, where another try may help) and ModelTimeout.
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
    async def posted(self, body: Mapping[str, Any], session: str, deadline: Deadline) -> AsyncIterator[httpx.Response]:
        """The response to a request for an answer, its body still to come; leaving closes the connection."""
        http = await self._opened()
        headers = {self._endpoint.session_header: self._session(session)} if session else {}
        request = http.build_request("POST", f"{self.url}/chat/completions", content=_json(body), headers=headers)
        response = await self._whole(deadline.wait(http.send(request, stream=True)))
        async with aclosing(response):
            yield response

    async def read(self, chunks: AsyncIterator[bytes], deadline: Deadline) -> bytes:
        """The next bytes of a response; none at its end. Raises ModelTimeout and Passing."""
        return await self._whole(deadline.wait(anext(chunks, b"")))

    async def refused(self, response: httpx.Response, settings: Collection[str]) -> ModelUnavailable | PromptTooLong:
        """Read the error that a response holds; `settings` are the optional fields of the request."""
        body, chunks, soon = b"", response.aiter_raw(), self._soon()
        while len(body) < LARGEST_REFUSAL:
            chunk = await self._whole(by(soon, anext(chunks, b""), f"{self.url} did not finish its error answer"))
            if not chunk:
                break
            body += chunk
        return self.refusal(response.status_code, body, settings)

    def refusal(self, status: int, content: object, settings: Collection[str] = ()) -> ModelUnavailable | PromptTooLong:
        """The error that stands for a server's refusal. PromptTooLong has 0 for what the server does not tell."""
        refusal = read_refusal(content, settings)
        cause = f"{self.url} answered {status}: {refusal.text}"
        # OpenAI repeats a wrong key in its answer. A shorter one is no secret, and could be a part of any word.
        cause = cause.replace(self._endpoint.key, "***") if len(self._endpoint.key) >= 8 else cause
        if refusal.too_long:
            return PromptTooLong("prompt-too-long", cause, tokens=refusal.tokens, window=refusal.window)
        if status >= 500 or status == 429:
            return Passing(cause)
        return Refused(cause, refusal.setting) if refusal.setting else ModelUnavailable("model-unavailable", cause)

    def _soon(self) -> float:
        return asyncio.get_running_loop().time() + self._patience.question

    async def _whole(self, work: Awaitable[T]) -> T:
        """Wait for a piece of HTTP work. Raises Passing where the connection fails."""
        try:
            return await work
        except httpx.HTTPError as error:
            raise Passing(f"{self.url}: {error!r}") from error

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
            # llama.cpp closes idle connections whenever it likes, and a new plain one costs nothing measurable.
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
        """The name that a router sees: always the same for a conversation, and telling nothing about it."""
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
