"""How the arena's test decides, by simulation: `python -m benchmarks.arena [--arenas 1000]`.

Simulated people vote until the test has decided. Each has a taste of their own around the true share of wins: a beta
distribution in which two votes of one person correlate by so much. A vote is anybody's, as they come.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from core.arena.sequential_test import StoppingRule, TestedVotes, judge

FLOODER = "flooder"


@dataclass(frozen=True, slots=True)
class SimulatedCommunity:
    """People who vote: how many, how alike one person's votes are, which share of them votes for the worse answer on
    purpose, and how many votes a flooder casts for the candidate beside each vote of the others.
    """

    people: int = 100
    alike: float = 0.0
    poisoned: float = 0.0
    flood: float = 0.0

    def votes(self, share: float, chance: Random) -> Iterator[tuple[str, bool]]:
        """Votes without end: who cast each, and whether it is for the candidate, which truly wins this share."""
        tastes = [self._taste(share, chance) for _ in range(self.people)]
        # Whoever poisons votes for the one that is truly worse; if neither is, for the candidate.
        wrong = 0.0 if share > 0.5 else 1.0
        tastes[: round(self.poisoned * self.people)] = [wrong] * round(self.poisoned * self.people)
        for _ in count():
            number = chance.randrange(self.people)
            yield str(number), chance.random() < tastes[number]
            for _ in range(int(self.flood) + (chance.random() < self.flood % 1)):
                yield FLOODER, True

    def _taste(self, share: float, chance: Random) -> float:
        if not self.alike:
            return share
        spread = (1 - self.alike) / self.alike
        return chance.betavariate(share * spread, (1 - share) * spread)


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """The share of arenas in which the candidate was called better, was given up, and the mean number of votes."""

    better: float
    undecided: float
    votes: float


def simulate(
    rule: StoppingRule, community: SimulatedCommunity, share: float, arenas: int, seed: int = 1
) -> SimulatedOutcome:
    """Hold arenas with a candidate that truly wins a share of the votes."""
    chance = Random(f"{seed} {community} {share}")
    found: Sequence[TestedVotes] = [judge(rule, community.votes(share, chance)) for _ in range(arenas)]
    return SimulatedOutcome(
        sum(one.verdict == "better" for one in found) / arenas,
        sum(one.verdict == "undecided" for one in found) / arenas,
        sum(one.preferences for one in found) / arenas,
    )


COMMUNITIES = {
    "everybody votes once": SimulatedCommunity(people=100_000),
    "200 people": SimulatedCommunity(200),
    "100 people": SimulatedCommunity(100),
    "100 people, each with a taste (0.15)": SimulatedCommunity(100, alike=0.15),
    "40 people": SimulatedCommunity(40),
    "40 people, each with a taste (0.15)": SimulatedCommunity(40, alike=0.15),
    "20 people": SimulatedCommunity(20),
    "100 people, a tenth poisoned": SimulatedCommunity(100, poisoned=0.1),
    "100 people and a flood": SimulatedCommunity(100, flood=1),
}
SHARES = (0.5, 0.55, 0.6, 0.7)


def write(line: str) -> None:
    """Show a line at once: the next takes its time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table of docs/arena.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arenas", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rule = StoppingRule()
    write(f"{rule}\n")
    write("| community | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |")
    write("|---|" + "---|" * len(SHARES))
    for name, community in COMMUNITIES.items():
        found = [simulate(rule, community, share, given.arenas, given.seed) for share in SHARES]
        write(f"| {name} | " + " | ".join(f"{one.better:.1%}, {one.votes:.0f}" for one in found) + " |")


if __name__ == "__main__":
    main()
