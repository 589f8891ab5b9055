"""The half of a platform that most stand-ins do not need."""

from collections.abc import Sequence
from typing import Literal

from core.messages import AnyEvent, Attachment, Form, Place, Quote, Reply, User
from core.ports.chat import NamedKind


class SilentChat:
    """Implements the Chat port's methods other than sending and editing by doing nothing."""

    __slots__ = ()

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        return False

    async def delete(self, place: Place, message_id: str) -> None:
        return

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        return

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        return None

    async def refresh(self, place: Place) -> None:
        return

    async def typing(self, place: Place) -> bool:
        return True

    async def direct(self, place: Place, user: User) -> Place | None:
        return None

    async def read(self, attachment: Attachment) -> bytes:
        return b""

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        return ()

    async def done(self, event: AnyEvent) -> None:
        return

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        return text

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        return id
