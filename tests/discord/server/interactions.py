"""Interactions: people use a command, a button or a form, and see the answer."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.discord.server import rules
from tests.discord.server.faults import Refused, invalid
from tests.discord.server.world import EPHEMERAL, Account, Channel, Message, Payload, snowflake

if TYPE_CHECKING:
    from tests.discord.server.server import Discord

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, LATER, UPDATE_LATER, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
IN_TIME = 15.0
"""Discord waits for 3 seconds; here the machine may be slow, and a test waits far longer than this for an answer."""
LIFE = 15 * 60.0
LOADING = 1 << 7
"""The flag of an answer that only says that one has to wait."""


@dataclass(slots=True, eq=False)
class Interaction:
    """One of them. `messages` are its answers that only this person sees; `responses` the kinds of first answers."""

    id: str
    token: str
    kind: int
    user: Account
    channel: Channel
    at: float
    message: Message | None = None
    responses: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    original: Message | None = None
    modal: Payload | None = None
    choices: list[Payload] | None = None
    ephemeral: bool = False
    thinking: bool = False
    gone: bool = False
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    world: "Discord | None" = None

    async def answered(self) -> Message:
        """The first answer with words in it."""
        assert self.world
        shown = self.messages
        await self.world.until(lambda: any(not self.thinking or m.content for m in shown) and bool(shown))
        return shown[0]

    async def form(self) -> Payload:
        """The modal that it was answered with."""
        assert self.world
        await self.world.until(lambda: self.modal is not None)
        assert self.modal
        return self.modal


@dataclass(slots=True)
class Interactions:
    """All of them, by id and by token."""

    world: "Discord"
    by_id: dict[str, Interaction] = field(default_factory=dict)
    by_token: dict[str, Interaction] = field(default_factory=dict)

    def begin(self, kind: int, user: Account, channel: Channel, data: Payload, message: Message | None) -> Interaction:
        """A person does something; the bot is told. In a server without the bot, they have installed it themselves."""
        made = Interaction(
            snowflake(), secrets.token_urlsafe(60), kind, user, channel, self.world.now(), message, world=self.world
        )
        self.by_id[made.id] = self.by_token[made.token] = made
        known = channel.guild if channel.guild and channel.guild.id in self.world.guilds else None
        self.world.dispatch("INTERACTION_CREATE", self._payload(made, data), known)
        return made

    def _payload(self, made: Interaction, data: Payload) -> Payload:
        guild = made.channel.guild
        found: Payload = {
            "id": made.id,
            "application_id": self.world.me.id,
            "type": made.kind,
            "token": made.token,
            "version": 1,
            "channel_id": made.channel.id,
            "channel": {**made.channel.payload(), "permissions": str((1 << 52) - 1)},
            "locale": made.user.locale,
            "app_permissions": str((1 << 52) - 1),
            "entitlements": [],
            "authorizing_integration_owners": self._owners(made),
            "context": 0 if guild else 1,
            "attachment_size_limit": 10485760,
            "data": data,
        }
        if made.message:
            found["message"] = made.message.payload()
        if guild is None:
            return found | {"user": made.user.payload()}
        member = guild.members[made.user.id].payload() | {"permissions": str(guild.permissions(made.user))}
        short = {"id": guild.id, "locale": guild.locale, "features": guild.features}
        return found | {"guild_id": guild.id, "guild": short, "guild_locale": guild.locale, "member": member}

    def _owners(self, made: Interaction) -> Payload:
        guild = made.channel.guild
        if guild and guild.id not in self.world.guilds:
            return {"1": made.user.id}
        return {"0": guild.id if guild else "0"}

    def callback(self, id: str, token: str, body: Payload, files: list[Payload]) -> Payload:
        """POST /interactions/{id}/{token}/callback: the first answer."""
        made = self.by_id.get(id)
        if made is None or made.token != token or self.world.now() - made.at > IN_TIME:
            raise Refused(404, 10062, "Unknown interaction")
        if made.responses:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body["type"], body.get("data") or {}
        shown = self._first(made, kind, data, files)
        made.responses.append(kind)
        made.acknowledged.set()
        self.world.note()
        found: Payload = {
            "interaction": {"id": made.id, "type": made.kind, "response_message_ephemeral": made.ephemeral}
        }
        if shown:
            found["interaction"]["response_message_id"] = shown.id
            found["resource"] = {"type": kind, "message": shown.payload()}
        return found

    def _first(self, made: Interaction, kind: int, data: Payload, files: list[Payload]) -> Message | None:
        if kind in (CHOICES, FORM):
            self._other(made, kind, data)
            return None
        if kind in (UPDATE_LATER, UPDATE):
            return self._update(made, kind, data, files)
        if kind not in (MESSAGE, LATER):
            raise invalid(f"{kind} is no kind of answer")
        made.ephemeral = bool(data.get("flags", 0) & EPHEMERAL)
        made.thinking = kind == LATER
        if kind == MESSAGE and (fault := rules.content_fault(data, new=True, files=bool(files))):
            raise invalid(fault)
        made.original = self._post(made, {} if kind == LATER else data, files, ephemeral=made.ephemeral)
        return made.original

    def _other(self, made: Interaction, kind: int, data: Payload) -> None:
        if kind == CHOICES:
            if made.kind != AUTOCOMPLETE or len(data.get("choices", [])) > 25:
                raise invalid("choices: at most 25, for an autocomplete")
            made.choices = data["choices"]
            return
        if made.kind == MODAL:
            raise invalid("a modal cannot answer a modal")
        if fault := rules.modal_fault(data):
            raise invalid(fault)
        made.modal = data

    def _update(self, made: Interaction, kind: int, data: Payload, files: list[Payload]) -> Message | None:
        if made.message is None:
            raise invalid("there is no message to update")
        made.original = made.message
        return self.world.change(made.message, data, files) if kind == UPDATE else None

    def living(self, token: str) -> Interaction:
        """The interaction of a token that is still good."""
        made = self.by_token.get(token)
        if made is None or not made.responses:
            raise Refused(404, 10015, "Unknown Webhook")
        if self.world.now() - made.at > LIFE:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return made

    def follow(self, token: str, body: Payload, files: list[Payload]) -> Message:
        """POST /webhooks/{application}/{token}: another answer; after a deferral, the first of them fills it."""
        made = self.living(token)
        if fault := rules.content_fault(body, new=True, files=bool(files)):
            raise invalid(fault)
        if made.thinking and made.original and not made.gone:
            made.thinking = False
            return self.world.change(made.original, body, files)
        return self._post(made, body, files, ephemeral=bool(body.get("flags", 0) & EPHEMERAL))

    def edit(self, token: str, message_id: str, body: Payload, files: list[Payload]) -> Message:
        """PATCH of one of the answers."""
        made = self.living(token)
        shown = next((one for one in made.messages if one.id == message_id), None)
        if shown is None:
            raise Refused(404, 10008, "Unknown Message")
        if fault := rules.content_fault(body, new=False, files=bool(files)):
            raise invalid(fault)
        return self.world.change(shown, body, files)

    def delete(self, token: str, message_id: str) -> None:
        """DELETE of one of the answers."""
        made = self.living(token)
        shown = next((one for one in made.messages if one.id == message_id), None)
        if shown is None:
            raise Refused(404, 10008, "Unknown Message")
        made.messages.remove(shown)
        self.world.note()

    def see_original(self, token: str) -> Payload:
        """GET @original: the first answer, or the message whose button was pressed if that is only confirmed."""
        made = self.living(token)
        shown = made.original or made.message
        if shown is None or made.gone:
            raise Refused(404, 10008, "Unknown Message")
        payload = shown.payload()
        return payload | {"flags": payload["flags"] | (LOADING if made.thinking else 0)}

    def edit_original(self, token: str, body: Payload, files: list[Payload]) -> Message:
        """PATCH @original."""
        made = self.living(token)
        if made.original is None or made.gone:
            raise Refused(404, 10008, "Unknown Message")
        made.thinking = False
        return self.world.change(made.original, body, files)

    def delete_original(self, token: str) -> None:
        """DELETE @original."""
        made = self.living(token)
        if made.original is None or made.gone:
            raise Refused(404, 10008, "Unknown Message")
        made.gone = True
        if made.original in made.messages:
            made.messages.remove(made.original)
        self.world.note()

    def _post(self, made: Interaction, data: Payload, files: list[Payload], *, ephemeral: bool) -> Message:
        flags = data.get("flags", 0) | (EPHEMERAL if ephemeral else 0)
        sent = self.world.written(made.channel, self.world.me, {**data, "flags": flags}, files, keep=not ephemeral)
        if ephemeral:
            made.messages.append(sent)
        self.world.note()
        return sent


def command_data(registered: Payload, guild_id: str | None, options: dict[str, str]) -> Payload:
    """The data of a slash command's interaction. Raises AssertionError for options that it does not have."""
    known = {option["name"]: option for option in registered.get("options", [])}
    assert set(options) <= set(known), f"/{registered['name']} has no option {set(options) - set(known)}"
    for name, option in known.items():
        assert name in options or not option.get("required"), f"/{registered['name']} needs {name}"
        allowed = [choice["value"] for choice in option.get("choices", [])]
        assert not allowed or name not in options or options[name] in allowed, f"{options[name]} is no {name}"
    found: Payload = {"id": registered["id"], "name": registered["name"], "type": registered.get("type", 1)}
    if guild_id:
        found["guild_id"] = guild_id
    return found | {"options": [{"name": name, "type": 3, "value": value} for name, value in options.items()]}


