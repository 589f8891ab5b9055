"""No message text, token, ticket or signed address in the log, on any surface, at the level that says most."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import structlog
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.web.adapter import WebOptions, create
from cli.wiring.library_records import library_text
from cli.wiring.logs import logging_to
from config.settings import load
from core.errors import ModelUnavailable
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import PromptLine
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.discord import living as on_discord
from tests.discord.server.server import discord_server
from tests.keys import KEYRING
from tests.slack import living as on_slack
from tests.slack.server.server import slack_server
from tests.telegram import living as on_telegram
from tests.telegram.server.server import telegram_server
from tests.web.client import EVERYBODY, KEY, Visitor

CANARY = "canary-words-that-only-people-read"
"""What people say, and what the model says of it."""


def fails(lines: Sequence[PromptLine]) -> str:
    """A fault of ours whose text carries the message."""
    raise ValueError(f"cannot take {lines[-1].text}")


def refuses(lines: Sequence[PromptLine]) -> ScriptedAnswer:
    """A model that is not there."""
    return ScriptedAnswer(error=ModelUnavailable("model-unavailable", "no connection"))


MODELS: dict[str, Callable[[], ScriptedModel]] = {
    "an answer": lambda: ScriptedModel(lambda lines: f"You said: {lines[-1].text}"),
    "a fault with the message in its text": lambda: ScriptedModel(fails),
    "no model": lambda: ScriptedModel(refuses),
}


@contextmanager
def log_of(home: Path) -> Iterator[list[str]]:
    """The lines of the log at debug, after the block."""
    lines: list[str] = []
    with logging_to(load(environment={"PARLEY_HOME": str(home), "PARLEY_LOG__LEVEL": "debug"})):
        structlog.get_logger().debug("begun")
        yield lines
    lines += (home / "logs" / "parley.log").read_text().splitlines()


@asynccontextmanager
async def discord(url: str, model: ScriptedModel) -> AsyncIterator[list[str]]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        async with discord_server(None) as world:
            guild = world.guild()
            room, ana = world.channel(guild), world.person("Ana", guild)
            async with on_discord.living(world, url, model):
                await ana.says(room, f"{CANARY}?", mention=True)
                await world.until(lambda: bool(on_discord.answers(room)))
                asked = await ana.commands(room, "new")
                await asked.answered()
                yield [world.token, asked.token]
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def slack(url: str, model: ScriptedModel) -> AsyncIterator[list[str]]:
    async with slack_server() as world:
        room, ana = world.channel(), world.person("Ana")
        async with on_slack.living(world, url, model):
            await ana.says(room, f"{CANARY}?", mention=True)
            await world.until(lambda: any(call.method.startswith("chat.") for call in world.asked))
            yield [world.token, world.app_token, world.secret, "ticket="]


@asynccontextmanager
async def telegram(url: str, model: ScriptedModel) -> AsyncIterator[list[str]]:
    async with telegram_server(None) as world:
        ana = world.person("Ana")
        chat = ana.dm()
        async with on_telegram.living(world, url, model):
            await ana.says(chat, f"{CANARY}?")
            await world.until(lambda: bool(on_telegram.answers(chat)))
            yield [world.token]


@asynccontextmanager
async def web(url: str, model: ScriptedModel) -> AsyncIterator[list[str]]:
    store = connect(url, KEYRING)
    core = core_over(store, model)
    page = create(core.router.handle, core.records, hosts={"127.0.0.1"}, options=WebOptions(KEY, admins=EVERYBODY))
    core.router.attach("web", page)
    async with Visitor(page.app) as visitor:
        address = await visitor.begin()
        await visitor.say(address, f"{CANARY}?")
        await core.router.drain(20)
        yield [visitor.cookie.partition("=")[2]]
    page.close()
    await store.close()


SURFACES = {"discord": discord, "slack": slack, "telegram": telegram, "web": web}


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("surface", SURFACES)
async def test_the_log_at_debug_has_no_words_and_no_secret(
    surface: str, model: str, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with log_of(tmp_path) as lines:
        async with SURFACES[surface](sqlite_url, MODELS[model]()) as secrets:
            pass
    written = [*lines, *capsys.readouterr().err.splitlines()]
    assert any("begun" in line for line in lines)
    assert [line for line in written if any(word in line for word in (CANARY, *secrets))] == []
    if model != "an answer":
        assert any(json.loads(line)["level"] in ("warning", "error") for line in lines)


def quoted() -> None:
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: ValueError({CANARY!r})")


def given() -> None:
    logging.getLogger("aiohttp.server").error("Error handling %s", ValueError(CANARY))


def raised() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger("discord.client").exception("Ignoring exception in %s", "on_message")


def grouped() -> None:
    try:
        raise ExceptionGroup(CANARY, [ValueError(CANARY), RuntimeError(CANARY)])
    except ExceptionGroup as group:
        structlog.get_logger().error("group", exc_info=group)


def valued() -> None:
    structlog.get_logger().warning("valued", error=ValueError(CANARY))


def spoken() -> None:
    logging.getLogger("slack_bolt.AsyncApp").debug(f"Applying all middleware to {CANARY}")
    logging.getLogger("a_library_that_nobody_knows").info(CANARY)
    logging.getLogger("httpx").info("HTTP Request: GET https://x.org/?q=%s", CANARY)


@pytest.mark.parametrize("say", [quoted, given, raised, grouped, valued, spoken])
def test_an_error_whose_text_carries_a_message_is_logged_without_it(say: Callable[[], None], tmp_path: Path) -> None:
    with log_of(tmp_path) as lines:
        say()
    assert [line for line in lines if CANARY in line.replace("raise KeyError(CANARY)", "")] == []
    told = [json.loads(line) for line in lines]
    if say in (raised, grouped):
        assert "Error" in told[-1]["exception"]
    if say is valued:
        assert told[-1]["error"] == "ValueError"


def test_a_librarys_text_keeps_its_numbers_and_its_own_words(tmp_path: Path) -> None:
    with log_of(tmp_path) as lines:
        logging.getLogger("discord.gateway").warning("Rate limited on %s for %.2f seconds", CANARY, 1.5)
        logging.getLogger("discord.gateway").warning("Known %(name)s", {"name": CANARY})
    said = [json.loads(line)["event"] for line in lines][1:]
    assert said == ["Rate limited on [str] for 1.50 seconds", "Known [str]"]


def test_a_text_that_does_not_fit_its_values_is_told_without_them() -> None:
    wants_number = "Rate limited for %d"
    record = logging.LogRecord("discord", logging.WARNING, __file__, 1, wants_number, None, None)
    assert library_text(record, (CANARY,)) == "Rate limited for %d (values left out, see test_log:1)"
