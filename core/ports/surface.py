"""What surfaces may read and keep: transcripts, commands, watched answers, a place for their own notes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.messages import CommandHelp, Place, Summary, Turn, User


@dataclass(frozen=True, slots=True)
class Watched:
    """An answer that reactions may be on: its place, and the platform's ids of the messages that show it.

    `reactions` are pairs of a platform's user id and 1, -1 for the ratings that came from reactions.
    """

    place: Place
    messages: tuple[str, ...]
    reactions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WebNotice:
    """A page of few words: plain text, and a line to be copied."""

    title: str
    paragraphs: tuple[str, ...]
    line: str = ""


Returned = Callable[[Mapping[str, str], str], Awaitable[WebNotice]]
"""What somebody reads who comes back from signing in elsewhere, by their query and language. Raises StoreError."""


class Keep(Protocol):
    """What a surface remembers over a restart: few short values under names of its own."""

    async def recall(self, name: str) -> str:
        """The value, empty where there is none."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Keep a value in place of the earlier one. Raises StoreError where that fails."""
        ...


class Records(Protocol):
    """What a surface may read to draw itself: a web page or a terminal has no history of its own."""

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        """The person's own conversations on this platform, newest first."""
        ...

    async def first_seen(self, platform: str, user: User) -> datetime | None:
        """When somebody was first seen on this platform, None where they never were."""
        ...

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        """The active branch of the conversation at `place`, oldest first; empty where there is none yet.

        Raises NotAllowed where the place is another person's private one.
        """
        ...

    async def owns(self, place: Place, user: User) -> bool:
        """Whether a conversation is a person's own, by whichever of their accounts."""
        ...

    def commands(self, user: User) -> Sequence[CommandHelp]:
        """The commands that this person may use, in their language."""
        ...

    def complete(self, command: str, option: str, typed: str) -> Sequence[str]:
        """The values of a command's option that fit what somebody has typed so far, the best first."""
        ...

    async def changed(self) -> None:
        """Wait until there are other commands than now."""
        ...

    @property
    def languages(self) -> Sequence[str]:
        """The languages that there are texts in, as BCP 47 tags, the default first."""
        ...

    async def listens(self, place: Place) -> bool:
        """Whether the assistant answers there without being called."""
        ...

    async def begun(self, place: Place) -> bool:
        """Whether there is a conversation with the assistant at a place."""
        ...

    async def watched(self, platform: str, limit: int = 200) -> Sequence[Watched]:
        """The newest answers of ours on a platform, for a surface that was away to look at their reactions."""
        ...

    def text(self, language: str, key: str, **values: str | int) -> str:
        """A text of config/locales in the nearest language that has it."""
        ...
