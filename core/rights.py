"""May this person do that to this thing? Whatever takes an id from outside asks here.

A right belongs to a person in a community, and never to whoever knows an id.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from core.errors import NotAllowed
from core.messages import User


class Role(IntEnum):
    """What somebody is in a community; each role may do what those before it may.

    A stranger is not among those whom the community lets use the assistant. A moderator has no rights of their own yet:
    admins moderate. The owner is whoever runs the machine, by the `parley` command.
    """

    STRANGER = 0
    MEMBER = 1
    MODERATOR = 2
    ADMIN = 3
    OWNER = 4


class Actor(Protocol):
    """Who wants something, and the conversation that they want it from: `core.store.identities.Scene` is one."""

    @property
    def community_id(self) -> str: ...

    @property
    def conversation_id(self) -> str: ...

    @property
    def person_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Thing:
    """Whose something is, and where it stands.

    `owner_id` is the one person who can be in its place, None where others can too. `person_id` is for whom it was
    made.
    """

    community_id: str
    conversation_id: str
    owner_id: str | None = None
    person_id: str | None = None


def may(actor: Actor, thing: Thing) -> bool:
    """Whether somebody may see a thing and act on it. No role changes that: an admin reads what was reported.

    Nothing leaves its community. What stands in a private place is its person's alone, whichever of their accounts they
    use. What stands in a shared place is for those who are there, which the platform vouches for, and for the person
    whom it was made for.
    """
    if thing.community_id != actor.community_id:
        return False
    if thing.owner_id is not None:
        return is_own(actor.person_id, thing.owner_id)
    return actor.conversation_id == thing.conversation_id or is_own(actor.person_id, thing.person_id)


def is_own(person_id: str, owner_id: str | None) -> bool:
    """Whether what is one person's alone, wherever they are (a task, a question to them), is this person's."""
    return owner_id is not None and owner_id == person_id


def role_of(user: User, members: frozenset[str] = frozenset()) -> Role:
    """A person's role in the community that an event is from; `members` are the groups that may use the assistant."""
    if user.admin:
        return Role.ADMIN
    return Role.STRANGER if members and not members & user.roles else Role.MEMBER


def require_admin(user: User, command: str) -> None:
    """Raises NotAllowed for who is no admin, also by a button of a message that outlived their office."""
    if role_of(user) < Role.ADMIN:
        raise NotAllowed("command-admin-only", command=command)
