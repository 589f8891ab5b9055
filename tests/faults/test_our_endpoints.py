"""Our own endpoints, given bodies that nobody should send: refused with a status of 4xx in words, never with 500."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from time import time
from typing import Any

import httpx
import pytest
import telegram
from starlette.types import ASGIApp

from bots.shared.bodies import LARGEST
from bots.telegram.adapter import TelegramChat
from bots.telegram.commands import CommandLists
from bots.telegram.intake import UpdateIntake
from bots.telegram.options import TelegramOptions, create
from bots.telegram.webhook import HEADER, UpdateWebhook
from tests.mutated import Memory
from tests.slack.test_mutated_events import SECRET, surface
from tests.web.client import ORIGIN, Visitor
from tests.web.conftest import core, visitor, web  # noqa: F401 # fixtures

BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "blank": b" \r\n",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"5",
    "null": b"null",
    "binary": bytes(range(256)),
    "utf 16": '{"a": 1}'.encode("utf-16"),
    "half a surrogate": b'"\\ud800"',
    "cut": b'{"update_id": 1, "mess',
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 50_000,
    "a long number": b"9" * 10_000,
    "not a number": b'{"update_id": NaN}',
    "huge": b'{"a": "' + b"x" * LARGEST + b'"}',
    "two": b"{} {}",
    "a form": b"payload=%5B%5D&a=%ff",
}
FORM = "application/x-www-form-urlencoded"
KINDS = ("application/json", FORM, "text/plain", "", "multipart/form-data; boundary=x", "\x80")

Headers = Callable[[bytes], Mapping[str, str]]


def telegram_hook() -> ASGIApp:
    bot, memory = create(TelegramOptions("1:x")), Memory()
    ports: Any = memory
    me = telegram.User(1, "Parley", is_bot=True, username="parley_bot")
    lists = CommandLists(bot, ports, ports)
    intake = UpdateIntake(bot, me, memory.handle, ports, ports, TelegramChat(bot), lists)
    return UpdateWebhook(bot, "secret", lambda: intake).app()


def signed(body: bytes) -> Mapping[str, str]:
    """Slack's signature of a body."""
    at = str(int(time()))
    found = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={found}"}


ENDPOINTS: Mapping[str, tuple[Callable[[], ASGIApp], str, Headers]] = {
    "telegram": (telegram_hook, "/telegram", lambda body: {HEADER: "secret"}),
    "telegram without the secret": (telegram_hook, "/telegram", lambda body: {}),
    "telegram with another secret": (telegram_hook, "/telegram", lambda body: {HEADER: "\x80"}),
    "slack": (lambda: surface(Memory()).app(), "/slack/events", signed),
    "slack unsigned": (lambda: surface(Memory()).app(), "/slack/events", lambda body: {}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ENDPOINTS)
async def test_no_body_is_answered_with_500(name: str, kind: str) -> None:
    build, path, headers = ENDPOINTS[name]
    transport = httpx.ASGITransport(build(), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        for what, body in BODIES.items():
            given = {**headers(body), "content-type": kind}
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
            answer = await client.post(path, content=body, headers=encoded)
            assert answer.status_code < 500, what
            # A wrong secret is told nothing.
            assert answer.status_code in (200, 401) or answer.text, what


@pytest.mark.slow
@pytest.mark.parametrize("form", ["messages", "presses", "forms"])
async def test_no_body_is_answered_with_500_by_the_page(visitor: Visitor, form: str) -> None:  # noqa: F811
    address = await visitor.begin()
    for kind in KINDS:
        for what, body in BODIES.items():
            head = {"origin": ORIGIN, "sec-fetch-site": "same-origin", "content-type": kind}
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in head.items()]
            answer = await visitor.http.post(f"{address}/{form}", content=body, headers=encoded)
            assert 400 <= answer.status_code < 500, (what, kind)
            assert answer.text, what
