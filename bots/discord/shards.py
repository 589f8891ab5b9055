"""Shards: the parts into which Discord divides a bot's servers."""

from collections.abc import Sequence

from core.messages import Place

MOST_RANGES = 32
"""Into how many ranges the shards are divided that several processes share; each range has a client of its own."""


def shard_of(place: Place, shard_count: int) -> int:
    """Return the shard that a place belongs to; direct messages belong to the first."""
    guild = 0 if place.private else int(place.community)
    return (guild >> 22) % shard_count


def ranges(shard_count: int) -> Sequence[tuple[int, ...]]:
    """Divide all shards into ranges of about the same size, the same in every process."""
    number = min(shard_count, MOST_RANGES)
    edges = [shard_count * edge // number for edge in range(number + 1)]
    return [tuple(range(first, last)) for first, last in zip(edges, edges[1:], strict=False)]
