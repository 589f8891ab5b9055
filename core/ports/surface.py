"""The port for surfaces: what they may read (transcripts, commands, watched answers) and where they keep notes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from core.messages import CommandHelp, Place, Reply, Summary, Turn, User


@dataclass(frozen=True, slots=True)
class ChosenValue:
    """What somebody has chosen, or the default, and the values that there are to choose from."""

    value: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchedAnswer:
    """An answer that may have reactions: its place, and the platform's ids of the messages that show it.

    `reactions` are the ratings that came from reactions, as pairs of a platform's user id and 1 or -1.
    """

    place: Place
    messages: tuple[str, ...]
    reactions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The answer that a message of ours shows: its id, its conversation's place, and whether it is still growing."""

    id: str
    place: Place
    underway: bool


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A message of ours that shows no answer: the platform's id of it, and when it was first shown."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WebNotice:
    """A short web page: plain text, and a line to copy."""

    title: str
    paragraphs: tuple[str, ...]
    line: str = ""


Returned = Callable[[Mapping[str, str], str], Awaitable[WebNotice]]
"""Gives the page for somebody who comes back from signing in elsewhere; it takes the query of their address and their
language. Raises StoreError."""


AdminLinkOutcome = Literal["opened", "used", "expired", "unknown"]
"""The outcome when somebody opens a link of `parley web admin`."""


@dataclass(frozen=True, slots=True)
class NewBrowser:
    """A browser that opens such a link: its fresh account, and the one that it had `before`, empty if it had none.

    The account is fresh because somebody else may know the cookie from before: they may have planted it.
    """

    account: str
    before: str = ""


class PageAdmins(Protocol):
    """The browsers that are admins on the web page, each by its account there."""

    async def includes(self, account: str) -> bool:
        """Whether a browser is an admin."""
        ...

    async def redeem(self, secret: str, browser: NewBrowser) -> AdminLinkOutcome:
        """Make a browser an admin if the secret is that of a good link, and let it stay the person that it was.

        Raises StoreError if that cannot be kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """Something that a platform sent and that we cannot read.

    `kind` is the platform's name for it, `key` distinguishes it from others of that kind, `payload` is its content, and
    `reason` says what went wrong without a value from the payload.
    """

    kind: str
    key: str
    payload: str
    reason: str


class SurfaceStorage(Protocol):
    """The storage for what a surface remembers over a restart: a few short values under names of its own.

    It also takes what the surface could not read, for the operator.
    """

    async def recall(self, name: str) -> str:
        """The value; empty if there is none."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Store a value in place of the earlier one. Raises StoreError if that fails."""
        ...

    async def change(self, name: str, change: Callable[[str], str]) -> str:
        """Change a value in one step, so that what other processes store meanwhile is not lost. Returns the new value.

        `change` makes it of the present one, empty if there is none. Raises StoreError if that fails.
        """
        ...

    async def recall_secret(self, name: str) -> str:
        """The secret; empty if there is none. Raises SecretUnreadable if its key is missing."""
        ...

    async def remember_secret(self, name: str, value: str) -> None:
        """Store a secret, encrypted, in place of the earlier one. Raises StoreError if that fails."""
        ...

    async def put_aside(self, item: UnreadableItem) -> None:
        """Keep an item for the operator. The surface then goes on as if it had dealt with it.

        Raises StoreError if that fails, and the platform has to send the item again.
        """
        ...

    def unusable(self, call: str) -> None:
        """Count an answer of the platform, to one of our calls, that we could not use."""
        ...


class SurfaceRecords(Protocol):
    """The queries that a surface draws itself from: a web page or a terminal has no history of its own."""

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        """The person's own conversations on this platform, newest first."""
        ...

    async def first_seen(self, platform: str, user: User) -> datetime | None:
        """The time at which somebody was first seen on this platform; None if they never were."""
        ...

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        """The active branch of the conversation at `place`, oldest first; empty if there is none yet.

        Raises NotAllowed if it is another person's private place.
        """
        ...

    async def notices(self, place: Place, user: User, limit: int = 100) -> Sequence[ShownNotice]:
        """Our newest messages at `place` that show no answer, oldest first. Only their ids are kept, not their words.

        Raises NotAllowed if it is another person's private place.
        """
        ...

    async def owns(self, place: Place, user: User) -> bool:
        """Whether a conversation belongs to a person, through any of their accounts."""
        ...

    def commands(self, user: User) -> Sequence[CommandHelp]:
        """The commands that this person may use, in their language."""
        ...

    async def welcome(self, place: Place, user: User) -> Reply:
        """What somebody is shown first: what to try here and, to an admin, what to settle first."""
        ...

    async def commands_in(self, place: Place, user: User) -> Sequence[CommandHelp]:
        """The same without those that are switched off in a place, as those of plugins may be."""
        ...

    async def chosen(self, place: Place, user: User) -> Mapping[str, ChosenValue]:
        """The model, persona and preset that answer this person here, by the name of the command that chooses them."""
        ...

    def complete(self, command: str, option: str, typed: str) -> Sequence[str]:
        """The values of a command's option that match what somebody has typed so far, best first."""
        ...

    async def switched_off(self, place: Place) -> frozenset[str]:
        """The names of the commands that are switched off in the community of a place.

        In a community of which nothing is known, they are those that are off unless an admin switches them on.
        """
        ...

    def changes(self) -> AsyncIterator[Place | None]:
        """The changes of the commands from now on, without end.

        Each is the place of the community in which commands were switched on or off; None if they changed everywhere.
        """
        ...

    @property
    def languages(self) -> Sequence[str]:
        """The languages that have texts, as BCP 47 tags, the default first."""
        ...

    async def listens(self, place: Place) -> bool:
        """Whether the assistant answers there without being called."""
        ...

    async def begun(self, place: Place) -> bool:
        """Whether there is a conversation with the assistant at a place, or something said to it waits there."""
        ...

    async def shown(self, place: Place, message_id: str) -> ShownAnswer | None:
        """The answer that a message shows in a place or one of its threads; None if it shows none of ours."""
        ...

    async def language(self, place: Place) -> str:
        """The language of whoever said something last in a conversation; empty if it is not known."""
        ...

    async def watched(self, platform: str, limit: int = 200) -> Sequence[WatchedAnswer]:
        """Our newest answers on a platform, for a surface that was away and has missed their reactions."""
        ...

    def text(self, language: str, key: str, **values: str | int) -> str:
        """A text of config/locales in the nearest language that has it."""
        ...
