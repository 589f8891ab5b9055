"""kill -9 while people on Slack do what takes several steps: nothing is lost or doubled, and the place is right."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from bots.slack.manifest import manifest
from cli.wiring import program
from config.settings import load
from tests.cluster.platforms import slack_at
from tests.faults.killed.lives import NewHome, Scenario, Scene, Scenes, outlived, sweep
from tests.slack.living import answers, buttons
from tests.slack.server.server import Slack, slack_server
from tests.slack.server.world import Message

SlackScenes = Scenes[Scene[Slack]]


@pytest.fixture
def scenes(new_home: NewHome) -> SlackScenes:
    @asynccontextmanager
    async def scene() -> AsyncIterator[Scene[Slack]]:
        async with slack_server() as world:
            world.install(manifest(await program.commands(load()), "Parley", "An assistant"))
            yield Scene(world, new_home(slack_at(world), "On Slack as"))

    return scene


def whole(message: Message) -> bool:
    """Whether a message shows a finished answer."""
    return "up" in buttons(message) and "You said" in message.shown


async def ask(scenes: SlackScenes, step: int) -> bool:
    """What is asked for oneself alone is answered in the sight of nobody else."""
    async with scenes() as on:
        world, room, ana = on.world, on.world.channel(), on.world.person("Ana")
        asked: list[object] = []

        async def before() -> None:
            await world.until(lambda: bool(world.sockets))

        async def act() -> None:
            await world.until(lambda: bool(world.sockets))
            asked.append(await ana.commands(room, "ask What is a parley?"))

        def there() -> bool:
            return any(map(whole, [*room.whispers, *answers(ana.dm())]))

        async def play() -> None:
            # Slack does not send a command again.
            await on.home.heard(world, act, there)

        died = await outlived(on.home, step, play, before)
        said = [one.shown for one in [*room.whispers, *answers(ana.dm())] if whole(one)]
        assert answers(room) == [], [one.shown for one in answers(room)]
        assert 1 <= len(said) <= len(asked), said
        return died


async def deletion(scenes: SlackScenes, step: int) -> bool:
    """Who asked has the answer deleted by its button."""
    async with scenes() as on:
        world, room, ana = on.world, on.world.channel(), on.world.person("Ana")
        # Whoever dies before knowing that it is gone deletes it again, and asks for its reactions.
        world.forgive("message_not_found")

        async def before() -> None:
            await world.until(lambda: bool(world.sockets))
            await ana.says(room, "I keep bees", mention=True)
            await world.until(lambda: any(map(whole, answers(room))))

        async def act() -> None:
            await world.until(lambda: bool(world.sockets))
            if answers(room):
                await ana.presses(answers(room)[0], "delete:")

        async def play() -> None:
            await on.home.heard(world, act, lambda: not answers(room))

        died = await outlived(on.home, step, play, before)
        kept = on.home.rows("SELECT text, deleted FROM message WHERE role = 'assistant'")
        assert kept == [("", 1)], kept
        return died


SCENARIOS: Mapping[str, Scenario[Scene[Slack]]] = {"ask": ask, "deletion": deletion}


@pytest.mark.sweep
@pytest.mark.parametrize("name", SCENARIOS)
async def test_whenever_it_dies(scenes: SlackScenes, name: str) -> None:
    assert await sweep(lambda step: SCENARIOS[name](scenes, step)) >= 4
