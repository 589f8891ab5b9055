"""Sends a message once: the outbox records it before it is sent, and its platform id afterwards."""

import structlog
from sqlmodel import Session

from core.delivery.splitting import part_key, parts
from core.errors import UncertainDelivery, UnreachableError
from core.messages import (
    AnyEvent,
    Edit,
    Message,
    Place,
    Reply,
)
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import identities, outbox

log = structlog.get_logger()


def answered(event: AnyEvent) -> str | None:
    """The message that a notice about an event replies to: the one that a person has just written."""
    return event.id if isinstance(event, Message | Edit) else None


async def post(
    store: Store, chat: Chat, event: AnyEvent, reply: Reply, key: str, elsewhere: Place | None = None
) -> str | None:
    """Send a notice once, through the outbox. If it is unknown whether it was sent, it is not sent again.

    It goes to the event's place, or `elsewhere` in the same community. Returns the platform's id of its last part.
    """
    return await announce(store, chat, elsewhere or event.place, reply, key, None if elsewhere else event)


async def announce(
    store: Store, chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None
) -> str | None:
    """Send a reply once, through the outbox; it need not be caused by an event.

    Returns the platform's id of its last part; None if it was sent before or nobody knows.
    """
    shown: str | None = None
    for number, part in enumerate(parts(reply, chat.capabilities)):
        shown = await _post(store, chat, place, part, part_key(key, number), cause)
    return shown


async def _post(store: Store, chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str | None:
    keyed = chat.capabilities.idempotent_send
    if not await store.write(lambda session: _may_send(session, place, key, keyed)):
        return None
    try:
        shown = await chat.send(place, reply, key, cause)
    except UnreachableError:
        if not keyed:
            await store.write(lambda session: outbox.drop(session, key))
        raise
    except UncertainDelivery as error:
        log.warning("notice_unsure", key=key, error=error)
        return None
    await store.write(lambda session: outbox.sent(session, key, shown))
    return shown


def _may_send(session: Session, place: Place, key: str, keyed: bool) -> bool:
    planned = outbox.plan(session, key, identities.community(session, place), place)
    if not keyed:
        # For a notice, planning and sending are one step: it is only ever tried once.
        outbox.sending(session, key)
        return planned
    earlier = outbox.find(session, key)
    return earlier is not None and earlier.state != "sent"
