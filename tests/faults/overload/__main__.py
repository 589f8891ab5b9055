"""`python -m tests.faults.overload --minutes M`: what becomes of ten times as many questions as can be answered."""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.discord.server.server import discord_server
from tests.faults.overload.overload import SLOTS, WAITING, Overload, centile, overload


def table(made: Overload, kept: int) -> str:
    """The outcome as a Markdown table. `kept` are the thumbs in the database."""
    rows = [
        ("minutes; questions over what can be answered", f"{made.seconds / 60:.0f}; {made.times_the_capacity:.1f} x"),
        ("answered; turned away", f"{len(made.answered)}; {len(made.turned_away)}"),
        ("seconds until somebody is turned away, p50 and p95", f"{quantiles(made.turned_away)}"),
        ("seconds until somebody is answered, p50 and p95", f"{quantiles(made.answered)}"),
        ("answers that are wrong or doubled", len(made.wrong)),
        ("thumbs given; in the database", f"{made.thumbs}; {kept}"),
        ("most who waited; may wait and be answered", f"{made.most_waiting}; {SLOTS * (WAITING + 1)}"),
        ("memory after a minute; growth from there", f"{made.begun / 1e6:.0f} MB; {made.growth / 1e6:.1f} MB"),
        ("seconds until nobody waited any more", f"{made.drained:.1f}"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def quantiles(figures: list[float]) -> str:
    return f"{centile(figures, 0.5):.2f} and {centile(figures, 0.95):.2f}"


def thumbs(database: Path) -> int:
    """The thumbs in a database."""
    with closing(sqlite3.connect(database)) as opened:
        return int(opened.execute("SELECT count(*) FROM rating WHERE value = 1").fetchone()[0])


async def run(seed: int, minutes: float, people: int) -> tuple[Overload, int]:
    with tempfile.TemporaryDirectory(prefix="parley-overload-") as folder:
        database = Path(folder) / "parley.sqlite3"
        async with discord_server() as world:
            made = await overload(
                world, Path(folder), f"sqlite:///{database}", seed=seed, seconds=minutes * 60, people=people
            )
        return made, await asyncio.to_thread(thumbs, database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=120)
    asked = parser.parse_args()
    made, kept = asyncio.run(run(asked.seed, asked.minutes, asked.people))
    sys.stdout.write(f"{table(made, kept)}\n")
    for one in made.wrong[:20]:
        sys.stdout.write(f"wrong: {one}\n")
    sys.exit(1 if made.wrong or kept != made.thumbs else 0)


if __name__ == "__main__":
    main()
