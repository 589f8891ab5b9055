"""Decides whether a person may do something to a thing. All code that takes an id from outside asks here.

A right belongs to a person in a community; knowing an id gives no right.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from core.errors import NotAllowed
from core.messages import User


class Role(IntEnum):
    """A person's role in a community; each role may also do what those before it may.

    A stranger is somebody whom the community does not let use the assistant. A moderator has no rights of their own
    yet: admins moderate. The owner is whoever runs the machine, and acts through the `parley` command.
    """

    STRANGER = 0
    MEMBER = 1
    MODERATOR = 2
    ADMIN = 3
    OWNER = 4


class Actor(Protocol):
    """The person who asks, and the conversation that they ask from. `core.store.identities.EventScene` is one."""

    @property
    def community_id(self) -> str: ...

    @property
    def conversation_id(self) -> str: ...

    @property
    def person_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RightsTarget:
    """The place and the owner of something that rights are checked for.

    `owner_id` is the only person who can be in its place, None if others can too. `person_id` is the person that it
    was made for.
    """

    community_id: str
    conversation_id: str
    owner_id: str | None = None
    person_id: str | None = None


def may(actor: Actor, thing: RightsTarget) -> bool:
    """Whether somebody may see a thing and act on it. No role changes that: an admin reads only what was reported.

    Nothing leaves its community. A thing in a private place belongs to that person alone, whichever of their accounts
    they use. A thing in a shared place is open to those who are there, which the platform vouches for, and to the
    person that it was made for.
    """
    if thing.community_id != actor.community_id:
        return False
    if thing.owner_id is not None:
        return is_own(actor.person_id, thing.owner_id)
    return actor.conversation_id == thing.conversation_id or is_own(actor.person_id, thing.person_id)


def is_own(person_id: str, owner_id: str | None) -> bool:
    """Whether something that belongs to one person wherever they are (a task, a question to them) is this person's."""
    return owner_id is not None and owner_id == person_id


def role_of(user: User, members: frozenset[str] = frozenset()) -> Role:
    """A person's role in an event's community; `members` are the groups that may use the assistant."""
    if user.admin:
        return Role.ADMIN
    return Role.STRANGER if members and not members & user.roles else Role.MEMBER


def require_admin(user: User, command: str) -> None:
    """Raise NotAllowed if somebody is not an admin; they may have a button from when they still were one."""
    if role_of(user) < Role.ADMIN:
        raise NotAllowed("command-admin-only", command=command)
