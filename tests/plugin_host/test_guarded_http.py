"""plugins.host.egress.guarded_http: nothing inside is reached, nothing too large or too slow is taken, and what is
public arrives."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web

from parley import Failure, tool
from plugins.host.egress.guarded_http import FetchLimits, client, fits
from plugins.host.policy import OwnerPolicy
from tests.plugin_host.stage import made


@dataclass(slots=True)
class Listener:
    """A server on loopback that counts who has come."""

    port: int = 0
    visits: list[str] = field(default_factory=list)


@asynccontextmanager
async def listening(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Listener]:
    found = Listener()

    async def visited(request: web.Request) -> web.StreamResponse:
        found.visits.append(f"{request.host}{request.path}")
        return await answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", visited)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        await runner.cleanup()


async def hello(request: web.Request) -> web.StreamResponse:
    return web.Response(text="hello")


def limits(listener: Listener, *names: str, **more: object) -> FetchLimits:
    """Limits under which these names of the listener are exempt."""
    return FetchLimits(("*",), frozenset(f"{name}:{listener.port}" for name in names), **more)  # type: ignore[arg-type]


async def local(host: str, port: int) -> Sequence[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


# fmt: off
SPELT = [
    "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
    "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
]
# fmt: on


@pytest.mark.parametrize("host", SPELT)
async def test_this_machine_is_not_reached_in_any_spelling(host: str) -> None:
    async with listening(hello) as listener, client(FetchLimits(("*",))) as http:
        for address in (f"http://{host}/", f"http://{host}:{listener.port}/"):
            # Some of them are no address for the client itself.
            with pytest.raises((Failure, httpx.InvalidURL)):
                await http.get(address)
        assert not listener.visits


async def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    answers = iter([["8.8.8.8", "127.0.0.1"], ["127.0.0.1"]])

    async def alternating(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async with listening(hello) as listener, client(FetchLimits(("*",)), alternating) as http:
        for _ in range(2):
            with pytest.raises(Failure, match="not on the public internet"):
                await http.get("http://rebind.example/")
        assert not listener.visits


async def test_each_step_of_a_redirect_is_checked() -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://inside.example:{request.url.port}/secret")

    async with listening(away) as listener, client(limits(listener, "outside.example"), local) as http:
        with pytest.raises(Failure):
            await http.get(f"http://outside.example:{listener.port}/")
        assert listener.visits == [f"outside.example:{listener.port}/"]


REFUSED = [
    ("ftp://example.org/", "plain http"),
    ("http://me:secret@example.org/", "plain http"),
    ("http://example.org:22/", "port 22"),
    ("http://other.example/", "not among the hosts"),
    ("http://nowhere.invalid/", "has no address"),
]


@pytest.mark.parametrize(("address", "words"), REFUSED)
async def test_what_is_refused_is_named(address: str, words: str) -> None:
    async with client(FetchLimits(("example.org", "nowhere.invalid"))) as http:
        with pytest.raises(Failure, match=words):
            await http.get(address)


async def test_what_the_operator_allows_arrives_with_its_name() -> None:
    async with listening(hello) as listener, client(limits(listener, "search.example"), local) as http:
        answer = await http.get(f"http://search.example:{listener.port}/find")
        assert answer.text == "hello"
        assert listener.visits == [f"search.example:{listener.port}/find"]


async def test_what_is_too_large_is_cut_off_packed_or_not() -> None:
    async def large(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * 3000)

    async def bomb(request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"x" * 100_000), headers={"content-encoding": "gzip"})

    async def tail(request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"x") + bytes(300_000), headers={"content-encoding": "gzip"})

    for answer in (large, bomb, tail):
        async with listening(answer) as listener, client(limits(listener, "a.example", largest=2000), local) as http:
            with pytest.raises(Failure, match="more than"):
                await http.get(f"http://a.example:{listener.port}/")


async def test_what_is_packed_is_unpacked() -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"hello " * 100), headers={"content-encoding": "gzip"})

    async with listening(packed) as listener, client(limits(listener, "a.example"), local) as http:
        assert (await http.get(f"http://a.example:{listener.port}/")).text == "hello " * 100


async def test_what_never_ends_is_left() -> None:
    hang = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await hang.wait()
        return web.Response()

    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await hang.wait()
        return response

    for answer in (never, dripping):
        async with listening(answer) as listener, client(limits(listener, "a.example", slowest=0.1), local) as http:
            with pytest.raises(Failure, match="too long"):
                await http.get(f"http://a.example:{listener.port}/")


def test_hosts_of_a_manifest() -> None:
    assert fits("api.example.org", "api.example.org")
    assert fits("EN.wikipedia.org.", "*.wikipedia.org")
    assert not fits("wikipedia.org.evil.example", "*.wikipedia.org")
    assert fits("anything.example", "*")


async def test_a_service_of_the_author_is_reached_only_if_the_operator_allows_it() -> None:
    async with listening(hello) as server:
        named = made({"name": "garden", "hosts": [f"127.0.0.1:{server.port}"]}, nothing)
        for allowed in (False, True):
            policy = OwnerPolicy(loopback=allowed)
            async with client(FetchLimits(named.manifest.hosts, policy.exempt_for(named))) as http:
                if allowed:
                    assert (await http.get(f"http://127.0.0.1:{server.port}/")).text == "hello"
                    with pytest.raises(Failure, match="port 9 of 127.0.0.1 is not allowed"):
                        await http.get("http://127.0.0.1:9/")
                else:
                    for secrets in ((), ("a-secret",)):
                        asked = http.get(f"http://127.0.0.1:{server.port}/a-secret", extensions={"secrets": secrets})
                        with pytest.raises(Failure, match="plugins.loopback = true"):
                            await asked
        assert len(server.visits) == 1


@tool
async def nothing() -> str:
    """Do nothing."""
    return ""
