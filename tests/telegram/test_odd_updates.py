"""Telegram's answers to getUpdates and its webhook, however odd: nothing ends, and no readable update is lost."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlmodel import select

from core.store.tables import PutAsideRow
from tests.telegram.living import Living, answers, finished, living
from tests.telegram.server.server import Telegram

ODD = [
    {"message": 5},
    {"message": {"message_id": "x", "chat": 7}},
    {"message": {"message_id": 1, "date": "yesterday", "chat": {"id": 1, "type": "private"}}},
    {"callback_query": []},
    {"message_reaction": {"chat": None}},
]


async def kept(life: Living) -> list[PutAsideRow]:
    """What was put aside."""
    return await life.core.store.read(lambda session: list(session.exec(select(PutAsideRow)).all()))


@pytest.mark.parametrize("odd", ODD, ids=str)
async def test_an_update_that_cannot_be_read_is_put_aside_and_the_next_one_answered(
    world: Telegram, sqlite_url: str, odd: Mapping[str, Any]
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, first_pause=0.0) as life:
        world.updates.append({"update_id": next(world.numbers), **odd})
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        (item,) = await kept(life)
        assert (item.platform, item.kind) == ("telegram", "update")
        assert str(next(iter(odd))) in item.payload
        assert world.confirmed >= int(item.key)
    assert len(answers(chat)) == 1


@pytest.mark.parametrize("odd", [5, None, [], {}, {"update_id": "1"}, {"update_id": True, "message": {}}], ids=str)
async def test_what_has_no_number_is_put_aside_once_and_takes_nothing_with_it(
    world: Telegram, sqlite_url: str, odd: Any
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    world.odd["getUpdates"] = [(200, {"ok": True, "result": [odd]})] * 3
    async with living(world, sqlite_url, first_pause=0.0) as life:
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        assert len(await kept(life)) == 1


REPLIES: list[tuple[int, Any]] = [
    (200, b"<html>a proxy</html>"),
    (200, b""),
    (200, b'{"ok": true, "result": [{"upd'),
    (200, b"\xff\xfe\x00"),
    (200, {"ok": True, "result": {}}),
    (200, {"ok": True, "result": None}),
    (200, {"ok": True, "result": "x"}),
    (200, {"ok": True}),
    (200, {"ok": False}),
    (200, None),
    (200, [1]),
    (200, b"[" * 5000),
    (301, b"elsewhere"),
    (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
    (403, b"<html>no</html>"),
    (404, b""),
    (400, {"parameters": 5, "description": ["x"]}),
    (429, {"ok": False, "parameters": {"retry_after": "soon"}}),
    (429, {"ok": False, "parameters": {"retry_after": -1}}),
    (500, b"oops"),
    (502, b"<html>"),
    (599, b"\x00"),
]


@pytest.mark.parametrize(("status", "content"), REPLIES, ids=lambda value: str(value)[:30])
async def test_whatever_answers_a_poll_it_is_asked_again(
    world: Telegram, sqlite_url: str, status: int, content: Any
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    world.odd["getUpdates"] = [(status, content)]
    async with living(world, sqlite_url, first_pause=0.0) as life:
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        registry = life.core.metrics.registry
        labels = {"platform": "telegram", "call": "getUpdates"}
        assert registry.get_sample_value("parley_unusable_replies_total", labels) == 1


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "setMyCommands"])
@pytest.mark.parametrize("content", [b"<html>", {"ok": True, "result": 7}, {"ok": True, "result": [1]}], ids=str)
async def test_an_odd_answer_at_the_start_is_asked_again(
    world: Telegram, sqlite_url: str, method: str, content: Any
) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    world.odd[method] = [(200, content)]
    async with living(world, sqlite_url, first_pause=0.0):
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b'"x"', 400), (b"5", 400), (b"null", 400), (b"{}", 400), (b"\xff", 400)]
    + [(b'{"update_id": 1}', 200), (b'{"update_id": 2, "message": 5}', 200), (b'{"update_id": "3"}', 400)],
)
async def test_the_webhook_answers_in_words_and_never_with_500(
    world: Telegram, sqlite_url: str, body: bytes, status: int
) -> None:
    async with living(world, sqlite_url, webhook_url="https://bot.example.org/telegram") as life:
        await world.until(lambda: bool(world.hook))
        transport = httpx.ASGITransport(life.running.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            answer = await client.post(
                "/telegram", content=body, headers={"x-telegram-bot-api-secret-token": "a-secret"}
            )
        assert answer.status_code == status
        assert bool(answer.text) == (status == 400)
        assert len(await kept(life)) == (1 if b'"message": 5' in body else 0)
