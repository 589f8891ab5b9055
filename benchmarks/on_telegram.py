"""The bot on a loopback Telegram, with a model that answers at once: `python -m benchmarks.on_telegram FOLDER`."""

import asyncio
import sys
from pathlib import Path

from benchmarks.asking import ROOMS, answered, bot
from benchmarks.figures import Figure, on_last_core, printed
from tests.telegram.living import buttons
from tests.telegram.server.server import Person, Telegram, telegram_server


async def ask(world: Telegram, person: Person, number: int) -> None:
    """Ask in a private chat, and wait until the answer is whole."""
    chat = person.dm()
    question = await person.says(chat, f"Question {number}")
    await world.until(lambda: any(one.reply_to is question and "retry" in buttons(one) for one in chat.messages))
    chat.messages = [message for message in chat.messages if question not in (message, message.reply_to)]


async def measured(folder: Path) -> list[Figure]:
    """Measure throughput and latency."""
    async with telegram_server() as world:
        people = [world.person(f"Person {number}") for number in range(ROOMS)]
        async with bot("benchmarks.telegram_bot", folder / "telegram.sqlite3", world.base_url, world.token) as process:
            return await answered(
                "Telegram", process, lambda room, number: ask(world, people[room], number), lambda: len(world.requests)
            )


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1])))))
