"""The origin of a call: for whom and where a plugin is called."""

from dataclasses import dataclass

from core.messages import AnyEvent, Place, User


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """For whom and where a plugin is called. `key` stays the same when the same call is made again after a crash.

    `cause` is the event behind the call, None for a scheduled call; `person_id` is the person's id.
    """

    place: Place
    user: User
    key: str
    person_id: str
    cause: AnyEvent | None = None
