"""What a frame of a growing answer costs, on each platform: `python -m benchmarks.splitting`.

A frame is the answer so far, closed, split and rendered. It runs on the event loop, and is measured in processor time.
"""

import sys
from time import process_time

from benchmarks.figures import Figure, printed
from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.slack.capabilities import CAPABILITIES as SLACK
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from core.delivery.splitting import PartCuts, parts
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
USUAL, LONG, STEP = 4000, 40_000, 40


def frames(text: str, able: ChatCapabilities) -> list[float]:
    """The milliseconds of each frame of an answer that grows."""
    cuts, found = PartCuts(), list[float]()
    for end in range(STEP, len(text), STEP):
        began = process_time()
        parts(Reply(text[:end], answer="1", underway=True), able, cuts)
        found.append((process_time() - began) * 1000)
    return sorted(found)


def main() -> int:
    """Measure answers of a usual and of a great length."""
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
    return printed(figures, "Processor time of one frame of a growing answer: closed, split and rendered.")


if __name__ == "__main__":
    sys.exit(main())
