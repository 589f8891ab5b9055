"""plugins/builtin/search.py: a SearXNG server, and search pages as ddgs reads them, from a stand-in on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from ddgs.engines.duckduckgo import Duckduckgo
from ddgs.exceptions import RatelimitException

from parley import Failure, PluginError
from parley.testing import Asks, Bench
from plugins.builtin import search

FOUND_PAGES = {
    "query": "parley",
    "number_of_results": 0,
    "results": [
        {"url": "https://a.example/1", "title": "One", "content": "The first", "engine": "x", "score": 1.0},
        {"url": "https://b.example/2", "title": "Two", "content": "", "engine": "y", "score": 0.5},
    ],
    "answers": [],
    "suggestions": [],
}


def searxng(answer: httpx.Response, asked: list[httpx.Request], **given: Any) -> Bench:
    """A bench whose operator has set a SearXNG server, and allowed its address."""

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    bench = Bench.of(search, answers=answers, secrets={"url": "http://search.lan:8888/"}, **given)
    return bench.at(manifest=bench.manifest.model_copy(update={"hosts": ("search.lan",)}))


async def test_a_searxng_server() -> None:
    asked: list[httpx.Request] = []
    result = await searxng(httpx.Response(200, json=FOUND_PAGES), asked).call("web_search", query="parley")
    assert result.text.splitlines() == ["1. One: The first", "2. Two: "]
    assert [source.url for source in result.sources] == ["https://a.example/1", "https://b.example/2"]
    assert str(asked[0].url) == "http://search.lan:8888/search?q=parley&format=json&language=en&safesearch=1"


async def test_a_searxng_server_is_told_what_the_admins_chose() -> None:
    asked: list[httpx.Request] = []
    config = {"region": "at-de", "safesearch": "on"}
    await searxng(httpx.Response(200, json=FOUND_PAGES), asked, config=config).call("search", query="parley")
    assert (asked[0].url.params["language"], asked[0].url.params["safesearch"]) == ("de-AT", "2")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (httpx.Response(403, html="<h1>Forbidden</h1>"), Failure, "search.formats"),
        (httpx.Response(429, html="Too Many Requests"), Failure, "429"),
        (httpx.Response(500, text="Internal Server Error"), Failure, "500"),
        (httpx.Response(200, html="<!DOCTYPE html><title>Some router</title>"), Failure, "not JSON"),
        (httpx.Response(200, json={**FOUND_PAGES, "results": []}), PluginError, "nothing was found"),
    ],
)
async def test_a_searxng_server_that_does_not_work(answer: httpx.Response, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        await searxng(answer, []).call("web_search", query="parley")


RESULT = """<div class="result results_links results_links_deep web-result ">
<div class="links_main links_deep result__body"><h2 class="result__title">
<a rel="nofollow" class="result__a" href="{url}">{title}</a></h2>
<div class="result__extras"><div class="result__extras__url"><a class="result__url" href="{url}">{url}</a></div></div>
<a class="result__snippet" href="{url}">{text}</a><div class="clear"></div></div></div>"""
PAGE = """<!DOCTYPE html><html><head><title>parley at DuckDuckGo</title></head><body class="body--html">
<div id="links" class="results">{results}</div></body></html>"""
NO_RESULT = """<div class="result results_links results_links_deep result--no-result ">
<div class="links_main links_deep result__body"><h2 class="result__title">No  results.</h2></div></div>"""
ANOMALY = """<!DOCTYPE html><html><body><form id="challenge-form" action="//duckduckgo.com/anomaly.js" method="POST">
<div class="anomaly-modal__title">Unfortunately, bots use DuckDuckGo too.</div></form></body></html>"""
PARLEYS = [
    ("https://duckduckgo.com/y.js?ad_domain=shop.example", "Buy a parley", "An advertisement"),
    ("https://a.example/1", "Parley &amp; friends", "A <b>parley</b> is a talk between  enemies"),
    ("https://b.example/2", "Two", "Elsewhere"),
    *[(f"https://c.example/{number}", f"Parley {number}", "A talk") for number in range(8)],
]


@dataclass(slots=True)
class Pages:
    """A stand-in for a search page: its next answer, and the requests that it got."""

    status: int = 200
    body: str = ""
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    waits: Event | None = None


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    stand_in = Pages()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            stand_in.asked.append(parse_qs(body))
            if stand_in.waits:
                stand_in.waits.wait(10)
                return
            content = stand_in.body.encode()
            self.send_response(stand_in.status)
            self.send_header("content-type", "text/html; charset=UTF-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(Duckduckgo, "search_url", f"http://127.0.0.1:{server.server_port}/html/")
    monkeypatch.setattr(search, "BACKENDS", "duckduckgo")
    monkeypatch.delenv("DDGS_PROXY", raising=False)
    yield stand_in
    server.shutdown()
    thread.join(5)
    server.server_close()


def page(*results: tuple[str, str, str]) -> str:
    made = (RESULT.format(url=url, title=title, text=text) for url, title, text in results)
    return PAGE.format(results="".join(made))


async def test_without_a_server_search_pages_are_read(pages: Pages) -> None:
    pages.body = page(*PARLEYS)
    result = await Bench.of(search, language="de").call("web_search", query=" parley ")
    lines = result.text.splitlines()
    assert lines[0] == "1. Parley & friends: A parley is a talk between enemies"
    assert len(lines) == search.MOST
    assert (result.sources[0].title, result.sources[0].url) == ("Parley & friends", "https://a.example/1")
    assert (pages.asked[0]["q"], pages.asked[0]["l"]) == (["parley"], ["de-de"])


async def test_the_model_searches(pages: Pages) -> None:
    pages.body = page(PARLEYS[1])
    assert "between enemies" in await Bench.of(search).asks(Asks("web_search", {"query": "parley"}), "{0}")


@pytest.mark.parametrize(
    ("status", "body"), [(200, PAGE.format(results=NO_RESULT)), (200, PAGE), (202, ANOMALY), (429, ""), (503, "busy")]
)
async def test_search_pages_that_have_nothing(pages: Pages, status: int, body: str) -> None:
    """ddgs does not tell an error status from an empty page, so the words name both."""
    pages.status, pages.body = status, body
    with pytest.raises(PluginError, match=r"nothing was found for “parley”; .* asked too often"):
        await Bench.of(search).call("web_search", query="parley")


async def test_search_pages_that_cannot_be_reached(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Duckduckgo, "search_url", "http://127.0.0.1:9/")
    with pytest.raises(Failure, match="cannot be reached"):
        await Bench.of(search).call("web_search", query="parley")


async def test_search_pages_that_take_too_long(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.waits = Event()
    monkeypatch.setattr(search, "SLOWEST", 0.05)
    with pytest.raises(Failure, match="too long"):
        await Bench.of(search).call("web_search", query="parley")
    pages.waits.set()


async def test_search_pages_that_want_no_more_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(query: str, where: str, safesearch: str) -> list[dict[str, Any]]:
        raise RatelimitException("202 Ratelimit")

    monkeypatch.setattr(search, "_asked", refuses)
    with pytest.raises(Failure, match="no more questions"):
        await Bench.of(search).call("web_search", query="parley")


async def test_nothing_is_not_searched_for() -> None:
    with pytest.raises(PluginError, match="write what to search for"):
        await Bench.of(search).call("web_search", query="  ")


REGIONS = [
    ("en", "", "us-en"),
    ("en-GB", "", "gb-en"),
    ("de", "", "de-de"),
    ("pt-BR", "", "br-pt"),
    ("sv", "", "se-sv"),
    ("zh-Hant", "", "cn-zh"),
    ("fil", "", "us-en"),
    ("de", "CH-fr", "ch-fr"),
    ("de", "everywhere", "de-de"),
]


@pytest.mark.parametrize(("spoken", "chosen", "region"), REGIONS)
async def test_where_to_search(pages: Pages, spoken: str, chosen: str, region: str) -> None:
    pages.body = page(PARLEYS[1])
    await Bench.of(search, language=spoken, config={"region": chosen}).call("web_search", query="parley")
    assert pages.asked[0]["l"] == [region]
