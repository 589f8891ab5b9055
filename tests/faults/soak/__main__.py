"""`python -m tests.faults.soak --minutes M`: how memory and open files grow, and whether everybody was answered."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.discord.server.server import discord_server
from tests.faults.soak.soak import Soak, soak


def table(made: Soak) -> str:
    """The outcome as a Markdown table."""
    last, half = made.samples[-1], made.settled[0]
    rows = [
        ("minutes", f"{(last.at - made.samples[0].at) / 60:.0f}"),
        ("answers; faults", f"{made.answered}; {made.faults}"),
        ("answers that are wrong or doubled", len(made.wrong)),
        ("memory after the first half and at the end", f"{half.memory / 1e6:.1f} and {last.memory / 1e6:.1f} MB"),
        ("growth for an answer in the second half", f"{made.bytes_an_answer:.0f} bytes"),
        ("growth in an hour of that", f"{made.bytes_an_hour / 1e6:.1f} MB"),
        ("open files after the first half and at the end", f"{half.files} and {last.files}"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


async def run(seed: int, minutes: float, people: int) -> Soak:
    with tempfile.TemporaryDirectory(prefix="parley-soak-") as folder:
        home = Path(folder)
        async with discord_server() as world:
            url = f"sqlite:///{home / 'parley.sqlite3'}"
            return await soak(world, home, url, seed=seed, seconds=minutes * 60, people=people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=8)
    asked = parser.parse_args()
    made = asyncio.run(run(asked.seed, asked.minutes, asked.people))
    sys.stdout.write(f"{table(made)}\n")
    for one in made.wrong[:20]:
        sys.stdout.write(f"wrong: {one}\n")
    if made.wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
