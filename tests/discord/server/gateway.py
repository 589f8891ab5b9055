"""The gateway: sessions that survive their connection, and what each of them is told."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.server.world import Guild, Payload

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
MESSAGE_CONTENT = 1 << 15
INTENTS = {
    "MESSAGE_REACTION_": (1 << 10, 1 << 13),
    "MESSAGE_": (1 << 9, 1 << 12),
    "GUILD_": (1 << 0, 0),
    "CHANNEL_": (1 << 0, 1 << 0),
    "THREAD_": (1 << 0, 0),
}
"""The intents for events of a server and of direct messages, by how their names begin. Interactions need none."""

PRIVILEGED = {1 << 1: "GUILD_MEMBERS", 1 << 8: "GUILD_PRESENCES", MESSAGE_CONTENT: "MESSAGE_CONTENT"}
REMEMBERED = 5000


Pack = Callable[[bytes], bytes]


def packer(compress: str) -> Pack | None:
    """Packs the frames of one connection into the stream that the client has asked for."""
    if compress == "zstd-stream":
        import zstandard

        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda data: zstd.compress(data) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if compress == "zlib-stream":
        packing = zlib.compressobj()
        return lambda data: packing.compress(data) + packing.flush(zlib.Z_SYNC_FLUSH)
    return None


@dataclass(slots=True, eq=False)
class Session:
    """The events for one shard of a client, whether or not it is connected at the moment."""

    id: str
    shard: int
    shards: int
    intents: int
    sequence: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    waiting: deque[str] = field(default_factory=deque)
    socket: web.WebSocketResponse | None = None
    request: web.BaseRequest | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reads_content(self) -> bool:
        return bool(self.intents & MESSAGE_CONTENT)

    def hears(self, guild: Guild | None, event: str = "") -> bool:
        """Whether an event of a server comes here, by shard and intents; those of direct messages go to shard 0."""
        if self.shard != (guild.shard(self.shards) if guild else 0):
            return False
        wanted = next((bits for prefix, bits in INTENTS.items() if event.startswith(prefix)), None)
        return wanted is None or bool(self.intents & wanted[guild is None])

    def dispatch(self, event: str, data: Any) -> None:
        self.sequence += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, text))
        if self.socket is not None:
            self.waiting.append(text)
            self.wake.set()

    def send(self, op: int, data: Any = None) -> None:
        self.waiting.append(json.dumps({"op": op, "d": data, "s": None, "t": None}))
        self.wake.set()


@dataclass(slots=True)
class Gateway:
    """Takes what a new session is told first, and the application's privileged intents by name.

    `identified` are the times at which sessions began, by the monotonic clock. With `late`, nothing is said on a new
    connection before that is set.
    """

    token: str
    ready: Callable[[Session], Payload]
    guilds: Callable[[Session], Iterable[Guild]]
    privileged: set[str]
    changed: Callable[[], None]
    heartbeat: int = 41250
    compress: bool = False
    duplicates: int = 0
    open: bool = True
    late: asyncio.Event | None = None
    identified: list[float] = field(default_factory=list)
    resumes: int = 0
    connections: int = 0
    ended: int = 0
    sessions: dict[str, Session] = field(default_factory=dict)
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def connected(self, request: web.Request) -> web.StreamResponse:
        """A connection, until it ends."""
        if not self.open:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, autoping=True)
        await socket.prepare(request)
        self.connections += 1
        self.changed()
        await socket.send_str(json.dumps({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat}}))
        session: Session | None = None
        writing: asyncio.Task[None] | None = None
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                message = json.loads(frame.data)
                if message["op"] == HEARTBEAT:
                    await socket.send_str(json.dumps({"op": ACK}))
                elif message["op"] in (IDENTIFY, RESUME):
                    session = await self._begin(message, socket, request)
                    self.changed()
                    if session:
                        packed = request.query.get("compress", "") if self.compress else ""
                        writing = asyncio.create_task(self._write(session, socket, packer(packed)))
                        self.tasks.add(writing)
        except ConnectionResetError:
            await socket.close()
        finally:
            if writing:
                writing.cancel()
                self.tasks.discard(writing)
            if session and session.socket is socket:
                session.socket = None
            self.ended += 1
            self.changed()
        return socket

    async def _begin(self, message: Payload, socket: web.WebSocketResponse, request: web.BaseRequest) -> Session | None:
        data = message["d"]
        if data["token"].removeprefix("Bot ") != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return None
        if message["op"] == RESUME:
            return await self._resume(data, socket, request)
        refused = [name for bit, name in PRIVILEGED.items() if data["intents"] & bit and name not in self.privileged]
        if refused:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return None
        shard, shards = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(8), shard, shards, data["intents"])
        self.identified.append(monotonic())
        self.sessions[session.id] = session
        session.socket, session.request = socket, request
        session.dispatch("READY", self.ready(session))
        for guild in self.guilds(session):
            session.dispatch("GUILD_CREATE", guild.payload())
        return session

    async def _resume(self, data: Payload, socket: web.WebSocketResponse, request: web.BaseRequest) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": INVALID, "d": False}))
            return None
        self.resumes += 1
        session.waiting.clear()
        session.socket, session.request = socket, request
        last = data["seq"] - self.duplicates
        for sequence, text in session.sent:
            if sequence > last and '"t": "READY"' not in text and '"t": "GUILD_CREATE"' not in text:
                session.waiting.append(text)
        session.sequence += 1
        session.waiting.append(json.dumps({"op": DISPATCH, "t": "RESUMED", "s": session.sequence, "d": {}}))
        session.wake.set()
        return session

    async def _write(self, session: Session, socket: web.WebSocketResponse, pack: Pack | None) -> None:
        with suppress(ConnectionResetError):
            if self.late:
                await self.late.wait()
            while session.socket is socket:
                await session.wake.wait()
                session.wake.clear()
                while session.waiting and session.socket is socket:
                    text = session.waiting.popleft()
                    if pack:
                        await socket.send_bytes(pack(text.encode()))
                    else:
                        await socket.send_str(text)

    async def drop(self, kind: str) -> None:
        """Break all connections: "close" (4000), "reconnect" (op 7), "invalid" (op 9, session lost), or "abort"."""
        for session in list(self.sessions.values()):
            socket, request = session.socket, session.request
            if socket is None:
                continue
            if kind == "reconnect":
                session.send(RECONNECT)
            elif kind == "invalid":
                del self.sessions[session.id]
                session.send(INVALID, False)
            elif kind == "close":
                session.socket = None
                await socket.close(code=4000, message=b"Unknown error.")
            else:
                session.socket = None
                if request and request.transport:
                    request.transport.abort()

    async def shut(self) -> None:
        """End everything."""
        self.open = False
        for session in self.sessions.values():
            if session.socket:
                await session.socket.close(code=1000)
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
