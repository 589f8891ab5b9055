"""Each part of what was missed is read by itself, and what may pass is read again."""

from collections.abc import Mapping
from functools import partial

import pytest

from bots.shared.missed_parts import MissedParts

PASSES, GONE, ODD = OSError("away"), RuntimeError("gone"), KeyError("shape")


@pytest.mark.parametrize(
    ("errors", "looks"),
    [
        ({}, ["a", "b", "c"]),
        ({"b": PASSES}, ["a", "b", "c", "b"]),
        ({"a": PASSES, "b": GONE, "c": PASSES}, ["a", "b", "c", "a", "c"]),
        ({"a": ODD, "b": GONE}, ["a", "b", "c"]),
    ],
)
async def test_what_cannot_be_read_stops_no_other_part_and_what_passes_is_read_again(
    errors: Mapping[str, Exception], looks: list[str]
) -> None:
    parts = MissedParts((OSError, RuntimeError), lambda error: isinstance(error, OSError))
    looked: list[str] = []

    async def read(part: str) -> None:
        again = part in looked
        looked.append(part)
        if part in errors and not again:
            raise errors[part]

    passes = PASSES not in errors.values()
    assert all([await parts.read(part, partial(read, part)) for part in "abc"]) is passes
    assert all([await parts.read(part, partial(read, part)) for part in "abc"])
    assert looked == looks


async def test_an_error_that_is_no_platforms_ends_it() -> None:
    parts = MissedParts((OSError,), lambda error: True)

    async def broken() -> None:
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        await parts.read("a", broken)
