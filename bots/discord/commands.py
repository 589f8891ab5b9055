"""Registers the core's commands at Discord, in every language that we have texts in.

What a community may switch off is registered for each server alone, so that its menu has only what is on there.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import discord
import structlog

from bots.discord.command_ids import REGISTERED, CommandIds, of_server
from bots.discord.receive import PLATFORM
from bots.discord.refusals import PASSING
from bots.discord.rest import understood
from core.messages import CommandHelp, OptionHelp, Place, User
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

SLASH, MENU = 1, 3
STRING = 3
MANAGE_SERVER = 1 << 5
IN_SERVER, IN_DIRECT, BETWEEN_OTHERS = 0, 1, 2
"""The contexts in which a command can be used; the last are direct messages and groups of other people."""

OF_SERVER, OF_PERSON = 0, 1
"""The kinds of installation: by a server's admins, and by a person for themselves."""

OF_GLOBAL = frozenset({"contexts", "integration_types"})
"""What only commands have that are registered everywhere."""

NAME = re.compile(r"[-_'\w]{1,32}")
"""The names of commands and options, which have to be in lower case, too."""

DESCRIPTION = 100
CHOICES, CHOICE = 25, 100
OPTIONS = 25
MOST, IN_MENU = 100, 5
"""The most slash commands that are registered in one place, and those in the menu of a message."""

Payload = dict[str, Any]
Put = Callable[[list[Payload]], Awaitable[Sequence[Mapping[str, Any]]]]
Localised = Mapping[str, CommandHelp]
"""One command, by Discord's locale names."""


def payload(records: SurfaceRecords, off: frozenset[str]) -> list[Payload]:
    """Return the commands for `PUT /applications/{id}/commands`: slash commands, then those in a message's menu.

    What a community may switch off is among them for direct messages only, unless it is `off` there.
    """
    commands = _in_languages(records)
    default = records.commands(User("", "", records.languages[0], admin=True))
    slash = [
        _slash(command, commands[command.name]) | ({"contexts": [IN_DIRECT]} if command.switchable else {})
        for command in _taken(default)
        if command.name not in off and not (command.switchable and command.admin)
    ]
    return slash[:MOST] + [_menu(command, commands[command.name]) for command in _in_menu(default)]


def payload_in(records: SurfaceRecords, off: frozenset[str]) -> list[Payload]:
    """Return the commands of one server, for `PUT /applications/{id}/guilds/{id}/commands`: those that may be switched
    off and are not.
    """
    commands = _in_languages(records)
    default = records.commands(User("", "", records.languages[0], admin=True))
    wanted = [command for command in _taken(default) if command.switchable and command.name not in off][:MOST]
    # Discord knows contexts and kinds of installation only for commands that are registered everywhere.
    return [
        {name: value for name, value in _slash(one, commands[one.name]).items() if name not in OF_GLOBAL}
        for one in wanted
    ]


def _taken(commands: Sequence[CommandHelp]) -> Sequence[CommandHelp]:
    """Return the commands that Discord takes, those of plugins last. If it refuses one, it refuses all of them."""
    found: list[CommandHelp] = []
    for command in sorted(commands, key=lambda command: command.group == "plugins"):
        options = [option.name for option in command.options]
        named = all(NAME.fullmatch(name) and name == name.lower() for name in (command.name, *options))
        if named and len(options) == len(set(options)):
            found.append(command)
        else:
            log.warning("command_left_out", command=command.name)
    return found


def _in_menu(commands: Sequence[CommandHelp]) -> Sequence[CommandHelp]:
    """Return the commands for a message's menu, as many as Discord allows."""
    return sorted((command for command in commands if command.label), key=lambda command: command.rank)[:IN_MENU]


def labels(records: SurfaceRecords) -> Mapping[str, str]:
    """Map the label of each command in a message's menu to the command."""
    default = records.commands(User("", "", records.languages[0], admin=True))
    return {command.label: command.name for command in _in_menu(default)}


