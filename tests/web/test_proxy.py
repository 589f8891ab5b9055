import pytest
from starlette.types import Message, Receive, Scope, Send

from bots.web.proxy import TrustedProxies

PROXIES = ("127.0.0.1", "10.0.0.0/24", "2001:db8::1")
Headers = list[tuple[bytes, bytes]]


async def seen(peer: str | None, headers: Headers) -> tuple[str | None, str]:
    """The visitor and the scheme that the application sees."""
    found: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError

    scope = {"type": "http", "scheme": "http", "client": peer and (peer, 1), "headers": headers}
    await TrustedProxies(application, PROXIES)(scope, receive, send)
    client = found[0]["client"]
    return client and client[0], found[0]["scheme"]


def forwarded(*lines: str) -> Headers:
    return [(b"x-forwarded-for", line.encode()) for line in lines]


@pytest.mark.parametrize(
    ("lines", "visitor"),
    [
        (["192.0.2.1"], "192.0.2.1"),
        (["2001:db8::2"], "2001:db8::2"),
        (["192.0.2.1, 10.0.0.7"], "192.0.2.1"),
        (["192.0.2.1", "10.0.0.7 "], "192.0.2.1"),
        (["1.1.1.1, 192.0.2.1, 10.0.0.7"], "192.0.2.1"),
        (["1.1.1.1", "192.0.2.1"], "192.0.2.1"),
        (["10.0.0.8, 10.0.0.7"], None),
        (["192.0.2.1, unknown"], None),
        ([""], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.9", "::ffff:10.0.0.9", "2001:db8::1"])
async def test_the_visitor_is_the_last_who_is_no_proxy(peer: str, lines: list[str], visitor: str | None) -> None:
    assert await seen(peer, forwarded(*lines)) == (visitor, "http")


@pytest.mark.parametrize("peer", ["10.0.1.1", "192.0.2.9", "::1", "", None])
async def test_nobody_else_is_believed_and_nobody_is_taken_for_the_proxy(peer: str | None) -> None:
    headers = [*forwarded("192.0.2.1"), (b"x-forwarded-proto", b"https")]
    assert await seen(peer, headers) == (None, "http")


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("ftp", "http")]
)
async def test_a_proxy_says_the_scheme(said: str, scheme: str) -> None:
    assert await seen("127.0.0.1", [(b"x-forwarded-proto", said.encode())]) == (None, scheme)
