"""Every client gets every odd reply, and raises nothing but what its callers catch."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest
from telegram.error import TelegramError

from bots.slack.refusals import FAILURES
from bots.slack.workspaces import web_client
from bots.telegram.options import TelegramOptions, create
from core.errors import ParleyError
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.timeouts import ModelTimeouts
from core.ports.model import PromptLine, SamplingSettings
from tests.faults.odd import ODD, SAMPLE, answering

Call = Callable[[str], Awaitable[object]]
ASK = [PromptLine("user", "Hello")]
PATIENCE = ModelTimeouts(first_token=5, next_token=5, whole=10)


def telegram(method: str) -> Call:
    async def call(url: str) -> object:
        bot = create(TelegramOptions("1:x", f"{url}/bot"))
        for request in bot._request:
            await request.initialize()
        try:
            if method == "getUpdates":
                return await bot.raw_updates(None, 0, ())
            return await (bot.get_me() if method == "getMe" else bot.send_message(1, "Hello"))
        finally:
            for request in bot._request:
                await request.shutdown()

    return call


def slack(method: str) -> Call:
    async def call(url: str) -> object:
        return await web_client("xoxb-1", f"{url}/").api_call(method)

    return call


async def model_list(url: str) -> None:
    model = OpenAIModel(ModelEndpoint(f"{url}/v1"), patience=PATIENCE)
    try:
        await model.reach()
    finally:
        await model.aclose()


async def model_stream(url: str) -> object:
    model = OpenAIModel(ModelEndpoint(f"{url}/v1", window=100, dialect="openai"), patience=PATIENCE, retries=0)
    try:
        return [piece async for piece in model.stream(ASK, SamplingSettings())]
    finally:
        await model.aclose()


CLIENTS: Mapping[str, tuple[Call, tuple[type[Exception], ...]]] = {
    **{f"telegram {one}": (telegram(one), (TelegramError,)) for one in ("getUpdates", "getMe", "sendMessage")},
    **{f"slack {one}": (slack(one), FAILURES) for one in ("auth.test", "chat.postMessage", "users.info")},
    "model list": (model_list, (ParleyError,)),
    "model stream": (model_stream, (ParleyError,)),
}
"""Every client with the errors that its callers catch."""


async def tried(client: str, names: Sequence[str]) -> None:
    """Give a client these replies, one after another."""
    call, caught = CLIENTS[client]
    for name in names:
        async with answering(ODD[name]) as url:
            try:
                await call(url)
            except caught:
                continue
            except Exception as error:
                raise AssertionError(f"{client} on {name!r} raised {error!r}") from error


@pytest.mark.parametrize("client", CLIENTS)
async def test_some_odd_replies_end_in_an_error_that_is_caught(client: str) -> None:
    await tried(client, SAMPLE)


@pytest.mark.sweep
@pytest.mark.parametrize("client", CLIENTS)
async def test_every_odd_reply_ends_in_an_error_that_is_caught(client: str) -> None:
    await tried(client, list(ODD))


def test_the_table_is_long_and_its_sample_is_in_it() -> None:
    assert len(ODD) >= 60
    assert set(SAMPLE) <= set(ODD)
