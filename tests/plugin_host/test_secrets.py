"""plugins.host.sandbox.secrets: a plugin's placeholders become secrets on the way to its hosts, and nothing brings
them back."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from parley import Context, Failure, Manifest, wire
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.sandbox.secrets import fetched, placeholder
from tests.plugin_host.test_disclosure import Answer, echo
from tests.plugin_host.test_guarded_http import Listener, listening, local

KEY = 'p&ss "w/rd"+'
MARK = placeholder("call", "key")
MANIFEST = Manifest(name="x", version="1", description="x", hosts=("api.example", "other.example"), secrets=("key",))


@asynccontextmanager
async def called(answer: Answer) -> AsyncIterator[tuple[Context, Listener]]:
    async with listening(answer) as listener:
        names = ("api.example", "other.example", "third.example")
        limits = FetchLimits(("*",), frozenset(f"{name}:{listener.port}" for name in names))
        async with client(limits, local) as http:
            yield (
                Context(
                    http,
                    Memory(),
                    Shelf(),
                    Calendar(),
                    Voice(),
                    {},
                    {"key": KEY},
                    "en",
                    "Ana",
                    "a",
                    "k",
                ),
                listener,
            )


async def fetch(context: Context, url: str, headers: list[list[str]], body: bytes = b"") -> tuple[Any, str]:
    """The answer that a plugin gets, and all of it as text."""
    params = {"method": "POST", "url": url, "headers": headers, "body": wire.encoded(body), "call": "call"}
    found = await fetched(context, MANIFEST, params)
    text = wire.decoded(found["body"]).decode()
    return found, text + json.dumps(found["headers"])


async def test_a_secret_goes_where_it_was_put_and_does_not_come_back() -> None:
    heard: list[tuple[str, str, str]] = []

    async def telling(request: web.Request) -> web.StreamResponse:
        heard.append((request.query["key"], request.headers["x-key"], await request.text()))
        basic = base64.b64encode(f"me:{KEY}".encode()).decode()
        text = "\n".join([KEY, quote(KEY), json.dumps(KEY), basic])
        return web.Response(text=text, headers={"x-echo": quote(KEY, safe="").replace("%2F", "%2f")})

    async with called(telling) as (context, listener):
        url = f"http://api.example:{listener.port}/x?key={MARK}"
        _, text = await fetch(context, url, [["x-key", MARK.replace("call", "call")]], f"b={MARK}".encode())
    assert heard == [(KEY, KEY, f"b={KEY}")]
    for form in (
        KEY,
        quote(KEY),
        quote(KEY, safe=""),
        json.dumps(KEY)[1:-1],
        base64.b64encode(b"me:" + KEY.encode()).decode(),
    ):
        assert form not in text
    assert text.count("***") == 5


async def test_another_host_gets_neither_the_secret_nor_another_calls() -> None:
    async with called(echo) as (context, listener):
        _, text = await fetch(context, f"http://third.example:{listener.port}/?k={MARK}", [["x-key", MARK]])
        assert text.count(MARK) >= 2
        stranger = placeholder("another", "key")
        _, text = await fetch(context, f"http://api.example:{listener.port}/", [["x-key", stranger]])
        assert stranger in text


@pytest.mark.parametrize("host", ["other.example", "third.example"])
async def test_a_redirect_takes_no_secret_to_another_host(host: str) -> None:
    async def first(request: web.Request) -> web.StreamResponse:
        if request.host.startswith("api.example"):
            return web.Response(status=307, headers={"location": f"http://{host}:{request.url.port}/next"})
        return await echo(request)

    async with called(first) as (context, listener):
        found, _ = await fetch(context, f"http://api.example:{listener.port}/", [["x-key", "plain-" + MARK]])
        assert "x-key" not in json.loads(wire.decoded(found["body"]))["headers"]
        with pytest.raises(Failure, match="would get a secret"):
            await fetch(context, f"http://api.example:{listener.port}/", [], MARK.encode())
        assert [visit.partition(":")[0] for visit in listener.visits] == ["api.example", host, "api.example"]


async def test_a_name_that_begins_another_ones_name_is_not_taken_for_it() -> None:
    heard: list[tuple[str, str, str]] = []

    async def telling(request: web.Request) -> web.StreamResponse:
        heard.append((request.query["id"], request.headers["x-id"], await request.text()))
        return web.Response()

    async with called(telling) as (context, listener):
        context = replace(context, secrets={"client": "a-password", "client_id": "an-id"})
        first, second = placeholder("call", "client"), placeholder("call", "client_id")
        url = f"http://api.example:{listener.port}/?id={second}"
        await fetch(context, url, [["x-id", f"{first} {second}"]], f"{second} {first}".encode())
    assert heard == [("an-id", "a-password an-id", "an-id a-password")]


async def test_a_secret_that_holds_signs_of_an_address_moves_no_request() -> None:
    async with called(echo) as (context, listener):
        context = replace(context, secrets={"key": "x@evil.example/#?&="})
        found, _ = await fetch(context, f"http://api.example:{listener.port}/a/{MARK}/b?k={MARK}&l=1", [])
        assert json.loads(wire.decoded(found["body"]))["query"].endswith("&l=1")
        assert listener.visits[0].startswith("api.example")
