"""plugins.host.egress.disclosure and the guarded client: redirects and echoes give no secret to anybody."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import quote

import httpx
import pytest
from aiohttp import web

from core.secret_redaction import SecretRedaction
from parley import Failure
from plugins.host.egress.disclosure import redirected
from plugins.host.egress.guarded_http import SECRETS, FetchLimits, GuardedClient, client
from tests.plugin_host.test_guarded_http import Listener, listening, local

KEY = "sk-Zx81_aQ.7/kk+"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def echo(request: web.Request) -> web.StreamResponse:
    """Say all that was sent."""
    body = (await request.read()).decode()
    told = {
        "headers": {k.lower(): v for k, v in request.headers.items()},
        "query": request.query_string,
        "body": body,
        "path": request.path_qs,
    }
    return web.json_response(told, headers={"x-echo": request.headers.get("x-key", "-")}, reason="OK")


@asynccontextmanager
async def two(
    first: Answer, second: Answer = echo
) -> AsyncIterator[tuple[GuardedClient, Listener, Listener, str, str]]:
    """A client that knows a key, two servers that it may reach, and their addresses."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(listening(first))
        other = await stack.enter_async_context(listening(second))
        exempt = frozenset({f"one.example:{one.port}", f"other.example:{other.port}", f"one.example:{other.port}"})
        http = await stack.enter_async_context(client(FetchLimits(("*",), exempt), local, secrets=[KEY]))
        yield http, one, other, f"http://one.example:{one.port}", f"http://other.example:{other.port}"


def to(address: Callable[[], str], status: int = 302) -> Answer:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"location": address()})

    return away


# fmt: off
HEADERS = [
    {"authorization": f"Bearer {KEY}"}, {"x-key": KEY}, {"cookie": f"session={KEY}"}, {"x-api-token": "unknown to us"},
    {"authorization": "Basic dW5rbm93bg=="}, {"proxy-authorization": "Basic dW5rbm93bg=="}, {"referer": f"/?key={KEY}"},
]
# fmt: on


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("host", ["other.example", "one.example"])
async def test_no_key_follows_a_redirect_to_another_host_or_port(headers: dict[str, str], host: str) -> None:
    where: list[str] = []
    async with two(to(lambda: where[0])) as (http, _, other, one_address, _):
        where.append(f"http://{host}:{other.port}/next")
        answer = await http.get(f"{one_address}/", headers={**headers, "accept": "text/x", "accept-language": "eu"})
        got = answer.json()["headers"]
        assert not {*headers} & {*got}
        assert (got["accept"], got["accept-language"], got["host"]) == ("text/x", "eu", f"{host}:{other.port}")
        assert str(answer.url) == where[0]
        assert [one.status_code for one in answer.history] == [302]


async def test_keys_follow_a_redirect_on_the_same_origin() -> None:
    async def first(request: web.Request) -> web.StreamResponse:
        if request.path == "/":
            raise web.HTTPTemporaryRedirect(f"/next?key={request.query['key']}")
        return await echo(request)

    async with two(first) as (http, one, _, address, _):
        sent = {"x-key": "header-" + KEY, "authorization": "Basic x"}
        answer = await http.post(f"{address}/", params={"key": KEY}, headers=sent, content=f"body {KEY}")
        got = answer.json()
        assert (got["headers"]["x-key"], got["headers"]["authorization"]) == ("header-***", "Basic x")
        assert (got["body"], got["query"]) == ("body ***", "key=***")
        assert KEY not in str(answer.history[0].headers)
        assert len(one.visits) == 2


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (307, {"content": f"key={KEY}"}),
        (308, {"json": {"key": KEY}}),
        (307, {"data": {"key": KEY}}),
        (302, {"headers": {"accept": f"text/{KEY}"}}),
        (302, {"headers": {"user-agent": base64.b64encode(f"me:{KEY}".encode()).decode()}}),
    ],
)
async def test_a_secret_in_a_body_or_in_a_harmless_header_ends_the_way(status: int, sent: dict[str, object]) -> None:
    where: list[str] = []
    async with two(to(lambda: where[0], status)) as (http, _, other, address, elsewhere):
        where.append(elsewhere)
        with pytest.raises(Failure, match="would get a secret"):
            await http.request("POST", f"{address}/", **sent)  # type: ignore[arg-type]
        assert not other.visits


