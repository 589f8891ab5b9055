"""The HTTP connection to a model's server: its address, the time limits, and reading its refusals."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

import aiohttp
import httpx
import orjson

from core.errors import ModelUnavailable, PromptTooLong, SettingsError
from core.models.remote.dialects import Dialect
from core.models.remote.server_errors import TransientFailure, error_of, read_refusal
from core.models.timeouts import AnswerDeadline, ModelTimeouts, by
from core.outside_json import read_json
from core.secret_redaction import redaction

T = TypeVar("T")

LARGEST_REFUSAL = 64 * 2**10
"""How many bytes of an error answer are read."""

IDLE = 5.0
"""How many seconds an idle encrypted connection is kept for the next request. A plain one is cheap to open, so each
request has one of its own: llama.cpp gives each open one a thread of its few, and closes some right after an answer,
so that the next request on it would be lost."""

AFTER_THE_END = 0.05
"""How many seconds a server may take to end a response after its last event, if its connection is to be used again."""


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """The address of a model, and what is known about it.

    `url` is the part of the address before `/chat/completions`. `model` is the server's name for the model. `key` is
    sent as a bearer token. `socket` is the path of a Unix socket to use instead of the host in the address. If
    `dialect` is None or `window` is 0, the server is asked. `tools` says that the model can call tools. A router finds
    the conversation of a request in the `session_header`.
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


