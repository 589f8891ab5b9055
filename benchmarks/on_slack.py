"""The bot on a loopback Slack, with a model that answers at once: `python -m benchmarks.on_slack FOLDER`."""

import asyncio
import sys
from pathlib import Path

from benchmarks.asking import ROOMS, answered, bot
from benchmarks.figures import Figure, on_last_core, printed
from bots.slack.manifest import EVENTS, SCOPES
from tests.slack.living import finished
from tests.slack.server.server import Person, Slack, slack_server
from tests.slack.server.world import Channel


async def ask(world: Slack, person: Person, room: Channel, number: int) -> None:
    """Ask in a channel, and wait until the answer is whole."""
    question = await person.says(room, f"Question {number}", mention=True)
    await world.until(lambda: finished(room, 1, question.ts))
    room.messages = [message for message in room.messages if question.ts not in (message.ts, message.thread)]


async def measured(folder: Path) -> list[Figure]:
    """Measure throughput and latency."""
    async with slack_server(judged=False) as world:
        world.manifest["settings"]["event_subscriptions"]["bot_events"] = list(EVENTS)
        world.garden.scopes = frozenset(SCOPES)
        rooms = [world.channel() for _ in range(ROOMS)]
        ana = world.person("Ana")
        where = (world.base_url, world.token, world.app_token)
        async with bot("benchmarks.slack_bot", folder / "slack.sqlite3", *where) as process:
            await world.until(lambda: bool(world.sockets))
            return await answered(
                "Slack", process, lambda room, number: ask(world, ana, rooms[room], number), lambda: len(world.asked)
            )


if __name__ == "__main__":
    on_last_core()
    sys.exit(printed(asyncio.run(measured(Path(sys.argv[1])))))
