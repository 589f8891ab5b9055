"""Two people with a browser each, over the real core: knowing an id of the other's opens nothing."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from sqlmodel import Session, select

from bots.web.adapter import create
from core.store import conversations
from core.store.engine.database import Database, connect
from core.store.tables import MessageRow, RatingRow
from core.wiring import WiredCore
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.web.client import Visitor

CALLS = [{"name": "diary", "arguments": "{}", "line": "read the diary", "result": "dear diary"}]


@dataclass
class Two:
    """Ana, who has an answer, and Ben, who has a conversation of his own."""

    core: WiredCore
    store: Database
    ana: Visitor
    ben: Visitor
    anas: str
    bens: str
    answer: str

    async def presses(self, visitor: Visitor, address: str, action: str) -> str:
        """Press a button by its action; returns the page that follows."""
        once = await visitor.once(address)
        await visitor.post(f"{address}/presses", {"once": once, "action": action, "id": ""})
        await self.core.router.drain(20)
        return await visitor.page(address)

    async def says(self, visitor: Visitor, address: str, text: str) -> str:
        await visitor.say(address, text)
        await self.core.router.drain(20)
        return await visitor.page(address)

    async def ratings(self) -> list[int]:
        return list(await self.store.read(lambda session: session.exec(select(RatingRow.value)).all()))


@pytest.fixture
async def two(sqlite_url: str) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        store = connect(sqlite_url)
        stack.push_async_callback(store.close)
        core = core_over(store, echo())
        web = create(core.router.handle, core.records, hosts={"127.0.0.1"})
        core.router.attach("web", web)
        ana, ben = [await stack.enter_async_context(Visitor(web.app)) for _ in range(2)]
        anas, bens = await ana.begin(), await ben.begin()
        await ana.say(anas, "My secret")
        await core.router.drain(20)

        def note(session: Session) -> str:
            answer = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).one()
            conversations.note_tools(session, answer.id, CALLS, [])
            return answer.id

        yield Two(core, store, ana, ben, anas, bens, await store.write(note))
        web.close()


async def test_the_tool_calls_of_anothers_answer_are_not_shown(two: Two) -> None:
    page = await two.presses(two.ben, two.bens, f"calls:{two.answer}")
    assert "diary" not in page
    assert "no longer there" in page
    assert "dear diary" in await two.presses(two.ana, two.anas, f"calls:{two.answer}")


async def test_anothers_answer_is_not_rated(two: Two) -> None:
    for verb in ("up", "down"):
        assert "no longer there" in await two.presses(two.ben, two.bens, f"{verb}:{two.answer}")
    assert await two.ratings() == []
    await two.presses(two.ana, two.anas, f"up:{two.answer}")
    assert await two.ratings() == [1]


async def test_nothing_is_read_of_or_sent_to_anothers_conversation(two: Two) -> None:
    assert (await two.ben.http.get(two.anas)).status_code == 403
    for path in ("events", f"files/{'0' * 32}"):
        assert (await two.ben.http.get(f"{two.anas}/{path}")).status_code == 403
    once = await two.ben.once(two.bens)
    for path in ("messages", "presses", "forms"):
        fields = {"once": once, "text": "Hi", "action": f"up:{two.answer}", "form": "instructions:me"}
        assert (await two.ben.post(f"{two.anas}/{path}", fields)).status_code == 403


async def test_a_conversation_that_was_only_begun_is_its_persons_after_a_restart(two: Two) -> None:
    address = await two.ana.begin()
    await two.says(two.ana, address, "/privacy")
    restarted = create(two.core.router.handle, two.core.records, hosts={"127.0.0.1"})
    async with Visitor(restarted.app) as ben:
        assert (await ben.http.get(address)).status_code == 403
    restarted.close()


async def test_a_second_browser_of_the_same_person_is_them(two: Two) -> None:
    page = await two.says(two.ana, two.anas, "/link")
    found = re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}", page)
    assert found
    assert (await two.ben.http.get(two.anas)).status_code == 403
    await two.says(two.ben, two.bens, f"/link {found[0]}")
    assert "My secret" in await two.ben.page(two.anas)
    assert "dear diary" in await two.presses(two.ben, two.bens, f"calls:{two.answer}")


async def test_mydata_is_about_who_asks(two: Two) -> None:
    page = await two.says(two.ben, two.bens, "/mydata")
    link = re.search(r'href="(/c/[0-9a-f]{32}/files/[0-9a-f]{32})"', page)
    assert link
    assert (await two.ana.http.get(link[1])).status_code == 403
    content = (await two.ben.http.get(link[1])).content
    assert "My secret" not in json.dumps(json.loads(content))


async def test_one_visitor_does_not_choose_for_all(two: Two) -> None:
    assert "Only an admin" in await two.says(two.ben, two.bens, "/persona pirate community")
