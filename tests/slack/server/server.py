"""The server as a test has it: Slack's events, its methods, and the people behind it."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, time
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import WSMsgType, web

from tests.shared.platform_server import PATIENCE, LoopbackPlatform, next_failure, on_loopback
from tests.slack.server import shapes
from tests.slack.server.api import OPEN, Web
from tests.slack.server.world import Account, Asked, Channel, Message, Payload, Team, View, find

ACK_WITHIN = 15.0
"""Slack waits for 3 seconds; here the machine may be slow, and a test waits far longer than this for an answer."""

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@dataclass(slots=True)
class Delivery:
    """An event for the app, until it is acknowledged."""

    kind: str
    payload: Payload
    id: str
    at: float = 0.0
    tries: int = 0
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    response: Payload | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with Slack open before them."""

    world: "Slack"
    account: Account

    @property
    def id(self) -> str:
        return self.account.id

    def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.world.direct(self.account)

    async def says(
        self,
        channel: Channel,
        text: str,
        *,
        thread: Message | str = "",
        mention: bool = False,
        file: tuple[str, bytes, str] | None = None,
        files: Sequence[tuple[str, bytes, str]] = (),
        connect: bool = False,
        attached: Sequence[Payload] = (),
    ) -> Message:
        """Write a message; `mention` puts the bot's name before it. With `connect`, its file is another organisation's.
        `attached` are messages that it forwards, and previews.
        """
        world = self.world
        bot = world.teams[channel.team].bot
        words = f"<@{bot.id}> {text}" if mention else text
        root = thread.thread or thread.ts if isinstance(thread, Message) else thread
        stored = [world.kept_file(*one) for one in ([file] if file else files)]
        if connect:
            kept = ("id", "created", "timestamp", "user")
            stored = [
                {name: found[name] for name in kept if name in found}
                | {"mode": "file_access", "file_access": "check_file_info"}
                for found in stored
            ]
        sent = world.written(channel, self.account, words, thread=root, files=stored, told=False)
        sent.attached = list(attached)
        world.spoken(sent)
        return sent

    async def shares(self, channel: Channel, message: Message, text: str = "", *, mention: bool = False) -> Message:
        """Forward somebody's message, perhaps with words of one's own."""
        shared: Payload = {
            "is_share": True,
            "is_msg_unfurl": True,
            "from_url": f"https://example.slack.com/archives/{message.channel.id}/p{message.ts.replace('.', '')}",
            "author_id": message.author.id,
            "author_name": message.author.name,
            "channel_id": message.channel.id,
            "ts": message.ts,
            "text": message.text,
            "fallback": message.text,
        }
        if message.files:
            shared["files"] = message.files
        return await self.says(channel, text, mention=mention, attached=[shared])

    async def enters(self, channel: Channel) -> None:
        """Join a channel, which Slack says there in the person's name."""
        sent = self.world.written(channel, self.account, f"<@{self.id}> has joined the channel", told=False)
        sent.subtype = "channel_join"
        self.world.spoken(sent)

    async def edits(self, message: Message, text: str) -> None:
        """Change a message."""
        before = message.payload()
        message.text, message.edited = text, self.world.ts()
        self.world.changed(message, before)

    async def deletes(self, message: Message) -> None:
        """Delete a message. If it has replies, a tombstone stays above them, and Slack calls that a change."""
        if message.channel.replies_to(message):
            before = message.payload()
            message.bury(self.world.slackbot)
            self.world.changed(message, before)
            return
        message.channel.messages.remove(message)
        told = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": message.channel.id,
            "channel_type": message.channel.kind,
            "ts": self.world.ts(),
            "deleted_ts": message.ts,
            "previous_message": message.payload(),
        }
        self.world.event(message.channel.team, told)

    async def reacts(self, message: Message, name: str) -> Delivery:
        """Put a reaction on a message."""
        message.reactions.setdefault(name, []).append(self.id)
        return self._reaction("reaction_added", message, name)

    async def unreacts(self, message: Message, name: str) -> Delivery:
        """Take a reaction away."""
        message.reactions[name].remove(self.id)
        return self._reaction("reaction_removed", message, name)

    def _reaction(self, kind: str, message: Message, name: str) -> Delivery:
        told = {
            "type": kind,
            "user": self.id,
            "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
            "reaction": name,
            "item_user": message.author.id,
            "event_ts": self.world.ts(),
        }
        return self.world.event(message.channel.team, told)

    async def commands(self, channel: Channel, text: str) -> Delivery:
        """Use the slash command."""
        assert "/parley" in [command["command"] for command in self.world.manifest["features"]["slash_commands"]]
        payload = {
            "command": "/parley",
            "text": text,
            "user_id": self.id,
            "user_name": self.account.name.lower(),
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "im" else "general",
            "team_id": channel.team,
            "api_app_id": "A00000001",
            "trigger_id": self.world.trigger(self.id),
            "response_url": self.world.response_url(channel, self.id),
        }
        return self.world.tell("slash_commands", payload)

    async def presses(self, message: Message, action: str) -> Delivery:
        """Press a button, by what its value begins with."""
        found: Payload | None = None
        seen = []
        for element in message.elements():
            sides = [element[side] for side in ("positive_button", "negative_button") if side in element] or [element]
            for side in sides:
                seen.append(side.get("value", element["action_id"]))
                if side.get("value", "").startswith(action):
                    found = {"action_id": element["action_id"], "value": side["value"], "type": element["type"]}
        assert found, f"there is no {action} under {message.shown!r}, but {seen}"
        return self._acts(message, found)

    async def chooses(self, message: Message, action: str, *values: str) -> Delivery:
        """Choose from a select, by its action."""
        element = next((one for one in message.elements() if one["action_id"] == action), None)
        assert element, f"there is no select {action}, but {[one['action_id'] for one in message.elements()]}"
        did: Payload = {"action_id": action, "type": element["type"]}
        if element["type"] == "multi_conversations_select":
            return self._acts(message, did | {"selected_conversations": list(values)})
        options = [option for option in element["options"] if option["value"] in values]
        assert len(options) == len(values), f"{values} are not all among {element['options']}"
        if element["type"] == "static_select":
            return self._acts(message, did | {"selected_option": options[0]})
        return self._acts(message, did | {"selected_options": options})

    def _acts(self, message: Message, action: Payload) -> Delivery:
        channel = message.channel
        container: Payload = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container["is_ephemeral"] = bool(message.whispered_to)
        if message.thread:
            container["thread_ts"] = message.thread
        payload: Payload = {
            "type": "block_actions",
            "user": {"id": self.id, "username": self.account.name.lower(), "team_id": channel.team},
            "team": {"id": channel.team, "domain": "garden"},
            "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else "general"},
            "container": container,
            "trigger_id": self.world.trigger(self.id),
            "response_url": self.world.response_url(channel, self.id, message),
            "actions": [{"block_id": "b", "action_ts": self.world.ts(), **action}],
            "api_app_id": "A00000001",
        }
        if not message.whispered_to:
            payload["message"] = message.payload()
        return self.world.tell("interactive", payload)

    async def takes(self, shortcut: str, message: Message | None = None, team: str = "") -> Delivery:
        """Use a shortcut: one of a message's menu, or a global one."""
        kind = "message" if message else "global"
        offered = [one["callback_id"] for one in self.world.manifest["features"]["shortcuts"] if one["type"] == kind]
        assert shortcut in offered, f"{shortcut} is not among {offered}"
        payload: Payload = {
            "type": "message_action" if message else "shortcut",
            "callback_id": shortcut,
            "user": {"id": self.id, "username": self.account.name.lower(), "team_id": self.account.team},
            "team": {"id": self.account.team, "domain": "garden"},
            "trigger_id": self.world.trigger(self.id),
            "action_ts": self.world.ts(),
        }
        if message:
            payload |= {
                "message": message.payload(),
                "message_ts": message.ts,
                "channel": {"id": message.channel.id, "name": "general"},
                "response_url": self.world.response_url(message.channel, self.id),
            }
        return self.world.tell("interactive", payload)

    async def submits(self, view: View, **values: str) -> Delivery:
        """Fill in a modal; several values of one field are joined by commas."""
        state: Payload = {}
        for block in view.content["blocks"]:
            if block["type"] != "input":
                continue
            element, given = block["element"], values.get(block["block_id"], "")
            state[block["block_id"]] = {element["action_id"]: _filled(element, given)}
        payload = {
            "type": "view_submission",
            "user": {"id": self.id, "username": self.account.name.lower(), "team_id": self.account.team},
            "team": {"id": self.account.team, "domain": "garden"},
            "trigger_id": self.world.trigger(self.id),
            "view": {"id": view.id, "hash": "1.a", **view.content, "state": {"values": state}},
            "response_urls": [],
        }
        self.world.views.remove(view)
        return self.world.tell("interactive", payload)

    async def opens_home(self) -> None:
        """Open the app in the list of apps."""
        told = {"type": "app_home_opened", "user": self.id, "channel": self.dm().id, "tab": "home"}
        self.world.event(self.account.team, told | {"event_ts": self.world.ts()})

    async def presses_at_home(self, value: str) -> Delivery:
        """Press a button of the app's home."""
        found = [one for block in self.world.homes[self.id]["blocks"] for one in block.get("elements", ())]
        element = next(one for one in found if one.get("value") == value)
        payload: Payload = {
            "type": "block_actions",
            "user": {"id": self.id, "username": self.account.name.lower(), "team_id": self.account.team},
            "team": {"id": self.account.team, "domain": "garden"},
            "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "type": "home", "private_metadata": "", "callback_id": ""},
            "trigger_id": self.world.trigger(self.id),
            "actions": [{"block_id": "b", "action_ts": self.world.ts(), "type": "button", **element}],
            "api_app_id": "A00000001",
        }
        return self.world.tell("interactive", payload)

    async def opens_pane(self) -> str:
        """Open the assistant's pane; returns the thread that it shows."""
        channel = self.dm()
        root = self.world.written(channel, self.world.teams[channel.team].bot, "New Assistant Thread", told=False)
        thread = {"user_id": self.id, "channel_id": channel.id, "thread_ts": root.ts, "context": {}}
        told = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": self.world.ts()}
        self.world.event(channel.team, told)
        return root.ts


