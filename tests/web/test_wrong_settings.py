"""What no setting takes is refused in words, and the old value stays: on the web page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape

import pytest

from bots.web.adapter import WebOptions, create
from bots.web.page_state import place_of
from bots.web.quotas import RateLimit, VisitorQuotas
from core.community_settings import kept
from core.store.engine.database import Database
from core.wiring import WiredCore
from tests.core.building import core_over
from tests.living import echo
from tests.shared.wrong_settings import BARE, NO_DEFAULT, REFUSED, STRICTEST
from tests.web.client import EVERYBODY, KEY, Visitor

pytestmark = pytest.mark.above_the_store


@dataclass
class Admin:
    """An admin of the page."""

    core: WiredCore
    store: Database
    visitor: Visitor

    async def says(self, line: str) -> str:
        """The page after a command in a new conversation."""
        address = await self.visitor.begin()
        await self.visitor.say(address, line)
        await self.core.router.drain(20)
        return unescape(await self.visitor.page(address))

    async def kept(self) -> dict[str, str]:
        return dict(await self.store.read(lambda session: kept(session, place_of("any"))))


@pytest.fixture
async def admin(store: Database) -> AsyncIterator[Admin]:
    core = core_over(store, echo())
    # The walk begins more conversations than a person may.
    unlimited = VisitorQuotas(sent=RateLimit(0, 1), conversations=RateLimit(0, 1))
    options = WebOptions(KEY, admins=EVERYBODY, quotas=unlimited)
    web = create(core.router.handle, core.records, hosts={"127.0.0.1"}, options=options)
    core.router.attach("web", web)
    async with Visitor(web.app) as visitor:
        yield Admin(core, store, visitor)
    web.close()


async def try_all(admin: Admin, *, sample: bool) -> None:
    """Set everything to what is right, which the admin can take back; what is wrong then changes nothing."""
    for name, value, shown in BARE.right(sample=sample):
        said = await admin.says(f"/settings {name} default")
        assert "is now: default" in said or name in NO_DEFAULT, (name, said)
        assert f"is now: {shown}" in await admin.says(f"/settings {name} {value}"), (name, value)
    before = await admin.kept()
    assert before
    for name, value in BARE.wrong(sample=sample):
        said = await admin.says(f"/settings {name} {value}")
        assert any(words in said for words in REFUSED), (name, value, said)
        assert await admin.kept() == before


@pytest.mark.slow
async def test_each_setting_holds_what_is_right_and_refuses_what_is_wrong(admin: Admin) -> None:
    await try_all(admin, sample=True)


@pytest.mark.sweep
async def test_every_setting_with_every_kind_of_value(admin: Admin) -> None:
    await try_all(admin, sample=False)


@pytest.mark.slow
async def test_nobody_is_locked_out(admin: Admin) -> None:
    for name, value in STRICTEST.items():
        said = await admin.says(f"/settings {name} {value.format(channel='here', role='@mods')}")
        assert "is now" in said or "nothing has changed" in said
    for command in ("help", "privacy", "mydata", "forgetme"):
        assert "only certain members" not in await admin.says(f"/{command}")
    for name in STRICTEST:
        assert "is now" in await admin.says(f"/settings {name} default")
