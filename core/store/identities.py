"""Finds or creates the rows for a platform's communities, people and places."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, literal
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core.messages import Place, User
from core.store.engine.database import insert_once
from core.store.engine.prepared import prepared
from core.store.tables import AccountRow, CommunityRow, ConversationRow, MessageRow, PersonRow, new_id

ASIDE = "aside:"
"""The prefix of a thread that does not exist on the platform, for answers that only one person sees."""


def _scene() -> FromClause:
    one = plain_select(literal(1)).subquery("one")
    here = and_(
        col(ConversationRow.community_id) == col(CommunityRow.id),
        col(ConversationRow.channel) == bindparam("channel"),
        col(ConversationRow.thread) == bindparam("thread"),
    )
    return (
        one.outerjoin(CommunityRow, _named(CommunityRow, "community"))
        .outerjoin(AccountRow, _named(AccountRow, "user"))
        .outerjoin(ConversationRow, here)
    )


def _named(table: type[CommunityRow | AccountRow], name: str) -> ColumnElement[bool]:
    return and_(col(table.platform) == bindparam("platform"), col(table.platform_id) == bindparam(name))


SCENE = _scene()
"""The rows of a place and a person in one row, with NULL for those that are not there yet; `scene_values` fills it."""

_SCENE = prepared(
    plain_select(
        col(CommunityRow.id),
        col(ConversationRow.id),
        col(AccountRow.person_id),
        col(AccountRow.name),
        col(AccountRow.language),
    ).select_from(SCENE)
)


def scene_values(place: Place, user: User) -> dict[str, str]:
    """The values that `SCENE` is looked up with."""
    return {
        "platform": place.platform,
        "community": place.community,
        "channel": place.channel,
        "thread": place.thread,
        "user": user.id,
    }


@dataclass(frozen=True, slots=True)
class EventScene:
    """The ids of the rows for an event's place and user."""

    community_id: str
    conversation_id: str
    person_id: str


def scene(session: Session, place: Place, user: User) -> EventScene:
    """The rows of a place and a user; missing ones are made."""
    community_id, conversation_id, person_id, *known = _SCENE.rows(session, scene_values(place, user))[0]
    community_id = community_id or community(session, place)
    if not person_id or renamed(user, *known):
        person_id = person(session, place.platform, user)
    # Where each question gets a thread of its own, each begins a conversation.
    conversation_id = conversation_id or conversation(session, community_id, place, person_id)
    return EventScene(community_id, conversation_id, person_id)


def aside(place: Place, user: User) -> Place:
    """The place of a person's own conversation beside the one that everybody has at a place."""
    return replace(place, thread=f"{ASIDE}{user.id}", private=True)


def community(session: Session, place: Place) -> str:
    """The id of the place's tenant, which is made if it is missing."""
    if known := known_community(session, place):
        return known
    insert_once(session, CommunityRow, platform=place.platform, platform_id=place.community)
    return known_community(session, place) or ""


def known_community(session: Session, place: Place) -> str | None:
    """The id of the place's tenant, or None if nothing has happened there yet."""
    found = select(CommunityRow.id).where(
        CommunityRow.platform == place.platform, CommunityRow.platform_id == place.community
    )
    return session.exec(found).first()


def communities(session: Session, ids: set[str]) -> Mapping[str, str]:
    """The platform's ids of tenants, by our ids."""
    return dict(
        session.exec(select(CommunityRow.id, CommunityRow.platform_id).where(col(CommunityRow.id).in_(ids))).all()
    )


def person(session: Session, platform: str, user: User) -> str:
    """The id of the person behind a platform's account.

    Both are made if they are missing, and the account's name and language are kept current.
    """
    found = select(AccountRow).where(AccountRow.platform == platform, AccountRow.platform_id == user.id)
    account = session.exec(found).first()
    if account is None:
        human = PersonRow()
        session.add(human)
        session.flush()
        made = insert_once(
            session,
            AccountRow,
            person_id=human.id,
            platform=platform,
            platform_id=user.id,
            name=user.name,
            language=user.language,
        )
        if made:
            return human.id
        session.delete(human)
        account = session.exec(found).one()
    if renamed(user, account.name, account.language):
        account.name, account.language = user.name or account.name, user.language or account.language
    return account.person_id


def renamed(user: User, name: str, language: str) -> bool:
    """Whether somebody has another name or language now. Some events come without one; then we keep what we knew."""
    return (user.name or name, user.language or language) != (name, language)


def known_person(session: Session, platform: str, user: User) -> str | None:
    """The id of the person behind an account, or None if we have never met them."""
    found = select(AccountRow.person_id).where(AccountRow.platform == platform, AccountRow.platform_id == user.id)
    return session.exec(found).first()


def first_seen(session: Session, platform: str, user: User) -> datetime | None:
    """The time at which we first saw an account, or None if we never have."""
    found = select(AccountRow.created_at).where(AccountRow.platform == platform, AccountRow.platform_id == user.id)
    return session.exec(found).first()


def conversation(session: Session, community_id: str, place: Place, person_id: str) -> str:
    """The id of the place's conversation, which is made if it is missing; a private one belongs to the person."""
    made = new_id()
    new = insert_once(
        session,
        ConversationRow,
        id=made,
        community_id=community_id,
        platform=place.platform,
        channel=place.channel,
        thread=place.thread,
        owner_id=person_id if place.private else None,
    )
    found = None if new else find_conversation(session, community_id, place)
    return found.id if found else made


def known_conversation(session: Session, place: Place) -> ConversationRow | None:
    """The conversation of a place, or None if nothing has been said there yet."""
    community_id = known_community(session, place)
    return find_conversation(session, community_id, place) if community_id else None


def spoken_language(session: Session, place: Place) -> str:
    """The language of whoever said something last in a place, as its platform has it; empty if that is not known."""
    talk = known_conversation(session, place)
    if talk is None:
        return ""
    said = select(AccountRow.language).join(MessageRow, col(MessageRow.person_id) == col(AccountRow.person_id))
    there = said.where(MessageRow.conversation_id == talk.id, MessageRow.role == "prompter")
    newest = there.where(AccountRow.platform == place.platform).order_by(col(MessageRow.id).desc()).limit(1)
    return session.exec(newest).first() or ""


def find_conversation(session: Session, community_id: str, place: Place) -> ConversationRow | None:
    """The place's conversation in this tenant, or None if nothing has been said there yet."""
    return session.exec(
        select(ConversationRow).where(
            col(ConversationRow.community_id) == community_id,
            col(ConversationRow.channel) == place.channel,
            col(ConversationRow.thread) == place.thread,
        )
    ).first()
