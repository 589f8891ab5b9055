"""kill -9 while people on Discord do what takes several steps: nothing is lost or doubled, and the place is right."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.cluster.platforms import discord_at
from tests.discord.living import answers, buttons
from tests.discord.server.interactions import Interaction
from tests.discord.server.server import Discord, discord_server
from tests.discord.server.specification import published
from tests.discord.server.world import Channel, Message
from tests.faults.killed.lives import NewHome, Scenario, Scene, Scenes, outlived, sweep

DiscordScenes = Scenes[Scene[Discord]]


@pytest.fixture
def scenes(new_home: NewHome) -> DiscordScenes:
    @asynccontextmanager
    async def scene() -> AsyncIterator[Scene[Discord]]:
        async with discord_server(published()) as world:
            # A thread that is opened again is refused, and an interaction of an earlier life is too old.
            world.forgive()
            yield Scene(world, new_home(discord_at(world), "On Discord as"))

    return scene


def whole(message: Message) -> bool:
    """Whether a message shows a finished answer."""
    return "up" in buttons(message) and "You said" in message.content


def texts(*channels: Channel) -> list[str]:
    """All that was said there."""
    return [one.content for channel in channels for one in channel.messages]


async def thread(scenes: DiscordScenes, step: int) -> bool:
    """A question begins a thread of its own."""
    async with scenes() as on:
        world, guild = on.world, on.world.guild()
        room, ana = world.channel(guild), world.person("Ana", guild)
        keeper = world.person("Keeper", guild, keeper=True)

        async def before() -> None:
            await (await keeper.commands(room, "settings", {"name": "threads", "value": "on"})).answered()

        def places() -> list[Channel]:
            return [room, *guild.threads.values()]

        async def play() -> None:
            await ana.says(room, "What is a parley?", mention=True)
            await world.until(lambda: any(whole(one) for place in places() for one in answers(place)))

        died = await outlived(on.home, step, play, before)
        said = [(place.id, one.content) for place in places() for one in answers(place)]
        (made,) = guild.threads
        assert said == [(made, "You said: Ana: What is a parley?")], said
        return died


async def ask(scenes: DiscordScenes, step: int) -> bool:
    """What is asked for oneself alone is answered in the sight of nobody else."""
    async with scenes() as on:
        world, guild = on.world, on.world.guild()
        room, ana = world.channel(guild), world.person("Ana", guild)
        asked: list[Interaction] = []

        async def act() -> None:
            asked.append(await ana.commands(room, "ask", {"question": "What is a parley?"}))

        async def play() -> None:
            # A command that nobody has taken has failed, and its person sees that.
            await on.home.heard(world, act, lambda: asked[-1].acknowledged.is_set())
            direct = await ana.dm()
            await world.until(lambda: any(map(whole, [*asked[-1].messages, *answers(direct)])))

        died = await outlived(on.home, step, play)
        direct = await ana.dm()
        shown = [one.content for made in asked for one in made.messages if one.content] + texts(direct)
        assert texts(room) == [], texts(room)
        assert shown.count("You said: What is a parley?") in (1, len(asked)), shown
        return died


async def deletion(scenes: DiscordScenes, step: int) -> bool:
    """Who asked has the answer deleted by its button."""
    async with scenes() as on:
        world, guild = on.world, on.world.guild()
        room, ana = world.channel(guild), world.person("Ana", guild)
        pressed: list[Interaction] = []

        async def before() -> None:
            await ana.says(room, "I keep bees", mention=True)
            await world.until(lambda: any(map(whole, answers(room))))

        async def act() -> None:
            if answers(room):
                pressed.append(await ana.presses(answers(room)[0], "delete:"))

        async def play() -> None:
            await on.home.heard(world, act, lambda: pressed[-1].acknowledged.is_set() or not answers(room))
            await world.until(lambda: not answers(room))

        died = await outlived(on.home, step, play, before)
        assert on.home.rows("SELECT text, deleted FROM message WHERE role = 'assistant'") == [("", 1)]
        return died


SCENARIOS: Mapping[str, Scenario[Scene[Discord]]] = {"thread": thread, "ask": ask, "deletion": deletion}


@pytest.mark.sweep
@pytest.mark.parametrize("name", SCENARIOS)
async def test_whenever_it_dies(scenes: DiscordScenes, name: str) -> None:
    assert await sweep(lambda step: SCENARIOS[name](scenes, step)) >= 4


@pytest.mark.sweep
async def test_when_it_dies_in_the_middle(scenes: DiscordScenes) -> None:
    assert await thread(scenes, 5)
