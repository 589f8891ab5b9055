"""MinHash: 128 numbers that stand for a set; the share of equal numbers estimates how similar two sets are.

The numbers are those of datasketch 2's scheme "affine32" with seed 1, which made the bands that older databases hold.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import sha1
from random import Random

PERMUTATIONS, SEED = 128, 1

WORD = 0xFFFF_FFFF
LANE = 64
"""The bits that a permutation has in a wide integer: enough for the product of two words of 32 bits."""


def minhash(pieces: Iterable[bytes]) -> list[int]:
    """Return the least value of each permutation over all pieces, in some microseconds for each piece.

    All permutations of a piece are computed at once, as lanes of one wide integer: so the loops are in C.
    """
    factors, summands = _permutations()
    words, carries = _lanes(WORD), _lanes(1 << 32)
    least = words
    for piece in pieces:
        hashed = int.from_bytes(sha1(piece, usedforsecurity=False).digest()[:4], "little")
        values = (factors * _mixed(hashed) + summands) & words
        # The carry of a lane survives where what is least is not less than the value, which then takes its place.
        above = ((least | carries) - values) & carries
        least ^= (least ^ values) & (above - (above >> 32))
    return [least >> LANE * place & WORD for place in range(PERMUTATIONS)]


def _lanes(value: int) -> int:
    """Return a wide integer with a value in each lane."""
    return sum(value << LANE * place for place in range(PERMUTATIONS))


def _mixed(value: int) -> int:
    """Spread a word over all words: MurmurHash3's last step."""
    value ^= value >> 16
    value = value * 0x85EBCA6B & WORD
    value ^= value >> 13
    value = value * 0xC2B2AE35 & WORD
    return value ^ value >> 16


@cache
def _permutations() -> tuple[int, int]:
    """Return the odd factors and the summands of the permutations: the first numbers of a Mersenne Twister.

    Its state is filled as by its authors' `init_genrand`, which numpy's `RandomState` uses and `Random.seed` does not.
    """
    state = [SEED]
    for place in range(1, 624):
        state.append(1812433253 * (state[-1] ^ state[-1] >> 30) + place & WORD)
    numbers = Random()
    numbers.setstate((3, (*state, 624), None))
    drawn = [numbers.getrandbits(32) for _ in range(2 * PERMUTATIONS)]
    factors = sum((one << 1 & WORD | 1) << LANE * place for place, one in enumerate(drawn[:PERMUTATIONS]))
    return factors, sum(one << LANE * place for place, one in enumerate(drawn[PERMUTATIONS:]))
