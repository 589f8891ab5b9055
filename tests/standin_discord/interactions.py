"""Interactions: what a person does with a command, a button or a form, and what they see in answer.

Facts: docs, "Receiving and Responding to Interactions".
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.standin_discord import messages, payloads, rules
from tests.standin_discord.permissions import in_channel
from tests.standin_discord.refusal import Refusal, invalid, unknown
from tests.standin_discord.rest import Request, Route, Upload
from tests.standin_discord.world import (
    CHAT_COMMAND,
    EPHEMERAL,
    LOADING,
    MENU_COMMAND,
    NEW_STYLE,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    Account,
    Channel,
    Message,
    Payload,
)

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, LATER, UPDATE_LATER, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {MESSAGE, LATER, FORM},
    COMPONENT: {MESSAGE, LATER, UPDATE_LATER, UPDATE, FORM},
    AUTOCOMPLETE: {CHOICES},
    MODAL: {MESSAGE, LATER},
}
IN_TIME, TOKEN_LIFE = 3.0, 15 * 60.0
"""Seconds for the first response, and seconds that the token is good for."""

SETTABLE = SUPPRESS_EMBEDS | EPHEMERAL | SILENT | NEW_STYLE


@dataclass(slots=True, eq=False)
class Interaction:
    """What a person did, and what came of it. `messages` are those that it was answered with, ephemeral ones too.

    `responses` has for each answer: "type" of the callback (None for a followup), "message", "ephemeral". `at` is a
    time of the server's clock.
    """

    server: "Discord"
    id: str
    token: str
    kind: int
    account: Account
    channel: Channel
    data: Payload
    at: float
    message: Message | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    responses: list[Payload] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    original: Message | None = None
    modal: Payload | None = None
    choices: list[Payload] | None = None
    visible: Message | None = None

    async def answered(self) -> Message:
        """The first message that the person can read in answer. Raises AssertionError where a form is shown."""
        await self.server.until(lambda: self.visible or self.modal, "the answer to an interaction")
        assert self.visible, f"it was answered with the form {(self.modal or {}).get('title')!r}"
        return self.visible

    async def form(self) -> Payload:
        """The form that is shown in answer."""
        await self.server.until(lambda: self.modal or self.visible, "a form in answer to an interaction")
        assert self.modal, f"it was answered with {self.visible.content if self.visible else None!r} and no form"
        return self.modal

    def payload(self) -> Payload:
        """It as INTERACTION_CREATE has it."""
        guild, me = self.channel.guild, self.server.me
        made: Payload = {
            "id": self.id,
            "application_id": me.id,
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": self.channel.id,
            "channel": payloads.interaction_channel(self.channel, self.account),
            "app_permissions": str(in_channel(self.channel, me)),
            "locale": self.account.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": self.owners(),
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 << 20,
        }
        if self.message:
            made["message"] = payloads.message(self.message, resolved=messages.referenced(self.server, self.message))
        if guild is None:
            return made | {"user": payloads.user(self.account)}
        member = payloads.member(guild.members[self.account.id])
        return made | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": guild.locale, "features": guild.features},
            "guild_locale": guild.locale,
            "member": member | {"permissions": str(in_channel(self.channel, self.account))},
        }

    def owners(self) -> Payload:
        return {"0": self.channel.guild.id if self.channel.guild else "0"}

    def metadata(self) -> Payload:
        """What a message that answers it tells of it."""
        made: Payload = {
            "id": self.id,
            "type": self.kind,
            "user": payloads.user(self.account),
            "authorizing_integration_owners": self.owners(),
        }
        if self.kind == COMPONENT and self.message:
            made["interacted_message_id"] = self.message.id
        if self.kind == MODAL:
            trigger = {"id": self.id, "type": COMMAND, "authorizing_integration_owners": self.owners()}
            made["triggering_interaction_metadata"] = trigger
        return made


def begin(
    server: "Discord", kind: int, account: Account, channel: Channel, data: Payload, message: Message | None
) -> Interaction:
    """Somebody does something, and the bot is told."""
    token = secrets.token_urlsafe(48)
    made = Interaction(server, server.ids.next(), token, kind, account, channel, data, server.clock.now(), message)
    server.interactions[made.id] = server.by_token[token] = made
    server.dispatch("INTERACTION_CREATE", made.payload(), channel.guild)
    return made


def callback(server: "Discord", asked: Request) -> Payload | None:
    """The first response."""
    found = server.interactions.get(asked.names["interaction_id"])
    if found is None or found.token != asked.names["interaction_token"]:
        raise unknown("Interaction")
    if found.responses:
        raise Refusal(400, 40060, "Interaction has already been acknowledged.")
    if server.clock.now() - found.at > IN_TIME:
        raise unknown("Interaction")
    kind, data = asked.body["type"], asked.body.get("data") or {}
    if kind not in _allowed(found):
        raise invalid(f"type: {kind} is no answer to an interaction of type {found.kind}")
    _respond(found, kind, data, asked.files)
    found.acknowledged.set()
    return _acknowledgement(found, kind) if asked.query.get("with_response") in ("1", "true", "True") else None


def _allowed(found: Interaction) -> set[int]:
    updates = {UPDATE_LATER, UPDATE} if found.kind == MODAL and found.message else set()
    return ALLOWED[found.kind] | updates


def _respond(found: Interaction, kind: int, data: Payload, files: list[Upload]) -> None:
    if kind == MESSAGE:
        rules.message(data, files=len(files))
        found.original = _written(found, data, files, bool((data.get("flags") or 0) & EPHEMERAL))
    elif kind == LATER:
        flags = ((data.get("flags") or 0) & EPHEMERAL) | LOADING
        found.original = _answer(found, {"flags": flags}, [], _type(found))
    elif kind == UPDATE_LATER:
        found.original = found.message
    elif kind == UPDATE:
        assert found.message
        rules.message(data, files=len(files), flags=found.message.flags)
        messages.edited(found.server, found.message, data, files)
        found.original = found.visible = found.message
    elif kind == CHOICES:
        rules.choices(data.get("choices") or [])
        found.choices = data.get("choices") or []
    else:
        rules.modal(data)
        found.modal = {**data, "components": payloads.numbered(data["components"])}
    ephemeral = bool(found.original and found.original.ephemeral)
    found.responses.append({"type": kind, "message": found.original, "ephemeral": ephemeral})


def _answer(found: Interaction, body: Payload, files: list[Upload], kind: int) -> Message:
    """The bot answers an interaction with a message."""
    attached = messages.uploaded(found.server, body, files)
    if found.kind == COMMAND or kind == CHAT_COMMAND:
        return messages.written(found.server, found.channel, found.server.me, body, attached, kind=kind, answers=found)
    above = found.message if kind == REPLY else None
    rules = body.get("allowed_mentions")
    quiet = body | {"allowed_mentions": {**rules, "replied_user": False}} if rules else body
    return messages.written(
        found.server, found.channel, found.server.me, quiet, attached, kind=kind, answers=found, replied=above
    )


def _type(found: Interaction) -> int:
    if found.kind == COMMAND:
        return CHAT_COMMAND if found.data["type"] == 1 else MENU_COMMAND
    return REPLY if found.message and not found.message.ephemeral else 0


def _written(found: Interaction, body: Payload, files: list[Upload], ephemeral: bool, *, kind: int = -1) -> Message:
    flags = ((body.get("flags") or 0) & SETTABLE & ~EPHEMERAL) | (EPHEMERAL if ephemeral else 0)
    made = _answer(found, {**body, "flags": flags}, files, _type(found) if kind < 0 else kind)
    found.visible = found.visible or made
    found.messages.append(made)
    return made


def _acknowledgement(found: Interaction, kind: int) -> Payload:
    told: Payload = {"id": found.id, "type": found.kind, "channel_id": found.channel.id}
    if found.channel.guild:
        told["guild_id"] = found.channel.guild.id
    message = found.original
    if message:
        told |= {
            "response_message_id": message.id,
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.ephemeral,
        }
    if kind in (MESSAGE, UPDATE) and message:
        return {"interaction": told, "resource": {"type": kind, "message": payloads.message(message)}}
    return {"interaction": told}


def by_token(server: "Discord", asked: Request) -> Interaction:
    """The interaction whose token is in the path. Raises Refusal where it is unknown, unanswered or too old."""
    found = server.by_token.get(asked.names["webhook_token"])
    if asked.names["webhook_id"] != server.me.id or found is None:
        raise unknown("Webhook")
    if server.clock.now() - found.at > TOKEN_LIFE:
        raise Refusal(401, 50027, "Invalid Webhook Token")
    if not found.responses:
        raise unknown("Webhook")
    return found


def followup(server: "Discord", asked: Request) -> Payload:
    """A further message. The first one after a deferral takes the place of "is thinking", and is as visible as that."""
    found, body = by_token(server, asked), asked.body or {}
    rules.message(body, files=len(asked.files))
    original = found.original
    if original and original.flags & LOADING:
        _fill(found, original, body, asked.files)
        return payloads.message(original)
    made = _written(found, body, asked.files, bool((body.get("flags") or 0) & EPHEMERAL), kind=REPLY)
    if original and not original.ephemeral:
        made.reference = original.id
    found.responses.append({"type": None, "message": made, "ephemeral": made.ephemeral})
    return payloads.message(made, resolved=messages.referenced(server, made))


def _fill(found: Interaction, original: Message, body: Payload, files: list[Upload]) -> None:
    original.flags = (original.flags & ~LOADING) | ((body.get("flags") or 0) & SETTABLE & ~EPHEMERAL)
    messages.edited(found.server, original, body, files)
    original.edited, original.edits = None, [original.content]
    found.visible = found.visible or original
    found.messages.append(original)


def _target(server: "Discord", asked: Request) -> tuple[Interaction, Message]:
    found = by_token(server, asked)
    id = asked.names.get("message_id")
    every = [*found.messages, *([found.original] if found.original else [])]
    message = found.original if id is None else next((one for one in every if one.id == id), None)
    if message is None or message.deleted:
        raise unknown("Message")
    return found, message


def edit(server: "Discord", asked: Request) -> Payload:
    found, message = _target(server, asked)
    body = asked.body or {}
    rules.message(body, files=len(asked.files), flags=message.flags)
    if message.flags & LOADING:
        _fill(found, message, body, asked.files)
    else:
        messages.edited(server, message, body, asked.files)
        found.visible = found.visible or message
    return payloads.message(message, resolved=messages.referenced(server, message))


def read(server: "Discord", asked: Request) -> Payload:
    message = _target(server, asked)[1]
    return payloads.message(message, resolved=messages.referenced(server, message))


def delete(server: "Discord", asked: Request) -> None:
    found, message = _target(server, asked)
    found.messages = [one for one in found.messages if one is not message]
    messages.removed(server, message)


HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, open=True),
    Route("POST", HOOK, followup, open=True),
    *[
        Route(method, f"{HOOK}/messages/{name}", work, open=True)
        for name in ("@original", "{message_id}")
        for method, work in (("GET", read), ("PATCH", edit), ("DELETE", delete))
    ],
]
