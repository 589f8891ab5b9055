"""`python -m tests.plugin_host.offered`: both rates, of the half that the keywords were chosen by and of the other."""

import asyncio
import sys

from tests.plugin_host.offered import rates


async def main() -> None:
    for held_out in (False, True):
        found = await rates(held_out=held_out)
        part = "held out" if held_out else "seen"
        sys.stdout.write(
            f"{part}: {len(found.offered_wrongly)} of {found.plain} plain lines offered a tool,"
            f" {len(found.missed)} of {found.asked} requests were offered the wrong one or none\n"
        )
        for line in (*found.offered_wrongly, *found.missed):
            sys.stdout.write(f"  {line}\n")


asyncio.run(main())