class ServerConnection:
    """A connection to one server, opened when it is first used. Raises SettingsError for an impossible address."""

    def __init__(self, endpoint: ModelEndpoint, patience: ModelTimeouts) -> None:
        self.url = _checked(endpoint.url)
        self._endpoint = endpoint
        self._patience = patience
        self._http: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self.closed = False

    @property
    def root(self) -> str:
        """The address without the version, where servers keep what is not part of the OpenAI API."""
        return self.url.removesuffix("/v1")

    async def aclose(self) -> None:
        self.closed = True
        if self._http:
            await self._http.close()

    async def ask(self, url: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask a short question, and return the JSON object of its answer; empty if the server does not know it.

        Raises ModelUnavailable (TransientFailure, if a retry may help) and ModelTimeout.
        """
        http = await self._opened()
        work = self._whole(self._told(http, url, fields))
        status, content = await by(self._soon(), work, f"no answer from {url}")
        if status >= 500 or status in (401, 403, 429):
            raise self.refusal(status, content)
        try:
            answer = read_json(content)
        except ValueError:
            return {}
        return answer if status == 200 and isinstance(answer, dict) else {}

    async def _told(self, http: aiohttp.ClientSession, url: str, fields: Mapping[str, Any] | None) -> tuple[int, bytes]:
        method, body = ("POST", _json(fields)) if fields else ("GET", None)
        async with http.request(method, url, data=body, allow_redirects=False) as response:
            return response.status, await response.read()

    @asynccontextmanager
    async def posted(
        self, body: Mapping[str, Any], session: str, deadline: AnswerDeadline
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Post a request for an answer. Gives the response before its body is read; leaving closes the connection."""
        http = await self._opened()
        headers = {self._endpoint.session_header: self._session(session)} if session else {}
        post = http.post(f"{self.url}/chat/completions", data=_json(body), headers=headers, allow_redirects=False)
        response = await deadline.wait(self._whole(post))
        try:
            yield response
        finally:
            # What was read to its end has given its connection back already.
            response.close()

    async def read(self, response: aiohttp.ClientResponse, deadline: AnswerDeadline) -> bytes:
        """Read the next bytes of a response; empty at its end. Raises ModelTimeout and TransientFailure."""
        # What has come already needs no waiting, and most of what a fast model says has.
        return _come(response) or await deadline.wait(self._whole(response.content.readany()))

    async def finish(self, response: aiohttp.ClientResponse) -> None:
        """Read what little follows the last event, so that the connection can be used again."""
        if response.content.at_eof():
            return
        with suppress(TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(AFTER_THE_END):
                while await response.content.readany():
                    pass

    async def refused(
        self, response: aiohttp.ClientResponse, settings: Collection[str]
    ) -> ModelUnavailable | PromptTooLong:
        """Read the error in a response; `settings` are the optional fields of the request."""
        body, soon = b"", self._soon()
        while len(body) < LARGEST_REFUSAL:
            reading = self._whole(response.content.readany())
            chunk = await by(soon, reading, f"{self.url} did not finish its error answer")
            if not chunk:
                break
            body += chunk
        return self.refusal(response.status, body, settings)

    def refusal(self, status: int, content: object, settings: Collection[str] = ()) -> ModelUnavailable | PromptTooLong:
        """Turn a server's refusal into our error. PromptTooLong has 0 for numbers that the server does not tell."""
        refusal = read_refusal(content, settings)
        cause = f"{self.url} answered {status}: {refusal.text}"
        # OpenAI repeats a wrong key in its answer. A key below 8 characters is no secret, and may occur in any word.
        if len(self._endpoint.key) >= 8:
            known = redaction(frozenset({self._endpoint.key}))
            cause = known.redact(cause.encode("utf-8", "replace")).decode("utf-8", "replace")
        return error_of(status, refusal, cause)

    def _soon(self) -> float:
        return asyncio.get_running_loop().time() + self._patience.question

    async def _whole(self, work: Awaitable[T]) -> T:
        """Wait for a piece of HTTP work. Raises TransientFailure if the connection fails.

        Call it inside of the waiting with a limit of our own: aiohttp's errors about time are TimeoutErrors too.
        """
        try:
            return await work
        except (aiohttp.ClientError, OSError) as error:
            raise TransientFailure(f"{self.url}: {type(error).__name__}: {error}") from error
        except RuntimeError as error:
            # So aiohttp says that we have closed the connection ourselves, under an answer that was being read.
            if not self.closed:
                raise
            raise TransientFailure(f"{self.url}: {error!r}") from error

    async def _opened(self) -> aiohttp.ClientSession:
        if self.closed:
            raise ModelUnavailable("model-unavailable", f"the connection to {self.url} has been closed")
        async with self._opening:
            if self._http is None:
                self._http = await self._open()
        return self._http

    async def _open(self) -> aiohttp.ClientSession:
        url, socket = httpx.URL(self.url), self._endpoint.socket
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        return aiohttp.ClientSession(
            headers=headers,
            connector=await self._connector(encrypted=url.scheme == "https"),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._patience.connect),
            trust_env=not socket and url.host not in ("localhost", "127.0.0.1", "::1"),
            auto_decompress=False,
        )

    async def _connector(self, encrypted: bool) -> aiohttp.BaseConnector:
        if self._endpoint.socket:
            return aiohttp.UnixConnector(self._endpoint.socket, limit=0, force_close=True)
        if not encrypted:
            return aiohttp.TCPConnector(limit=0, force_close=True)
        # Reading the certificates takes long enough to stall the event loop.
        verify = await asyncio.to_thread(httpx.create_ssl_context)
        return aiohttp.TCPConnector(ssl=verify, limit=0, keepalive_timeout=IDLE)

    def _session(self, session: str) -> str:
        """The session name that a router sees: always the same for a conversation, but revealing nothing about it."""
        key = self._endpoint.key.encode()[:64]
        return blake2b(session.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()


def _come(response: aiohttp.ClientResponse) -> bytes:
    """The bytes of a response that are there; none while its connection has failed, which whoever waits is told."""
    content = response.content
    return b"" if content.exception() or content.at_eof() else content.read_nowait()


def _json(fields: Mapping[str, Any]) -> bytes:
    with suppress(TypeError):
        return orjson.dumps(fields)
    # It does not write all numbers that a tool's schema may have.
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"The model's address {url!r} is not an address: {error}.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise SettingsError(f"The model's address {url!r} must begin with http:// or https:// and name a host.")
    return url.rstrip("/")
