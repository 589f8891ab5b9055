"""The server as a test has it: one object with everybody on it."""

import mimetypes
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from aiohttp import web

from tests.discord.server.faults import Limited, Limits
from tests.discord.server.gateway import Gateway, Session
from tests.discord.server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    Interaction,
    Interactions,
    command_data,
    modal_data,
)
from tests.discord.server.rest import Request, Rest
from tests.discord.server.rules import leaves
from tests.discord.server.specification import Specification
from tests.discord.server.world import (
    DEFAULT,
    DIRECT,
    FORUM,
    MANAGE_SERVER,
    MEMBER_MAY,
    REPLY,
    TEXT,
    THREAD,
    Account,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Role,
    named,
    pings,
    snowflake,
)
from tests.shared.platform_server import LoopbackPlatform, on_loopback

CONTENT_FLAGS = {"MESSAGE_CONTENT": 1 << 18, "GUILD_MEMBERS": 1 << 14, "GUILD_PRESENCES": 1 << 12}

Hook = Callable[[Request], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a keyboard."""

    world: "Discord"
    account: Account

    @property
    def id(self) -> str:
        return self.account.id

    async def says(
        self,
        channel: Channel,
        text: str,
        *,
        reply_to: Message | None = None,
        mention: bool = False,
        files: Sequence[tuple[str, bytes]] = (),
        resolved: bool = True,
        embeds: Sequence[Payload] = (),
        poll: Payload | None = None,
        at: datetime | None = None,
    ) -> Message:
        """Write a message; `mention` puts the bot's mention before it. Without `resolved`, Discord leaves out what it
        replies to, as it may."""
        world = self.world
        content = f"<@{world.me.id}> {text}" if mention else text
        body = {
            "content": content,
            "message_reference": {"message_id": reply_to.id} if reply_to else None,
            "allowed_mentions": {"parse": ["users", "roles"], "replied_user": False},
            "embeds": list(embeds),
            "poll": poll,
        }
        kept = [world.kept_file(name, data, mimetypes.guess_type(name)[0]) for name, data in files]
        return world.written(channel, self.account, body, kept, resolved=resolved, at=at)

    async def forwards(self, channel: Channel, message: Message) -> Message:
        """Forward somebody's message. It comes without words of the one who forwards it."""
        return self.world.written(channel, self.account, {"forwarded": message}, [])

    async def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.world.direct(self.account)

    async def edits(self, message: Message, text: str) -> None:
        """Change a message."""
        world = self.world
        kept = f"<@{world.me.id}> {text}" if message.content.startswith(f"<@{world.me.id}>") else text
        world.change(message, {"content": kept})

    async def deletes(self, message: Message) -> None:
        """Delete a message."""
        self.world.remove(message)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Put an emoji on a message."""
        message.reactions.setdefault(emoji, set()).add(self.id)
        self.world.reaction("MESSAGE_REACTION_ADD", message, self.account, emoji)

    async def unreacts(self, message: Message, emoji: str) -> None:
        """Take it off again."""
        message.reactions.get(emoji, set()).discard(self.id)
        self.world.reaction("MESSAGE_REACTION_REMOVE", message, self.account, emoji)

    async def commands(self, channel: Channel, name: str, options: dict[str, str] | None = None) -> Interaction:
        """Use a slash command. Raises AssertionError if the bot has not registered it like that."""
        registered = self.world.registered(name, 1, channel)
        data = command_data(registered, channel.guild.id if channel.guild else None, options or {})
        return self.world.interactions.begin(COMMAND, self.account, channel, data, None)

    async def uses(self, message: Message, name: str) -> Interaction:
        """Use a command of a message's menu."""
        registered = self.world.registered(name, 3)
        resolved = {"messages": {message.id: message.payload()}}
        data = {"id": registered["id"], "name": name, "type": 3, "target_id": message.id, "resolved": resolved}
        return self.world.interactions.begin(COMMAND, self.account, message.channel, data, None)

    async def presses(self, message: Message, custom_id: str) -> Interaction:
        """Press a button: by its custom_id, or what that begins with."""
        item = self._item(message, custom_id)
        data = {"custom_id": item["custom_id"], "component_type": 2, "id": 1}
        return self.world.interactions.begin(COMPONENT, self.account, message.channel, data, message)

    async def selects(self, message: Message, custom_id: str, values: Sequence[str]) -> Interaction:
        """Choose from a select."""
        item = self._item(message, custom_id)
        assert item.get("min_values", 1) <= len(values) <= item.get("max_values", 1), "so many cannot be chosen"
        data = {"custom_id": item["custom_id"], "component_type": item["type"], "values": list(values), "id": 1}
        return self.world.interactions.begin(COMPONENT, self.account, message.channel, data, message)

    async def submits(self, answered: Interaction, values: dict[str, Any]) -> Interaction:
        """Fill in the form that an interaction was answered with."""
        modal = await answered.form()
        data = modal_data(modal, values)
        return self.world.interactions.begin(MODAL, self.account, answered.channel, data, answered.message)

    async def completes(self, channel: Channel, name: str, option: str, typed: str) -> list[str]:
        """The suggestions while somebody types an option."""
        registered = self.world.registered(name, 1)
        known = next(found for found in registered["options"] if found["name"] == option)
        assert known.get("autocomplete"), f"{option} has no autocomplete"
        focused = {"name": option, "type": 3, "value": typed, "focused": True}
        data = {"id": registered["id"], "name": name, "type": 1, "options": [focused]}
        made = self.world.interactions.begin(AUTOCOMPLETE, self.account, channel, data, None)
        await self.world.until(lambda: made.choices is not None)
        return [choice["name"] for choice in made.choices or []]

    def _item(self, message: Message, custom_id: str) -> Payload:
        items = [item for item in leaves(message.components) if item.get("custom_id", "").startswith(custom_id)]
        assert items, f"there is no {custom_id} under {message.content!r}"
        return items[0]


class Discord(LoopbackPlatform):
    """A server on loopback. `api` and `gateway_url` are where it is, `token` the one that it knows.

    `requests` is everything that it was asked.
    """

    def __init__(self, specification: Specification | None = None) -> None:
        super().__init__()
        self.specification = specification
        self.token = "bot.token.for-tests"
        self.me = Account(snowflake(), "Parley", bot=True)
        self.accounts: dict[str, Account] = {self.me.id: self.me}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.directs: dict[str, Channel] = {}
        self.commands: list[Payload] = []
        self.syncs = 0
        self.guild_commands: dict[str, list[Payload]] = {}
        self.guild_syncs: Counter[str] = Counter()
        self.typing: list[str] = []
        self.nonces: dict[str, float] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.privileged = {"MESSAGE_CONTENT"}
        self.shards = 1
        self.sessions_left, self.sessions_last = 999, 10.0**6
        self.identifies_at_once = 16
        self.limits = Limits()
        self.rest = Rest(self)
        self.interactions = Interactions(self)
        self.gateway = Gateway(self.token, self._ready, self._heard_by, self.privileged, self.note)
        self.before: Hook = _nothing
        self.after: Hook = _nothing
        self.api = self.gateway_url = self.base = ""
        self._offset = 0.0

    @property
    def requests(self) -> list[Request]:
        return self.rest.requests

    # People and places

    def guild(
        self,
        name: str = "Garden",
        *,
        members: int = 0,
        channels: int = 0,
        features: Sequence[str] = (),
        born: int = 0,
        owner: Account | None = None,
    ) -> Guild:
        """A new server with the bot in it. Servers `born` that many milliseconds apart are on different shards."""
        owner = owner or self._account("Owner")
        made = Guild(snowflake(datetime.now(UTC) - timedelta(milliseconds=born)), name, owner, features=list(features))
        made.roles = [Role(made.id, "@everyone", MEMBER_MAY), Role(snowflake(), "Keepers", str(MANAGE_SERVER))]
        for account in (owner, self.me, *(self._account(f"Member {number}") for number in range(members))):
            made.members[account.id] = Member(account)
        for number in range(channels):
            self._text(made, f"channel-{number}")
        self.guilds[made.id] = made
        # Only a server that the bot was in before comes back from being unavailable.
        self.dispatch("GUILD_CREATE", {k: v for k, v in made.payload().items() if k != "unavailable"}, made)
        return made

    def elsewhere(self, *people: Person) -> Channel:
        """A channel of a server that the bot is not in; these people run it."""
        made = Guild(snowflake(), "Elsewhere", self._account("Stranger"))
        made.roles = [Role(made.id, "@everyone", str(MANAGE_SERVER))]
        for person in people:
            made.members[person.id] = Member(person.account)
        return Channel(snowflake(), "general", TEXT, made)

    def channel(self, guild: Guild, name: str = "general") -> Channel:
        """A new text channel."""
        made = self._text(guild, name)
        self.dispatch("CHANNEL_CREATE", made.payload(), guild)
        return made

    def role(self, guild: Guild, name: str) -> Role:
        """A new role that may nothing."""
        made = Role(snowflake(), name)
        guild.roles.append(made)
        payload = {"guild_id": guild.id, "role": made.payload(len(guild.roles))}
        self.dispatch("GUILD_ROLE_CREATE", payload, guild)
        return made

    def forum(self, guild: Guild, name: str = "help") -> Channel:
        """A new forum."""
        made = self._text(guild, name)
        made.kind = FORUM
        self.dispatch("CHANNEL_CREATE", made.payload(), guild)
        return made

    def forum_post(self, forum: Channel, title: str, person: Person, text: str, *files: Payload) -> Channel:
        """A post in a forum: a thread, with a first message that has the thread's id."""
        made = self.new_thread(forum, title, person.account)
        self.written(made, person.account, {"content": text}, list(files), id=made.id)
        return made

    def new_thread(self, parent: Channel, name: str, owner: Account, starter: Message | None = None) -> Channel:
        """A thread that somebody opens, perhaps under a message, whose id it then has."""
        guild = parent.guild
        assert guild
        made = Channel(
            starter.id if starter else snowflake(), name, THREAD, guild, parent, owner.id, members={owner.id}
        )
        guild.threads[made.id] = self.channels[made.id] = made
        self.dispatch("THREAD_CREATE", {**made.payload(), "newly_created": True}, guild)
        return made

    def thread(self, parent: Channel, name: str, person: Person, starter: Message | None = None) -> Channel:
        """A thread that a person opens."""
        return self.new_thread(parent, name, person.account, starter)

    def person(
        self, name: str, *guilds: Guild, locale: str = "en-US", keeper: bool = False, roles: Sequence[Role] = ()
    ) -> Person:
        """Somebody new, in these servers; a keeper has Manage Server there."""
        account = self._account(name, locale=locale)
        for guild in guilds:
            held = [guild.roles[1].id] if keeper else []
            guild.members[account.id] = Member(account, held + [role.id for role in roles])
        return Person(self, account)

    def bot(self, name: str, *guilds: Guild) -> Person:
        """Another bot."""
        person = self.person(name, *guilds)
        person.account.bot = True
        return person

    async def webhook_says(self, channel: Channel, text: str) -> Message:
        """A message of a webhook."""
        hook = Account(snowflake(), "Hook", bot=True)
        body = {"content": text}
        return self.written(channel, hook, body, [], webhook=hook.id)

    def direct(self, account: Account) -> Channel:
        """The direct messages of the bot with somebody."""
        if account.id not in self.directs:
            made = Channel(snowflake(), "", DIRECT, recipient=account)
            self.directs[account.id] = self.channels[made.id] = made
        return self.directs[account.id]

    # Messages

    def written(
        self,
        channel: Channel,
        author: Account,
        body: Payload,
        files: list[Payload],
        *,
        keep: bool = True,
        resolved: bool = True,
        webhook: str | None = None,
        at: datetime | None = None,
        id: str = "",
        kind: int = DEFAULT,
    ) -> Message:
        """Add a message, and notify everybody who gets the channel's events. Notices of Discord's own have a `kind`."""
        moment = at or datetime.now(UTC) + timedelta(seconds=self._offset)
        reference = (body.get("message_reference") or {}).get("message_id")
        above = channel.kept.get(str(reference)) if reference else None
        content = body.get("content") or ""
        message = Message(
            id or snowflake(moment),
            channel,
            author,
            content,
            moment,
            components=body.get("components") or [],
            embeds=body.get("embeds") or [],
            attachments=files,
            flags=body.get("flags", 0),
            nonce=None if body.get("nonce") is None else str(body["nonce"]),
            reference=str(reference) if reference else None,
            kind=REPLY if reference else kind,
            mentions=named(content, self.accounts),
            pings=pings(content, body.get("allowed_mentions"), above.author if above else None),
            webhook=webhook,
            forwarded=body.get("forwarded"),
            poll=body.get("poll"),
        )
        if keep:
            channel.kept[message.id] = message
            self._tell("MESSAGE_CREATE", message, resolved=resolved)
        self.note()
        return message

    def change(self, message: Message, body: Payload, files: list[Payload] | None = None) -> Message:
        """A message is edited."""
        if "content" in body and (body["content"] or "") != message.content:
            message.edits.append(message.content)
            message.content = body["content"] or ""
            message.edited = datetime.now(UTC)
            message.mentions = named(message.content, self.accounts)
        if "components" in body:
            message.components = body["components"] or []
        message.attachments = files or message.attachments
        message.pings |= pings(message.content, body.get("allowed_mentions"), None)
        if message.id in message.channel.kept:
            self._tell("MESSAGE_UPDATE", message, resolved=False)
        self.note()
        return message

    def remove(self, message: Message) -> None:
        """A message is deleted."""
        message.channel.kept.pop(message.id, None)
        guild = message.channel.guild
        payload = {"id": message.id, "channel_id": message.channel.id, **({"guild_id": guild.id} if guild else {})}
        self.dispatch("MESSAGE_DELETE", payload, guild)

    def reaction(self, event: str, message: Message, account: Account, emoji: str) -> None:
        """A reaction comes or goes. Only its coming tells who wrote the message, and which member it was."""
        guild = message.channel.guild
        payload: Payload = {
            "user_id": account.id,
            "channel_id": message.channel.id,
            "message_id": message.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if guild:
            payload["guild_id"] = guild.id
        if event == "MESSAGE_REACTION_ADD":
            payload["message_author_id"] = message.author.id
            if guild and account.id in guild.members:
                payload["member"] = guild.members[account.id].payload()
        self.dispatch(event, payload, guild)

    def seen(self, message: Message) -> Payload:
        """A message as REST shows it to the bot."""
        return message.payload(content=self._may_read(message, "MESSAGE_CONTENT" in self.privileged))

    def kept_file(self, name: str, data: bytes, media_type: str | None) -> Payload:
        """A file that is to be fetched from here."""
        id = snowflake()
        kind = media_type or "application/octet-stream"
        self.files[id] = (data, kind)
        url = f"{self.base}/files/{id}/{name}"
        return {
            "id": id,
            "filename": name,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": kind,
        }

    # Time and faults

    def now(self) -> float:
        """Seconds of the server's clock."""
        return monotonic() + self._offset

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self._offset += seconds

    async def drop(self, kind: str = "close") -> None:
        """Break all connections, in one of the ways that the gateway does."""
        await self.gateway.drop(kind)

    def limit(self, method: str, template: str, seconds: float, times: int = 1, scope: str = "user") -> None:
        """The next requests to a route get a 429, and those that come too early after it another."""
        self.limits.coming.append(Limited(method, template, seconds, times, scope))

    def fail(self, method: str, template: str, status: int = 500, times: int = 1, code: int = 0) -> None:
        """The next requests to a route fail, with one of Discord's own error codes if there is one."""
        self.rest.failures += [((method, template), (status, code))] * times

    def failing_in(self, channel: Channel, code: int) -> None:
        """Every new message in a channel is refused, with one of Discord's own error codes."""
        self.rest.closed[channel.id] = code

    def registered(self, name: str, kind: int, channel: Channel | None = None) -> Payload:
        """A command that the bot has registered, in a channel if there is one. Raises AssertionError if it has not."""
        offered = self.offered(channel)
        found = [command for command in offered if command["name"] == name and command.get("type", 1) == kind]
        assert found, f"{name} is not registered, but {[command['name'] for command in offered]}"
        return found[0]

    def offered(self, channel: Channel | None = None) -> list[Payload]:
        """The commands in a channel's menus: those of everywhere, if they are for such places, and its server's."""
        if channel is None:
            return self.commands
        context = 0 if channel.guild else 1
        own = self.guild_commands.get(channel.guild.id, []) if channel.guild else []
        return [command for command in self.commands if context in command.get("contexts", (0, 1))] + own

    # Inside

    def application(self) -> Payload:
        """The bot's application, with the flags of the intents that are switched on for it."""
        flags = sum(CONTENT_FLAGS[name] for name in self.privileged)
        return {
            "id": self.me.id,
            "name": "Parley",
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": flags,
            "flags_new": str(flags),
            "hook": True,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.me.payload(),
            "team": None,
            "approximate_guild_count": len(self.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": ["applications.commands", "bot"],
        }

    def dispatch(self, event: str, data: Payload, guild: Guild | None) -> None:
        """Notify every session that gets the events of a server, or of direct messages."""
        for session in self.gateway.sessions.values():
            if session.hears(guild, event):
                session.dispatch(event, data)
        self.note()

    def _tell(self, event: str, message: Message, *, resolved: bool) -> None:
        guild = message.channel.guild
        for session in self.gateway.sessions.values():
            if not session.hears(guild, event):
                continue
            payload = message.payload(content=self._may_read(message, session.reads_content), resolved=resolved)
            if guild:
                payload["guild_id"] = guild.id
                if message.author.id in guild.members and not message.webhook:
                    payload["member"] = guild.members[message.author.id].payload(user=False)
            session.dispatch(event, payload)

    def _may_read(self, message: Message, intent: bool) -> bool:
        """Content is shown with the intent, in direct messages, of our own messages and of those that mention us."""
        return (
            intent
            or message.channel.guild is None
            or message.author is self.me
            or any(account is self.me for account in message.mentions)
        )

    def _ready(self, session: Session) -> Payload:
        guilds = [{"id": guild.id, "unavailable": True} for guild in self.guilds.values() if session.hears(guild)]
        return {
            "v": 10,
            "user": self.me.payload() | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url,
            "shard": [session.shard, session.shards],
            "application": {"id": self.me.id, "flags": self.application()["flags"]},
            "private_channels": [],
            "presences": [],
            "relationships": [],
        }

    def _heard_by(self, session: Session) -> Iterable[Guild]:
        return filter(session.hears, self.guilds.values())

    def _account(self, name: str, *, locale: str = "en-US") -> Account:
        made = Account(snowflake(), name, locale=locale)
        self.accounts[made.id] = made
        return made

    def _text(self, guild: Guild, name: str) -> Channel:
        made = Channel(snowflake(), name, TEXT, guild)
        guild.channels[made.id] = self.channels[made.id] = made
        return made

    async def file(self, request: web.Request) -> web.Response:
        """A file that was attached to a message."""
        found = self.files.get(request.match_info["id"])
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[0], content_type=found[1].partition(";")[0])


async def _nothing(request: Request) -> None:
    """Nothing happens outside of a request."""


@asynccontextmanager
async def discord_server(specification: Specification | None = None) -> AsyncIterator[Discord]:
    """A running server. Raises AssertionError at the end if the real Discord would have refused something."""
    world = Discord(specification)
    app = web.Application(client_max_size=30 * 1024 * 1024, middlewares=[world.breaking.middleware()])
    app.router.add_get("/gateway", world.gateway.connected)
    app.router.add_get("/gateway/", world.gateway.connected)
    app.router.add_get("/files/{id}/{name}", world.file)
    app.router.add_route("*", "/api/v10/{rest:.*}", world.rest.serve)
    async with on_loopback(app) as address:
        world.base = f"http://{address}"
        world.api, world.gateway_url = f"{world.base}/api/v10", f"ws://{address}/gateway"
        try:
            yield world
        finally:
            await world.gateway.shut()
    world.check()
