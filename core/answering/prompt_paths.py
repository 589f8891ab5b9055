"""The messages that lead to a question, as prompts need them: remembered from turn to turn, or read from the store.

What is remembered begins where the last prompt began, so a long conversation costs no more than a short one. It may be
used as long as nothing in the conversation has been erased since, which the row of the conversation tells. A path that
leads through another conversation, which has a count of its own, is read anew each time.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter

from cachetools import LRUCache
from sqlmodel import Session

from core.answering.turns import PathTip, under
from core.ports.store import Store
from core.store import hot_path, transcripts
from core.store.hot_path import PathMessage

REMEMBERED = 16 * 2**20
"""The most characters that are remembered of all conversations together."""

OF_A_MESSAGE = 200
"""How many characters a message counts as beside those of its text: what else is kept of it takes memory, too."""


@dataclass(frozen=True, slots=True)
class RememberedPath:
    """The messages up to an answer, and the number of `erasures` of their conversation when they were read."""

    messages: tuple[PathMessage, ...]
    erasures: int

    @property
    def size(self) -> int:
        """How much of the memory for all paths it takes."""
        return sum([len(message.text) for message in self.messages]) + OF_A_MESSAGE * len(self.messages)


PathKey = tuple[str, str, str]
"""The key of a remembered path: its conversation, the answer at its end, and the model that wrote this answer."""


def _paths() -> "LRUCache[PathKey, RememberedPath]":
    return LRUCache(REMEMBERED, getsizeof=attrgetter("size"))


@dataclass(frozen=True, slots=True)
class PromptPaths:
    """The paths to the latest answers of the conversations in use. Each is of one model, which has its own window."""

    store: Store
    _known: "LRUCache[PathKey, RememberedPath]" = field(default_factory=_paths)

    async def to(self, tip: PathTip, model: str, platform: str, *, alone: bool) -> Sequence[PathMessage]:
        """The messages up to a question, the oldest first, as far back as a prompt for `model` may begin.

        Unless they are `alone`, each person's words are preceded by their name.
        """
        if tip.message and tip.above is None:
            return (tip.message,)
        known = self._known.pop((tip.conversation_id, tip.above or "", model), None)
        if tip.message and known and known.erasures == tip.erasures:
            return (*known.messages, tip.message)
        return await self.store.read(lambda session: spoken(session, tip.id, platform, alone=alone))

    @property
    def remembered(self) -> int:
        """How much is remembered, in characters (REMEMBERED is the bound)."""
        return int(self._known.currsize)

    def remember(self, path: Sequence[PathMessage], answer: PathMessage, tip: PathTip, model: str) -> None:
        """Remember the path to an answer that was stored. `path` is what its prompt was made of."""
        # An answer that was continued is at the end already, with less text.
        before = path[:-1] if path[-1].id == answer.id else path
        if any(message.elsewhere for message in before):
            return
        # One that is larger than the whole memory is not kept.
        with suppress(ValueError):
            self._known[tip.conversation_id, answer.id, model] = RememberedPath((*before, answer), tip.erasures)


def spoken(session: Session, tip_id: str, platform: str, *, alone: bool) -> list[PathMessage]:
    """Read the path to a message. Unless they are `alone`, each person's words are preceded by their name."""
    path = hot_path.path(session, tip_id)
    if alone:
        return path
    people = {message.person_id for message in path if message.role == "prompter" and message.person_id}
    names = transcripts.names(session, platform, people)
    return [
        replace(message, text=under(names.get(message.person_id or "", ""), message.text))
        if message.role == "prompter"
        else message
        for message in path
    ]


def from_outside(path: Sequence[PathMessage], person_id: str) -> bool:
    """Whether a path contains words that are neither this person's nor the model's own."""
    others = [one for one in path if one.outside or (one.person_id != person_id and one.role == "prompter")]
    return any(one.text for one in others)
