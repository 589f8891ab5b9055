"""Slack's events, however odd: each is put aside and acknowledged, and the next one is answered."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from time import time
from typing import Any

import httpx
import pytest
from sqlmodel import select

from core.store.tables import PutAsideRow
from tests.slack.living import Living, finished, living
from tests.slack.server.server import Slack

ODD: list[Mapping[str, Any]] = [
    {"type": "message", "user": "U1", "text": 5, "channel": ["x"], "ts": {}},
    {"type": "app_mention", "user": ["U1"], "channel": "C1", "ts": "x", "text": "Hi"},
    {"type": "message", "subtype": "message_changed", "message": 5},
    {"type": "message", "subtype": "message_deleted", "channel": "C1"},
    {"type": "message", "subtype": ["x"], "channel": "C1"},
    {"type": "reaction_added", "item": 5, "reaction": [], "user": "U1"},
    {"type": "reaction_added"},
    {"type": "assistant_thread_started", "assistant_thread": None},
]


def envelope(world: Slack, odd: Mapping[str, Any]) -> dict[str, Any]:
    """An event as Slack sends it, with whatever in it."""
    team = next(iter(world.teams))
    body = {"type": "event_callback", "token": "verification", "team_id": team, "event_id": "Ev1", "event": dict(odd)}
    return {**body, "authorizations": [{"team_id": team, "user_id": world.teams[team].bot.id, "is_bot": True}]}


async def kept(life: Living) -> list[PutAsideRow]:
    """What was put aside."""
    return await life.core.store.read(lambda session: list(session.exec(select(PutAsideRow)).all()))


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:60])
@pytest.mark.parametrize("http", [False, pytest.param(True, marks=pytest.mark.sweep)], ids=["socket", "http"])
async def test_an_event_that_cannot_be_read_is_put_aside_and_acknowledged(
    world: Slack, sqlite_url: str, odd: Mapping[str, Any], http: bool
) -> None:
    ana, room = world.person("Ana"), world.channel()
    async with living(world, sqlite_url, http=http) as life:
        delivery = world.tell("events_api", envelope(world, odd))
        await world.until(lambda: delivery.id not in world.open)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        (item,) = await kept(life)
        assert (item.platform, item.kind) == ("slack", odd["type"])
        assert '"token"' not in item.payload


BODIES: list[tuple[str, bytes]] = [
    ("application/json", b""),
    ("application/json", b"[]"),
    ("application/json", b'"x"'),
    ("application/json", b"5"),
    ("application/json", b"null"),
    ("application/json", b"{}"),
    ("application/json", b'{"event": []}'),
    ("application/json", b'{"event": 5, "team_id": [1], "type": {}}'),
    ("application/json; charset=nonsense", b"[1]"),
    ("application/x-www-form-urlencoded", b"payload="),
    ("application/x-www-form-urlencoded", b"payload=[]"),
    ("application/x-www-form-urlencoded", b"payload=%7B%22type%22%3A%5B%5D%7D"),
    ("application/x-www-form-urlencoded", b"\xff\xfe"),
    ("application/x-www-form-urlencoded", b"command=%2Fparley"),
    ("", b"x"),
]


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
async def test_no_body_is_answered_with_500(world: Slack, sqlite_url: str, signed: bool) -> None:
    async with living(world, sqlite_url, http=True), httpx.AsyncClient(trust_env=False) as client:
        for kind, body in BODIES:
            at = str(int(time()))
            base = b"v0:" + at.encode() + b":" + body
            signature = hmac.new(world.secret.encode(), base, hashlib.sha256).hexdigest() if signed else "0"
            headers = {
                "content-type": kind,
                "x-slack-request-timestamp": at,
                "x-slack-signature": f"v0={signature}",
            }
            answer = await client.post(world.hook, content=body, headers=headers)
            assert answer.status_code < 500, (kind, body)
            assert answer.status_code != 400 or answer.text


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"<html>", b"", b"[]", b'{"ok": true}', b'{"ok": true, "team": 5}', b"\xff"])
async def test_an_odd_answer_at_the_start_is_asked_again(world: Slack, sqlite_url: str, content: bytes) -> None:
    ana, room = world.person("Ana"), world.channel()
    world.odd["auth.test"] = [content]
    async with living(world, sqlite_url):
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))


@pytest.mark.parametrize("method", ["users.info", "usergroups.list", "chat.postMessage"])
@pytest.mark.parametrize("content", [b"<html>", b"[]", json.dumps({"ok": True, "user": []}).encode()], ids=str)
async def test_an_odd_answer_to_a_call_loses_no_event(
    world: Slack, sqlite_url: str, method: str, content: bytes
) -> None:
    ana, room = world.person("Ana"), world.channel()
    world.odd[method] = [content]
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert await kept(life) == []
