"""Shards: the parts into which Discord divides a bot's servers."""

from core.messages import Place


def shard_of(place: Place, shard_count: int) -> int:
    """Return the shard that a place belongs to; direct messages belong to the first."""
    guild = 0 if place.private else int(place.community)
    return (guild >> 22) % shard_count
