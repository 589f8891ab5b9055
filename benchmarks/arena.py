"""How the arena's test decides, by simulation: `python -m benchmarks.arena [--arenas 1000] [--poison]`.

Simulated people vote until the test has decided. Each has a taste of their own around the true share of wins: a beta
distribution in which two votes of one person correlate by so much. A vote is anybody's, as they come.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from random import Random

from core.arena.ballots import Ballot
from core.arena.sequential_test import StoppingRule, Verdict
from core.arena.summary import verdict

FLOODER = "flooder"

MOST = 1500
"""More votes than the test needs to decide, whoever casts them."""


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
    """The share of arenas in which the test has given each verdict, and the mean number of votes until then."""

    verdicts: Mapping[Verdict, float]
    votes: float

    @property
    def better(self) -> float:
        """The share of arenas in which the candidate was called better."""
        return self.verdicts.get("better", 0.0)


def simulate(
    rule: StoppingRule, community: SimulatedCommunity, share: float, arenas: int, seed: int = 1
) -> SimulatedOutcome:
    """Hold arenas with a candidate that truly wins a share of the votes, and judge them as a promotion does."""
    chance = Random(f"{seed} {community} {share}")
    found = [verdict(rule, [*islice(_ballots(community.votes(share, chance)), MOST)]) for _ in range(arenas)]
    counted = Counter(one.verdict for one in found)
    return SimulatedOutcome(
        {name: number / arenas for name, number in counted.items()}, sum(one.preferences for one in found) / arenas
    )


def _ballots(votes: Iterator[tuple[str, bool]]) -> Iterator[Ballot]:
    """Votes as those of people on whose data nothing is trained, since these decide about a promotion."""
    for number, (person, better) in enumerate(votes):
        yield Ballot(person, str(number), "won" if better else "lost", candidate_first=True, held_out=True)


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

TRUE_SHARES = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
VERDICTS: tuple[Verdict, ...] = ("better", "not-better", "undecided")


def write(line: str) -> None:
    """Show a line at once: the next takes its time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print a table of docs/arena.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arenas", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--poison", action="store_true", help="what a tenth that votes for the worse one changes")
    given = parser.parse_args()
    rule = StoppingRule()
    write(f"{rule}\n")
    (poison if given.poison else communities)(rule, given.arenas, given.seed)


def communities(rule: StoppingRule, arenas: int, seed: int) -> None:
    """How often a candidate is called better by communities of several kinds, and after how many votes."""
    write("| community | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |")
    write("|---|" + "---|" * len(SHARES))
    for name, community in COMMUNITIES.items():
        found = [simulate(rule, community, share, arenas, seed) for share in SHARES]
        write(f"| {name} | " + " | ".join(f"{one.better:.1%}, {one.votes:.0f}" for one in found) + " |")


def poison(rule: StoppingRule, arenas: int, seed: int) -> None:
    """How often each verdict is given with and without a tenth of the people who vote for the worse answer."""
    write("| people | true share | without | with a poisoned tenth |")
    write("|---|---|---|---|")
    for people in (100_000, 100, 40):
        for share in TRUE_SHARES:
            found = [
                simulate(rule, SimulatedCommunity(people, poisoned=part), share, arenas, seed) for part in (0, 0.1)
            ]
            told = (" / ".join(f"{one.verdicts.get(name, 0.0):.1%}" for name in VERDICTS) for one in found)
            write(f"| {people} | {share:.0%} | " + " | ".join(told) + " |")


if __name__ == "__main__":
    main()
