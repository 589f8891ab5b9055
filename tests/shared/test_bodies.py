from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from bots.shared.bodies import HEAD, MOST_READ, BodyLimit


async def size(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


app = BodyLimit(Starlette(routes=[Route("/", size, methods=["POST"])]), largest=1000)


async def post(content: bytes | AsyncIterator[bytes], headers: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", trust_env=False
    ) as client:
        return await client.post("/", content=content, headers=headers)


async def test_a_body_of_the_largest_size_is_read() -> None:
    assert (await post(b"x" * 1000)).text == "1000"


async def test_a_larger_one_is_refused_whether_it_says_its_size_or_not() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100

    assert (await post(b"x" * 1001)).status_code == 413
    assert (await post(pieces())).status_code == 413


async def test_nobody_is_listened_to_without_end() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * MOST_READ:
            sent += 100_000
            yield b"x" * 100_000

    assert (await post(endless())).status_code == 413
    assert sent < MOST_READ + 1_000_000


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "9" * 5000, "²"])
async def test_a_size_that_is_none_counts_for_nothing(length: str) -> None:
    answer = await post(b"x" * 10, {"content-length": length.encode()})  # type: ignore[dict-item] # also what is no ASCII
    assert answer.text == "10"


async def test_headers_that_are_too_large_are_refused() -> None:
    assert (await post(b"", {"a": "x" * HEAD})).status_code == 431


async def test_who_hangs_up_in_the_middle_is_no_fault() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    await app(scope, receive, send)
