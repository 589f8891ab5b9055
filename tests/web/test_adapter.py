import asyncio
import re
from datetime import UTC, datetime

import pytest

from bots.web.adapter import WebChat
from bots.web.page_state import place_of
from core.messages import Button, Field, File, Form, Message, Place, Reply, Submission, User
from core.ports.chat import Chat
from tests.web.client import Visitor
from tests.web.standin import HOLD, RATE, Standin

GUEST = User("g" * 64, "Guest")


def place_at(address: str) -> Place:
    return place_of(address.removeprefix("/c/"))


def test_it_is_a_chat(web: WebChat) -> None:
    chat: Chat = web
    assert chat.capabilities.forms
    assert chat.capabilities.files
    assert chat.capabilities.idempotent_send
    assert chat.capabilities.text_limit == 0


async def test_a_notice_that_is_sent_twice_is_there_once(web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    for _ in range(2):
        assert await web.send(place_at(address), Reply("Take **note**."), "key#notice") == "key#notice"
    page = await visitor.page(address)
    assert page.count("Take <strong>note</strong>.") == 1
    await web.edit(place_at(address), "key#notice", Reply("Changed."))
    page = await visitor.page(address)
    assert "Changed." in page
    assert "<strong>note</strong>" not in page
    await web.delete(place_at(address), "key#notice")
    assert "Changed." not in await visitor.page(address)


async def test_a_notice_may_carry_buttons(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    buttons = (Button("forget:me", "Erase everything"), Button("agree:1", "Yes", "🎉", chosen=True))
    await web.send(place_at(address), Reply("Sure?", buttons=buttons), "k#notice")
    page = await visitor.page(address)
    assert 'value="forget:me"' in page
    assert "<span>Erase everything</span>" in page
    assert 'aria-pressed="true"' in page


@pytest.mark.slow
async def test_an_answer_that_grows_is_on_every_page_that_is_loaded_meanwhile(
    web: WebChat, core: Standin, visitor: Visitor
) -> None:
    core.script = lambda question: ("Half of ", HOLD, "it.")
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await visitor.say(address, "Go on")
        await stream.until("Half of")
        page = await visitor.page(address)
        assert "Half of" in page
        assert 'value="stop:' in page
        core.release()
        await stream.until("Half of it.")
    await core.settled()
    page = await visitor.page(address)
    assert page.count("<p>Half of it.</p>") == 1
    assert 'value="stop:' not in page
    assert 'aria-label="Good answer"' in page


async def test_an_answer_of_an_earlier_process_is_shown_again(web: WebChat, core: Standin, visitor: Visitor) -> None:
    core.script = lambda question: (HOLD, "later")
    address = await visitor.begin()
    await visitor.say(address, "Hello")
    async with visitor.follow(address) as stream:
        await stream.until("standin-1")
        (turn,) = (await core.transcript(place_at(address), web_user(core)))[1:]
        await web.edit(place_at(address), turn.platform_id or "", Reply("Taken up.", answer=turn.id, underway=True))
        await stream.until("Taken up.")
        core.release()
        await stream.until("later")


def web_user(core: Standin) -> User:
    return core.events[0].user


@pytest.mark.slow
async def test_a_form_opens_on_the_page_that_asked_for_it(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address, "page=one") as one, visitor.follow(address, "page=two") as two:
        await one.event()
        await two.event()
        once = await visitor.once(address)
        headers = {"origin": "http://127.0.0.1", "hx-request": "true", "x-page": "two"}
        await visitor.post(f"{address}/messages", {"once": once, "text": "/rate"}, headers)
        assert "Why this rating?" in await two.until("<dialog")
        await web.send(place_at(address), Reply("Both see this."), "k")
        assert "<dialog" not in await one.until("Both see this.")


async def test_a_form_waits_for_a_browser_without_scripts(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "/rate")
    await core.settled()
    page = await visitor.page(address)
    for text in (RATE.title, RATE.submit, *(field.label for field in RATE.fields), "Humorous"):
        assert text in page
    assert "<dialog" in page.split('id="dialogs"')[1].split('id="shortcuts"')[0]
    assert "Why this rating?" not in await visitor.page(address), "it is asked once"


async def test_a_form_takes_the_place_of_the_card_that_opened_it(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "/card")
    await core.settled()
    card = f"card:card:{core.events[0].key}#notice"
    await visitor.post(f"{address}/presses", {"once": "a" * 32, "id": card, "action": "write:1"})
    await core.settled()
    page = await visitor.page(address)
    assert "<p>Read <strong>this</strong> &lt;first&gt;.</p>" in page.split('id="dialogs"')[1]
    assert f'<input type="hidden" name="id" value="{card}">' in page.split('id="dialogs"')[1]
    words = {"once": "b" * 32, "form": "write:1", "id": card, "field.words": "So be it"}
    await visitor.post(f"{address}/forms", words)
    await core.settled()
    sent = core.events[-1]
    assert isinstance(sent, Submission)
    assert sent.id == card
    page = await visitor.page(address)
    assert "So be it" in page
    assert "The card" not in page


async def test_all_kinds_of_fields_can_be_drawn(web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    many = tuple((str(number), f"Choice {number}") for number in range(9))
    fields = (
        Field("name", "Name", value='A "B" <c>', limit=80, required=True),
        Field("about", "About", value="\nfirst line is empty"),
        Field("pick", "Pick", "choice", many, value="3"),
        Field("some", "Some", "choices", many, value="1,2"),
    )
    said = Message(key="k", place=place_at(address), user=GUEST, at=datetime.now(UTC), id="m", text="x")
    await web.show(place_at(address), Form("f:1", "T", fields, "Go"), said)
    page = await visitor.page(address)
    assert 'value="A &#34;B&#34; &lt;c&gt;"' in page
    assert ">\n\nfirst line is empty</textarea>" in page
    assert '<option value="3" selected>Choice 3</option>' in page
    assert page.count(" checked>") == 3  # two choices, and the switch of the shortcuts


async def test_a_new_conversation_takes_the_page_along(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await visitor.say(address, "/new")
        name, where = "", ""
        while name != "go":
            name, where = await stream.event()
        assert where.startswith("/c/")
        assert where != address
    await web.send(place_at(where), Reply("A fresh start."), "k")
    assert "A fresh start." in await visitor.page(where)


async def test_a_browser_without_scripts_is_led_to_the_new_conversation(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "/new")
    await core.settled()
    answer = await visitor.http.get(address)
    assert answer.status_code == 303
    assert answer.headers["location"] != address
    assert (await visitor.http.get(address)).status_code == 200


@pytest.mark.slow
async def test_a_file_is_offered_once_to_its_person(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await visitor.say(address, "/mydata")
        page = await stream.until("my data.json")
        link = page.split('<a href="')[1].split('"')[0]
        async with Visitor(visitor.app) as other:
            await other.begin()
            assert (await other.http.get(link)).status_code == 403
        assert (await visitor.http.head(link)).status_code == 404
        assert (await visitor.http.get(link, headers={"sec-purpose": "prefetch"})).status_code == 404
        answer = await visitor.http.get(link)
        assert answer.content == b'{"you": "Guest"}'
        assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''my%20data.json"
        assert answer.headers["content-type"].startswith("application/json")
        assert "already downloaded" in await stream.until("already downloaded")
    assert (await visitor.http.get(link)).status_code == 404


async def test_a_files_name_and_type_cannot_change_the_response(web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    file = File('a"\r\nx: y\u202e.<b>', "text/html\r\nx: y", b"<script>")
    await web.send(place_at(address), Reply("File", files=(file,)), "k")
    links = re.findall(r'href="([^"]*/files/[^"]*)"', await visitor.page(address))
    assert len(links) == 1
    answer = await visitor.http.get(links[0])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "x" not in answer.headers


async def test_closing_ends_the_streams(web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await stream.event()
        web.close()
        while await stream.chunk() is not None:
            pass
        await asyncio.wait_for(stream.task, 5)
