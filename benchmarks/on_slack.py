"""Parley compared with plain Bolt, each on a loopback Slack: `python -m benchmarks slack`."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks.asking import HOW, LIMIT, ROOMS, RunningBot, compared, parley, peer, told
from benchmarks.figures import Figure, on_last_core, printed
from benchmarks.model_server import ANSWER, model_server
from bots.slack.manifest import EVENTS, SCOPES
from tests.slack.living import finished
from tests.slack.server.server import Person, Slack, slack_server
from tests.slack.server.world import Channel

WHOLE = "".join(ANSWER)
PLAIN = f"plain Bolt {version('slack-bolt')}"

Whole = Callable[[Channel, str], bool]
"""Whether the answer in a channel to the message with this time stamp is whole."""


def by_parley(room: Channel, ts: str) -> bool:
    return finished(room, 1, ts)


def by_others(room: Channel, ts: str) -> bool:
    return any(message.thread == ts and message.text == WHOLE for message in room.messages)


async def ask(world: Slack, person: Person, room: Channel, number: int, whole: Whole) -> None:
    """Ask in a channel, and wait until the answer is whole."""
    question = await person.says(room, f"Question {number}", mention=True)
    await world.until(lambda: whole(room, question.ts), LIMIT)
    room.messages = [message for message in room.messages if question.ts not in (message.ts, message.thread)]


async def side(
    stack: AsyncExitStack, begin: Callable[[Slack], AbstractAsyncContextManager[int]], whole: Whole
) -> RunningBot:
    """Run a bot on a Slack of its own."""
    world = await stack.enter_async_context(slack_server(judged=False))
    # On a slow machine, acknowledgements are late. Here, that is a figure and not a failure.
    stack.callback(world.late.clear)
    world.manifest["settings"]["event_subscriptions"]["bot_events"] = list(EVENTS)
    world.garden.scopes = frozenset(SCOPES)
    rooms = [world.channel() for _ in range(ROOMS)]
    ana = world.person("Ana")
    pid = await stack.enter_async_context(begin(world))
    await world.until(lambda: bool(world.sockets), LIMIT)
    await ask(world, ana, rooms[0], 0, whole)
    return RunningBot(pid, lambda room, number: ask(world, ana, rooms[room], number, whole), lambda: len(world.asked))


async def measured(folder: Path) -> list[Figure]:
    """Measure both bots, taking turns."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(model_server())

        def ours(world: Slack) -> AbstractAsyncContextManager[int]:
            where = {"TOKEN": world.token, "APP_TOKEN": world.app_token, "BASE_URL": world.base_url}
            return parley(folder, model, "Slack", **where)

        def plain(world: Slack) -> AbstractAsyncContextManager[int]:
            return peer("plain_slack", world.base_url, world.token, world.app_token, model)

        sides = {"Parley": await side(stack, ours, by_parley), PLAIN: await side(stack, plain, by_others)}
        return told("Slack", await compared(sides), PLAIN)


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1]))), HOW))
