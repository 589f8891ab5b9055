"""Nothing is lost and nothing doubled: updates that come again, lost connections, limits, crashes and the webhook."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from core.errors import StoreError
from core.messages import AnyEvent
from core.models.scripted import ScriptedAnswer, ScriptedModel
from tests.telegram.living import Living, answers, buttons, finished, living
from tests.telegram.server.server import Chat, Message, Telegram


@pytest.mark.slow
async def test_an_update_is_confirmed_only_once_it_is_committed(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url) as life:
        assert life.running._intake
        taken, failing = life.running._intake.handle, asyncio.Event()

        async def locked(event: AnyEvent) -> None:
            failing.set()
            raise StoreError("locked")

        life.running._intake.handle = locked
        await ana.says(chat, "Hello")
        await failing.wait()
        assert world.confirmed < world.updates[0]["update_id"]
        life.running._intake.handle = taken
        await world.until(lambda: finished(chat))
        await world.until(lambda: not world.updates)
        assert len(answers(chat)) == 1


async def test_what_came_while_it_was_away_is_answered(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    world.allowed |= {"message_reaction"}
    async with living(world, sqlite_url):
        await ana.says(chat, "Before")
        await world.until(lambda: finished(chat))
    await ana.says(chat, "Meanwhile")
    await ana.reacts(answers(chat)[0], "👍")
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(chat, 2))
        await life.rated(1)
        assert len(answers(chat)) == 2


def offers(chat: Chat) -> list[Message]:
    """The messages that offer an answer again."""
    return [message for message in answers(chat) if "show" in buttons(message)]


async def test_an_answer_that_may_have_arrived_is_not_repeated_but_offered(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url) as life:
        world.lost.append("sendMessage")
        await ana.says(chat, "Hello")
        await world.until(lambda: bool(offers(chat)))
        assert [answer.text for answer in answers(chat)][:1] == ["You said: Hello"]
        assert "may not have arrived" in offers(chat)[0].text
        assert life.core.router.metrics.registry.get_sample_value("parley_outbox_ambiguous_total") == 1
        await ana.says(chat, "Again")
        await world.until(lambda: finished(chat, 3))
        assert [answer.text for answer in answers(chat)][2:] == ["You said: Again"]


@pytest.mark.parametrize("drafts", [True, False])
@pytest.mark.parametrize("failures", [1, 2])
async def test_an_answer_that_did_not_arrive_is_shown_at_a_press(
    world: Telegram, sqlite_url: str, failures: int, drafts: bool
) -> None:
    world.has_drafts = drafts
    world.forgive()
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url) as life:
        # The second failure is that of the message which says so.
        world.fail("sendMessage", 502, times=failures)
        await ana.says(chat, "Hello")
        await world.until(lambda: bool(offers(chat)))
        await ana.presses(answers(chat)[0], "show:")
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == ["You said: Hello"]
        await ana.reacts(answers(chat)[0], "👍")
        await life.rated(1)
        assert life.rows("SELECT state FROM post WHERE message_id IS NOT NULL") == [("sent",)]


async def test_what_was_refused_before_it_was_done_is_sent_again(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        world.fail("sendMessage", 408)
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == ["You said: Hello"]


@pytest.mark.parametrize("code", [408, 502])
async def test_a_notice_that_may_not_have_arrived_is_sent_again(world: Telegram, sqlite_url: str, code: int) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        world.fail("sendMessage", code)
        await ana.says(chat, "/stats")
        await world.until(lambda: bool(answers(chat)))
        assert len(answers(chat)) == 1


@pytest.mark.slow
async def test_nothing_is_sent_before_its_time(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        world.limit("sendMessage", 1)
        world.limit("editMessageText", 1)
        await ana.says(chat, "Hello")
        await ana.says(chat, "Again")
        await world.until(lambda: finished(chat, 2))
        assert not world.impatient
        assert len(answers(chat)) == 2


@pytest.mark.slow
async def test_an_answer_is_deleted_as_soon_as_telegram_allows_it(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        world.limit("deleteMessage", 1)
        await ana.presses(answers(chat)[0], "delete")
        await world.until(lambda: not answers(chat))
        assert not world.impatient


@pytest.mark.slow
async def test_what_a_press_is_answered_with_waits_until_telegram_allows_it(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    group = world.group()
    async with living(world, sqlite_url):
        await ana.says(group, "@parley_bot Hello")
        await world.until(lambda: finished(group))
        world.limit("answerCallbackQuery", 1)
        pressed = await ana.presses(answers(group)[0], "up")
        await world.until(lambda: pressed.answer is not None)
        assert not world.impatient


async def test_a_crash_leaves_nothing_of_a_draft(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, ScriptedModel([ScriptedAnswer("One", hangs=True)])) as life:
        await ana.says(chat, "Hello")
        await world.until(lambda: bool(world.drafts))
        await life.core.router.drain(0)
    async with living(world, sqlite_url):
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == ["You said: Hello"]


async def test_a_crash_is_taken_up_where_it_was(world: Telegram, sqlite_url: str) -> None:
    world.has_drafts = False
    world.forgive()
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, ScriptedModel([ScriptedAnswer("One", hangs=True)])) as life:
        await ana.says(chat, "Hello")
        await world.until(lambda: bool(answers(chat)))
        await life.until_rows("SELECT state FROM post", [("sent",)])
        await life.core.router.drain(0)
    async with living(world, sqlite_url):
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == ["You said: Hello"]


@pytest.mark.parametrize("code", [500, 502, 409])
async def test_a_failing_telegram_is_asked_again(world: Telegram, sqlite_url: str, code: int) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    world.fail("getUpdates", code, times=3)
    async with living(world, sqlite_url, first_pause=0.0):
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))


@pytest.mark.sweep
async def test_one_hundred_lost_connections(world: Telegram, sqlite_url: str) -> None:
    people = [world.person(f"Person {number}") for number in range(200)]
    async with living(world, sqlite_url, first_pause=0.0) as life:
        for start in range(0, 200, 2):
            world.lost.append("getUpdates")
            pair = people[start : start + 2]
            for person in pair:
                await person.says(person.dm(), "Hello")
            await world.until(lambda pair=pair: all(finished(person.dm()) for person in pair))  # type: ignore[misc] # a default
            for person in pair:
                await person.reacts(answers(person.dm())[0], "👍")
        await life.until_rows("SELECT count(*), sum(value) FROM rating", [(200, 200)])
        assert [len(answers(person.dm())) for person in people] == [1] * 200


class Server(uvicorn.Server):
    """One that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def hooked(world: Telegram, url: str) -> AsyncIterator[tuple[Living, str]]:
    """A bot that Telegram calls, and its address."""
    async with living(world, url, webhook_url="http://127.0.0.1:1/telegram") as life:
        config = uvicorn.Config(life.running.app(), port=0, log_config=None, lifespan="off")
        server = Server(config)
        serving = asyncio.create_task(server.serve())
        await server.up.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        world.hook["url"] = f"http://127.0.0.1:{port}/telegram"
        async with httpx.AsyncClient(trust_env=False) as client:
            delivering = asyncio.create_task(world.deliver(client))
            try:
                yield life, world.hook["url"]
            finally:
                delivering.cancel()
                await asyncio.gather(delivering, return_exceptions=True)
        server.should_exit = True
        await serving