@dataclass(slots=True)
class CommandRegistration:
    """Keeps the commands registered at Discord.

    `labels` maps the label of each command in a message's menu, which Discord sends back to us, to the command.
    """

    client: discord.Client
    records: SurfaceRecords
    keep: SurfaceStorage
    ids: CommandIds = field(init=False)
    labels: Mapping[str, str] = field(init=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.ids = CommandIds(self.keep)
        self.labels = labels(self.records)

    async def changed(self, place: Place | None) -> None:
        """Register the commands that have changed in one server, or everywhere."""
        if place is None:
            await self.register()
            self.labels = labels(self.records)
            await self.register_in_all([guild.id for guild in self.client.guilds])
        elif place.platform == PLATFORM and self.client.get_guild(int(place.community)):
            await self.register_in(int(place.community))

    async def register(self) -> None:
        """Register what is the same everywhere."""
        if ids := await self._register(REGISTERED, self._wanted, self._put):
            self.ids.note(REGISTERED, ids)

    async def register_in_all(self, guild_ids: Sequence[int]) -> None:
        """Register the commands of many servers."""
        for guild_id in guild_ids:
            await self.register_in(guild_id)

    async def register_in(self, guild_id: int, *, anew: bool = False) -> None:
        """Register a server's own commands; `anew` also if they are what was registered there last."""
        wanted, put = partial(self._wanted_in, guild_id), partial(self._put_in, guild_id)
        ids = await self._register(of_server(guild_id), wanted, put, anew=anew)
        if ids is not None:
            self.ids.note(of_server(guild_id), ids)

    async def _wanted(self) -> list[Payload]:
        return payload(self.records, await self.records.switched_off(Place(PLATFORM, "", "")))

    async def _wanted_in(self, guild_id: int) -> list[Payload]:
        return payload_in(self.records, await self.records.switched_off(Place(PLATFORM, str(guild_id), "")))

    async def _register(
        self, name: str, look: Callable[[], Awaitable[list[Payload]]], put: Put, *, anew: bool = False
    ) -> Mapping[str, str] | None:
        """Register commands if they differ from those registered last, because Discord limits registrations.

        Returns their ids; None after a failure, which is logged. Everything except new commands still works then.
        """
        async with self._one:
            # Only now, so that of two who wait the second one does not write what has changed meanwhile.
            wanted = await look()
            digest = hashlib.sha256(
                json.dumps([self.client.application_id, wanted], sort_keys=True).encode()
            ).hexdigest()
            kept: dict[str, Any] = json.loads(await self.keep.recall(name) or "{}")
            if kept.get("digest") == digest and not anew:
                return dict(kept["ids"])
            if not (wanted or kept):
                return {}
            # If the call fails, nobody knows which commands are there.
            await self.keep.remember(name, json.dumps({"digest": "", "ids": kept.get("ids", {})}))
            try:
                with understood():
                    told = await put(wanted)
                    ids = {command["name"]: str(command["id"]) for command in told if command["type"] == SLASH}
            except (*PASSING, discord.HTTPException) as error:
                log.error("commands_not_registered", name=name, error=error)
                return None
            await self.keep.remember(name, json.dumps({"digest": digest, "ids": ids}))
        log.info("commands_registered", name=name, commands=len(wanted))
        return ids

    async def _put(self, wanted: list[Payload]) -> Sequence[Mapping[str, Any]]:
        return await self.client.http.bulk_upsert_global_commands(self.client.application_id or 0, payload=wanted)

    async def _put_in(self, guild_id: int, wanted: list[Payload]) -> Sequence[Mapping[str, Any]]:
        client = self.client
        return await client.http.bulk_upsert_guild_commands(client.application_id or 0, guild_id, payload=wanted)


def _in_languages(records: SurfaceRecords) -> Mapping[str, Localised]:
    found: dict[str, dict[str, CommandHelp]] = {}
    for language in records.languages[1:]:
        for command in records.commands(User("", "", language, admin=True)):
            for locale in locales(language):
                found.setdefault(command.name, {})[locale] = command
    for command in records.commands(User("", "", records.languages[0], admin=True)):
        found.setdefault(command.name, {})
    return found


def locales(language: str) -> list[str]:
    """Return the Discord locales that one of our languages serves: "es" serves both "es-ES" and "es-419"."""
    return [locale.value for locale in discord.Locale if language in (locale.value, locale.value.split("-")[0])]


def _slash(command: CommandHelp, localised: Localised) -> Payload:
    options = [_option(option, number, localised) for number, option in enumerate(command.options)]
    return {
        **_common(command),
        "type": SLASH,
        "name": command.name,
        "name_localizations": {locale: other.title for locale, other in localised.items()},
        "description": _about(command),
        "description_localizations": {locale: _about(other) for locale, other in localised.items()},
        # Those that are required have to come first.
        "options": sorted(options, key=lambda option: not option["required"])[:OPTIONS],
    }


def _about(thing: CommandHelp | OptionHelp) -> str:
    return thing.description[:DESCRIPTION] or thing.name


def _option(option: OptionHelp, number: int, localised: Localised) -> Payload:
    descriptions = {locale: _about(other.options[number]) for locale, other in localised.items()}
    shown: Payload = {
        "type": STRING,
        "name": option.name,
        "description": _about(option),
        "description_localizations": descriptions,
        "required": option.required,
    }
    if option.live or len(option.values) > CHOICES:
        return shown | {"autocomplete": True}
    if option.values and all(1 <= len(value) <= CHOICE for value in option.values):
        return shown | {"choices": [{"name": value, "value": value} for value in option.values]}
    return shown


def _menu(command: CommandHelp, localised: Localised) -> Payload:
    return {
        **_common(command),
        "type": MENU,
        "name": command.label,
        "name_localizations": {locale: other.label for locale, other in localised.items()},
    }


def _common(command: CommandHelp) -> Payload:
    contexts: Sequence[int] = [IN_SERVER] if command.admin else [IN_SERVER, IN_DIRECT]
    if command.portable:
        contexts = [IN_SERVER, IN_DIRECT, BETWEEN_OTHERS]
    return {
        "default_member_permissions": MANAGE_SERVER if command.admin else None,
        "contexts": contexts,
        "integration_types": [OF_SERVER, OF_PERSON] if command.portable else [OF_SERVER],
    }
