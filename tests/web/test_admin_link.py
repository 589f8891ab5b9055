"""Who is an admin of the web page: whoever opened a link that the machine's owner had made, and nobody else."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.adapter import WebOptions, create
from bots.web.proxy import TrustedProxies
from bots.web.quotas import RateLimit, VisitorQuotas
from bots.web.visitor_cookie import COOKIE, account
from core.messages import Invocation, User
from core.store import admin_links, people
from core.store.engine.database import Database
from core.store.identities import known_person
from core.surface_queries import StoredPageAdmins
from tests.core.building import core_over
from tests.living import echo
from tests.web.client import KEY, Visitor
from tests.web.standin import Standin

pytestmark = pytest.mark.above_the_store


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Page:
    """A page over a real store, whose admins are in it."""

    store: Database
    clock: Clock = field(default_factory=Clock)
    core: Standin = field(default_factory=Standin)

    def app(self, **options: object) -> ASGIApp:
        admins = StoredPageAdmins(self.store, self.clock)
        chosen = WebOptions(KEY, admins=admins, **options)  # type: ignore[arg-type] # by name
        self.core.chat = web = create(self.core.handle, self.core, hosts={"127.0.0.1"}, options=chosen)
        return web.app

    async def link(self) -> str:
        secret = await self.store.write(lambda session: admin_links.offer(session, self.clock()))
        return f"http://127.0.0.1/admin#{secret}"

    async def is_admin(self, visitor: Visitor) -> bool:
        """Whether what somebody says counts as an admin's."""
        await visitor.say(await visitor.begin(), "/settings")
        event = self.core.events[-1]
        assert isinstance(event, Invocation)
        return event.user.admin


@pytest.fixture
def page(store: Database) -> Page:
    return Page(store)


async def opens(visitor: Visitor, link: str) -> str:
    """Send a link as the page's script does. Returns where it leads, or what the page says."""
    answer = await visitor.post("/admin", {"link": link})
    return str(answer.headers.get("location", answer.text))


async def test_nobody_is_an_admin_by_coming_from_this_machine(page: Page) -> None:
    async with Visitor(page.app()) as visitor:
        assert not await page.is_admin(visitor)


async def test_a_link_makes_the_browser_that_opens_it_an_admin_and_no_other(page: Page) -> None:
    app = page.app()
    async with Visitor(app) as ana, Visitor(app) as ben:
        open_already = await ana.begin()
        assert await opens(ana, await page.link()) == "/"
        # A page on which nothing has been said yet goes on.
        await ana.say(open_already, "Hello")
        assert await page.is_admin(ana)
        assert not await page.is_admin(ben)
        assert "This browser is an admin" in (await ana.http.get("/admin")).text


async def test_a_browser_without_a_cookie_gets_one(page: Page) -> None:
    async with Visitor(page.app()) as ana:
        await opens(ana, await page.link())
        assert COOKIE in ana.http.cookies
        assert await page.is_admin(ana)


@pytest.mark.slow
async def test_who_knows_the_cookie_from_before_is_no_admin_and_its_person_keeps_everything(page: Page) -> None:
    core = core_over(page.store, echo())
    web = create(
        core.router.handle,
        core.records,
        hosts={"127.0.0.1"},
        options=WebOptions(KEY, admins=StoredPageAdmins(page.store, page.clock)),
    )
    core.router.attach("web", web)
    async with Visitor(web.app) as ana, Visitor(web.app) as thief:
        address = await thief.begin()
        ana.http.cookies = thief.http.cookies.__class__(thief.http.cookies)
        await ana.say(address, "I keep bees")
        await core.router.drain(20)
        await opens(ana, await page.link())
        assert ana.cookie != thief.cookie
        assert "I keep bees" in await ana.page(address)
        assert "/settings" in await ana.page(address)
        assert "/settings" not in await thief.page(address)
    web.close()


@pytest.mark.in_the_store
async def test_a_link_works_once(page: Page) -> None:
    app, link = page.app(), await page.link()
    async with Visitor(app) as ana, Visitor(app) as ben:
        found = await asyncio.gather(opens(ana, link), opens(ben, link))
        assert found.count("/") == 1
        (said,) = [text for text in found if text != "/"]
        assert "has been used already" in said
        assert "parley web admin" in said
        assert [await page.is_admin(ana), await page.is_admin(ben)].count(True) == 1


