"""kill -9 while people do tasks, 500 times: `python -m benchmarks.crash_recovery [--kills N] [--seed N] FOLDER`.

Exits with 1 if an accepted answer is lost or counts twice, or anything else is not as people left it.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from tests.journeys.kill_program import lived

KILLS = 500


def main(folder: Path, kills: int, seed: int) -> int:
    """Kill the program `kills` times, and print the actions in the meantime and the faults. Returns 1 if there is a
    fault.
    """
    began = perf_counter()
    found = lived(folder, kills, seed)
    say({f"lives that ended {how}": number for how, number in sorted(found.ends.items())})
    say(dict(sorted(found.counts.items())))
    say({"seconds": round(perf_counter() - began), "violations": len(found.wrong)})
    for wrong in found.wrong:
        sys.stdout.write(f"{wrong}\n")
    return int(bool(found.wrong))


def say(figures: Mapping[str, int]) -> None:
    for name, value in figures.items():
        sys.stdout.write(f"{name:<40} {value:>8}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(main(asked.folder, asked.kills, asked.seed))
