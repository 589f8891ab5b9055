"""`python -m tests.faults.power.program PATH N [NORMAL]`: accepts questions and thumbs, and says which are
acknowledged. It ends without closing anything.

With NORMAL, SQLite does not sync with each commit: so the test can see that it notices lost events.
"""

import asyncio
import os
import sys
from itertools import count
from unittest.mock import patch

import structlog

from core.backoff import Backoff
from core.errors import StoreError
from core.messages import AnyEvent
from core.store.engine import sqlite
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.living import echo
from tests.paper import PaperChat

log = structlog.get_logger()
PEOPLE = 4


async def talk(dialogue: Dialogue, rounds: int) -> None:
    """Ask questions, and give a thumb to every second answer."""
    for number in range(rounds):
        question = dialogue.message(f"Question {number}")
        await accepted(dialogue, question)
        answer = await dialogue.finished(f"{question.key}#answer")
        if number % 2:
            await accepted(dialogue, dialogue.reaction(answer.id, "👍", added=True))


async def accepted(dialogue: Dialogue, event: AnyEvent) -> None:
    for pause in Backoff(0.05, 0.5):
        try:
            await dialogue.core.router.handle(event)
            break
        except StoreError as error:
            # It is not acknowledged, so a platform delivers it again.
            log.warning("not_acknowledged", error=error)
            await asyncio.sleep(pause)
    # At once: whatever is said after it must not come before it.
    os.write(1, f"{event.key}\n".encode())


async def main() -> None:
    path, rounds, *normal = sys.argv[1:]
    # What it says is recorded, and its log is none of that.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    if normal:
        mode, _, *others = sqlite.WRITING
        patch.object(sqlite, "WRITING", (mode, "synchronous=NORMAL", *others)).start()
    store, chat = connect(f"sqlite:///{path}"), PaperChat()
    core = core_over(store, echo())
    core.router.attach("paper", chat)
    numbers = count()
    people = [Dialogue(core, chat).elsewhere(f"room {next(numbers)}") for _ in range(PEOPLE)]
    await asyncio.gather(*(talk(person, int(rounds)) for person in people))
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