async def test_telegram_may_call_instead_of_being_asked(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with hooked(world, sqlite_url) as (life, _):
        assert world.hook["secret_token"] == "a-secret"
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        await ana.reacts(answers(chat)[0], "👍")
        await life.rated(1)


@pytest.mark.parametrize("secret", ["", "wrong", "a-secre", "a-secret-and-more", "ä"])
async def test_a_call_without_the_secret_is_refused(world: Telegram, sqlite_url: str, secret: str) -> None:
    ana = world.person("Ana")
    async with hooked(world, sqlite_url) as (life, url), httpx.AsyncClient(trust_env=False) as client:
        sent = world.written(ana.dm(), ana.account, "Forged")
        body = {"update_id": 1, "message": sent.payload()}
        headers = {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
        assert (await client.post(url, json=body, headers=headers)).status_code == 401
        assert life.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_call_that_comes_again_is_answered_once(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    async with hooked(world, sqlite_url) as (_, url), httpx.AsyncClient(trust_env=False) as client:
        sent = world.written(ana.dm(), ana.account, "Hello")
        body = {"update_id": 5, "message": sent.payload()}
        headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
        for _ in range(3):
            assert (await client.post(url, json=body, headers=headers)).status_code == 200
        await world.until(lambda: finished(ana.dm()))
        assert len(answers(ana.dm())) == 1


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b" " * 3_000_000, b"\xff", b'"a"', b'{"update_id": "1", "message": "x"}']
)
async def test_a_call_that_is_no_update_is_refused_and_does_no_harm(
    world: Telegram, sqlite_url: str, body: bytes
) -> None:
    async with hooked(world, sqlite_url) as (life, url), httpx.AsyncClient(trust_env=False) as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
        assert (await client.post(url, content=body, headers=headers)).status_code == 400
        assert life.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_an_answer_whose_message_is_deleted_is_not_written_any_further(world: Telegram, sqlite_url: str) -> None:
    world.has_drafts = False
    world.forgive()
    ana = world.person("Ana")
    chat = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three", "Free again"], pace=steps.get)) as life:
        steps.put_nowait(None)
        await ana.says(chat, "Count")
        await life.until_rows("SELECT state FROM post", [("sent",)])
        chat.messages.remove(answers(chat)[0])
        steps.put_nowait(None)
        await life.until_rows("SELECT state FROM message WHERE role = 'assistant'", [("cancelled",)])
        for _ in range(5):
            steps.put_nowait(None)
        await ana.says(chat, "Hello?")
        await world.until(lambda: finished(chat))
        assert [answer.text for answer in answers(chat)] == ["Free again"]


@pytest.mark.parametrize(
    "words",
    [
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "need administrator rights in the channel chat",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_SEND_PLAIN_FORBIDDEN",
        "CHAT_RESTRICTED",
        "TOPIC_CLOSED",
        "TOPIC_DELETED",
        "message thread not found",
    ],
)
async def test_a_refused_answer_is_told_in_private(world: Telegram, sqlite_url: str, words: str) -> None:
    world.forgive()
    ana = world.person("Ana")
    group, direct = world.group(), ana.dm()
    async with living(world, sqlite_url):
        world.closed_chats[group.id] = words
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: bool(answers(direct)))
        assert "may not write" in answers(direct)[0].text
        assert not answers(group)