def _subscription(event: Payload) -> str:
    """The name under which an app subscribes to an event."""
    if event["type"] != "message":
        return str(event["type"])
    return {"im": "message.im", "channel": "message.channels"}[event["channel_type"]]


def _filled(element: Payload, given: str) -> Payload:
    if element["type"] == "plain_text_input":
        assert len(given) <= element.get("max_length", 3000), "longer than the field takes"
        return {"type": element["type"], "value": given or None}
    chosen = [option for option in element["options"] if option["value"] in given.split(",")]
    if element["type"] in ("radio_buttons", "static_select"):
        return {"type": element["type"], "selected_option": chosen[0] if chosen else None}
    return {"type": element["type"], "selected_options": chosen}


class Slack(LoopbackPlatform):
    """A server on loopback: `base_url` is its Web API, `app_token` opens sockets, `secret` signs what goes by HTTP."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count(10_000_000)
        self.app_token, self.secret = "xapp-1-A1-1-test", SECRET
        self.accounts: dict[str, Account] = {}
        self.teams: dict[str, Team] = {}
        self.channels: dict[str, Channel] = {}
        self.triggers: dict[str, tuple[str, float]] = {}
        self.views: list[View] = []
        self.homes: dict[str, Payload] = {}
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self.files: dict[str, bytes] = {}
        self.described: dict[str, Payload] = {}
        self.codes: dict[str, Team] = {}
        self.installer = "U00000001"
        self.asked: list[Asked] = []
        self.forgiven: set[str] = set()
        self.misread = 0
        self.late: list[str] = []
        self.open: dict[str, Delivery] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.opened = 0
        self.in_turn = False
        self.url = self.base_url = self.hook = ""
        self.failures: list[tuple[str, str]] = []
        self.odd: dict[str, list[bytes]] = {}
        self.limits: dict[str, list[int]] = {}
        self.closed: dict[str, float] = {}
        self.impatient: list[str] = []
        self.judged = True
        self._doors: dict[str, tuple[Channel, str, Message | None]] = {}
        self._last_ts = 0
        # It speaks to this machine alone, and loading the certificates of all authorities takes 20 ms.
        self._clients = httpx.AsyncClient(timeout=30, verify=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._api = Web(self)
        self.manifest: Payload = {
            "features": {"shortcuts": [], "slash_commands": []},
            "settings": {"event_subscriptions": {"bot_events": []}},
            "oauth_config": {"scopes": {"bot": []}},
        }
        self.team("Garden")
        self.slackbot = Account("USLACKBOT", self.garden.id, "Slackbot")

    # Workspaces, people and places

    def team(self, name: str, *, installed: bool = True) -> Team:
        """A workspace."""
        id = f"T{next(self.numbers)}"
        bot = Account(f"U{next(self.numbers)}", id, "Parley", bot=f"B{next(self.numbers)}")
        self.accounts[bot.id] = bot
        self.teams[id] = Team(id, name, f"xoxb-{id}-test", bot, installed, scopes=self._scopes())
        return self.teams[id]

    @property
    def garden(self) -> Team:
        """The first workspace."""
        return next(iter(self.teams.values()))

    @property
    def token(self) -> str:
        """The bot's token there."""
        return self.garden.token

    def install(self, manifest: Payload) -> None:
        """The app's manifest, which says what it may do, what it hears of, and what people are offered."""
        self.manifest = manifest
        for team in self.teams.values():
            team.scopes = self._scopes()

    def _scopes(self) -> frozenset[str]:
        """What the app may do in a workspace that installs it."""
        return frozenset(self.manifest["oauth_config"]["scopes"]["bot"])

    def person(self, name: str, *, team: Team | None = None, admin: bool = False, locale: str = "en-US") -> Person:
        """Somebody new."""
        account = Account(f"U{next(self.numbers)}", (team or self.garden).id, name, locale=locale, admin=admin)
        self.accounts[account.id] = account
        for channel in self.channels.values():
            if channel.team == account.team and channel.kind != "im":
                channel.members.add(account.id)
        return Person(self, account)

    def channel(self, *, team: Team | None = None, joined: bool = True, name: str = "general") -> Channel:
        """A channel, with everybody in it."""
        team = team or self.garden
        made = Channel(f"C{next(self.numbers)}", team.id, joined=joined, name=name)
        made.members = {account.id for account in self.accounts.values() if account.team == team.id}
        self.channels[made.id] = made
        return made

    def direct(self, account: Account) -> Channel:
        """Somebody's direct messages with the bot."""
        known = next((one for one in self.channels.values() if one.user == account.id), None)
        if known is None:
            known = Channel(f"D{next(self.numbers)}", account.team, "im", account.id, members={account.id})
            self.channels[known.id] = known
        return known

    def written(
        self,
        channel: Channel,
        author: Account,
        text: str,
        *,
        thread: str = "",
        blocks: Sequence[Payload] = (),
        files: Sequence[Payload] = (),
        metadata: Payload | None = None,
        told: bool = True,
    ) -> Message:
        """A message appears; the app hears of its own ones too."""
        sent = Message(self.ts(), channel, author, text, list(blocks), thread, metadata, list(files))
        channel.messages.append(sent)
        if told:
            self.event(channel.team, self._event_of(sent))
        self.note()
        return sent

    def spoken(self, message: Message) -> None:
        """Tell the app about somebody's message; a message that names the app comes twice."""
        told = self._event_of(message)
        self.event(message.channel.team, told)
        if f"<@{self.teams[message.channel.team].bot.id}>" in message.text and message.channel.kind != "im":
            less = {"channel_type", "subtype", "files", "attachments", "parent_user_id"}
            plain = {key: value for key, value in told.items() if key not in less}
            self.event(message.channel.team, {**plain, "type": "app_mention"})

    def _event_of(self, message: Message) -> Payload:
        kind = {"channel": message.channel.id, "channel_type": message.channel.kind, "event_ts": message.ts}
        if root := find(message.channel.messages, message.thread):
            kind["parent_user_id"] = root.author.id
        return {key: value for key, value in {**message.payload(), **kind}.items() if key not in ("metadata", "blocks")}

    def changed(self, message: Message, before: Payload) -> None:
        """Tell the app that a message was changed, by whomever."""
        told = {
            "type": "message",
            "subtype": "message_changed",
            "channel": message.channel.id,
            "channel_type": message.channel.kind,
            "ts": self.ts(),
            "message": {key: value for key, value in message.payload().items() if key != "reactions"},
            "previous_message": {key: value for key, value in before.items() if key != "reactions"},
        }
        self.event(message.channel.team, told)
        self.note()

    def whispered(self, channel: Channel, user: str, text: str, blocks: Sequence[Payload], thread: str = "") -> Message:
        """A message for one person's eyes."""
        bot = self.teams[channel.team].bot
        sent = Message(self.ts(), channel, bot, text, list(blocks), thread, whispered_to=user)
        channel.whispers.append(sent)
        self.note()
        return sent

    def kept_file(self, name: str, data: bytes, media_type: str) -> Payload:
        """A file that the bot can fetch with its token."""
        id = f"F{next(self.numbers)}"
        self.files[id] = data
        self.described[id] = {"id": id, "name": name, "mimetype": media_type, "size": len(data)}
        address = f"{self.url}/files/{id}/{name}"
        self.described[id]["url_private_download"] = address
        return self.described[id]

    def ts(self) -> str:
        """A moment, and the id of what happens in it."""
        self._last_ts = max(self._last_ts + 1, int(time() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def trigger(self, user: str) -> str:
        """The id that opens a modal within three seconds."""
        id = f"{next(self.numbers)}.trigger"
        self.triggers[id] = (user, monotonic())
        return id

    def response_url(self, channel: Channel, user: str, message: Message | None = None) -> str:
        """The address for up to five answers to an interaction."""
        id = f"{next(self.numbers)}"
        self._doors[id] = (channel, user, message)
        return f"{self.url}/hooks/{id}"

    # Waiting and faults

    async def until(self, true: Callable[[], bool], within: float = PATIENCE) -> None:
        """Wait until something is so. Raises TimeoutError with what the bot asked last."""
        try:
            await super().until(true, within)
        except TimeoutError:
            asked = "\n".join(f"{call.method} {json.dumps(call.arguments)[:300]}" for call in self.asked[-12:])
            raise TimeoutError(f"the bot asked:\n{asked}") from None

    def fail(self, method: str, how: str, times: int = 1) -> None:
        """The next calls of a method fail: with a status ("500"), by a lost connection before it is done ("before") or
        after ("after"), or with one of Slack's errors."""
        self.failures += [(method, how)] * times

    def limit(self, method: str, seconds: int, times: int = 1) -> None:
        """The next calls of a method are told to wait for that many seconds."""
        self.limits.setdefault(method, []).extend([seconds] * times)

    def misreads(self, times: int = 1) -> None:
        """The next messages with Markdown are refused, whatever is in them."""
        self.misread += times
        self.forgive("invalid_blocks")

    def forgive(self, *errors: str) -> None:
        """This test wants to be refused so."""
        self.forgiven |= set(errors)

    def check(self) -> None:
        """Raises AssertionError for what the real Slack would have refused or minded."""
        super().check()
        assert not self.late, f"acknowledged too late: {self.late}"
        assert not self.impatient, f"asked again too early: {self.impatient}"
        loud = [message.text for one in self.channels.values() for message in one.messages if message.unfurls]
        assert not loud, f"links would unfurl: {loud}"

    # Delivery

    def event(self, team: str, event: Payload) -> Delivery:
        """Send the app an event."""
        bot = self.teams[team].bot
        body = {
            "token": "verification",
            "team_id": team,
            "api_app_id": "A00000001",
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{next(self.numbers)}",
            "event_time": int(time()),
            "authorizations": [{"team_id": team, "user_id": bot.id, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        if self.judged and (wrong := shapes.wrong_event(body)):
            self.refused.append(f"our own event is wrong: {wrong}")
        if _subscription(event) not in self.manifest["settings"]["event_subscriptions"]["bot_events"]:
            return Delivery("events_api", body, "not subscribed")
        return self.tell("events_api", body)

    def tell(self, kind: str, payload: Payload) -> Delivery:
        """Deliver something; it stays open until the app has acknowledged it."""
        delivery = Delivery(kind, payload, f"env-{next(self.numbers)}")
        self.open[delivery.id] = delivery
        self._send(delivery)
        self.note()
        return delivery

    def again(self, delivery: Delivery) -> Delivery:
        """Deliver the same event a second time, as Slack does when it is not sure."""
        copy = Delivery(delivery.kind, delivery.payload, f"env-{next(self.numbers)}")
        self.open[copy.id] = copy
        self._send(copy)
        return copy

    def _send(self, delivery: Delivery) -> None:
        if self.hook:
            self._aside(self._post(delivery))
        elif self.sockets:
            # Of an app with several sockets, Slack picks one for each event.
            chosen = self.sockets[next(self.numbers) % len(self.sockets)] if self.in_turn else self.sockets[-1]
            self._aside(self._emit(chosen, delivery))

    def _aside(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _emit(self, socket: web.WebSocketResponse, delivery: Delivery) -> None:
        delivery.at, delivery.tries = monotonic(), delivery.tries + 1
        envelope = {
            "envelope_id": delivery.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.tries - 1, "retry_reason": "timeout" if delivery.tries > 1 else ""}
        try:
            await socket.send_json(envelope)
        except (ConnectionError, RuntimeError):
            return

    async def _post(self, delivery: Delivery) -> None:
        form = delivery.kind != "events_api"
        body = self._form(delivery) if form else json.dumps(delivery.payload)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        for attempt in range(4):
            at = str(int(time()))
            signed = hmac.new(self.secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
            headers = {"content-type": kind, "x-slack-request-timestamp": at, "x-slack-signature": f"v0={signed}"}
            if attempt:
                headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_error"}
            delivery.at = monotonic()
            try:
                answer = await self._clients.post(self.hook, content=body, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.status_code == 200:
                self._acknowledged(delivery.id, answer.json() if answer.text.startswith("{") else None)
                return
            if form:
                return

    def _form(self, delivery: Delivery) -> str:
        if delivery.kind == "slash_commands":
            return urlencode(delivery.payload)
        return urlencode({"payload": json.dumps(delivery.payload)})

    def _acknowledged(self, id: str, response: Payload | None) -> None:
        delivery = self.open.pop(id, None)
        if delivery is None:
            return
        if monotonic() - delivery.at > ACK_WITHIN:
            self.late.append(f"{delivery.kind} after {monotonic() - delivery.at:.1f} s")
        delivery.response = response
        delivery.acked.set()
        self.note()

    async def drop(self) -> None:
        """Cut the sockets without a word; what is open is delivered to the next one."""
        for socket in self.sockets:
            if socket._writer and socket._writer.transport:
                socket._writer.transport.abort()
        self.sockets.clear()

    async def refresh(self) -> None:
        """Ask the app to connect again, as Slack does every few hours."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    # What is asked of it

    async def api(self, request: web.Request) -> web.Response:
        """A call of the Web API: its arguments come as a query, a form or JSON."""
        name = request.match_info["method"]
        given = await _arguments(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(name, given, monotonic()))
        self.note()
        key = f"{token}:{name}"
        if monotonic() < self.closed.get(key, 0.0) - 0.01:
            self.impatient.append(name)
        if self.limits.get(name):
            seconds = self.limits[name].pop(0)
            self.closed[key] = monotonic() + seconds
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)}
            )
        how = next_failure(self.failures, name) or ""
        if how == "before":
            _abort(request)
        if self.odd.get(name):
            return web.Response(body=self.odd[name].pop(0), content_type="application/json")
        if how.isdigit():
            return web.Response(status=int(how), text="upstream")
        if how and how != "after":
            return web.json_response({"ok": False, "error": how})
        answer = await self._answered(name, token, given)
        self.note()
        if how == "after":
            _abort(request)
        scopes = next((team.scopes for team in self.teams.values() if team.token == token), frozenset())
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(scopes))})

    async def _answered(self, name: str, token: str, given: Payload) -> Payload:
        if name == "apps.connections.open":
            if token != self.app_token:
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "url": f"{self.url.replace('http', 'ws')}/socket"}
        team = next((team for team in self.teams.values() if team.token == token and team.installed), None)
        if team is None and name not in OPEN:
            return {"ok": False, "error": "invalid_auth"}
        return self._api.answer(name, team or self.garden, given)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """A connection of Socket Mode."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A00000001"}})
        self.sockets.append(socket)
        self.opened += 1
        for delivery in list(self.open.values()):
            await self._emit(socket, delivery)
        self.note()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                self._acknowledged(said["envelope_id"], said.get("payload"))
        if socket in self.sockets:
            self.sockets.remove(socket)
        return socket

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url: a message for the person, which replaces the message that was acted on, or is added to it."""
        channel, user, message = self._doors[request.match_info["id"]]
        given = await request.json()
        blocks = given.get("blocks") or []
        if fault := shapes.wrong_blocks(blocks):
            self.refused.append(f"response_url: {fault}")
        if self.misread and any(block.get("type") == "markdown" for block in blocks):
            self.misread -= 1
            return web.Response(status=400, text="invalid_blocks")
        if given.get("replace_original") and message is not None:
            message.edits.append(message.shown)
            message.text, message.blocks = given["text"], blocks
            self.note()
        else:
            self.whispered(channel, user, given["text"], blocks, given.get("thread_ts", ""))
        return web.json_response({"ok": True})

    async def upload(self, request: web.Request) -> web.Response:
        """The content of a file that the bot sends."""
        id = request.match_info["id"]
        self.uploads[id] = (self.uploads[id][0], await request.read())
        return web.Response(text="OK")

    async def download(self, request: web.Request) -> web.Response:
        """A file that somebody sent; without a token that is known, Slack shows its login page."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if all(team.token != token for team in self.teams.values()):
            return web.Response(status=302, headers={"Location": f"{self.url}/login"})
        return web.Response(body=self.files[request.match_info["id"]])

    async def authorize(self, request: web.Request) -> web.Response:
        """Slack's page where somebody allows the app; here they do so at once, for the last workspace."""
        team = list(self.teams.values())[-1]
        self.codes["code-1"] = team
        asked = {"code": "code-1", "state": request.query["state"]}
        raise web.HTTPFound(f"{request.query['redirect_uri']}?{urlencode(asked)}")

    async def close(self) -> None:
        """Let go of everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._clients.aclose()


async def _arguments(request: web.Request) -> Payload:
    given: Payload = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    else:
        given |= dict(await request.post())
    for name in ("blocks", "metadata", "chunks", "prompts"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given


def _abort(request: web.Request) -> None:
    """Lose the connection."""
    if request.transport:
        request.transport.abort()
    raise ConnectionResetError


@asynccontextmanager
async def slack_server(*, judged: bool = True) -> AsyncIterator[Slack]:
    """A running server; when it ends, it complains about requests that the real one would have refused. When speed is
    measured, it is not `judged`: judging takes longer than answering.
    """
    world = Slack()
    world.judged = judged
    app = web.Application(client_max_size=8 << 20, middlewares=[world.breaking.middleware()])
    app.router.add_route("*", "/api/{method}", world.api)
    app.router.add_get("/socket", world.socket)
    app.router.add_post("/hooks/{id}", world.respond)
    app.router.add_post("/upload/{id}", world.upload)
    app.router.add_get("/files/{id}/{name}", world.download)
    app.router.add_get("/oauth/v2/authorize", world.authorize)
    async with on_loopback(app) as address:
        world.url, world.base_url = f"http://{address}", f"http://{address}/api/"
        try:
            yield world
            world.check()
        finally:
            await world.close()


__all__ = ["Delivery", "Person", "Slack", "find", "slack_server"]
