"""Opens a place for a conversation only once: the outbox records the intention before, and the place afterwards."""

from collections.abc import Callable
from dataclasses import replace

from sqlmodel import Session

from core.messages import AnyEvent, Place
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import identities, outbox


async def open_once(
    store: Store, chat: Chat, event: AnyEvent, opened: Callable[[Place], None] = lambda place: None
) -> Place | None:
    """Open a place for the conversation that an event begins. `opened` is called as soon as it is there.

    Returns None if there is none: the platform cannot open one, or an earlier process may have opened one, which
    cannot be found out. Opening a second one would leave the first behind for good.
    """
    key = f"{event.key}#place"

    def intend(session: Session) -> tuple[str, bool]:
        if outbox.plan(session, key, identities.community(session, event.place), event.place):
            outbox.sending(session, key)
            return "", True
        earlier = outbox.find(session, key)
        return (earlier.platform_id or "" if earlier else ""), chat.capabilities.idempotent_open

    thread, open_it = await store.write(intend)
    if thread:
        return replace(event.place, thread=thread)
    if not open_it:
        return None
    place = await chat.open(event.place, event.user, event)
    if place is None:
        await store.write(lambda session: outbox.drop(session, key))
        return None
    opened(place)
    await store.write(lambda session: outbox.sent(session, key, place.thread))
    return place