def modal_data(modal: Payload, values: dict[str, Any], at: datetime | None = None) -> Payload:
    """The data of a modal's interaction, with the values that a person has given by custom_id.

    A field that the person leaves alone keeps the modal's value. Raises AssertionError for a field that does not exist,
    and for a missing one that is required.
    """
    known = {item["custom_id"]: item for item in rules.leaves(modal["components"]) if "custom_id" in item}
    assert set(values) <= set(known), f"the form has {sorted(known)}, not {sorted(set(values) - set(known))}"
    components: list[Payload] = []
    for number, part in enumerate(modal["components"], 1):
        inner = part.get("component")
        if inner is None:
            components.append({"type": part["type"], "id": number})
            continue
        shown = {"type": inner["type"], "id": number * 10, "custom_id": inner["custom_id"]}
        components.append({"type": part["type"], "id": number, "component": shown | _filled(inner, values)})
    return {"custom_id": modal["custom_id"], "components": components}


def _filled(item: Payload, values: dict[str, Any]) -> Payload:
    name = item["custom_id"]
    defaults = [option["value"] for option in item.get("options", []) if option.get("default")]
    if item["type"] == rules.INPUT:
        value = values.get(name, item.get("value") or "")
        assert value or not item.get("required", True), f"{name} must be given"
        return {"value": value}
    given = values.get(name, defaults)
    chosen = [given] if isinstance(given, str) else list(given)
    allowed = [option["value"] for option in item.get("options", [])]
    assert set(chosen) <= set(allowed), f"{name} offers {allowed}"
    assert chosen or not item.get("required", True), f"{name} must be given"
    if item["type"] == 21:
        return {"value": chosen[0] if chosen else None}
    return {"values": chosen}
