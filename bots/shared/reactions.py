"""Reactions that a bot missed: compares the reactions on a message now with what the core knows."""

from collections.abc import Iterator, Mapping, Set

from core.ports.surface import WatchedAnswer

VALUES: Mapping[str, int] = {"👍": 1, "👎": -1}
MEANING = frozenset({*VALUES, "🚩"})
"""The emoji that mean something on an answer."""


def missed(watched: WatchedAnswer, there: Mapping[str, Set[str]]) -> Iterator[tuple[str, str, bool]]:
    """Yield the changes to report to the core, as triples of emoji, user id, and whether it was added.

    `there` maps each emoji to the ids of the users who put it on the answer's messages.
    """
    known = dict(watched.reactions)
    for emoji, users in there.items():
        for user_id in users:
            if known.get(user_id) != VALUES.get(emoji):
                yield emoji, user_id, True
    for user_id, value in known.items():
        emoji = next(emoji for emoji, thumb in VALUES.items() if thumb == value)
        if user_id not in there.get(emoji, ()):
            yield emoji, user_id, False
