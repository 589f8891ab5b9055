"""plugins.host.sources.openapi.response: answers and errors as text, without the key."""

from typing import Any

import httpx
import pytest

from parley import Failure
from plugins.host.sources.openapi.response import LONGEST_ANSWER
from tests.plugin_host.openapi.service import PETS, Service, tools, weather

CUT = f"{'nix-' * 1000}"[: LONGEST_ANSWER - 1] + "…"

# fmt: off
ANSWERS = [
    (httpx.Response(200, json={"a": [1, "é"]}), '{"a":[1,"é"]}'),
    (httpx.Response(200, text="  fine\n"), "fine"),
    (httpx.Response(200, content=b"\x89PNG", headers={"content-type": "image/png"}), "4 bytes of image/png"),
    (httpx.Response(204), "It worked (204)."),
    (httpx.Response(200, content=b"n\xe9", headers={"content-type": "text/plain; charset=windows-1252"}), "né"),
    # It takes minutes to read a megabyte of this, and nobody writes it.
    (httpx.Response(200, content=b"nix-" * 200_000, headers={"content-type": "text/plain; charset=punycode"}), CUT),
    (httpx.Response(200, text="you sent K/1 and K%2F1"), "you sent *** and ***"),
]
# fmt: on


@pytest.mark.parametrize(("response", "text"), ANSWERS)
async def test_an_answer_is_text(response: httpx.Response, text: str) -> None:
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    service = Service(
        lambda request: httpx.Response(response.status_code, content=response.content, headers=response.headers)
    )
    assert await service.call(tool, {"place": "x", "appid": "y"}, "K/1") == text


async def test_a_long_answer_is_cut() -> None:
    service = Service(lambda request: httpx.Response(200, json=["x" * 9000]))
    text = await service.call(tools(PETS)["pets_listPets"], {})
    assert (len(text), text[-1]) == (LONGEST_ANSWER, "…")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"message": "no such place"}, 'api.weather.example answers 404: {"message":"no such place"}'),
        (401, {"bad": "Bearer K/1"}, 'answers 401: {"bad":"Bearer ***"} (is plugins.secrets.weather.key right?)'),
        (500, "x" * 900, "answers 500: xxx"),
        (302, "", "leads to another address"),
    ],
)
async def test_errors_are_failures_without_the_key(status: int, body: Any, words: str) -> None:
    more = {"text": body} if isinstance(body, str) else {"json": body}
    service = Service(lambda request: httpx.Response(status, headers={"location": "https://evil.example/"}, **more))
    (tool,) = tools(weather({"type": "http", "scheme": "bearer"}), "weather").values()
    with pytest.raises(Failure) as raised:
        await service.call(tool, {"place": "x", "appid": "y"}, "K/1")
    assert words in str(raised.value)
    assert "K/1" not in str(raised.value)
    assert len(str(raised.value)) < 400
    assert len(service.sent) == 1
