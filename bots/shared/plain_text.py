"""Text without any markup, for when a platform refuses what we have rendered."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import structlog

from core.markdown.cutting import between_letters

log = structlog.get_logger()

M = TypeVar("M")
R = TypeVar("R")
E = TypeVar("E", bound=Exception)


async def first_taken(
    ways: Iterable[Sequence[M]],
    send: Callable[[M, int], Awaitable[R]],
    refused: type[E],
    is_refused: Callable[[E], bool],
) -> R:
    """Send a reply in the first way that a platform takes; each is one or more messages. Returns the last one's result.

    A further way is worked out only if the one before was refused.
    `send` is told the number of the message. After the first way, each one has the same words in the same messages, so
    that it goes on where the one before was refused. Raises the error of the last way, and any other error at once.
    """
    at, sent = 0, []
    last: Exception = AssertionError("there is always a way")
    for way in ways:
        try:
            while at < len(way):
                sent.append(await send(way[at], at))
                at += 1
            return sent[-1]
        except refused as error:
            if not is_refused(error):
                raise
            log.error("message_refused", error=error)
            last = error
    raise last


def plain_pieces(text: str, limit: int) -> list[str]:
    """Cut a text at the ends of its lines or words. `limit` counts UTF-16 units.

    Joined, the pieces are the text, without those of spaces alone: no platform takes them. There is always one piece.
    """
    found: list[str] = []
    while len(text) > limit or len(text.encode("utf-16-le")) // 2 > limit:
        reach = len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))
        pause = max(text.rfind("\n", reach // 2, reach), text.rfind(" ", reach // 2, reach)) + 1
        at = pause or max(between_letters(text, reach), 1)
        found.append(text[:at])
        text = text[at:]
    found.append(text)
    return [piece for piece in found if piece.strip()] or found[:1]