ECHOES = [
    KEY,
    quote(KEY, safe=""),
    quote(KEY, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    KEY.encode().hex(),
    quote(quote(KEY, safe="")),
]


@pytest.mark.parametrize("form", [*ECHOES, base64.urlsafe_b64encode(b"me:" + KEY.encode()).decode()])
@pytest.mark.parametrize("place", ["/?key={}", "/{}/x", "/x#{}"])
async def test_a_host_that_writes_the_secret_into_its_redirect_is_not_followed(form: str, place: str) -> None:
    where: list[str] = []
    async with two(to(lambda: where[0])) as (http, _, other, address, elsewhere):
        where.append(elsewhere + place.format(form))
        with pytest.raises(Failure) as error:
            await http.get(f"{address}/", headers={"x-key": KEY})
        assert KEY not in str(error.value)
        assert not other.visits
        # Whoever does not follow reads the address, without the secret.
        answer = await http.get(f"{address}/", follow_redirects=False)
        assert "***" in answer.headers["location"]
        assert form not in answer.headers["location"]


async def test_a_body_without_a_secret_goes_along() -> None:
    where: list[str] = []
    async with two(to(lambda: where[0], 307)) as (http, _, _, address, elsewhere):
        where.append(elsewhere)
        assert (await http.post(f"{address}/", content="hello")).json()["body"] == "hello"


async def test_more_than_five_steps_are_not_made() -> None:
    async def on(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"/{int(request.path[1:] or 0) + 1}")

    async with two(on) as (http, one, _, address, _):
        with pytest.raises(Failure, match="more than 5 times"):
            await http.get(f"{address}/")
        assert len(one.visits) == 6


DOWN = ["http://api.example/", "ftp://api.example/", "file:///etc/passwd", "HTTP://api.example/", "//api.example:80/"]


@pytest.mark.parametrize("place", DOWN)
async def test_a_way_from_https_to_http_is_refused(place: str) -> None:
    """Through the client as it is, with an answer of a server in place of the network."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": place})

    limits = FetchLimits(("*",))
    http = GuardedClient(limits, frozenset(), transport=httpx.MockTransport(answer), follow_redirects=True)
    if place.startswith("//"):
        # It keeps its scheme, and is another origin.
        place = "https:" + place
    with pytest.raises(Failure, match="without encryption" if not place.startswith("https") else "more than"):
        await http.get("https://api.example/")
    assert len(asked) == (1 if not place.startswith("https") else 6)


async def test_upgrades_and_other_origins() -> None:
    def step(before: str, after: str) -> httpx.Request:
        return httpx.Request("GET", after, headers={"authorization": "Bearer x", "accept": "*/*"})

    async def kept(before: str, after: str) -> bool:
        made = await redirected(httpx.Request("GET", before), step(before, after), SecretRedaction([]))
        return "authorization" in made.headers

    assert await kept("https://a.example/", "https://a.example:443/x")
    assert await kept("https://A.example/", "https://a.example/x")
    assert not await kept("http://a.example/", "https://a.example/")
    assert not await kept("https://a.example/", "https://b.a.example/")
    assert not await kept("https://a.example/", "https://a.example:444/")
    with pytest.raises(Failure):
        await kept("https://a.example/", "http://a.example/")


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("stream", [False, True])
async def test_an_echo_comes_back_without_the_secret(large: bool, stream: bool) -> None:
    async def telling(request: web.Request) -> web.StreamResponse:
        key = request.headers["x-key"]
        basic = base64.b64encode(f"me:{key}".encode()).decode()
        lines = [key, quote(key, safe=""), json.dumps(key), basic, key.encode().hex()]
        body = "\n".join(lines) + ("\n" + "x" * 200_000 if large else "")
        headers = {"x-echo": key, f"x-{key.encode().hex()}": "y", "set-cookie": f"k={quote(key, safe='')}"}
        response = web.StreamResponse(status=400, reason=f"no {key}", headers=headers)
        await response.prepare(request)
        for at in range(0, len(body), 7 if not large else 5000):
            await response.write(body[at : at + (7 if not large else 5000)].encode())
        return response

    async with two(telling) as (http, _, _, address, _):
        async with http.stream("GET", f"{address}/", headers={"x-key": KEY}) as answer:
            text = b"".join([piece async for piece in answer.aiter_bytes()]).decode() if stream else ""
            text = text or (await answer.aread()).decode()
        assert text.split("\n")[:5] == ["***", "***", '"***"', "bWU6***w==", "***"]
        assert answer.reason_phrase == "no ***"
        assert (answer.headers["x-echo"], answer.headers["set-cookie"]) == ("***", "k=***")
        assert KEY.encode().hex() not in str(answer.headers)
        assert "network_stream" not in answer.extensions
        with pytest.raises(httpx.HTTPStatusError) as error:
            answer.raise_for_status()
        assert KEY not in str(error.value)


async def test_a_secret_of_one_request_is_kept_as_well() -> None:
    async with two(echo) as (http, _, _, address, _):
        sent = {"headers": {"x-key": "token-of-ana"}, "extensions": {SECRETS: ("token-of-ana",)}}
        assert "token-of-ana" not in (await http.get(f"{address}/", **sent)).text  # type: ignore[arg-type]


async def test_a_secret_is_not_sent_in_the_open() -> None:
    async def public(host: str, port: int) -> Sequence[str]:
        raise AssertionError(f"{host} was looked up")

    async with client(FetchLimits(("*",)), public, secrets=[KEY]) as http:
        for sent in ({"headers": {"x-key": KEY}}, {"params": {"key": KEY}}, {"content": KEY}, {"auth": ("me", KEY)}):
            with pytest.raises(Failure, match="without encryption"):
                await http.request("POST", "http://api.example/", **sent)


async def test_cookies_live_as_long_as_a_request() -> None:
    async def first(request: web.Request) -> web.StreamResponse:
        if request.path == "/":
            away = web.HTTPFound("/next")
            away.set_cookie("seen", "yes")
            raise away
        if request.path == "/away":
            raise web.HTTPFound(request.query["to"])
        return await echo(request)

    async with two(first) as (http, _, _, address, elsewhere):
        assert (await http.get(f"{address}/")).json()["headers"]["cookie"] == "seen=yes"
        assert "cookie" not in (await http.get(f"{address}/again")).json()["headers"]
        assert "cookie" not in (await http.get(f"{address}/away", params={"to": elsewhere})).json()["headers"]
