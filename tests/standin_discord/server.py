"""The server as a test has it: everybody and everything on one object."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.standin_discord import channel_routes, interactions, messages, payloads, routes
from tests.standin_discord.clock import Clock, Snowflakes
from tests.standin_discord.codec import dumps
from tests.standin_discord.gateway import Gateway
from tests.standin_discord.interactions import Interaction
from tests.standin_discord.limits import Limits, Ordered
from tests.standin_discord.people import Person
from tests.standin_discord.permissions import EVERYBODY, bits
from tests.standin_discord.rest import Failure, Request, Rest
from tests.standin_discord.specification import Specification
from tests.standin_discord.world import (
    DIRECT,
    HAS_THREAD,
    PUBLIC_THREAD,
    THREAD_CREATED,
    Account,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Role,
)

PATIENCE = 20.0
"""Seconds after which a test gives up waiting; only a fault takes so long."""

FLAGS = {"GUILD_PRESENCES": 1 << 13, "GUILD_MEMBERS": 1 << 15, "MESSAGE_CONTENT": 1 << 19}
"""The application's flags for its intents: the "limited" ones, which a bot in fewer than 100 guilds has."""


class Discord:
    """A Discord on loopback: `api` and `gateway` are where it is, `token` the one that it knows.

    `requests` is everything that it was asked, `refused` what the real one would have called malformed, and
    `impatient` what came before a limit's time was over. Switches: `intents` (privileged ones of the application),
    `shards`, `compress`, `duplicates` (repeat events after RESUME), `all_members` (in GUILD_CREATE, whatever the
    intents), `check_replies` (hold the server's own replies to the description; see `mistakes`).
    """

    def __init__(self, specification: Specification | None = None) -> None:
        self.specification = specification
        self.api = self.gateway = self.base = ""
        self.token = "bot.token.for-tests"
        self.clock = Clock()
        self.ids = Snowflakes(self.clock)
        self.accounts: dict[str, Account] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.directs: dict[str, Channel] = {}
        self.commands: dict[str, list[Payload]] = {"": []}
        self.interactions: dict[str, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.typing: list[str] = []
        self.syncs = 0
        self.intents = {"MESSAGE_CONTENT"}
        self.shards, self.max_concurrency, self.session_starts = 1, 16, 1000
        self.compress = self.duplicates = self.all_members = self.check_replies = False
        self.me = self._account("Parley", bot=True)
        self.owner = self._account("Owner")
        self.limits = Limits(self.clock)
        self.rest = Rest(self, self.limits)
        self.sessions = Gateway(self)
        self._waiting: list[asyncio.Future[None]] = []
        self._forgiven = False

    @property
    def requests(self) -> list[Request]:
        return self.rest.requests

    @property
    def refused(self) -> list[str]:
        return self.rest.refused

    @property
    def mistakes(self) -> list[str]:
        return self.rest.mistakes

    @property
    def impatient(self) -> list[str]:
        return self.limits.impatient

    @property
    def application_flags(self) -> int:
        return sum(FLAGS[name] for name in self.intents)

    # Waiting and judging

    def changed(self) -> None:
        """Something happened: who waits looks again."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait until a condition holds. Raises TimeoutError, which says what was waited for, after 20 s."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
        except TimeoutError:
            raise TimeoutError(f"waited {PATIENCE:.0f} s for {what or _source(condition)}") from None

    def forgive(self) -> None:
        """This test wants to be refused."""
        self._forgiven = True

    def check(self) -> None:
        """Raises AssertionError for what the real Discord would have called malformed."""
        assert self._forgiven or not self.refused, "Discord would have refused:\n" + "\n".join(self.refused[:10])

    # Faults

    def drop(self, kind: str = "close", shard: int | None = None) -> None:
        """Break connections: "close" (code 4000), "reconnect" (op 7), "invalid" (op 9, session lost) or "abort"."""
        self.sessions.drop(kind, shard)

    def offline(self, *, rest: bool = False) -> None:
        """The gateway is away, and REST too if wanted; sessions still remember what they miss."""
        self.sessions.open, self.rest.open = False, not rest
        self.sessions.drop("abort", None)

    def online(self, *, forget: bool = False) -> None:
        """It is back; all sessions are lost if it is to `forget`."""
        self.sessions.open = self.rest.open = True
        if forget:
            self.sessions.sessions.clear()

    def limit(self, method: str, template: str, seconds: float, times: int = 1, scope: str = "user") -> None:
        """The next requests on a route get a 429, and their bucket is closed for so long."""
        self.limits.ordered.append(Ordered(method, template, seconds, times, scope))

    def rate(self, method: str, template: str, requests: int, seconds: float) -> None:
        """A route takes so many requests in a time, as its headers say; more are refused, and impatient."""
        self.limits.rates[(method, template)] = (requests, seconds)

    def fail(self, method: str, template: str, status: int = 500, times: int = 1) -> None:
        """The next requests on a route fail, and do nothing."""
        self.rest.failures.append(Failure(method, template, status, times))

    def lose(self, method: str, template: str, times: int = 1) -> None:
        """The next requests on a route do what they should, but the connection breaks before the answer."""
        self.rest.failures.append(Failure(method, template, 0, times, lost=True))

    def forward(self, seconds: float) -> None:
        """Let time go by at once."""
        self.clock.forward(seconds)

    # People and places

    def _account(self, name: str, *, bot: bool = False, locale: str = "en-US", webhook: bool = False) -> Account:
        made = Account(self.ids.next(), name, bot, locale, webhook=webhook)
        self.accounts[made.id] = made
        return made

    def person(self, name: str, *, locale: str = "en-US", manager: bool = False, closed: bool = False) -> Person:
        """Somebody new; `closed` takes no direct messages."""
        account = self._account(name, locale=locale)
        account.closed = closed
        return Person(self, account, manager)

    def bot(self, name: str) -> Person:
        """Another bot."""
        return Person(self, self._account(name, bot=True))

    def guild(self, name: str = "Garden", *, members: int = 0, channels: int = 0, locale: str = "en-US") -> Guild:
        """A new guild with the bot in it, and with so many further members and channels; announced to clients."""
        owner, me = self._account(f"Owner of {name}"), Member(self.me)
        made = Guild(self, self.ids.guild(), name, owner, me, locale)
        managed = Role(self.ids.next(), self.me.name, bits(*EVERYBODY), bot=self.me.id)
        keepers = Role(self.ids.next(), "Keepers", bits("MANAGE_GUILD"))
        made.roles = [Role(made.id, "@everyone", bits(*EVERYBODY)), managed, keepers]
        me.roles.append(managed.id)
        everybody = (owner, *(self._account(f"Member {number}") for number in range(members)))
        made.members = {account.id: Member(account) for account in everybody} | {self.me.id: me}
        for number in range(channels):
            self._channel(made, f"channel-{number}")
        self.guilds[made.id] = made
        for session in self.sessions.sessions.values():
            if session.hears(made):
                self.sessions.create(session, made)
        self.changed()
        return made

    def guild_left(self, guild: Guild) -> None:
        """The bot is no longer in a guild."""
        del self.guilds[guild.id]
        for channel in (*guild.channels.values(), *guild.threads.values()):
            self.channels.pop(channel.id, None)
        self.dispatch("GUILD_DELETE", {"id": guild.id}, guild)

    def made_role(self, guild: Guild, name: str, permissions: Sequence[str], mentionable: bool) -> Role:
        made = Role(self.ids.next(), name, bits(*permissions), mentionable)
        guild.roles.append(made)
        role = payloads.role(made, len(guild.roles) - 1)
        self.dispatch("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": role}, guild)
        return made

    def joined(self, guild: Guild, person: Person, roles: Iterable[Role]) -> Member:
        keepers = [guild.roles[2].id] if person.manager else []
        made = guild.members[person.id] = Member(person.account, [*keepers, *(role.id for role in roles)])
        self.dispatch("GUILD_MEMBER_ADD", {**payloads.member(made), "guild_id": guild.id}, guild)
        return made

    def _channel(self, guild: Guild, name: str) -> Channel:
        made = Channel(self, self.ids.next(), name, guild=guild, created=self.clock.moment())
        guild.channels[made.id] = self.channels[made.id] = made
        return made

    def opened_channel(self, guild: Guild, name: str) -> Channel:
        made = self._channel(guild, name)
        self.dispatch("CHANNEL_CREATE", payloads.channel(made), guild)
        return made

    def channel_changed(self, channel: Channel) -> None:
        event = "THREAD_UPDATE" if channel.parent else "CHANNEL_UPDATE"
        self.dispatch(event, payloads.channel(channel), channel.guild)

    def channel_deleted(self, channel: Channel) -> None:
        guild = channel.guild
        assert guild, "direct messages are not deleted"
        self.channels.pop(channel.id, None)
        (guild.threads if channel.parent else guild.channels).pop(channel.id, None)
        event = "THREAD_DELETE" if channel.parent else "CHANNEL_DELETE"
        self.dispatch(event, payloads.channel(channel), guild)

    def opened_thread(
        self, parent: Channel, name: str, owner: Account, *, kind: int = PUBLIC_THREAD, on: Message | None = None
    ) -> Channel:
        """A thread is opened; one without a message is announced in its channel by Discord itself."""
        guild = parent.guild
        assert guild, "direct messages have no threads"
        moment = self.clock.moment()
        id = on.id if on else self.ids.next()
        made = Channel(self, id, name, kind, guild, parent, owner.id, created=moment, members={owner.id})
        guild.threads[id] = self.channels[id] = made
        told = payloads.channel(made) | {"newly_created": True}
        if owner is self.me:
            told["member"] = payloads.thread_member(made, owner.id)
        self.dispatch("THREAD_CREATE", told, guild)
        if on:
            on.thread, on.flags = made, on.flags | HAS_THREAD
            messages.tell(self, "MESSAGE_UPDATE", on)
        elif kind == PUBLIC_THREAD:
            notice = messages.written(self, parent, owner, {"content": name}, [], kind=THREAD_CREATED, told=False)
            notice.reference_channel = made.id
            messages.tell(self, "MESSAGE_CREATE", notice)
        return made

    def direct(self, account: Account) -> Channel:
        """The direct messages between the bot and somebody."""
        found = self.directs.get(account.id)
        if found is None:
            found = Channel(self, self.ids.next(), "", DIRECT, recipient=account, created=self.clock.moment())
            self.directs[account.id] = self.channels[found.id] = found
        return found

    async def webhook_says(self, channel: Channel, text: str, *, name: str = "Hook") -> Message:
        """A message of a webhook."""
        hook = self._account(name, bot=True, webhook=True)
        return messages.written(self, channel, hook, {"content": text}, [])

    # Events

    def dispatch(self, event: str, payload: Payload, guild: Guild | None) -> None:
        """Tell of an event every session that is to hear of it."""
        data = dumps(payload)
        for session in self.sessions.sessions.values():
            if session.hears(guild) and session.wants(event, guild is None):
                session.dispatch(event, data)
        self.changed()

    # Running

    async def file(self, request: web.Request) -> web.Response:
        """A file that somebody attached."""
        found = self.files.get(request.path)
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[0], headers={"Content-Type": found[1]})


@asynccontextmanager
async def discord_server(
    specification: Specification | None = None, *, check_replies: bool = False
) -> AsyncIterator[Discord]:
    """A running server. At its end it raises AssertionError for what the real one would have called malformed."""
    server = Discord(specification)
    server.check_replies = check_replies
    app = web.Application(client_max_size=32 << 20)
    app.router.add_get("/gateway", server.sessions.serve)
    app.router.add_get("/gateway/", server.sessions.serve)
    app.router.add_get("/attachments/{id}/{name}", server.file)
    server.rest.routed(app, [*routes.ROUTES, *channel_routes.ROUTES, *interactions.ROUTES])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.base = f"http://127.0.0.1:{port}"
    server.api, server.gateway = f"{server.base}/api/v10", f"ws://127.0.0.1:{port}/gateway"
    try:
        yield server
    finally:
        server.sessions.shut()
        await runner.cleanup()
    server.check()


def _source(condition: Callable[[], Any]) -> str:
    try:
        return inspect.getsource(condition).strip()
    except OSError:
        return repr(condition)
