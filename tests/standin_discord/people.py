"""The side of people: what somebody at Discord's own client does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.standin_discord import forms, messages, payloads
from tests.standin_discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, begin
from tests.standin_discord.world import DEFAULT, REPLY, Account, Channel, Message, Payload, Role

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord

File = tuple[str, bytes] | tuple[str, bytes, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody; a `manager` gets Manage Server in guilds that they join. Everything they do is told to the bot."""

    server: "Discord"
    account: Account
    manager: bool = False

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def mention(self) -> str:
        return f"<@{self.account.id}>"

    async def says(
        self,
        channel: Channel,
        text: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        mention: bool = False,
        mentions: Sequence["Person | Role"] = (),
        files: Sequence[File] = (),
        resolved: bool = True,
        at: datetime | None = None,
    ) -> Message:
        """Write a message.

        `mention` puts the bot's mention before the text, `mentions` those of others. A reply alerts who is replied to
        if `ping`. Without `resolved` the event lacks the message that it replies to, as it may. `at` is when.
        """
        server = self.server
        marks = ([server.me] if mention else []) + [one.account if isinstance(one, Person) else one for one in mentions]
        named = [f"<@&{one.id}>" if isinstance(one, Role) else f"<@{one.id}>" for one in marks]
        body: Payload = {
            "content": " ".join([*named, text]),
            "allowed_mentions": {"parse": ["users", "roles", "everyone"], "replied_user": ping},
        }
        if reply_to:
            body["message_reference"] = {"message_id": reply_to.id}
        attachments = [messages.attachment(server, *file) for file in files]
        kind = REPLY if reply_to else DEFAULT
        return messages.written(
            server, channel, self.account, body, attachments, kind=kind, at=at, resolved=resolved, replied=reply_to
        )

    async def dm(self) -> Channel:
        """The direct messages between this person and the bot."""
        return self.server.direct(self.account)

    async def edits(self, message: Message, text: str, *, mention: bool | None = None) -> None:
        """Change a message; the bot's mention before it stays, if not told otherwise."""
        mark = f"<@{self.server.me.id}> "
        kept = message.content.startswith(mark) if mention is None else mention
        messages.edited(self.server, message, {"content": mark * kept + text}, [])

    async def deletes(self, message: Message) -> None:
        """Delete a message."""
        messages.removed(self.server, message)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Put an emoji on a message."""
        messages.reacted(self.server, message, self.account, emoji)

    async def unreacts(self, message: Message, emoji: str) -> None:
        """Take it off again."""
        messages.unreacted(self.server, message, self.account, emoji)

    async def commands(self, channel: Channel, name: str, options: Mapping[str, Any] | None = None) -> Interaction:
        """Use a slash command; subcommands follow its name after a space.

        Raises AssertionError where it is not registered, not offered here, or would not be sent with these options.
        """
        first, *path = name.split()
        command = forms.registered(self.server, first, 1, self.account, channel)
        data = forms.command_data(self.server, command, path, options or {})
        return begin(self.server, COMMAND, self.account, channel, data, None)

    async def uses(self, message: Message, name: str) -> Interaction:
        """Use a command of a message's menu."""
        command = forms.registered(self.server, name, 3, self.account, message.channel)
        resolved = {
            "messages": {message.id: payloads.message(message, resolved=messages.referenced(self.server, message))}
        }
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message.id, "resolved": resolved}
        return begin(self.server, COMMAND, self.account, message.channel, data, None)

    async def presses(self, message: Message, custom_id: str) -> Interaction:
        """Press a button: by its custom_id, its label, or what only its custom_id begins with."""
        found = forms.item(message, self, custom_id)
        data = {"custom_id": found["custom_id"], "component_type": 2, "id": found["id"]}
        return begin(self.server, COMPONENT, self.account, message.channel, data, message)

    async def selects(self, message: Message, custom_id: str, values: Sequence[Any]) -> Interaction:
        """Choose from a select: texts, or people, roles and channels where it is for those."""
        found = forms.item(message, self, custom_id)
        data = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"]}
        data |= forms.selected(self.server, found, values)
        return begin(self.server, COMPONENT, self.account, message.channel, data, message)

    async def submits(self, answered: Interaction, values: Mapping[str, Any] | None = None) -> Interaction:
        """Fill in the form that an interaction was answered with, by the custom_ids of its fields, and send it."""
        data = forms.modal_data(self.server, await answered.form(), values or {})
        return begin(self.server, MODAL, self.account, answered.channel, data, answered.message)

    async def completes(
        self, channel: Channel, name: str, *, option: str, typed: str = "", options: Mapping[str, Any] | None = None
    ) -> list[Payload]:
        """What is offered while somebody types an option: choices with "name" and "value"."""
        first, *path = name.split()
        command = forms.registered(self.server, first, 1, self.account, channel)
        data = forms.focused(command, path, option, typed, options or {})
        made = begin(self.server, AUTOCOMPLETE, self.account, channel, data, None)
        await self.server.until(lambda: made.choices is not None, "suggestions")
        return made.choices or []
