"""Registers the core's commands at Discord, in every language that we have texts in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from bots.discord.refusals import PASSING
from bots.discord.rest import understood
from core.messages import CommandHelp, OptionHelp, User
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

SLASH, MENU = 1, 3
STRING = 3
MANAGE_SERVER = 1 << 5
IN_SERVER, IN_DIRECT, BETWEEN_OTHERS = 0, 1, 2
"""The contexts in which a command can be used; the last are direct messages and groups of other people."""

OF_SERVER, OF_PERSON = 0, 1
"""The kinds of installation: by a server's admins, and by a person for themselves."""

DESCRIPTION = 100
CHOICES = 25
IN_MENU = 5
REGISTERED = "commands"

Payload = dict[str, Any]
Localised = Mapping[str, CommandHelp]
"""One command, by Discord's locale names."""


def payload(records: SurfaceRecords) -> list[Payload]:
    """Return all commands for `PUT /applications/{id}/commands`: slash commands, then those in a message's menu."""
    commands = _in_languages(records)
    default = records.commands(User("", "", records.languages[0], admin=True))
    slash = [_slash(command, commands[command.name]) for command in default]
    return slash + [_menu(command, commands[command.name]) for command in _in_menu(default)]


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

    `ids` are Discord's ids of the slash commands by name; `labels` maps the label of each command in a message's menu,
    which Discord sends back to us, to the command.
    """

    client: discord.Client
    records: SurfaceRecords
    keep: SurfaceStorage
    ids: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.labels = labels(self.records)

    async def follow(self) -> None:
        """Register the commands again whenever a plugin adds or removes some."""
        while True:
            await self.records.changed()
            await self.register()
            self.labels = labels(self.records)

    async def register(self) -> None:
        """Register the commands if they differ from those registered last, because Discord limits registrations.

        A failure is logged; everything except new commands still works.
        """
        wanted, client = payload(self.records), self.client
        digest = hashlib.sha256(json.dumps([client.application_id, wanted], sort_keys=True).encode()).hexdigest()
        kept: dict[str, Any] = json.loads(await self.keep.recall(REGISTERED) or "{}")
        if kept.get("digest") == digest:
            self.ids = dict(kept["ids"])
            return
        try:
            with understood():
                told = await client.http.bulk_upsert_global_commands(client.application_id or 0, payload=wanted)
                self.ids = {command["name"]: str(command["id"]) for command in told if command["type"] == SLASH}
        except (*PASSING, discord.HTTPException) as error:
            log.error("commands_not_registered", error=error)
            self.ids = {}
            return
        await self.keep.remember(REGISTERED, json.dumps({"digest": digest, "ids": self.ids}))
        log.info("commands_registered", commands=len(wanted))


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
    return {
        **_common(command),
        "type": SLASH,
        "name": command.name,
        "name_localizations": {locale: other.title for locale, other in localised.items()},
        "description": command.description[:DESCRIPTION],
        "description_localizations": {locale: other.description[:DESCRIPTION] for locale, other in localised.items()},
        "options": [_option(option, number, localised) for number, option in enumerate(command.options)],
    }


def _option(option: OptionHelp, number: int, localised: Localised) -> Payload:
    descriptions = {locale: other.options[number].description[:DESCRIPTION] for locale, other in localised.items()}
    shown: Payload = {
        "type": STRING,
        "name": option.name,
        "description": option.description[:DESCRIPTION],
        "description_localizations": descriptions,
        "required": option.required,
    }
    if option.live or len(option.values) > CHOICES:
        return shown | {"autocomplete": True}
    if option.values:
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
