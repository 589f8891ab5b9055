"""Discord's REST, through the real discord.py client, in the table of odd replies."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
from discord.http import Route

from bots.discord.catch_up import unread_gap
from bots.discord.client import DiscordClient, DiscordOptions, create
from bots.discord.interactions import PendingInteraction
from bots.discord.receive import INTERACTION
from bots.discord.refusals import PASSING
from bots.discord.replies import replied_to
from bots.discord.rest import check_replies
from bots.discord.session_budget import SessionBudget
from bots.discord.threads import begin_thread
from core.commands.news import CommandChanges
from core.errors import ParleyError
from core.messages import CommandHelp, Field, File, Form, Place, Press, Reply, User
from core.ports.surface import UnreadableItem
from tests.faults.clients import Call, OddClient
from tests.faults.odd import js

ROOM = Place("discord", "10", "20")
ANA = User("5", "Ana")
USER = {"id": "1", "username": "parley", "discriminator": "0", "avatar": None, "global_name": None, "bot": True}
APPLICATION = {
    "id": "1",
    "name": "Parley",
    "description": "",
    "icon": None,
    "verify_key": "0",
    "flags": 0,
    "owner": USER,
}
LOGIN = (
    js(USER),
    js({**APPLICATION, "owner": USER, "team": None, "bot_public": True, "bot_require_code_grant": False}),
    js([]),
)
"""What a login asks for: who we are, our application, and the commands that we register."""

MESSAGE: Mapping[str, Any] = {
    "id": "3",
    "channel_id": "20",
    "author": {**USER, "id": "5", "username": "ana", "bot": False},
    "content": "Hello",
    "timestamp": "2026-01-01T00:00:00+00:00",
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "type": 19,
    "message_reference": {"message_id": "2", "channel_id": "20", "guild_id": "10"},
}
GUILD: Mapping[str, Any] = {"id": "10", "name": "Garden", "roles": [], "emojis": [], "features": []}
CHANNEL: Mapping[str, Any] = {"id": "20", "name": "tea", "type": 0, "position": 0, "permission_overwrites": []}
PRESSED: Mapping[str, Any] = {
    "id": "9",
    "application_id": "1",
    "type": 3,
    "token": "a-token",
    "version": 1,
    "attachment_size_limit": 1000,
    "data": {"custom_id": "up:1", "component_type": 2},
    "channel": CHANNEL,
    "user": {**USER, "id": "5"},
}


class Nothing:
    """What a client is given of the core: no commands, nothing kept."""

    languages: Sequence[str] = ("en",)

    def commands(self, user: User) -> Sequence[CommandHelp]:
        return ()

    async def switched_off(self, place: Place) -> frozenset[str]:
        return frozenset()

    def changes(self) -> CommandChanges:
        return CommandChanges()

    async def recall(self, name: str) -> str:
        return ""

    async def remember(self, name: str, value: str) -> None:
        return

    async def put_aside(self, item: UnreadableItem) -> None:
        return

    async def handle(self, event: object) -> None:
        return


LOGIN_PATIENCE = 20.0
"""Seconds in which a login is done on the busiest machine."""

Work = Callable[[DiscordClient], Awaitable[object]]


def logged_in(work: Work) -> Call:
    """Log in, then do something."""

    async def call(url: str, patience: float) -> object:
        before = Route.BASE
        nothing: Any = Nothing()
        # What answers the login is as it should be, unless that is what is tried; a busy machine may take its time.
        first = patience if work is nothing_more else LOGIN_PATIENCE
        bot = create(nothing.handle, nothing, nothing, DiscordOptions(url, longest_call=first))
        try:
            async with bot:
                await bot.login("a.b.c")
                bot.options = replace(bot.options, longest_call=patience)
                check_replies(bot.http, patience)
                return await work(bot)
        finally:
            Route.BASE = before

    return call


async def nothing_more(bot: DiscordClient) -> None:
    return


def pending(bot: DiscordClient) -> PendingInteraction:
    given: Any = json.loads(json.dumps(PRESSED))
    interaction = discord.Interaction(data=given, state=bot._connection)
    return PendingInteraction(interaction, bot.options.longest_call)


def pressed(bot: DiscordClient) -> Press:
    """A press whose interaction is under way."""
    event = Press(key="k", place=ROOM, user=ANA, at=datetime.now(UTC), id="3", action="up:1", ticket="a-token")
    bot.chat.interactions.add(event.key, pending(bot))
    return event


def guild(bot: DiscordClient) -> discord.Guild:
    """A server of which the gateway has told us."""
    known = discord.Guild(data=dict(GUILD), state=bot._connection)  # type: ignore[arg-type] # no more is needed
    known._add_channel(discord.TextChannel(state=bot._connection, guild=known, data=dict(CHANNEL)))  # type: ignore[arg-type]
    bot._connection._add_guild(known)
    return known


def message(bot: DiscordClient) -> discord.Message:
    given: Any = json.loads(json.dumps(MESSAGE))
    return discord.Message(state=bot._connection, channel=bot.get_partial_messageable(20), data=given)


async def thread(bot: DiscordClient) -> object:
    guild(bot)
    return await begin_thread(bot, ROOM, ANA)


async def history(bot: DiscordClient) -> None:
    channel = bot.get_partial_messageable(20, guild_id=10)
    await unread_gap().read(20, lambda: bot._catching_up._messages(channel, datetime.now(UTC)))


def elsewhere(bot: DiscordClient) -> Press:
    """A press whose interaction another process received."""
    return Press(key=f"{INTERACTION}7", place=ROOM, user=ANA, at=datetime.now(UTC), id="3", action="up:1", ticket="t")


TEXT = Reply("Hello", files=(File("x.txt", "text/plain", b"x"),))
TEXT_FOR_ONE = Reply("Hello", personal=True)
FORM = Form("write:1", "Tell", (Field("text", "What"),), "Send")
CALLS: Mapping[str, tuple[Work, tuple[type[Exception], ...]]] = {
    "session limits": (lambda bot: SessionBudget().wait(bot), (discord.DiscordException, *PASSING)),
    "send": (lambda bot: bot.chat.send(ROOM, Reply("Hello", reply_to="2"), "k"), ()),
    "send a file": (lambda bot: bot.chat.send(ROOM, TEXT, "k"), ()),
    "whisper": (lambda bot: bot.chat.messages.whisper(ANA, TEXT, "k"), PASSING),
    "edit": (lambda bot: bot.chat.edit(ROOM, "3", Reply("Hello")), ()),
    "delete": (lambda bot: bot.chat.delete(ROOM, "3"), ()),
    "typing": (lambda bot: bot.chat.typing(ROOM), ()),
    "fetch a channel": (lambda bot: bot.chat.places.in_guild(10, 20), PASSING),
    "fetch a direct channel": (lambda bot: bot.chat.places.partner(20), PASSING),
    "fetch a message": (lambda bot: replied_to(message(bot)), ()),
    "history": (history, PASSING),
    "thread": (thread, PASSING),
    "answer a press": (lambda bot: bot.chat.send(ROOM, Reply("Hi", personal=True), "k", pressed(bot)), ()),
    "change a pressed message": (lambda bot: bot.chat.send(ROOM, Reply("Hi", replaces="3"), "k", pressed(bot)), ()),
    "open a form": (lambda bot: bot.chat.show(ROOM, FORM, pressed(bot)), ()),
    "end an interaction": (lambda bot: bot.chat.done(pressed(bot)), ()),
    "answer a press elsewhere": (lambda bot: bot.chat.send(ROOM, TEXT_FOR_ONE, "k", elsewhere(bot)), ()),
    "open a form for a press elsewhere": (lambda bot: bot.chat.show(ROOM, FORM, elsewhere(bot)), ()),
    "end an interaction elsewhere": (lambda bot: bot.chat.done(elsewhere(bot)), ()),
    "register commands": (lambda bot: bot.commands.register(), ()),
}
"""Our calls, and what they raise besides ParleyError and a refusal."""

LOGGING_IN = (discord.LoginFailure, discord.HTTPException, *PASSING)
"""What the surface catches around a login."""

CLIENTS: Mapping[str, OddClient] = {
    "discord login": OddClient(logged_in(nothing_more), LOGGING_IN),
    "discord application": OddClient(logged_in(nothing_more), LOGGING_IN, LOGIN[:1]),
    **{
        f"discord {name}": OddClient(logged_in(work), (ParleyError, discord.HTTPException, *more), LOGIN)
        for name, (work, more) in CALLS.items()
    },
}
"""Every call of Discord's REST with the errors that its callers catch."""
