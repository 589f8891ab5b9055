"""The gateway: sessions that outlive their connections, and what each of them is told."""

import asyncio
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.standin_discord import payloads
from tests.standin_discord.codec import dumps, loads
from tests.standin_discord.permissions import BITS, in_channel
from tests.standin_discord.world import Channel, Guild, Member, Payload

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord

RECONNECT, INVALID, HELLO = 7, 9, 10
GUILDS, GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = {GUILD_MEMBERS: "GUILD_MEMBERS", GUILD_PRESENCES: "GUILD_PRESENCES", MESSAGE_CONTENT: "MESSAGE_CONTENT"}
NEEDED = {"MESSAGE": (1 << 9, 1 << 12), "MESSAGE_REACTION": (1 << 10, 1 << 13), "TYPING": (1 << 11, 1 << 14)}
"""The intents for events of a kind: in guilds, in direct messages (docs, "List of Intents")."""

REMEMBERED = 3000
PAYLOAD_LIMIT = 4096
SENDS_PER_MINUTE = 120
FORGOTTEN_AFTER = 300.0
REPEATED = 5

Pack = Callable[[bytes], bytes]


def packer(name: str) -> Pack | None:
    """Packs the frames of one connection into one stream (docs, "Transport Compression"); None for plain text."""
    if name == "zstd-stream":
        import zstandard

        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda data: zstd.compress(data) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if name == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda data: deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return None


@dataclass(slots=True, eq=False)
class Connection:
    """One socket; frames wait in order until they are written. None among them ends it, with `code`."""

    socket: web.WebSocketResponse
    request: web.Request
    pack: Pack | None
    waiting: deque[bytes | None] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    session: "Session | None" = None
    received: deque[float] = field(default_factory=lambda: deque(maxlen=SENDS_PER_MINUTE))
    code: int = 1000
    reason: str = ""
    ending: bool = False

    def send(self, frame: bytes) -> None:
        self.waiting.append(frame)
        self.wake.set()

    def send_op(self, op: int, data: Any = None) -> None:
        self.send(dumps({"op": op, "d": data, "s": None, "t": None}))

    def end(self, code: int, reason: str = "") -> None:
        """Close it when everything before has been written."""
        self.code, self.reason, self.ending = code, reason, True
        self.waiting.append(None)
        self.wake.set()

    def abort(self) -> None:
        """Break it off at once."""
        if self.request.transport:
            self.request.transport.abort()

    async def write(self) -> None:
        """Write what waits until there is an end."""
        with suppress(ConnectionError):
            while True:
                await self.wake.wait()
                self.wake.clear()
                while self.waiting:
                    frame = self.waiting.popleft()
                    if frame is None:
                        await self.socket.close(code=self.code, message=self.reason.encode())
                        return
                    await self._write(frame)

    async def _write(self, frame: bytes) -> None:
        if self.pack:
            await self.socket.send_bytes(self.pack(frame))
        else:
            await self.socket.send_frame(frame, WSMsgType.TEXT)


