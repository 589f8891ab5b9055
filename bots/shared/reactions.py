"""Ratings by reaction that a bot has missed: what is on a message now, against what the core knows."""

from collections.abc import Iterator, Mapping, Set

from core.ports.surface import Watched

VALUES: Mapping[str, int] = {"👍": 1, "👎": -1}
MEANING = frozenset({*VALUES, "🚩"})
"""The emoji that mean something on an answer."""


def missed(watched: Watched, there: Mapping[str, Set[str]]) -> Iterator[tuple[str, str, bool]]:
    """What to tell the core, as triples of emoji, user id, and whether it was added.

    `there` are the ids of those who have put each emoji on the answer's messages.
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
