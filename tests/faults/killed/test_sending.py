"""kill -9 while a message is being sent: no answer comes twice, and everybody has an answer or honest words."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random

import pytest

from bots.slack.manifest import manifest
from cli.wiring import program
from config.settings import load
from tests.cli.program import soon
from tests.cluster.platforms import slack_at, telegram_at
from tests.cluster.processes import process
from tests.faults.killed import mortal
from tests.faults.killed.lives import Home, NewHome
from tests.shared.failing import Failure
from tests.shared.platform_server import LoopbackPlatform
from tests.slack.living import answers as slack_answers
from tests.slack.living import buttons as slack_buttons
from tests.slack.server.server import slack_server
from tests.telegram.living import answers as telegram_answers
from tests.telegram.living import buttons as telegram_buttons
from tests.telegram.server.server import telegram_server
from tests.telegram.server.specification import published

SENDS = re.compile(r"/(sendMessage|chat\.postMessage|chat\.startStream)$")
QUESTION = re.compile(r"Question (\d+)$")
UNLIMITED = {"PARLEY_LIMITS__ANSWERS": "0", "PARLEY_LIMITS__COMMUNITY_ANSWERS": "0"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message of ours says, and the verbs of its buttons."""

    text: str
    buttons: list[str]

    @property
    def whole(self) -> bool:
        """Whether it shows a finished answer."""
        return "You said" in self.text and "retry" in self.buttons

    @property
    def honest(self) -> bool:
        """Whether it says that an answer was interrupted, or may not have arrived, with a button for it."""
        return not self.whole and bool({"retry", "show"} & set(self.buttons))


@dataclass(frozen=True, slots=True)
class SendingScene:
    """A platform, a program that is on it, how somebody asks there, and what is shown. `private` is for odd numbers."""

    world: LoopbackPlatform
    home: Home
    asks: Callable[[int], Awaitable[object]]
    shown: Callable[[], list[Shown]]


@dataclass(slots=True)
class Strike:
    """Lets one request that sends a message hang, with or without its effect; `hit` is set once it has come."""

    random: Random
    left: int
    hit: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, method: str, path: str, body: bytes) -> Failure | None:
        if not SENDS.search(path) or self.hit.is_set():
            return None
        self.left -= 1
        if self.left:
            return None
        self.hit.set()
        return Failure(hangs=True, done=self.random.random() < 0.5)


async def killed(scene: SendingScene, kills: int, seed: int) -> Counter[str]:
    """Kill the program so often while it sends, and count what has become of the questions."""
    random = Random(seed)
    for number in range(kills):
        async with process("run", scene.home.environment(0), mortal.main) as life:
            await life.out.until(scene.home.ready)
            # What the last death has left is ended first: each death is to meet a question of its own.
            await soon(over(scene.home))
            strike = Strike(random, random.choice((1, 1, 2)))
            scene.world.breaking.storm = strike
            await scene.asks(number)
            # Perhaps nothing more is to be sent.
            settled = asyncio.create_task(scene.world.until(partial(answered, scene, number)))
            struck = asyncio.create_task(strike.hit.wait())
            await asyncio.wait({settled, struck}, return_when=asyncio.FIRST_COMPLETED)
            settled.cancel()
            struck.cancel()
            await life.kill()
            scene.world.breaking.storm = nothing
    async with process("run", scene.home.environment(0), mortal.main) as life:
        await life.out.until(scene.home.ready)
        await soon(over(scene.home))
        await life.stop()
    shown = scene.shown()
    whole = Counter(int(found[1]) for one in shown if one.whole and (found := QUESTION.search(one.text)))
    missing = [number for number in range(kills) if not whole[number]]
    assert sum(one.honest for one in shown) >= len(missing), (missing, shown)
    return Counter(
        {
            "answered": len(whole),
            "honest words": len(missing),
            "twice": sum(times - 1 for times in whole.values()),
        }
    )


def nothing(method: str, path: str, body: bytes) -> Failure | None:
    return None


def answered(scene: SendingScene, number: int) -> bool:
    return any(one.whole and one.text.endswith(f"Question {number}") for one in scene.shown())


async def over(home: Home) -> None:
    """Wait until nothing is open."""
    for pause in forever(0.1):
        if home.rows("SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]:
            return
        await asyncio.sleep(pause)


def forever(pause: float) -> Iterator[float]:
    while True:
        yield pause


@pytest.fixture
def scenes(new_home: NewHome) -> Callable[[str], AbstractAsyncContextManager[SendingScene]]:
    @asynccontextmanager
    async def scene(platform: str) -> AsyncIterator[SendingScene]:
        if platform == "telegram":
            async with telegram_server(published()) as telegram:
                telegram.forgive()
                ana, group = telegram.person("Ana"), telegram.group()
                chats = [group, ana.dm()]

                async def asks(number: int) -> object:
                    return await ana.says(chats[number % 2], f"Question {number}", mention=not number % 2)

                def shown() -> list[Shown]:
                    found = [one for chat in chats for one in telegram_answers(chat)]
                    return [Shown(one.text, telegram_buttons(one)) for one in found]

                home = new_home({**telegram_at(telegram), **UNLIMITED}, "On Telegram as")
                yield SendingScene(telegram, home, asks, shown)
            return
        async with slack_server() as slack:
            slack.install(manifest(await program.commands(load()), "Parley", "An assistant"))
            bo, room = slack.person("Bo"), slack.channel()
            rooms = [room, bo.dm()]

            async def asked(number: int) -> object:
                await slack.until(lambda: bool(slack.sockets))
                return await bo.says(rooms[number % 2], f"Question {number}", mention=not number % 2)

            def seen() -> list[Shown]:
                found = [one for channel in rooms for one in slack_answers(channel)]
                return [Shown(one.shown, slack_buttons(one)) for one in found if not one.streaming]

            yield SendingScene(slack, new_home({**slack_at(slack), **UNLIMITED}, "On Slack as"), asked, seen)

    return scene


NewScene = Callable[[str], AbstractAsyncContextManager[SendingScene]]


@pytest.mark.slow
@pytest.mark.parametrize("platform", [pytest.param("telegram", marks=pytest.mark.sweep), "slack"])
async def test_nothing_comes_twice(scenes: NewScene, platform: str) -> None:
    async with scenes(platform) as scene:
        found = await killed(scene, 3, seed=2)
    assert found["twice"] == 0


@pytest.mark.sweep
@pytest.mark.parametrize("platform", ["telegram", "slack"])
async def test_two_hundred_kills(
    scenes: NewScene, platform: str, record_property: Callable[[str, object], None]
) -> None:
    async with scenes(platform) as scene:
        found = await killed(scene, 200, seed=2)
    record_property(platform, dict(found))
    assert found["twice"] == 0
