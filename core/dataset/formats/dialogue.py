"""Builds the path through a conversation to a message, in the form that trainers read."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlmodel import Session

from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.queries import FetchUnit
from core.store import hot_path
from core.store.hot_path import LONGEST_PATH, PathMessage

T = TypeVar("T")

ROLES = {"prompter": "user", "assistant": "assistant"}

AT_ONCE = 16
"""The number of paths that are fetched together."""

Turn = dict[str, str]


def to_each(
    items: Iterator[T], node: Callable[[T], ExportedMessage], fetch: FetchUnit
) -> Iterator[tuple[T, list[PathMessage]]]:
    """Yield each item with the messages before its node, as far back as the assistant itself may look."""
    while batch := list(islice(items, AT_ONCE)):
        nodes = [node(item) for item in batch]
        chats = fetch(_of_chats([one for one in nodes if one.chat])) if any(one.chat for one in nodes) else []
        found = iter(chats)
        for item, one in zip(batch, nodes, strict=True):
            yield item, next(found) if one.chat else _of_tree(one)


def turns(way: Sequence[PathMessage]) -> list[Turn]:
    """The messages of a path as turns, with the role names that trainers use."""
    return [turn(spoken.role, spoken.text) for spoken in way]


def turn(role: str, text: str) -> Turn:
    """A message as one turn of a conversation."""
    return {"role": ROLES[role], "content": text}


def _of_tree(node: ExportedMessage) -> list[PathMessage]:
    way: list[PathMessage] = []
    above = node.above
    while above and len(way) < LONGEST_PATH:
        way.append(PathMessage(above.id, above.role, above.text, above.depth))
        above = above.above
    return _whole(way[::-1])


def _of_chats(nodes: Sequence[ExportedMessage]) -> Callable[[Session], list[list[PathMessage]]]:
    def unit(session: Session) -> list[list[PathMessage]]:
        paths = (hot_path.path(session, node.parent_id or "") for node in nodes)
        return [_whole(path) for path in paths]

    return unit


def _whole(way: list[PathMessage]) -> list[PathMessage]:
    # A path that was cut at the beginning must still start with a question: chat templates refuse anything else.
    return way[1:] if way and way[0].role == "assistant" else way