async def test_a_link_expires(page: Page) -> None:
    link = await page.link()
    page.clock.now += timedelta(hours=1)
    async with Visitor(page.app()) as ana:
        said = await opens(ana, link)
        assert "has expired" in said
        assert "parley web admin" in said
        assert not await page.is_admin(ana)


async def test_to_look_at_the_page_of_a_link_uses_nothing_up(page: Page) -> None:
    link = await page.link()
    async with Visitor(page.app()) as ana:
        for method in ("GET", "HEAD"):
            assert (await ana.http.request(method, "/admin")).status_code == 200
        assert await opens(ana, link) == "/"


async def test_another_site_cannot_send_a_link(page: Page) -> None:
    async with Visitor(page.app()) as ana:
        answer = await ana.post("/admin", {"link": await page.link()}, {"origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_guessing_is_bounded_by_address(page: Page) -> None:
    quotas = VisitorQuotas(links=RateLimit(3, 3600), links_from_nowhere=RateLimit(5, 3600))
    app = page.app(quotas=quotas)

    async def from_outside(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": ("192.0.2.7", 1)}, receive, send)

    async with Visitor(from_outside) as guesser, Visitor(app) as owner:
        tries = [await guesser.post("/admin", {"link": "A" * 43}) for _ in range(4)]
        assert [one.status_code for one in tries] == [403, 403, 403, 429]
        assert "not known here" in tries[0].text
        assert int(tries[3].headers["retry-after"]) > 0
        # What one address has used up is no other's.
        assert await opens(owner, await page.link()) == "/"


async def test_behind_a_proxy_of_this_machine_nobody_is_an_admin(page: Page) -> None:
    app = page.app()
    async with Visitor(app) as undeclared, Visitor(TrustedProxies(app, ["127.0.0.1"])) as declared:
        assert not await page.is_admin(undeclared)
        assert not await page.is_admin(declared)


async def test_what_is_stored_is_of_no_use_to_a_thief(page: Page) -> None:
    link = await page.link()
    async with Visitor(page.app()) as ana:
        await opens(ana, link)
        token = ana.cookie.partition("=")[2].partition(".")[0]
    (browser,) = await page.store.read(admin_links.browsers)
    assert browser.account == account(token)
    kept = await page.store.read(lambda session: [row.name + row.value for row in admin_links._named(session, "web:")])
    assert len(kept) == 2
    assert not [text for text in kept if urlsplit(link).fragment in text or token in text]


async def test_the_right_is_taken_back_at_once(page: Page) -> None:
    app = page.app()
    async with Visitor(app) as ana, Visitor(app) as ben:
        for one in (ana, ben):
            await opens(one, await page.link())
        unopened = await page.link()
        first, second = await page.store.read(admin_links.browsers)
        await page.store.write(lambda session: admin_links.revoke(session, first.account))
        assert [await page.is_admin(ana), await page.is_admin(ben)].count(True) == 1
        await page.store.write(admin_links.revoke_all)
        assert not await page.is_admin(ana)
        assert not await page.is_admin(ben)
        assert "not known here" in await opens(ana, unopened)


async def test_who_is_forgotten_is_no_admin_any_more(page: Page) -> None:
    core = core_over(page.store, echo())
    web = create(
        core.router.handle,
        core.records,
        hosts={"127.0.0.1"},
        options=WebOptions(KEY, admins=StoredPageAdmins(page.store, page.clock)),
    )
    core.router.attach("web", web)
    async with Visitor(web.app) as ana:
        await opens(ana, await page.link())
        await ana.say(await ana.begin(), "Hello")
        await core.router.drain(20)
    (browser,) = await page.store.read(admin_links.browsers)
    person_id = await page.store.read(lambda session: known_person(session, "web", User(browser.account, "")))
    assert person_id
    await page.store.write(lambda session: people.forget(session, person_id))
    assert await page.store.read(admin_links.browsers) == []
    web.close()
