"""Decides whether a person may do something to a thing. All code that takes an id from outside asks here.

A right belongs to a person in a community; knowing an id gives no right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from core.errors import NotAllowed
from core.messages import User


class Role(IntEnum):
    """A person's role in a community; each role may also do what those before it may.

    A stranger is somebody whom the community does not let use the assistant. A moderator, named in `/settings
    moderators`, looks after what was reported and after the answers of others. An admin also decides for the community:
    settings, plugins, choices for everybody. The owner is whoever runs the machine, and acts through the `parley`
    command. docs/permissions.md shows what each of them can do.
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
    if user.moderator:
        return Role.MODERATOR
    return Role.STRANGER if members and not members & user.roles else Role.MEMBER


def may_steer(actor: Actor, user: User, *asked_by: str | None) -> bool:
    """Whether somebody may have an answer written anew, continued or stopped: who asked for it, and moderators."""
    return role_of(user) >= Role.MODERATOR or any(is_own(actor.person_id, person_id) for person_id in asked_by)


REFUSALS: Mapping[Role, str] = {Role.MODERATOR: "command-moderator-only", Role.ADMIN: "command-admin-only"}
"""The text that says which role a command needs."""


def require(user: User, needed: Role, command: str) -> None:
    """Raise NotAllowed if somebody lacks the role that a command needs, in words that name that role.

    It is asked for a command's buttons too: they may be from when the person still had the role.
    """
    if role_of(user) < needed:
        raise refusal(user, NotAllowed(REFUSALS[needed], command=command))


def refusal(user: User, error: NotAllowed) -> NotAllowed:
    """What somebody is told who lacks a role: the error, unless the platform did not say whether they are an admin."""
    return NotAllowed("role-unknown") if user.admin_unknown else error


def require_admin(user: User, command: str) -> None:
    """Raise NotAllowed if somebody is not an admin."""
    require(user, Role.ADMIN, command)


def require_moderator(user: User, command: str) -> None:
    """Raise NotAllowed if somebody is neither a moderator nor an admin."""
    require(user, Role.MODERATOR, command)
