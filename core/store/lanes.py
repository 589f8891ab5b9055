"""The lane of an event: what has the same lane is about the same conversation, and is handled one after another.

A lane is decided once, in the transaction that accepts the event, and stored with it. So it is the same after a
restart, and in every process that reads the inbox.
"""

from sqlmodel import Session, col, select

from core.actions import Action
from core.messages import (
    AnyEvent,
    Arrival,
    Deletion,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Reaction,
    Relocation,
    Submission,
)
from core.store import conversations, identities
from core.store.inbox_table import InboxRow
from core.store.tables import ConversationRow, MessageRow

STEERING = frozenset({"retry", "continue"})
"""The commands about an answer that they do not name."""

RECENT = 20
"""How many of a person's latest answers such a command may be about."""


def place_lane(place: Place) -> str:
    """The lane of a place in which all that is said is one conversation."""
    return "/".join((place.platform, place.community, place.channel, place.thread))


def home(place: Place) -> str:
    """The name of what one process works on at a time: a channel with all its threads.

    Lanes are led from a channel into its threads, and some work waits for all answers of a channel.
    """
    return "/".join((place.platform, place.community, place.channel))


def named(place: Place, message_id: str) -> str:
    """The name of a message in the whole inbox. The first message of a conversation names the conversation's lane."""
    return f"{place_lane(place)}#{message_id}"


def said(event: AnyEvent) -> str | None:
    """The name of the message in which a person said what the event contains; None for other events."""
    return named(event.place, event.id) if isinstance(event, Message | Edit) else None


def lane_of(session: Session, event: AnyEvent, *, together: bool) -> str:
    """The lane of an event that is being accepted. `together` says that its place is one conversation."""
    place = event.place
    if place.private or place.thread:
        return place_lane(place)
    match event:
        case Message():
            return _of_message(session, event)
        case Edit() | Deletion() | Reaction():
            return _of_platform_id(session, place, event.id, together=together) or (
                place_lane(place) if together else named(place, event.id)
            )
        case Press():
            return _of_action(session, place, event.action, together=together)
        case Submission():
            return _of_action(session, place, event.form, together=together)
        case Relocation() | Arrival():
            return place_lane(place)
    if together:
        return place_lane(place)
    if event.message:
        return _of_platform_id(session, place, event.message, together=False) or named(place, event.message)
    steered = _steered(session, event) if event.command in STEERING else None
    return of_row(session, place, steered) if steered else named(place, event.key)


def of_row(session: Session, place: Place, row: MessageRow, *, together: bool = False) -> str:
    """The lane of the conversation that a stored message belongs to."""
    path = conversations.path(session, row.id)
    for message in reversed(path):
        if message.role == "prompter" and message.platform_id:
            # What is still waiting there has this lane, whatever the settings of its channel have become since.
            known = _of_accepted(session, named(place, message.platform_id))
            if known:
                return known
            break
    return place_lane(place) if together else named(place, path[0].platform_id or path[0].id)


def recent_answers(session: Session, conversation_id: str, person_id: str) -> list[MessageRow]:
    """The answers that somebody has lately been given in a conversation's place, the newest first."""
    found = select(MessageRow).where(
        MessageRow.person_id == person_id,
        MessageRow.role == "assistant",
        MessageRow.conversation_id == conversation_id,
        col(MessageRow.deleted).is_(False),
    )
    return list(session.exec(found.order_by(col(MessageRow.created_at).desc()).limit(RECENT)).all())


def _of_message(session: Session, message: Message) -> str:
    """A message is about what it replies to, as far up as we know the messages above it (core.answering.turns)."""
    place, root, above = message.place, message.id, message.reply_to
    quotes = {quote.id: quote for quote in message.quoted}
    while above:
        if message.fresh:
            known = _of_platform_id(session, place, above, together=False)
        else:
            known = _of_accepted(session, named(place, above))
        if known:
            return known
        # What we do not know of a chain may come with another reply to it; both are about its first message.
        root, quote = above, quotes.pop(above, None)
        above = quote.reply_to if quote else None
    return named(place, root) if message.fresh else place_lane(place)


def _of_platform_id(session: Session, place: Place, message_id: str, *, together: bool) -> str | None:
    """The lane of a message by the platform's id; None if we never saw it."""
    if known := _of_accepted(session, named(place, message_id)):
        return known
    found = conversations.known_message(session, place, message_id)
    row = session.get(MessageRow, found) if found else None
    return of_row(session, place, row, together=together) if row else None


def _of_action(session: Session, place: Place, text: str, *, together: bool) -> str:
    """The lane of a button: that of the answer or question that it names."""
    action = Action.parse(text)
    for name in filter(None, (action.target, action.rest)):
        row = session.get(MessageRow, name)
        if row and session.get_one(ConversationRow, row.conversation_id).channel == place.channel:
            return of_row(session, place, row, together=together)
    return place_lane(place)


def _of_accepted(session: Session, name: str) -> str | None:
    """The lane of a message that was accepted within the last days, whether it still waits or has been answered."""
    found = select(InboxRow.lane).where(InboxRow.said == name)
    return session.exec(found.order_by(col(InboxRow.received_at)).limit(1)).first()


def _steered(session: Session, event: Invocation) -> MessageRow | None:
    """The answer that a command is about: the person's own newest one, else the newest of all in the place."""
    talk = identities.known_conversation(session, event.place)
    if talk is None:
        return None
    person_id = identities.known_person(session, event.place.platform, event.user)
    own = recent_answers(session, talk.id, person_id) if person_id else []
    if own:
        return own[0]
    newest = conversations.newest_answer(session, talk.id, empty=True)
    return session.get(MessageRow, newest) if newest else None
