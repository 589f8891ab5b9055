"""bots.web.oauth_callback: the page at the end of a sign-in elsewhere."""

from collections.abc import Mapping

import httpx
import pytest

from bots.web.adapter import WebOptions, create
from core.errors import StoreError
from core.ports.surface import WebNotice
from tests.web.client import Visitor
from tests.web.standin import Standin

HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7*7 }}"


class Elsewhere:
    """Answers those who come back, and remembers them."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], str]] = []
        self.broken = False

    async def __call__(self, query: Mapping[str, str], language: str) -> WebNotice:
        self.seen.append((dict(query), language))
        if self.broken:
            raise StoreError("the database is locked")
        return WebNotice("Connecting", (HOSTILE, f"code {query.get('code', '')}"), "/connect x AAAA-BBBB")


def visitor(elsewhere: Elsewhere) -> Visitor:
    core = Standin()
    hosts = {"127.0.0.1"}
    options = WebOptions(returned=elsewhere, public="parley.example")
    return Visitor(create(core.handle, core, hosts=hosts, options=options).app)


async def test_the_page_shows_what_it_is_told_and_nothing_runs() -> None:
    elsewhere = Elsewhere()
    async with visitor(elsewhere) as browser:
        answer = await browser.http.get(
            f"/oauth/callback?code={HOSTILE}&state=s", headers={"accept-language": "de-AT,en;q=0.5"}
        )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<code>/connect x AAAA-BBBB</code>" in answer.text
    assert elsewhere.seen == [({"code": HOSTILE, "state": "s"}, "de-AT")]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


async def test_a_browser_that_looks_ahead_uses_nothing_up() -> None:
    elsewhere = Elsewhere()
    async with visitor(elsewhere) as browser:
        for answer in (
            await browser.http.head("/oauth/callback?state=s"),
            await browser.http.get("/oauth/callback?state=s", headers={"sec-purpose": "prefetch"}),
            await browser.http.post("/oauth/callback?state=s", headers={"origin": "http://127.0.0.1"}),
        ):
            assert answer.status_code in (404, 405)
    assert elsewhere.seen == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/oauth/callback", 200),
        ("/static/page.css", 200),
        ("/", 400),
        ("/c/" + "0" * 32, 400),
        ("//oauth/callback", 400),
    ],
)
async def test_under_the_public_name_there_is_this_page_and_no_other(path: str, status: int) -> None:
    async with visitor(Elsewhere()) as browser:
        answer = await browser.http.get(f"http://parley.example{path}")
    assert answer.status_code == status


async def test_another_name_is_refused() -> None:
    async with visitor(Elsewhere()) as browser:
        assert (await browser.http.get("http://evil.example/oauth/callback")).status_code == 400


async def test_a_store_that_fails_is_said_without_its_words() -> None:
    elsewhere = Elsewhere()
    elsewhere.broken = True
    async with visitor(elsewhere) as browser:
        answer = await browser.http.get("/oauth/callback?state=s")
    assert answer.status_code == 503
    assert "locked" not in answer.text


async def test_without_anything_to_come_back_from_there_is_no_such_page() -> None:
    core = Standin()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create(core.handle, core, hosts={"127.0.0.1"}).app), base_url="http://127.0.0.1"
    ) as http:
        assert (await http.get("/oauth/callback")).status_code == 404
