import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from bots.web.adapter import WebChat, WebOptions, create
from bots.web.page_state import place_of
from bots.web.quotas import RateLimit, VisitorQuotas, quotas
from bots.web.rooms import RoomLimits
from bots.web.visitor_cookie import COOKIE, GRACE, SECURE_COOKIE, CookieKey, account, new_token
from core.errors import NotAllowed, StoreError
from core.messages import Edit, Invocation, Message, Press, Submission, User
from tests.web.audit import HOSTILE, faults
from tests.web.client import EVERYBODY, KEY, ORIGIN, Visitor
from tests.web.standin import CUT, HOLD, Standin

HTMX = {"origin": ORIGIN, "hx-request": "true"}


def button(page: str, label: str) -> dict[str, str]:
    """The form of the last button with this label, as a browser would send it."""
    for form in reversed(page.split("<form")):
        found = re.search(rf'<button[^>]*value="([^"]*)"[^>]*(aria-label="{label}"|><svg.*?<span>{label}<)', form)
        if found:
            hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
            return {**dict(hidden), "action": found[1]}
    raise AssertionError(label)


async def test_the_first_page_is_a_fresh_conversation_and_nothing_is_stored(core: Standin, visitor: Visitor) -> None:
    one, two = await visitor.begin(), await visitor.begin()
    assert one != two
    assert re.fullmatch(r"/c/[0-9a-f]{32}", one)
    assert core.events == []
    assert "Your conversations will be listed here." in await visitor.page(one)


async def test_a_message_without_scripts_is_sent_and_answered(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    answer = await visitor.say(address, "Hello <there>")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}#end")
    (said,) = core.events
    assert isinstance(said, Message)
    assert (said.text, said.source, said.reply_to) == ("Hello <there>", "web", None)
    assert said.place.private
    assert f"/c/{said.place.channel}" == address
    await core.settled()
    page = await visitor.page(address)
    assert '<div class="plain">Hello &lt;there&gt;</div>' in page
    assert "<p>You said: Hello &lt;there&gt;</p>" in page
    assert f'href="{address}" dir="auto" aria-current="page"' in page


