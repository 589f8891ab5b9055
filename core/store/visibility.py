"""Decides what a person may see of the stored messages: looks up the rows that `core.rights.may` needs."""

from dataclasses import replace

from sqlmodel import Session

from core.messages import AnyEvent, Invocation, Place, Press, Reaction, Submission, User
from core.rights import RightsTarget, may
from core.store import identities, outbox
from core.store.identities import EventScene
from core.store.tables import ConversationRow, MessageRow


def answer(
    session: Session, event: AnyEvent, scene: EventScene, answer_id: str, *, erased: bool = False
) -> MessageRow | None:
    """Find an answer by its id, if the person behind an event may see it; otherwise None.

    They may see it if it is in the place of the event, or if the message that the event is about shows it: the platform
    vouches for both. With `erased`, one is found too whose words are gone, since messages may still show it.
    """
    found = session.get(MessageRow, answer_id)
    if found is None or found.role != "assistant" or (found.deleted and not erased):
        return None
    pointed = pointed_at(event)
    if pointed and outbox.shown_by(session, event.place, pointed) == answer_id:
        scene = replace(scene, conversation_id=found.conversation_id)
    return found if may(scene, thing(session, found)) else None


def message_here(session: Session, scene: EventScene, message_id: str) -> MessageRow | None:
    """Find a message of this conversation by its id, if the person may see it; otherwise None."""
    found = session.get(MessageRow, message_id)
    if found is None or found.deleted or found.conversation_id != scene.conversation_id:
        return None
    return found if may(scene, thing(session, found)) else None


def open_to(session: Session, place: Place, user: User) -> bool:
    """Whether a place is open to a person: any place except one that belongs to somebody else."""
    talk = identities.known_conversation(session, place)
    if talk is None or talk.owner_id is None:
        return True
    person_id = identities.known_person(session, place.platform, user) or ""
    return may(
        EventScene(talk.community_id, talk.id, person_id), RightsTarget(talk.community_id, talk.id, talk.owner_id)
    )


def owns(session: Session, place: Place, user: User) -> bool:
    """Whether a place belongs to the person, through whichever of their accounts."""
    talk = identities.known_conversation(session, place)
    return talk is not None and talk.owner_id is not None and open_to(session, place, user)


def thing(session: Session, message: MessageRow) -> RightsTarget:
    """The owner and the place of a message, as `core.rights.may` takes them."""
    talk = session.get_one(ConversationRow, message.conversation_id)
    return RightsTarget(message.community_id, talk.id, talk.owner_id, message.person_id)


def pointed_at(event: AnyEvent) -> str | None:
    """The platform's id of the message that an event is about: what was pressed, reacted to, or called on."""
    match event:
        case Invocation():
            return event.message
        case Press() | Submission() | Reaction():
            return event.id
    return None
