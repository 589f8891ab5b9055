"""A visitor without a browser: requests as a browser makes them, and the events of a stream."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.types import ASGIApp, Message

from bots.web.visitor_cookie import COOKIE, CookieKey
from core.ports.surface import AdminLinkOutcome, NewBrowser

ORIGIN = "http://127.0.0.1"
KEY = CookieKey(b"k" * 32, datetime.now(UTC))
"""For a web chat that comes back after a restart."""
LIMIT = 5.0
"""Seconds that a test waits for what must come."""


@dataclass(frozen=True, slots=True)
class EveryBrowser:
    """The admins of a page whose every visitor is one, for tests of what admins do there."""

    async def includes(self, account: str) -> bool:
        return True

    async def redeem(self, secret: str, browser: NewBrowser) -> AdminLinkOutcome:
        return "unknown"


EVERYBODY = EveryBrowser()


class Visitor:
    """Opens pages, sends forms and follows streams, with a cookie of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def begin(self) -> str:
        """Open a new conversation and return its address."""
        address = str((await self.http.get("/")).headers["location"])
        assert (await self.http.get(address)).status_code == 200
        return address

    async def page(self, address: str) -> str:
        answer = await self.http.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def once(self, address: str) -> str:
        """The id of the composer's form."""
        found = re.search(r'name="once" id="once" value="([0-9a-f]{32})"', await self.page(address))
        assert found
        return found[1]

    async def say(self, address: str, text: str, **fields: str) -> httpx.Response:
        """Send the composer as a browser without scripts does."""
        return await self.post(f"{address}/messages", {"once": await self.once(address), "text": text, **fields})

    async def post(
        self, path: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        origin = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
        return await self.http.post(path, data=dict(fields), headers=origin if headers is None else dict(headers))

    def follow(self, address: str, query: str = "", headers: Mapping[str, str] | None = None) -> "Follower":
        return Follower(self.app, f"{address}/events", query, {"cookie": self.cookie, **(headers or {})})

    @property
    def cookie(self) -> str:
        return f"{COOKIE}={self.http.cookies[COOKIE]}"


class Follower:
    """A page's stream. `event` waits for the next event of it."""

    def __init__(self, app: ASGIApp, path: str, query: str, headers: Mapping[str, str]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._app = app
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), *((n.encode(), v.encode()) for n, v in headers.items())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        self._chunks: asyncio.Queue[str | None] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, LIMIT)

    async def chunk(self) -> str | None:
        """The next thing on the wire; None at the end."""
        return await asyncio.wait_for(self._chunks.get(), LIMIT)

    async def event(self) -> tuple[str, str]:
        """The next event: its name and its text."""
        while chunk := await self.chunk():
            if chunk.startswith("event: "):
                name = chunk.splitlines()[0].removeprefix("event: ")
                data = [line.removeprefix("data: ") for line in chunk.splitlines() if line.startswith("data: ")]
                return name, "\n".join(data)
        raise AssertionError("the stream has ended")

    async def until(self, text: str) -> str:
        """Everything up to the event that has this text in it."""
        seen = ""
        while text not in seen:
            seen += (await self.event())[1]
        return seen

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)
        self._chunks.put_nowait(None)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            self._chunks.put_nowait(message["body"].decode())
