"""A chat on paper: a platform that keeps what it was sent, so that a test can read it as a person would."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.errors import UserError
from core.messages import AnyEvent, Attachment, Button, Form, Place, Quote, Reply, User
from core.ports.chat import ChatCapabilities, NamedKind

PATIENCE = 60.0
"""Seconds after which a test gives up: only a fault takes so long."""

NAMED = re.compile(r"<[#@&]*(\d+)>")


@dataclass(slots=True)
class PaperChat:
    """Implements the Chat port. `sends` counts requests, which outnumber the messages if a key came twice.

    Nobody may write in the channels of `mute`. Each number is a channel and a role; `named` has the ids of others.
    `said_before` is what others have said in the channel.
    With `letters`, everybody has a private place of their own. `posted_in` is the channel of each message by its key.
    """

    capabilities: ChatCapabilities = ChatCapabilities(edit_interval=0, forms=True, idempotent_send=True)
    shown: dict[str, Reply] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    opened: list[Place] = field(default_factory=list)
    typed: list[Place] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    refreshed: int = 0
    sends: int = 0
    edits: int = 0
    opens_places: bool = False
    types: bool = True
    letters: bool = False
    posted_in: dict[str, str] = field(default_factory=dict)
    mute: set[str] = field(default_factory=set)
    named: dict[str, str] = field(default_factory=dict)
    said_before: list[Quote] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self.sends += 1
        if place.channel in self.mute:
            raise UserError("channel-mute")
        if reply.replaces:
            await self._show(reply.replaces, reply)
            return reply.replaces
        self.posted_in[key] = place.channel
        message_id = key if self.capabilities.idempotent_send else f"{key}/{self.sends}"
        await self._show(message_id, reply)
        return message_id

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self.edits += 1
        await self._show(message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        async with self._changed:
            self.shown.pop(message_id, None)
            self._changed.notify_all()

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        async with self._changed:
            self.forms.append(form)
            self._changed.notify_all()

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        if not self.opens_places:
            return None
        opened = Place(place.platform, place.community, f"{place.channel}+", private=place.private)
        async with self._changed:
            self.opened.append(opened)
            self._changed.notify_all()
        return opened

    async def refresh(self, place: Place) -> None:
        async with self._changed:
            self.refreshed += 1
            self._changed.notify_all()

    async def typing(self, place: Place) -> bool:
        async with self._changed:
            self.typed.append(place)
            self._changed.notify_all()
        return self.types

    async def direct(self, place: Place, user: User) -> Place | None:
        return Place(place.platform, user.id, f"desk of {user.name}", private=True) if self.letters else None

    async def read(self, attachment: Attachment) -> bytes:
        if attachment.address not in self.files:
            raise UserError("attachments-unread", names=attachment.name)
        return self.files[attachment.address]

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        return self.said_before[-most:]

    async def done(self, event: AnyEvent) -> None:
        async with self._changed:
            self.finished.append(event.key)
            self._changed.notify_all()

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        id = self.named.get(text, NAMED.sub(r"\1", text))
        return id if id.isdecimal() or id == place.channel or id in self.named.values() else ""

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        return f"<{kind} {id}>"

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TimeoutError when it never is."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(true)

    async def _show(self, message_id: str, reply: Reply) -> None:
        async with self._changed:
            self.shown[message_id] = reply
            self._changed.notify_all()


def verb(button: Button) -> str:
    """The verb of a button's action, without its target."""
    return button.action.partition(":")[0]
