"""A reply that takes several messages: which ones they are, so that an edit changes each of them in its place."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import discord
from cachetools import LRUCache

from bots.discord.refusals import unreadable
from bots.discord.render import RenderedMessage, ways
from bots.shared.plain_text import first_taken
from core.messages import Reply

REMEMBERED = 1000
"""For how many messages we remember with which others they show one reply."""

Write = Callable[[RenderedMessage, str | None], Awaitable[str]]
"""Changes the message of an id, or posts a new one if there is no id. Returns the id of the message."""


@dataclass(slots=True)
class ReplyPieces:
    """Shows replies in as many messages as they need, and remembers which these are.

    `_pieces` are the ids of all messages that show one reply, by the id of each of them.
    """

    _pieces: LRUCache[str, list[str]] = field(default_factory=lambda: LRUCache(REMEMBERED))

    def of(self, message_id: str) -> Sequence[str]:
        """Return all messages that show the same reply as one of them, in their order."""
        return tuple(self._pieces.get(message_id, (message_id,)))

    async def post(self, reply: Reply, send: Callable[[RenderedMessage, int], Awaitable[str]]) -> str:
        """Post a reply. Returns the id of its last message, which has the buttons."""
        shown: list[str] = []

        async def post(one: RenderedMessage, number: int) -> None:
            shown.append(await send(one, number))

        await first_taken(ways(reply), post, discord.HTTPException, unreadable)
        self._note(list(filter(None, shown)))
        return shown[-1]

    async def change(
        self, message_id: str, reply: Reply, write: Write, delete: Callable[[str], Awaitable[None]]
    ) -> None:
        """Replace what the messages of a reply show. Those that are not needed any more are deleted."""
        there, shown = list(self.of(message_id)), list[str]()

        async def change(piece: tuple[RenderedMessage, str | None], number: int) -> None:
            one, earlier = piece
            shown.append(await write(one, earlier))
            if earlier is None:
                # If a later piece fails, the next edit finds this one.
                there.append(shown[-1])
                self._note(there)

        placed = _placed(ways(reply), message_id, there)
        await first_taken(placed, change, discord.HTTPException, unreadable)
        for spare in [one for one in there if one not in shown]:
            await delete(spare)
        self._note(shown)

    def _note(self, pieces: list[str]) -> None:
        for one in pieces:
            if len(pieces) > 1:
                self._pieces[one] = pieces
            else:
                self._pieces.pop(one, None)


def _placed(
    ways: Iterable[Sequence[RenderedMessage]], message_id: str, there: Sequence[str]
) -> Iterator[list[tuple[RenderedMessage, str | None]]]:
    """Yield each way to change a reply, with the id of the message that each piece replaces; None if it is a new one.

    The message by which the reply is known is always among these.
    """
    for way in ways:
        first = max(0, there.index(message_id) - len(way) + 1)
        yield list(zip_longest(way, there[first : first + len(way)]))