async def test_a_form_that_is_sent_twice_is_one_event(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    once = await visitor.once(address)
    answers = await asyncio.gather(
        *(visitor.post(f"{address}/messages", {"once": once, "text": "Hello"}) for _ in range(3))
    )
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len(core.events) == 1
    await core.settled()
    assert (await visitor.page(address)).count('<div class="plain">Hello</div>') == 1


async def test_a_page_that_waits_loads_itself_again_without_scripts(core: Standin, visitor: Visitor) -> None:
    core.script = lambda question: ("a", HOLD, "b")
    address = await visitor.begin()
    assert "refresh" not in await visitor.page(address)
    async with visitor.follow(address) as stream:
        await visitor.say(address, "Hello")
        await stream.until("<p>a</p>")
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in await visitor.page(address)
    core.release()


async def test_htmx_gets_a_part_with_a_new_id_for_the_form(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    once = await visitor.once(address)
    answer = await visitor.post(f"{address}/messages", {"once": once, "text": "Hello"}, HTMX)
    assert answer.status_code == 200
    fresh = re.search(r'id="once" value="([0-9a-f]{32})"', answer.text)
    assert fresh
    assert fresh[1] != once
    assert "<html" not in answer.text


async def test_commands_are_invocations_also_unknown_ones(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "/help")
    await visitor.say(address, "/nosuch a b")
    assert [event.command for event in core.events if isinstance(event, Invocation)] == ["help", "nosuch"]
    await core.settled()
    page = await visitor.page(address)
    assert "/nosuch a b" in page
    assert "There is no command “nosuch”." in page


async def test_the_menu_names_every_command(visitor: Visitor) -> None:
    page = await visitor.page(await visitor.begin())
    assert re.findall(r'data-name="(\w+)"', page) == ["help", "mydata", "new", "rate", "retry"]
    assert "Begin a new conversation" in page


async def test_an_empty_page_shows_what_there_is(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    page = await visitor.page(address)
    tries = re.findall(r'<button class="press" name="text" value="([^"]*)"', page)
    assert len(tries) == 5
    assert tries[3:] == ["/help", "/privacy"]
    assert "Whoever gave you this address" in page
    await visitor.say(address, tries[0])
    (said,) = core.events
    assert isinstance(said, Message)
    assert said.text == tries[0]


async def test_what_answers_is_chosen_beside_the_composer_if_there_is_a_choice(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    page = await visitor.page(address)
    options = re.findall(r'<option value="(/[^"]*)"( selected)?>', page)
    assert options == [("/model large", " selected"), ("/model small", "")]
    await visitor.say(address, "/model small")
    (chosen,) = core.events
    assert isinstance(chosen, Invocation)
    assert (chosen.command, chosen.arguments) == ("model", {"": "small"})


async def test_buttons_are_presses_with_a_new_id_each_time(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "Hello")
    await core.settled()
    form = button(await visitor.page(address), "Good answer")
    first = await visitor.post(f"{address}/presses", form, HTMX)
    again = await visitor.post(f"{address}/presses", form, HTMX)
    assert first.status_code == again.status_code == 200
    presses = [event for event in core.events if isinstance(event, Press)]
    assert len(presses) == 1
    assert presses[0].id == form["id"] == f"{core.events[0].key}#answer"
    once = re.search(r'name="once" value="([0-9a-f]{32})"', first.text)
    assert once
    await visitor.post(f"{address}/presses", {**form, "once": once[1]}, HTMX)
    assert len([event for event in core.events if isinstance(event, Press)]) == 2


async def test_a_retry_makes_a_version_and_the_pager_leads_back(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "Hello")
    await core.settled()
    answer = await visitor.post(f"{address}/presses", button(await visitor.page(address), "Retry"))
    assert answer.status_code == 303
    await core.settled()
    page = await visitor.page(address)
    assert ">2/2</span>" in page
    await visitor.post(f"{address}/presses", button(page, "Earlier version"))
    await core.settled()
    assert ">1/2</span>" in await visitor.page(address)


async def test_a_cut_answer_is_carried_on(core: Standin, visitor: Visitor) -> None:
    core.script = lambda question: ("One two", CUT, " three.")
    address = await visitor.begin()
    await visitor.say(address, "Count")
    await core.settled()
    await visitor.post(f"{address}/presses", button(await visitor.page(address), "Continue"))
    await core.settled()
    assert "<p>One two three.</p>" in await visitor.page(address)


async def test_a_reply_to_an_older_answer_names_it(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "One")
    await core.settled()
    await visitor.say(address, "Two")
    await core.settled()
    first = f"{core.events[0].key}#answer"
    page = (await visitor.http.get(address, params={"reply": first})).text
    assert "Replying to" in page
    assert "You said: One" in page.split('id="mode"')[1].split("</div>")[0]
    await visitor.say(address, "Three", reply_to=first)
    said = core.events[-1]
    assert isinstance(said, Message)
    assert said.reply_to == first


async def test_editing_fills_the_composer(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "\nHelo </textarea>")
    await core.settled()
    said = core.events[0]
    assert isinstance(said, Message)
    answer = await visitor.http.get(address, params={"edit": said.id}, headers={"hx-request": "true"})
    assert answer.text.lstrip().startswith("<form")
    assert ">\n\nHelo &lt;/textarea&gt;</textarea>" in answer.text
    await visitor.say(address, "Hello", edit=said.id)
    assert isinstance(core.events[-1], Edit)
    await core.settled()
    assert ">2/2</span>" in await visitor.page(address)


@pytest.mark.parametrize("query", ["reply=nosuch", "edit=nosuch", "reply=", "edit=%00", "x=y"])
async def test_a_reply_to_nothing_is_a_plain_composer(query: str, visitor: Visitor) -> None:
    address = await visitor.begin()
    assert "Replying to" not in await visitor.page(f"{address}?{query}")


async def test_a_form_of_the_core_is_submitted(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    fields: dict[str, str | list[str]] = {
        "once": "a" * 32,
        "form": "why:1",
        "field.labels": ["helpful", "funny"],
        "field.mood": "good",
        "field.comment": "",
    }
    answer = await visitor.post(f"{address}/forms", fields, HTMX)
    assert 'id="dialogs" hx-swap-oob="innerHTML"></div>' in answer.text
    (sent,) = core.events
    assert isinstance(sent, Submission)
    assert sent.values == {"labels": "helpful,funny", "mood": "good"}


async def test_what_the_store_cannot_take_is_not_lost(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    core.failure = StoreError("locked")
    with capture_logs() as logs:
        answer = await visitor.say(address, "Hello")
    assert answer.status_code == 503
    assert [(line["event"], line["log_level"], str(line["error"])) for line in logs] == [
        ("store_failed", "error", "locked")
    ]
    assert "It could not be saved" in answer.text
    part = await visitor.post(f"{address}/messages", {"once": "a" * 32, "text": "Hello"}, HTMX)
    assert (part.status_code, "<html" in part.text) == (503, False)
    assert '<div id="problem" hx-swap-oob="innerHTML">' in part.text
    core.failure = None
    assert '<div class="plain">Hello</div>' not in await visitor.page(address)


@pytest.mark.parametrize(
    ("failure", "status"), [(NotAllowed("web-error-not-yours"), 403), (RuntimeError("a fault of ours"), 500)]
)
async def test_other_failures_have_a_page_without_their_cause(failure: Exception, status: int, core: Standin) -> None:
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"})
    async with Visitor(web.app) as visitor:
        address = await visitor.begin()
        once = await visitor.once(address)
        core.failure = failure
        visitor.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(web.app, raise_app_exceptions=False),
            base_url=ORIGIN,
            cookies=visitor.http.cookies,
            trust_env=False,
        )
        answer = await visitor.post(f"{address}/messages", {"once": once, "text": "Hello"})
    assert answer.status_code == status
    assert "That did not work" in answer.text
    assert "a fault of ours" not in answer.text
    assert "content-security-policy" in answer.headers


# Visitors


async def test_a_visitor_keeps_the_same_account(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    value = visitor.http.cookies[COOKIE]
    await visitor.say(address, "One")
    await visitor.say(await visitor.begin(), "Two")
    assert {event.user.id for event in core.events} == {account(KEY.verified(value) or "")}
    assert {event.user.name for event in core.events} == {"Guest"}
    assert visitor.http.cookies[COOKIE] == value


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    answer = await visitor.http.get(str((await visitor.http.get("/")).headers["location"]))
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/", "max-age=34560000"):
        assert part in cookie
    assert cookie.startswith(f"{COOKIE}=")
    assert "secure" not in cookie


async def test_over_https_the_cookie_is_bound_to_this_very_host(visitor: Visitor) -> None:
    cookie = (await visitor.http.get(f"https://127.0.0.1/c/{'a' * 32}")).headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    for part in ("Secure", "Path=/", "HttpOnly"):
        assert part in cookie
    assert "domain" not in cookie.lower()


FOREIGN = {
    "no token": "mine",
    "unsigned": new_token(),
    "signed by another": CookieKey(bytes(32), datetime.now(UTC)).signed(new_token()),
    "cut": KEY.signed(new_token())[:-1],
    "too long": "a" * 5000,
}


@pytest.mark.parametrize("value", FOREIGN.values(), ids=FOREIGN)
async def test_a_cookie_that_is_not_ours_is_replaced(value: str, core: Standin, visitor: Visitor) -> None:
    given = {"cookie": f"{COOKIE}={value}"}
    answer = await visitor.http.get(f"/c/{'a' * 32}", headers=given)
    assert COOKIE in answer.headers["set-cookie"]
    assert value not in answer.headers["set-cookie"]
    sent = {"origin": ORIGIN, **given}
    answer = await visitor.http.post(f"/c/{'b' * 32}/messages", data={"once": "a" * 32, "text": "Hello"}, headers=sent)
    assert answer.status_code == 403
    assert core.events == []


async def test_over_https_a_cookie_of_a_neighbour_is_not_taken(web: WebChat, visitor: Visitor) -> None:
    planted = KEY.signed(new_token())
    answer = await visitor.http.get(f"https://127.0.0.1/c/{'a' * 32}", headers={"cookie": f"{COOKIE}={planted}"})
    ours, gone = answer.headers.get_list("set-cookie")
    assert ours.startswith(f"{SECURE_COOKIE}=")
    assert planted not in ours
    assert gone.startswith(f'{COOKIE}=""')
    assert "Max-Age=0" in gone


async def test_two_cookies_of_our_name_are_refused_in_words(visitor: Visitor) -> None:
    mine, planted = KEY.signed(new_token()), KEY.signed(new_token())
    headers = {"cookie": f"{COOKIE}={planted}; {COOKIE}={mine}"}
    answer = await visitor.http.get(f"/c/{'a' * 32}", headers=headers)
    assert answer.status_code == 403
    assert "sends two cookies" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("seen", "made", "kept"),
    [(100, 1, True), (GRACE.days + 9, GRACE.days - 1, True), (GRACE.days + 9, GRACE.days, False), (2, 3, False)],
)
async def test_people_from_before_the_key_keep_their_place_for_a_while(
    core: Standin, seen: int, made: int, kept: bool
) -> None:
    before, now = new_token(), datetime.now(UTC)
    key = CookieKey(b"k" * 32, now - timedelta(days=made))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=WebOptions(key))
    user, at = User(account(before), "Guest"), now - timedelta(days=seen)
    await core.handle(Message(key="k", place=place_of("c" * 32), user=user, at=at, id="1", text="Hello"))
    await core.settled()
    async with Visitor(web.app) as visitor:
        answer = await visitor.http.get(f"/c/{'c' * 32}", headers={"cookie": f"{COOKIE}={before}"})
    assert answer.status_code == (200 if kept else 403)
    assert (f"{COOKIE}={key.signed(before)};" in answer.headers.get("set-cookie", "")) == kept


async def test_nobody_becomes_a_person_before_they_send_something_and_an_address_has_so_many(core: Standin) -> None:
    options = WebOptions(KEY, proxies=["127.0.0.1"], quotas=quotas(2))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    statuses = []
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"):
        async with Visitor(web.app) as visitor:
            visitor.http.headers["x-forwarded-for"] = address
            conversation = await visitor.begin()
            for _ in range(2):
                answer = await visitor.say(conversation, "Hello")
                statuses.append(answer.status_code)
    assert statuses == [303, 303, 303, 303, 429, 429, 303, 303]
    assert len({event.user.id for event in core.events}) == 3


async def test_one_visitor_begins_so_many_conversations_and_goes_on_with_those(core: Standin) -> None:
    options = WebOptions(KEY, quotas=VisitorQuotas(conversations=RateLimit(1, 3600.0, lambda: 0.0)))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    async with Visitor(web.app) as visitor:
        first, second = await visitor.begin(), await visitor.begin()
        statuses = [(await visitor.say(address, "Hello")).status_code for address in (first, second, first)]
        assert (await visitor.post(f"{second}/presses", {"once": "b" * 32, "action": "up:1"})).status_code == 429
    assert statuses == [303, 429, 303]


async def test_whoever_sends_too_much_is_told_when_to_come_back(core: Standin) -> None:
    options = WebOptions(KEY, quotas=VisitorQuotas(sent=RateLimit(1, 60.0, lambda: 0.0)))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    async with Visitor(web.app) as visitor:
        address = await visitor.begin()
        assert (await visitor.say(address, "Hello")).status_code == 303
        answer = await visitor.say(address, "Hello")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "That was too much at once" in answer.text


async def test_a_link_from_another_site_does_not_replace_the_person(visitor: Visitor) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"referer": "http://elsewhere.example/page"}):
        answer = await visitor.http.get(f"/c/{'a' * 32}", headers=headers)
        assert "set-cookie" not in answer.headers
        assert '<meta http-equiv="refresh" content="0">' in answer.text
    for headers in ({"sec-fetch-site": "none"}, {"referer": f"{ORIGIN}/c/1"}):
        assert "set-cookie" in (await visitor.http.get(f"/c/{'a' * 32}", headers=headers)).headers


async def test_without_a_cookie_nothing_can_be_sent(visitor: Visitor, core: Standin) -> None:
    address = await visitor.begin()
    once = await visitor.once(address)
    visitor.http.cookies.clear()
    answer = await visitor.post(f"{address}/messages", {"once": once, "text": "Hello"})
    assert answer.status_code == 403
    assert "does not keep the cookie" in answer.text
    assert (await visitor.http.get(f"{address}/events")).status_code == 403
    assert core.events == []


async def test_a_visitors_language_and_role_go_along(core: Standin) -> None:
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=WebOptions(admins=EVERYBODY))
    async with Visitor(web.app) as visitor:
        visitor.http.headers["accept-language"] = "de-AT,de;q=0.9"
        await visitor.say(await visitor.begin(), "Hallo")
    assert (core.events[0].user.language, core.events[0].user.admin) == ("de-AT", True)


async def test_visitors_are_no_admins_unless_we_are_told_so(core: Standin, visitor: Visitor) -> None:
    await visitor.say(await visitor.begin(), "Hello")
    assert not core.events[0].user.admin


async def test_nobody_enters_anothers_conversation(core: Standin, web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "My secret")
    await core.settled()
    async with Visitor(web.app) as other:
        await other.begin()
        answers = [
            await other.http.get(address),
            await other.http.get(f"{address}/events"),
            await other.post(f"{address}/messages", {"once": "b" * 32, "text": "Hello"}),
            await other.post(f"{address}/presses", {"once": "b" * 32, "action": "up:1"}),
            await other.post(f"{address}/forms", {"once": "b" * 32, "form": "x"}),
        ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert not any("secret" in answer.text for answer in answers)
    assert len(core.events) == 1


async def test_nobody_enters_anothers_conversation_after_a_restart(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "My secret")
    await core.settled()
    core.chat = restarted = create(core.handle, core, hosts={"127.0.0.1"}, options=WebOptions(KEY))
    async with Visitor(restarted.app) as other:
        await other.begin()
        assert (await other.http.get(address)).status_code == 403
        assert (await other.post(f"{address}/messages", {"once": "b" * 32, "text": "x"})).status_code == 403


async def test_a_place_that_was_opened_belongs_to_who_opened_it(web: WebChat, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with Visitor(web.app) as other:
        await other.begin()
        assert (await other.http.get(address)).status_code == 403


# What is refused


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost:x"])
async def test_a_foreign_name_gets_no_page(visitor: Visitor, host: str) -> None:
    answer = await visitor.http.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"},
    ],
)
async def test_a_form_of_another_site_does_nothing(core: Standin, visitor: Visitor, headers: dict[str, str]) -> None:
    address = await visitor.begin()
    for path in ("messages", "presses", "forms"):
        fields = {"once": "a" * 32, "text": "Hello", "action": "up:1", "form": "x"}
        assert (await visitor.post(f"{address}/{path}", fields, headers)).status_code == 403
    assert core.events == []


async def test_a_megabyte_of_text_is_passed_on(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    text = "é" * 500_000
    files = {"once": (None, "a" * 32), "text": (None, text)}
    answer = await visitor.http.post(f"{address}/messages", files=files, headers={"origin": ORIGIN})
    assert answer.status_code == 303
    (said,) = core.events
    assert isinstance(said, Message)
    assert said.text == text


async def test_more_than_two_megabytes_are_refused_in_words(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    large = {"once": "a" * 32, "text": "x" * 2_100_000}
    answer = await visitor.post(f"{address}/messages", large)
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    part = await visitor.post(f"{address}/messages", large, HTMX)
    assert (part.status_code, "<html" in part.text) == (413, False)
    assert core.events == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
async def test_an_endless_body_is_cut_off(core: Standin, visitor: Visitor, kind: str) -> None:
    address = await visitor.begin()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n' if "multipart" in kind else b"text="
        while sent < 50_000_000:
            sent += 100_000
            yield b"x" * 100_000

    headers = {"origin": ORIGIN, "content-type": kind}
    answer = await visitor.http.post(f"{address}/messages", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent < 20_000_000
    assert core.events == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"--x", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
        (b"text=%ff%fe&once=" + b"a" * 32 + b"&edit=" + b"e" * 400, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(2000)), "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="text"; filename="a"\r\n\r\nx\r\n--b--',
            "multipart/form-data; boundary=b",
        ),
    ],
)
async def test_a_broken_form_is_refused(core: Standin, visitor: Visitor, content: bytes, kind: str) -> None:
    address = await visitor.begin()
    answer = await visitor.http.post(
        f"{address}/messages", content=content, headers={"origin": ORIGIN, "content-type": kind}
    )
    assert answer.status_code == 400
    assert "That did not work" in answer.text
    assert core.events == []


@pytest.mark.parametrize(
    "path",
    ["/nosuch", "/c/", "/c/short", f"/c/{'A' * 32}", f"/c/{'a' * 32}/files/x", "/c/%2e%2e", f"/c/{'a' * 33}/events"],
)
async def test_what_is_not_there_has_a_page(visitor: Visitor, path: str) -> None:
    await visitor.begin()
    answer = await visitor.http.get(path)
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert faults(answer.text) == []


async def test_other_methods_are_refused(visitor: Visitor) -> None:
    address = await visitor.begin()
    for method, path in (("DELETE", address), ("PUT", f"{address}/messages"), ("GET", f"{address}/presses")):
        answer = await visitor.http.request(method, path, headers={"origin": ORIGIN})
        assert answer.status_code == 405


# What every answer carries


async def test_every_answer_carries_a_strict_policy(visitor: Visitor) -> None:
    address = await visitor.begin()
    for answer in (
        await visitor.http.get(address),
        await visitor.http.get("/static/app.js"),
        await visitor.http.get("/nosuch"),
        await visitor.http.get("/", headers={"host": "evil.example"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await visitor.http.get(address)).headers["cache-control"] == "no-store"


async def test_a_page_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere(visitor: Visitor) -> None:
    page = await visitor.page(await visitor.begin())
    assert faults(page) == []
    assert re.search(r'<html lang="en" dir="ltr">', page)


@pytest.mark.slow
async def test_hostile_texts_stay_texts_on_the_page_and_in_the_stream(core: Standin, visitor: Visitor) -> None:
    core.script = lambda question: (question,)
    for text in HOSTILE:
        address = await visitor.begin()
        async with visitor.follow(address) as stream:
            await stream.event()
            await visitor.say(address, text)
            seen = await stream.until('data-copy="answer"')
        assert faults(seen) == [], text
        assert faults(await visitor.page(address)) == [], text


# The stream


async def test_a_stream_is_one(visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await stream.event()
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"


async def test_a_page_that_is_up_to_date_is_left_alone(web: WebChat, core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    await visitor.say(address, "Hello")
    await core.settled()
    found = re.search(r"events\?page=(\w+)&amp;v=(\w+)", await visitor.page(address))
    assert found
    query = f"page={found[1]}&v={found[2]}"
    async with visitor.follow(address, query) as stream:
        await visitor.say(address, "And more")
        assert "You said: Hello" not in await stream.until("And more")
    await core.settled()
    async with visitor.follow(address, query) as stream:
        name, change = await stream.event()
        assert (name, "And more" in change) == ("view", True)


async def test_a_browser_that_comes_back_is_told_everything(core: Standin, visitor: Visitor) -> None:
    core.script = lambda question: ("One. ", HOLD, "Two.")
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await visitor.say(address, "Count")
        await stream.until("One.")
    core.release()
    await core.settled()
    found = re.search(r"&amp;v=(\w+)", await visitor.page(address))
    assert found
    async with visitor.follow(address, f"v={found[1]}", {"last-event-id": "7"}) as stream:
        assert "<p>One. Two.</p>" in (await stream.event())[1]


async def test_two_pages_see_the_same(core: Standin, visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as one, visitor.follow(address) as two:
        await visitor.say(address, "Hello both")
        await one.until("You said: Hello both")
        await two.until("You said: Hello both")


async def test_a_new_conversation_appears_in_the_list_and_in_the_title(visitor: Visitor) -> None:
    address = await visitor.begin()
    async with visitor.follow(address) as stream:
        await stream.event()
        await visitor.say(address, "A title")
        seen = await stream.until('id="conversations"')
    assert "<title>A title</title>" in seen
    assert 'aria-current="page">A title</a>' in seen


async def test_too_many_pages_are_told_so(core: Standin) -> None:
    options = WebOptions(KEY, rooms=RoomLimits(watchers=0))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    async with Visitor(web.app) as visitor:
        answer = await visitor.http.get(f"{await visitor.begin()}/events")
    assert answer.status_code == 503


async def test_too_many_pages_from_one_address_are_told_so(core: Standin) -> None:
    options = WebOptions(KEY, proxies=["127.0.0.1"], rooms=RoomLimits(watchers_address=0))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    async with Visitor(web.app) as visitor:
        visitor.http.headers["x-forwarded-for"] = "192.0.2.1"
        answer = await visitor.http.get(f"{await visitor.begin()}/events")
    assert answer.status_code == 429
    assert "Too many pages are open" in answer.text


@pytest.mark.slow
async def test_the_oldest_page_of_somebody_with_too_many_rests(core: Standin) -> None:
    options = WebOptions(KEY, rooms=RoomLimits(watchers_each=1))
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
    async with Visitor(web.app) as visitor:
        one, two = await visitor.begin(), await visitor.begin()
        async with visitor.follow(one) as older:
            await older.event()
            async with visitor.follow(two) as newer:
                await newer.event()
                assert (await older.event())[0] == "rest"
                await visitor.say(two, "Hello")
                await newer.until("You said: Hello")
