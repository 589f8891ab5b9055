"""The rows about addresses: the web page's, as browsers ask for them, and the operator's port."""

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

import httpx
from prometheus_client import CollectorRegistry

from bots.web.adapter import WebChat, WebOptions, create
from bots.web.addresses import ADMIN_LINK
from bots.web.app import READ, SENT
from bots.web.oauth_callback import CALLBACK
from bots.web.quotas import RateLimit, VisitorQuotas
from bots.web.visitor_cookie import COOKIE
from cli.wiring.operator_endpoints import operator_app, operator_routes
from core.store import admin_links
from core.store.tables import now
from core.surface_queries import StoredPageAdmins
from tests.permissions.deeds import Deed, Do
from tests.permissions.world import World
from tests.plugin_host.test_oauth import link
from tests.web.client import EVERYBODY, Follower, Visitor

HERS = "Ana’s conversation"
OWN = "a conversation of one’s own"
FREE = {"links": RateLimit(0, 1), "links_from_nowhere": RateLimit(0, 1)}
FILE = re.compile(r"/c/[0-9a-f]{32}/files/([0-9a-f]{32})")


def ask(path: str, *, hers: bool) -> Do:
    """Ask for an address with a browser: Ana's, or another one, a stranger's without a cookie.

    Admins and the owner are on a page that knows their browsers as those of admins. Everything is asked for twice: as
    browsers of this machine do, and through a proxy on it.
    """

    async def do(world: World, role: str) -> bool:
        direct = await asked(world, role, "")
        assert await asked(world, role, "127.0.0.1") == direct, (path, role)
        return direct

    async def asked(world: World, role: str, proxy: str) -> bool:
        web = served(world, admin=role in ("admin", "owner"), proxy=proxy)
        async with Visitor(web.app) as ana, Visitor(web.app) as other:
            for visitor in (ana, other):
                visitor.http.headers["x-forwarded-for"] = f"192.0.2.{next(world.numbers) % 250}"
            visitor = ana if role == "member" else other
            if role not in ("member", "stranger"):
                await visitor.begin()
            address, token = f"/c/{uuid4().hex}", "0" * 32
            if "{channel}" in path and (hers or role != "stranger"):
                address, token = await begun(world, ana if hers else visitor)
            channel = address.rpartition("/")[2]
            whole = path.replace("{channel}", channel).replace("{token}", token).replace("{name:path}", "page.css")
            status = await answered(visitor, path, whole)
            await world.stage.core.router.drain(20)
        return status < 400

    return do


def come_back(*, hers: bool) -> Do:
    """Come back from signing in elsewhere: by the link that was made for Ana, or with a state that nobody was given.
    Everybody can open the page; it succeeded if it shows a code to write in the chat.
    """

    async def do(world: World, role: str) -> bool:
        back = {"state": "A" * 43, "code": "x"}
        if hers:
            back = await world.services.sign_in(await link(world.someone("member")), f"{role.split()[0]}@example.com")
        web = served(world, admin=role in ("admin", "owner"))
        async with Visitor(web.app) as visitor:
            page = await visitor.http.get(CALLBACK, params=back)
        return page.status_code == 200 and "/connect calendar " in page.text

    return do


def become_admin(*, given: bool) -> Do:
    """Send a link that `parley web admin` has printed, or one that somebody made up."""

    async def do(world: World, role: str) -> bool:
        web = served(world, admin=False)
        secret = await world.store.write(lambda session: admin_links.offer(session, now())) if given else "A" * 43
        async with Visitor(web.app) as visitor:
            answer = await visitor.post(ADMIN_LINK, {"link": f"http://127.0.0.1{ADMIN_LINK}#{secret}"})
        return answer.status_code == 303

    return do


def served(world: World, *, admin: bool, proxy: str = "") -> WebChat:
    """A page over the core, made once; what the core says goes to the one that was asked for last."""
    core, key = world.stage.core, (admin, proxy)
    if key not in world.pages:
        admins = EVERYBODY if admin else StoredPageAdmins(world.store)
        quotas, proxies = VisitorQuotas(**FREE), {proxy} if proxy else None
        options = WebOptions(proxies=proxies, quotas=quotas, returned=world.stage.signing_in.returned, admins=admins)
        world.pages[key] = create(core.router.handle, core.records, hosts={"127.0.0.1"}, options=options)
    core.router.attach("web", world.pages[key])
    return world.pages[key]


async def begun(world: World, visitor: Visitor) -> tuple[str, str]:
    """A conversation that somebody has begun, and the token of a file for them."""
    address = await visitor.begin()
    await visitor.say(address, "/mydata")
    await world.stage.core.router.drain(20)
    found = FILE.search(await visitor.page(address))
    assert found
    return address, found[1]


async def answered(visitor: Visitor, path: str, asked: str) -> int:
    """The status with which an address answers."""
    if path in SENT and path not in READ:
        fields = {"once": "0" * 32, "text": "Hi", "action": "board:week:here:", "form": "instructions:me", "id": ""}
        return (await visitor.post(asked, fields)).status_code
    if path.endswith("/events"):
        known = COOKIE in visitor.http.cookies
        follower = Follower(visitor.app, asked, "", {"cookie": visitor.cookie} if known else {})
        async with follower:
            await follower.chunk()
        return follower.status
    return (await visitor.http.get(asked)).status_code


async def well() -> Mapping[str, str]:
    return {"store": "ok"}


def operators(path: str) -> Do:
    """An address of the operator's port, which recognises nobody: its owner decides who can reach it."""

    async def do(world: World, role: str) -> bool:
        transport = httpx.ASGITransport(operator_app(well, CollectorRegistry(), lambda: 0.0, {"127.0.0.1"}))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", trust_env=False) as http:
            return (await http.get(path)).status_code == 200

    return do


def addresses() -> Sequence[str]:
    """All that the operator's port answers to."""
    return [route.path for route in operator_routes(well, CollectorRegistry(), lambda: 0.0)]


def name(path: str, method: str = "GET") -> str:
    """An address with how it is asked for."""
    return f"{method} {path}"


def names() -> Sequence[str]:
    """Every address of the page, each with how it is asked for."""
    return [*(name(path) for path in (*READ, CALLBACK)), *(name(path, "POST") for path in SENT)]


def deeds() -> Sequence[Deed]:
    """All of them."""
    found: list[Deed] = []
    for method, path in (*(("GET", path) for path in READ), *(("POST", path) for path in SENT)):
        if (method, path) == ("POST", ADMIN_LINK):
            given, made_up = "with a link of `parley web admin`", "with a link that is made up"
            found.append(Deed("page", name(path, method), given, become_admin(given=True)))
            found.append(Deed("page", name(path, method), made_up, become_admin(given=False)))
        elif "{channel}" not in path:
            found.append(Deed("page", name(path, method), "", ask(path, hers=False)))
        else:
            found.append(Deed("page", name(path, method), OWN, ask(path, hers=False)))
            found.append(Deed("page", name(path, method), HERS, ask(path, hers=True)))
    found.append(Deed("page", name(CALLBACK), "by a link that was made for Ana", come_back(hers=True)))
    found.append(Deed("page", name(CALLBACK), "with a state that nobody was given", come_back(hers=False)))
    return [*found, *(Deed("operator", name(path), "", operators(path)) for path in addresses())]
