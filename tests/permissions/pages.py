"""The rows about addresses: the web page's, as browsers ask for them, and the operator's port."""

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

import httpx
from prometheus_client import CollectorRegistry

from bots.web.adapter import WebChat, WebOptions, create
from bots.web.app import READ, SENT
from bots.web.identity import COOKIE
from bots.web.oauth_callback import CALLBACK
from cli.wiring.operator_endpoints import operator_app, operator_routes
from tests.permissions.deeds import Deed, Do
from tests.permissions.world import World
from tests.plugin_host.test_oauth import link
from tests.web.client import Follower, Visitor

HERS = "Ana’s conversation"
OWN = "a conversation of one’s own"
FILE = re.compile(r"/c/[0-9a-f]{32}/files/([0-9a-f]{32})")


def ask(path: str, *, hers: bool) -> Do:
    """Ask for an address with a browser: Ana's, or another one, a stranger's without a cookie.

    Admins and the owner are on a page that makes its visitors admins, as one on loopback does.
    """

    async def do(world: World, role: str) -> bool:
        web = served(world, admin=role in ("admin", "owner"))
        async with Visitor(web.app) as ana, Visitor(web.app) as other:
            visitor = ana if role == "member" else other
            if role not in ("member", "stranger"):
                await visitor.begin()
            address, token = f"/c/{uuid4().hex}", "0" * 32
            if "{channel}" in path and (hers or role != "stranger"):
                address, token = await begun(world, ana if hers else visitor)
            channel = address.rpartition("/")[2]
            asked = path.replace("{channel}", channel).replace("{token}", token).replace("{name:path}", "page.css")
            status = await answered(visitor, path, asked)
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


def served(world: World, *, admin: bool) -> WebChat:
    """A page over the core, made once; what the core says goes to the one that was asked for last."""
    core = world.stage.core
    if admin not in world.pages:
        options = WebOptions(returned=world.stage.signing_in.returned)
        hosts = {"127.0.0.1"}
        world.pages[admin] = create(core.router.handle, core.records, hosts=hosts, admin=admin, options=options)
    core.router.attach("web", world.pages[admin])
    return world.pages[admin]


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
    if path in SENT:
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


def name(path: str) -> str:
    """An address with how it is asked for."""
    return f"{'POST' if path in SENT else 'GET'} {path}"


def deeds() -> Sequence[Deed]:
    """All of them."""
    found: list[Deed] = []
    for path in (*READ, *SENT):
        if "{channel}" not in path:
            found.append(Deed("page", name(path), "", ask(path, hers=False)))
            continue
        found.append(Deed("page", name(path), OWN, ask(path, hers=False)))
        found.append(Deed("page", name(path), HERS, ask(path, hers=True)))
    found.append(Deed("page", name(CALLBACK), "by a link that was made for Ana", come_back(hers=True)))
    found.append(Deed("page", name(CALLBACK), "with a state that nobody was given", come_back(hers=False)))
    return [*found, *(Deed("operator", name(path), "", operators(path)) for path in addresses())]
