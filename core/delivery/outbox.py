"""Sends a message once: the outbox records it before it is sent, and its platform id afterwards.

If nobody knows whether a notice was sent, it is sent again: reading it twice does less harm than missing it.
"""

import asyncio
from functools import partial

import structlog
from sqlmodel import Session

from core.backoff import Backoff
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

TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0
"""How often a notice is sent before the work that it belongs to is put off, and the seconds between."""


def answered(event: AnyEvent) -> str | None:
    """The message that a notice about an event replies to: the one that a person has just written."""
    return event.id if isinstance(event, Message | Edit) else None


async def post(
    store: Store, chat: Chat, event: AnyEvent, reply: Reply, key: str, elsewhere: Place | None = None
) -> str | None:
    """Send a notice once, through the outbox. Raises UnreachableError if it could not be sent, after several tries.

    After a crash in the middle of sending, it is not sent again. It goes to the event's place, or `elsewhere` in the
    same community. Returns the platform's id of its last part.
    """
    return await announce(store, chat, elsewhere or event.place, reply, key, None if elsewhere else event)


async def announce(
    store: Store,
    chat: Chat,
    place: Place,
    reply: Reply,
    key: str,
    cause: AnyEvent | None = None,
    *,
    until_sent: bool = False,
) -> str | None:
    """Send a reply once, through the outbox; it need not be caused by an event.

    With `until_sent`, it is also sent again after a crash in the middle of sending, whatever the platform. Returns the
    platform's id of its last part; None if it was sent before, or if it may have been sent before a crash.
    """
    shown: str | None = None
    again = until_sent or chat.capabilities.idempotent_send
    for number, part in enumerate(parts(reply, chat.capabilities)):
        part_of = part_key(key, number)
        about = part.tree_message or None
        if await store.write(partial(_may_send, place=place, key=part_of, again=again, about=about)):
            shown = await _post(store, chat, place, part, part_of, cause, again=again)
    return shown


async def _post(
    store: Store, chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None, *, again: bool
) -> str:
    try:
        shown = await _sent(chat, place, reply, key, cause)
    except UnreachableError:
        if not again:
            await store.write(lambda session: outbox.drop(session, key))
        raise
    await store.write(lambda session: outbox.sent(session, key, shown))
    return shown


async def _sent(chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str:
    for left, pause in zip(reversed(range(TRIES)), Backoff(FIRST_PAUSE, LONGEST_PAUSE), strict=False):
        try:
            return await chat.send(place, reply, key, cause)
        except UncertainDelivery as error:
            log.warning("notice_unsure", key=key, left=left, error=error)
            if left:
                await asyncio.sleep(pause)
    raise UnreachableError(f"{place.platform}: nobody knows whether a notice was sent")


def _may_send(session: Session, place: Place, key: str, *, again: bool, about: str | None) -> bool:
    planned = outbox.plan(session, key, identities.community(session, place), place, tree_message=about)
    if not again:
        # For a notice, planning and sending are one step.
        outbox.sending(session, key)
        return planned
    earlier = outbox.find(session, key)
    return earlier is not None and earlier.state != "sent"