@dataclass(slots=True, eq=False)
class Session:
    """What one shard of a client hears, whether it is connected at the moment or not."""

    id: str
    shard: int
    shards: int
    intents: int
    connection: Connection | None = None
    sequence: int = 0
    sent: deque[tuple[int, str, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    left: float = 0.0

    def hears(self, guild: Guild | None) -> bool:
        """Whether events of a guild come here; direct messages go to shard 0."""
        return self.shard == (guild.shard(self.shards) if guild else 0)

    def wants(self, event: str, direct: bool) -> bool:
        """Whether its intents ask for an event."""
        kind = event.rpartition("_")[0]
        if kind in NEEDED:
            return bool(self.intents & NEEDED[kind][direct])
        return event == "INTERACTION_CREATE" or bool(self.intents & GUILDS)

    def dispatch(self, event: str, data: bytes) -> None:
        """Tell it of an event, or keep that for its return."""
        self.sequence += 1
        frame = b'{"op":0,"t":"%b","s":%d,"d":%b}' % (event.encode(), self.sequence, data)
        self.sent.append((self.sequence, event, frame))
        if self.connection:
            self.connection.send(frame)


@dataclass(slots=True)
class Gateway:
    """All sessions. Counts what tests ask about: `identifies`, `resumes`, `heartbeats`."""

    server: "Discord"
    heartbeat: int = 41250
    open: bool = True
    sessions: dict[str, Session] = field(default_factory=dict)
    connections: set[Connection] = field(default_factory=set)
    identifies: int = 0
    resumes: int = 0
    heartbeats: int = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from HELLO to its end."""
        if not self.open:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, autoping=True)
        await socket.prepare(request)
        pack = packer(request.query.get("compress", "")) if self.server.compress else None
        connection = Connection(socket, request, pack)
        self.connections.add(connection)
        connection.send_op(HELLO, {"heartbeat_interval": self.heartbeat})
        if request.query.get("v", "10") != "10":
            connection.end(4012, "Invalid API version.")
        writing = asyncio.create_task(connection.write())
        try:
            await self._read(connection)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._gone(connection)
        return socket

    async def _read(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT or connection.ending:
                continue
            if len(frame.data.encode()) > PAYLOAD_LIMIT:
                connection.end(4002, "Error while decoding payload.")
            elif self._too_fast(connection):
                connection.end(4008, "You are being rate limited.")
            else:
                message = loads(frame.data)
                self._take(connection, message["op"], message.get("d"))

    def _too_fast(self, connection: Connection) -> bool:
        now, received = self.server.clock.now(), connection.received
        full = len(received) == SENDS_PER_MINUTE and now - received[0] < 60
        received.append(now)
        return full

    def _take(self, connection: Connection, op: int, data: Any) -> None:
        match op:
            case 1:
                self.heartbeats += 1
                connection.send(b'{"op":11,"d":null,"s":null,"t":null}')
            case 2:
                self._identify(connection, data)
            case 6:
                self._resume(connection, data)
            case 3 | 4 | 8 if connection.session is None:
                connection.end(4003, "Not authenticated.")
            case 8:
                self._members(connection.session, data)
            case 3 | 4:
                pass
            case _:
                connection.end(4001, "Unknown opcode.")
        self.server.changed()

    def _identify(self, connection: Connection, data: Payload) -> None:
        if code := self._refuses(connection, data):
            connection.end(*code)
            return
        shard, shards = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(16), shard, shards, data["intents"], connection)
        self._forget_old()
        self.sessions[session.id] = session
        connection.session = session
        self.identifies += 1
        self.server.session_starts -= 1
        guilds = [guild for guild in self.server.guilds.values() if session.hears(guild)]
        session.dispatch("READY", dumps(self._ready(session, guilds)))
        for guild in guilds:
            self.create(session, guild)

    def _refuses(self, connection: Connection, data: Payload) -> tuple[int, str] | None:
        if connection.session:
            return 4005, "Already authenticated."
        if data.get("token", "").removeprefix("Bot ") != self.server.token:
            return 4004, "Authentication failed."
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            return 4010, "Invalid shard."
        intents = data.get("intents")
        if not isinstance(intents, int) or intents >> 26:
            return 4013, "Invalid intent(s)."
        if any(intents & bit and name not in self.server.intents for bit, name in PRIVILEGED.items()):
            return 4014, "Disallowed intent(s)."
        return None

    def _ready(self, session: Session, guilds: list[Guild]) -> Payload:
        server = self.server
        return {
            "v": 10,
            "user": payloads.user(server.me) | {"verified": True, "mfa_enabled": False, "email": None},
            "user_settings": {},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": ["rotterdam"],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": server.gateway,
            "shard": [session.shard, session.shards],
            "application": {"id": server.me.id, "flags": server.application_flags},
            "_trace": [],
        }

    def create(self, session: Session, guild: Guild) -> None:
        """GUILD_CREATE: with only the bot among its members, unless both intents about members are there."""
        everybody = session.intents & GUILD_MEMBERS and session.intents & GUILD_PRESENCES
        members = list(guild.members.values()) if everybody or self.server.all_members else [guild.me]
        threads = [thread for thread in guild.threads.values() if not thread.archived and self.sees(thread)]
        if session.wants("GUILD_CREATE", False):
            session.dispatch("GUILD_CREATE", dumps(payloads.full_guild(guild, members, threads)))

    def sees(self, channel: Channel) -> bool:
        """Whether the bot may see a channel."""
        return bool(in_channel(channel, self.server.me) & BITS["VIEW_CHANNEL"])

    def _resume(self, connection: Connection, data: Payload) -> None:
        session = self.sessions.get(data.get("session_id", ""))
        if data.get("token", "").removeprefix("Bot ") != self.server.token:
            connection.end(4004, "Authentication failed.")
            return
        sequence = data.get("seq") or 0
        if session is None or (session.sent and sequence < session.sent[0][0] - 1):
            connection.send_op(INVALID, False)
            return
        if sequence > session.sequence:
            connection.end(4007, "Invalid seq.")
            return
        self.resumes += 1
        session.connection, connection.session = connection, session
        first = sequence - (REPEATED if self.server.duplicates else 0)
        for number, event, frame in session.sent:
            if number > first and (number > sequence or event not in ("READY", "GUILD_CREATE", "RESUMED")):
                connection.send(frame)
        session.dispatch("RESUMED", b'{"_trace":[]}')

    def _members(self, session: Session | None, data: Payload) -> None:
        guild = self.server.guilds.get(str(data["guild_id"]))
        if session is None or guild is None:
            return
        everybody = not data.get("user_ids") and not data.get("query") and not data.get("limit")
        if everybody and not session.intents & GUILD_MEMBERS:
            return
        wanted = {str(id) for id in _listed(data.get("user_ids"))}
        found = [member for member in guild.members.values() if _asked(member, wanted, data.get("query") or "")]
        found = found[: data.get("limit") or len(found)]
        chunks = [found[start : start + 1000] for start in range(0, len(found), 1000)] or [[]]
        for index, chunk in enumerate(chunks):
            payload = {
                "guild_id": guild.id,
                "members": [payloads.member(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": sorted(wanted - guild.members.keys()),
                **({"nonce": data["nonce"]} if data.get("nonce") else {}),
            }
            session.dispatch("GUILD_MEMBERS_CHUNK", dumps(payload))

    def _gone(self, connection: Connection) -> None:
        self.connections.discard(connection)
        session = connection.session
        if session and session.connection is connection:
            session.connection, session.left = None, self.server.clock.now()
            # A client that says good-bye with 1000 or 1001 ends its session; any other end can be resumed.
            if connection.socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY) and connection.code == 1000:
                self.sessions.pop(session.id, None)
        self.server.changed()

    def _forget_old(self) -> None:
        now = self.server.clock.now()
        for session in list(self.sessions.values()):
            if session.connection is None and now - session.left > FORGOTTEN_AFTER:
                del self.sessions[session.id]

    def drop(self, kind: str, shard: int | None) -> None:
        """Break connections: "close" (4000), "reconnect" (op 7), "invalid" (op 9, session lost) or "abort"."""
        for session in list(self.sessions.values()):
            connection = session.connection
            if connection is None or (shard is not None and session.shard != shard):
                continue
            if kind == "reconnect":
                connection.send_op(RECONNECT)
            elif kind == "invalid":
                del self.sessions[session.id]
                session.connection = connection.session = None
                connection.send_op(INVALID, False)
            elif kind == "close":
                session.connection = None
                connection.end(4000, "Unknown error.")
            elif kind == "abort":
                session.connection = None
                connection.abort()
            else:
                raise ValueError(f"{kind!r} is no way to break a connection")

    def shut(self) -> None:
        """End everything."""
        self.open = False
        for connection in list(self.connections):
            connection.end(1001, "Going away.")


def _listed(ids: Any) -> list[Any]:
    return ids if isinstance(ids, list) else [] if ids is None else [ids]


def _asked(member: Member, wanted: set[str], query: str) -> bool:
    if wanted:
        return member.account.id in wanted
    return member.account.name.lower().startswith(query.lower())
