"""What a frame of a growing answer costs, on each platform: `python -m benchmarks.splitting`.

A frame is the answer so far, closed, split and rendered, measured in processor time. Frames of more than a few hundred
characters are made in a thread; how late that makes the event loop is measured with answers that were made to do harm.
"""

import asyncio
import sys
from time import perf_counter, process_time

from benchmarks.figures import Figure, printed
from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.slack.capabilities import CAPABILITIES as SLACK
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from core.delivery.splitting import PartCuts, parts
from core.delivery.streaming import in_parts
from core.messages import Reply
from core.ports.chat import ChatCapabilities

PLATFORMS = {"Discord": DISCORD, "Telegram": TELEGRAM, "Slack": SLACK}
SECTION = """## Part {0}

Here is **how** part {0} works, with `code` and [a link](https://example.org/{0}). It goes on for a while, so that
there is something to read, and *then* it ends.

- one thing that is *said* about {0}
- another thing
  - a deeper thing, with **marks**

```python
for number in range({0}):
    print(number)
```

| name | value |
|---|---|
| one | {0} |

"""
HOSTILE = {
    "lists in lists": "\n".join(f"{'  ' * (line % 39)}- item *x* {line}" for line in range(1500)),
    "quotations and lists in each other": "\n".join(
        "> " * (line % 20) + "- " * (line % 19) + "a" for line in range(900)
    ),
    "50,000 brackets": "[" * 50_000,
    "tables of 1,000 columns": "\n".join(["|a" * 1000, "|-" * 1000, *["|b" * 1000] * 10]),
    "tables of 5 columns": ("|a|b|c|d|e|\n|-|-|-|-|-|\n" + "|v|w|x|y|z|\n" * 160 + "\n") * 12,
    "thousands of marks of emphasis": ("*a **b _c " * 130 + "\n\n") * 30,
    "lines of code": "```\n" + "x = y\n" * 6000 + "```",
    "short lines": ("line of text\n" * 590 + "\n") * 5,
    "one word": "w" * 50_000,
}
PAUSE = 0.005
USUAL, LONG, STEP = 4000, 40_000, 40


def frames(text: str, able: ChatCapabilities) -> list[float]:
    """The milliseconds of each frame of an answer that grows."""
    cuts, found = PartCuts(), list[float]()
    for end in range(STEP, len(text), STEP):
        began = process_time()
        parts(Reply(text[:end], answer="1", underway=True), able, cuts)
        found.append((process_time() - began) * 1000)
    return sorted(found)


async def late(text: str, able: ChatCapabilities, pieces: int = 40) -> tuple[float, float, float]:
    """The milliseconds of the longest frame of a growing answer, and of all of it; how late the loop was at most."""
    lag, cuts, longest = 0.0, PartCuts(), 0.0

    async def watch() -> None:
        nonlocal lag
        while True:
            began = perf_counter()
            await asyncio.sleep(PAUSE)
            lag = max(lag, perf_counter() - began - PAUSE)

    watching = asyncio.create_task(watch())
    for end in range(len(text) // pieces, len(text), len(text) // pieces):
        began = process_time()
        await in_parts(Reply(text[:end], answer="1", underway=True), able, cuts)
        longest = max(longest, process_time() - began)
    began = process_time()
    await in_parts(Reply(text, answer="1"), able, PartCuts())
    whole = process_time() - began
    watching.cancel()
    return longest * 1000, whole * 1000, lag * 1000


def hostile() -> list[Figure]:
    """The worst of all answers that were made to do harm, on each platform."""
    figures = []
    for name, able in PLATFORMS.items():
        measured = {kind: asyncio.run(late(text, able)) for kind, text in HOSTILE.items()}
        for number, what in enumerate(("longest frame", "whole answer at once", "event loop late, at most")):
            kind = max(measured, key=lambda one, number=number: measured[one][number])  # type: ignore[misc] # a default
            most = (250, None, None)[number]
            figures.append(Figure(f"hostile, {what}, on {name} ({kind})", measured[kind][number], "ms", most=most))
    return figures


def main() -> int:
    """Measure answers of a usual and of a great length, and hostile ones."""
    figures = []
    for number, (name, able) in enumerate(PLATFORMS.items()):
        # Other numbers each time, so that nothing is known from the platform before.
        text = "".join(SECTION.format(1000 * number + part) for part in range(200))
        usual = frames(text[:USUAL], able)
        long = frames(text[USUAL : USUAL + LONG], able)
        figures += [
            Figure(
                f"frame of {USUAL} characters on {name}, 95th percentile", usual[len(usual) * 95 // 100], "ms", most=5
            ),
            Figure(f"frame of {LONG} characters on {name}, 95th percentile", long[len(long) * 95 // 100], "ms", most=5),
            Figure(f"the longest of them on {name}", long[-1], "ms"),
        ]
    how = "Processor time of one frame of a growing answer: closed, split and rendered."
    return printed([*figures, *hostile()], how)


if __name__ == "__main__":
    sys.exit(main())
