"""Fences: nothing is written or sent under a lease that is lost.

A write checks its lease in the database, within its own transaction. A request to a platform cannot: before it leaves,
we make sure that nobody else can have the lease yet; the outbox has recorded it under the fence of a write by then.
That is done twice, here and once it has its connection (bots.shared.last_check), since a platform may let it wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import URL
from sqlmodel import Session

from core.errors import LeaseLost
from core.messages import AnyEvent, Attachment, Form, Place, Quote, Reply, User
from core.ports.chat import Chat, ChatCapabilities, NamedKind
from core.store import leases
from core.store.engine.database import Database
from core.store.engine.units import T, Unit
from core.work_queue.held_leases import UNDER


@dataclass(frozen=True, slots=True)
class FencedStore:
    """A `Database` that writes only under leases that are held; what is done under none, it writes as ever."""

    database: Database

    @property
    def url(self) -> URL:
        return self.database.url

    async def write(self, unit: Unit[T]) -> T:
        """Run the unit and commit. Raises LeaseLost, too, if the lease of this work is another process's."""
        lease = UNDER.get()
        if lease is None:
            return await self.database.write(unit)
        if lease.refused:
            raise LeaseLost(lease.name)
        name, number = lease.name, lease.number

        # It does not raise LeaseLost: nobody hears of an error in a unit whose work is stopped meanwhile.
        def fenced(session: Session) -> tuple[T] | None:
            return (unit(session),) if leases.keep(session, name, number) else None

        if done := await self.database.write(fenced):
            return done[0]
        raise LeaseLost(lease.name)

    async def read(self, unit: Unit[T]) -> T:
        return await self.database.read(unit)

    async def close(self) -> None:
        await self.database.close()


def check_lease() -> None:
    """Make sure that the lease of this work is ours still. Raises LeaseLost."""
    if lease := UNDER.get():
        lease.check()


@dataclass(frozen=True, slots=True)
class FencedChat:
    """A `Chat` that changes nothing on its platform for work whose lease is lost."""

    chat: Chat

    @property
    def capabilities(self) -> ChatCapabilities:
        return self.chat.capabilities

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        check_lease()
        return await self.chat.send(place, reply, key, cause)

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        check_lease()
        return await self.chat.draft(place, reply, key)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        check_lease()
        await self.chat.edit(place, message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        check_lease()
        await self.chat.delete(place, message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        check_lease()
        await self.chat.show(place, form, cause)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        check_lease()
        return await self.chat.open(place, user, cause)

    async def done(self, event: AnyEvent) -> None:
        check_lease()
        await self.chat.done(event)

    async def direct(self, place: Place, user: User) -> Place | None:
        return await self.chat.direct(place, user)

    async def read(self, attachment: Attachment) -> bytes:
        return await self.chat.read(attachment)

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        return await self.chat.recent(place, before, most)

    async def refresh(self, place: Place) -> None:
        await self.chat.refresh(place)

    async def typing(self, place: Place) -> bool:
        lease = UNDER.get()
        if lease and lease.expired:
            # It is shown beside the work, which hears of it by itself.
            return True
        try:
            return await self.chat.typing(place)
        except LeaseLost:
            return True

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        return await self.chat.find(kind, text, place)

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        return self.chat.mention(kind, id, place)
