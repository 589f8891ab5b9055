"""Parley beside plain python-telegram-bot, each on a loopback Telegram: `python -m benchmarks telegram`."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks.asking import HOW, LIMIT, ROOMS, RunningBot, compared, parley, peer, told
from benchmarks.figures import Figure, on_last_core, printed
from benchmarks.model_server import ANSWER, model_server
from tests.telegram.living import buttons
from tests.telegram.server.server import Message, Person, Telegram, telegram_server

WHOLE = "".join(ANSWER)
PLAIN = f"plain python-telegram-bot {version('python-telegram-bot')}"


def by_parley(message: Message) -> bool:
    return "retry" in buttons(message)


def by_others(message: Message) -> bool:
    return message.text == WHOLE


async def ask(world: Telegram, person: Person, number: int, whole: Callable[[Message], bool]) -> None:
    """Ask in a private chat, and wait until the answer is whole."""
    chat = person.dm()
    question = await person.says(chat, f"Question {number}")
    await world.until(lambda: any(one.reply_to is question and whole(one) for one in chat.messages), LIMIT)
    chat.messages = [message for message in chat.messages if question not in (message, message.reply_to)]


async def side(
    stack: AsyncExitStack,
    begin: Callable[[Telegram], AbstractAsyncContextManager[int]],
    whole: Callable[[Message], bool],
) -> RunningBot:
    """Run a bot on a Telegram of its own."""
    world = await stack.enter_async_context(telegram_server())
    people = [world.person(f"Person {number}") for number in range(ROOMS)]
    pid = await stack.enter_async_context(begin(world))
    await ask(world, people[0], 0, whole)
    return RunningBot(pid, lambda room, number: ask(world, people[room], number, whole), lambda: len(world.requests))


async def measured(folder: Path) -> list[Figure]:
    """Measure both bots by turns."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(model_server())

        def ours(world: Telegram) -> AbstractAsyncContextManager[int]:
            return parley(folder, model, "Telegram", TOKEN=world.token, BASE_URL=world.base_url)

        def plain(world: Telegram) -> AbstractAsyncContextManager[int]:
            return peer("plain_telegram", world.base_url, world.token, model)

        sides = {"Parley": await side(stack, ours, by_parley), PLAIN: await side(stack, plain, by_others)}
        return told("Telegram", await compared(sides), PLAIN)


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1]))), HOW))
