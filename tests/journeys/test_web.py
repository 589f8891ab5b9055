"""The web chat over the real core: ask, rate, change the rating, restart, remove it, retry, privacy, forget me."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from bots.web.adapter import WebOptions, create
from bots.web.visitor_cookie import COOKIE, CookieKey, new_key, unsigned
from cli.wiring.platforms import exported
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.exporter import export
from core.dataset.export.options import ExportOptions
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine
from core.store.engine.database import Database, connect
from core.store.tables import RatingRow
from core.wiring import WiredCore
from tests.core.building import RULES, core_over
from tests.web.client import EVERYBODY, KEY, Visitor
from tests.web.test_app import button

pytestmark = [pytest.mark.slow, pytest.mark.above_the_store]


@dataclass
class Site:
    """A core on the web, with a visitor."""

    core: WiredCore
    store: Database
    visitor: Visitor

    async def says(self, address: str, text: str) -> str:
        """Send a line and return the page once all is settled."""
        await self.visitor.say(address, text)
        await self.core.router.drain(20)
        return await self.visitor.page(address)

    async def presses(self, address: str, label: str) -> str:
        """Press the newest button with a label and return the page once all is settled."""
        form = pressable(await self.visitor.page(address), label)
        await self.visitor.post(f"{address}/presses", form)
        await self.core.router.drain(20)
        return await self.visitor.page(address)

    async def ratings(self) -> list[int]:
        return list(await self.store.read(lambda session: session.exec(select(RatingRow.value)).all()))


def pressable(page: str, label: str) -> dict[str, str]:
    """The form of a button under an answer, or of a notice's button that shows only its label."""
    for form in reversed(page.split("<form")):
        found = re.search(rf'<button[^>]*value="([^"]*)"[^>]*>(<span[^>]*>)?{label}<', form)
        if found:
            return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)), "action": found[1]}
    return button(page, label)


def spoken(lines: Sequence[PromptLine]) -> str:
    """Repeat what was said last; a pirate does so in their way."""
    return f"You said: {lines[-1].text}{' Arr!' if 'pirate' in lines[0].text else ''}"


@asynccontextmanager
async def served(url: str, cookies: object = None, key: CookieKey = KEY) -> AsyncIterator[Site]:
    """One life of the program; the cookies of an earlier visit may be brought along."""
    store = connect(url)
    core = core_over(store, ScriptedModel(spoken))
    web = create(
        core.router.handle,
        core.records,
        hosts={"parley.test", "localhost", "127.0.0.1"},
        options=WebOptions(key, admins=EVERYBODY),
    )
    core.router.attach("web", web)
    await core.router.recover("web")
    async with Visitor(web.app) as visitor:
        if cookies:
            visitor.http.cookies = cookies  # type: ignore[assignment]  # the jar of another client
        yield Site(core, store, visitor)
    web.close()
    await store.close()


async def test_people_from_before_cookies_were_signed_stay_themselves(database_url: str) -> None:
    async with served(database_url) as site:
        address = await site.visitor.begin()
        await site.says(address, "Hello")
        token = unsigned(site.visitor.http.cookies[COOKIE])
    later, unsigned_cookie = new_key(), {"cookie": f"{COOKIE}={token}"}
    async with served(database_url, key=later) as site:
        answer = await site.visitor.http.get(address, headers=unsigned_cookie)
        assert "You said: Hello" in answer.text
        assert site.visitor.http.cookies[COOKIE] == later.signed(token or "")
        assert "You said: Again" in await site.says(address, "Again")
    async with served(database_url) as site:
        assert (await site.visitor.http.get(address, headers=unsigned_cookie)).status_code == 403


async def test_a_thumb_is_given_changed_and_taken_back_across_a_restart(database_url: str) -> None:
    async with served(database_url) as site:
        address = await site.visitor.begin()
        assert "You said: Hello" in await site.says(address, "Hello")
        await site.presses(address, "Good answer")
        assert await site.ratings() == [1]
        await site.presses(address, "Bad answer")
        assert await site.ratings() == [-1]
        cookies = site.visitor.http.cookies
    async with served(database_url, cookies) as site:
        assert "You said: Hello" in await site.visitor.page(address)
        await site.presses(address, "Bad answer")
        assert await site.ratings() == []


async def test_retry_and_commands(database_url: str) -> None:
    async with served(database_url) as site:
        address = await site.visitor.begin()
        await site.says(address, "Hello")
        assert ">2/2</span>" in await site.presses(address, "Retry")
        assert "/forgetme" in await site.says(address, "/help")
        assert "Did you mean /stats" in await site.says(address, "/statz")


async def test_a_card_between_questions_is_found_again_after_a_restart(database_url: str) -> None:
    async with served(database_url) as site:
        address = await site.visitor.begin()
        await site.says(address, "Hello")
        await site.says(address, "/persona pirate")
        await site.says(address, "/privacy")
        assert "is gone" not in await site.says(address, "And now?")
        cookies = site.visitor.http.cookies
    async with served(database_url, cookies) as site:
        page = await site.visitor.page(address)
        before, _, after = page.partition("What /privacy showed here is gone")
        assert "You said: Hello" in before
        assert "You said: And now?" in after
        assert page.count("is gone") == 1, "a notice without buttons is no card"
        again = await site.says(address, "/privacy")
        assert "I agree" in again
        assert "is gone" not in again, "the same card stands below"


async def test_two_answers_stand_side_by_side_until_one_is_chosen(database_url: str) -> None:
    async with served(database_url) as site:
        address = await site.visitor.begin()
        await site.says(address, "/arena on pirate")
        page = await site.says(address, "/arena What is a crow?")
        assert sides(page) == ["left", "right"]
        assert ["Answer A" in page, "Answer B" in page, "scripted" in page.split('id="turns"')[1]] == [
            True,
            True,
            False,
        ]
        cookies = site.visitor.http.cookies
    async with served(database_url, cookies) as site:
        page = await site.visitor.page(address)
        assert sides(page) == ["left", "right"]
        assert page.count("which is better?") == 1
        page = await site.presses(address, "B")
        assert sides(page) == []
        assert "Thank you. A was" in page
        assert ">2/2</span>" in page
        assert "which is better?" not in page


def sides(page: str) -> list[str]:
    """Where the answers of a page stand that are to be compared."""
    return re.findall(r'class="turn assistant (\w+)"', page)


async def test_only_what_was_agreed_to_is_exported_and_what_is_forgotten_is_gone(
    database_url: str, tmp_path: Path
) -> None:
    options = ExportOptions(terms=RULES.terms.version, switches=ExportSwitches(exported()))
    async with served(database_url) as site:
        address = await site.visitor.begin()
        await site.says(address, "I keep bees")
        await site.presses(address, "Good answer")
        await export(site.store, "kto", tmp_path / "before.jsonl", options)
        assert (tmp_path / "before.jsonl").read_text() == ""
        await site.says(address, "/privacy")
        await site.presses(address, "I agree")
        await export(site.store, "kto", tmp_path / "agreed.jsonl", options)
        (row,) = [json.loads(line) for line in (tmp_path / "agreed.jsonl").read_text().splitlines()]
        assert (row["prompt"][-1]["content"], row["label"]) == ("I keep bees", True)
        await site.says(address, "/forgetme")
        await site.presses(address, "Erase everything")
        assert "I keep bees" not in await site.visitor.page(address)
        await export(site.store, "kto", tmp_path / "after.jsonl", options)
        assert (tmp_path / "after.jsonl").read_text() == ""
