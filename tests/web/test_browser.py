"""Journeys through the web chat in headless Chromium."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bots.web.adapter import WebOptions
from bots.web.rooms import RoomLimits
from core.errors import StoreError
from core.messages import Edit, Message, Press, Submission
from core.store import admin_links
from core.store.engine.database import Database
from core.store.tables import now
from core.surface_queries import StoredPageAdmins
from tests.shared.cards import ROWS
from tests.sweeping import mostly_swept
from tests.web.browser import Journey, Stage, answered, ask, until
from tests.web.standin import CUT, HOLD

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NAMES, CONTRAST = (Path(__file__).with_name(f"{name}.js").read_text() for name in ("names", "contrast"))
CODE = "```python\ndef greet(name):\n    return f'Hello {name}'\n```"
PHONE = {"viewport": {"width": 360, "height": 720}, "has_touch": True, "is_mobile": True}


async def test_a_question_is_answered_word_by_word_with_code_to_copy(journey: Journey) -> None:
    journey.core.script = lambda question: ("Here *it* is:\n\n", HOLD, CODE, "\n\nDone.")
    page = await journey.visit(permissions=["clipboard-read", "clipboard-write"])
    await page.get_by_text("What would you like to talk about?").wait_for()
    await ask(page, "Write a function")
    answer = page.locator(".assistant")
    await expect(answer.locator("em")).to_have_text("it")
    await page.get_by_role("button", name="Stop").wait_for()
    await expect(page.locator("#text")).to_have_value("")
    await expect(page).to_have_title("Write a function")
    await expect(page.locator("#conversations [aria-current=page]")).to_have_text("Write a function")
    journey.core.release()
    await answered(page, "Done.")
    await expect(answer.locator(".code .k").first).to_have_text("def")
    await expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    await expect(page.locator("#news")).to_contain_text("Parley: Here it is:")
    await answer.get_by_role("button", name="Copy", exact=True).click()
    assert await page.evaluate("navigator.clipboard.readText()") == CODE.split("\n", 1)[1].removesuffix("```")
    await answer.get_by_role("button", name="Copy this answer").click()
    assert await page.evaluate("navigator.clipboard.readText()") == f"Here *it* is:\n\n{CODE}\n\nDone."
    await expect(page.locator("#news")).to_have_text("Copied")


@pytest.mark.above_the_store
async def test_a_link_makes_its_browser_an_admin_and_leaves_no_trace_of_itself(stage: Stage, store: Database) -> None:
    journey = Journey.start(stage, WebOptions(admins=StoredPageAdmins(store)))
    asked: list[str] = []
    page = await journey.visit()
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    secret = await store.write(lambda session: admin_links.offer(session, now()))
    await page.goto(f"{stage.url}/admin#{secret}")
    await page.wait_for_url("**/c/*")
    await ask(page, "/help")
    await expect(page.locator(".command")).to_have_count(1)
    assert journey.core.events[-1].user.admin
    assert not [line for line in asked if secret in line]
    await page.go_back()
    assert secret not in page.url
    await page.goto(f"{stage.url}/admin#{secret}")
    await expect(page.locator("main")).to_contain_text("This browser is an admin of this page.")
    assert "#" not in page.url
    await journey.stop()
    assert journey.faults == []


@pytest.mark.above_the_store
async def test_a_link_that_was_used_says_so_and_without_scripts_it_is_pasted(stage: Stage, store: Database) -> None:
    journey = Journey.start(stage, WebOptions(admins=StoredPageAdmins(store)))
    page, other = await journey.visit(java_script_enabled=False), await journey.visit()
    link = f"{stage.url}/admin#{await store.write(lambda session: admin_links.offer(session, now()))}"
    await page.goto(f"{stage.url}/admin")
    await page.get_by_label("The link").fill(link)
    await page.get_by_role("button", name="Make this browser an admin").click()
    await page.wait_for_url("**/c/*")
    await other.goto(link)
    await expect(other.get_by_role("status")).to_contain_text("Run “parley web admin”")
    journey.expect_faults("403")
    await journey.stop()
    assert journey.faults == []


async def test_a_thumb_is_given_changed_and_taken_back_from_the_keyboard(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    up, down = (page.get_by_role("button", name=f"{kind} answer") for kind in ("Good", "Bad"))
    await expect(up).to_have_attribute("aria-pressed", "false")
    await up.focus()
    await page.keyboard.press("Enter")
    await expect(up).to_have_attribute("aria-pressed", "true")
    await expect(up).to_be_focused()
    await down.click()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await expect(up).to_have_attribute("aria-pressed", "false")
    await down.click()
    await expect(down).to_have_attribute("aria-pressed", "false")
    verbs = [event.action.split(":")[0] for event in journey.core.events if isinstance(event, Press)]
    assert verbs == ["up", "down", "down"]


@pytest.mark.sweep
async def test_an_answer_is_stopped_and_keeps_what_it_had(journey: Journey) -> None:
    journey.core.script = lambda question: ("Once upon", HOLD, " a time")
    page = await journey.visit()
    await ask(page, "Tell me a story")
    await expect(page.locator(".assistant")).to_contain_text("Once upon")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator(".assistant .status")).to_have_text("Stopped.")
    await expect(page.locator(".assistant .body")).to_have_text("Once upon")
    await page.get_by_role("button", name="Retry").wait_for()


@pytest.mark.sweep
async def test_a_retry_makes_a_version_and_the_pager_switches(journey: Journey) -> None:
    answers = iter(["First answer", "Second answer"])
    journey.core.script = lambda question: (next(answers),)
    page = await journey.visit()
    await ask(page, "Hello")
    await answered(page, "First answer")
    await page.get_by_role("button", name="Retry").click()
    await answered(page, "Second answer")
    pager = page.get_by_role("group", name="Versions")
    await expect(pager).to_have_text("2/2")
    await expect(pager.get_by_role("button", name="Later version")).to_be_disabled()
    await pager.get_by_role("button", name="Earlier version").click()
    await answered(page, "First answer")
    await expect(pager).to_have_text("1/2")
    await expect(page.locator(".turn")).to_have_count(2)


@pytest.mark.sweep
async def test_an_edited_message_begins_a_new_branch(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "Helo")
    await answered(page, "You said: Helo")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#text")).to_have_value("Helo")
    await expect(page.locator("#mode")).to_contain_text("Editing your message")
    await page.keyboard.press("Escape")
    await expect(page.locator("#text")).to_have_value("")
    await page.locator(".prompter").hover()
    await page.get_by_role("link", name="Edit this message").click()
    await expect(page.locator("#text")).to_be_focused()
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    await expect(page.locator("#mode p")).to_have_count(0)
    await expect(page.locator(".prompter .pager")).to_have_text("2/2")
    assert isinstance(journey.core.events[-1], Edit)


async def test_a_reply_goes_to_an_older_answer_and_the_draft_stays(journey: Journey) -> None:
    page = await journey.visit()
    for text in ("One", "Two"):
        await ask(page, text)
        await answered(page, f"You said: {text}")
    await page.locator("#text").fill("And")
    await page.locator(".assistant").first.hover()
    await page.get_by_role("link", name="Reply to this answer").first.click()
    await expect(page.locator("#mode")).to_contain_text("You said: One")
    await expect(page.locator("#text")).to_have_value("And")
    await page.keyboard.press("Enter")
    await answered(page, "You said: And")
    said = journey.core.events[-1]
    assert isinstance(said, Message)
    assert said.reply_to == f"{journey.core.events[0].key}#answer"
    await expect(page.locator(".turn")).to_have_count(4)


@pytest.mark.sweep
async def test_a_cut_answer_is_continued_in_its_place(journey: Journey) -> None:
    journey.core.script = lambda question: ("One two", CUT, " three four")
    page = await journey.visit()
    await ask(page, "Count")
    await page.get_by_role("button", name="Continue").click()
    await answered(page, "One two three four")
    await expect(page.locator(".assistant")).to_have_count(1)
    await expect(page.get_by_role("button", name="Continue")).to_have_count(0)


async def test_sending_twice_is_sending_once(journey: Journey) -> None:
    page = await journey.visit()
    await page.locator("#text").fill("Hello")
    await page.evaluate(
        """async () => {
            const form = document.getElementById("composer"), body = new FormData(form);
            form.requestSubmit(); form.requestSubmit();
            await Promise.all([fetch(form.action, {method: "POST", body}), fetch(form.action, {method: "POST", body})]);
        }"""
    )
    await answered(page, "You said: Hello")
    await expect(page.locator(".turn")).to_have_count(2)
    assert len(journey.core.events) == 1
    await ask(page, "Hello")
    await expect(page.locator(".turn")).to_have_count(4)
    assert len(journey.core.events) == 2


async def test_a_fast_typist_loses_nothing(journey: Journey) -> None:
    page = await journey.visit()
    for text in ("One", "Two", "Three"):
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
    await answered(page, "You said: Three")
    assert [event.text for event in journey.core.events if isinstance(event, Message)] == ["One", "Two", "Three"]
    await expect(page.locator("#text")).to_have_value("")


async def test_two_tabs_see_the_same_answer_grow(journey: Journey) -> None:
    journey.core.script = lambda question: ("Half ", HOLD, "and half")
    page = await journey.visit()
    other = await journey.tab(page)
    await ask(page, "Share this")
    for tab in (page, other):
        await expect(tab.locator(".prompter .body")).to_have_text("Share this")
        await expect(tab.locator(".assistant .body")).to_have_text("Half")
    journey.core.release()
    for tab in (page, other):
        await answered(tab, "Half and half")
        await expect(tab.locator(".turn")).to_have_count(2)


async def test_a_tab_too_many_rests_and_catches_up_once_somebody_looks_at_it(stage: Stage) -> None:
    journey = Journey.start(stage, WebOptions(rooms=RoomLimits(watchers_each=1)))
    older = await journey.visit()
    newer = await journey.tab(older)
    await ask(newer, "Share this")
    await answered(newer, "You said: Share this")
    await expect(older.locator(".turn")).to_have_count(0)
    # A headless browser does not tell its tabs that they have been chosen.
    await older.evaluate("dispatchEvent(new Event('focus'))")
    await answered(older, "You said: Share this")
    await ask(older, "And this")
    await answered(older, "You said: And this")
    await expect(newer.locator(".turn")).to_have_count(2)
    await journey.stop()
    assert journey.faults == []


async def test_a_page_that_is_loaded_again_goes_on_with_the_answer(journey: Journey) -> None:
    journey.core.script = lambda question: ("Half ", HOLD, "and half")
    page = await journey.visit()
    await ask(page, "Go on")
    await expect(page.locator(".assistant .body")).to_have_text("Half")
    await page.reload()
    await expect(page.locator(".assistant .body")).to_have_text("Half")
    journey.core.release()
    await answered(page, "Half and half")
    await expect(page.locator(".turn")).to_have_count(2)


async def test_a_lost_connection_comes_back_and_nothing_is_missing(journey: Journey) -> None:
    journey.core.script = lambda question: ("Half ", HOLD, "and half")
    page = await journey.visit()
    await ask(page, "Go on")
    await expect(page.locator(".assistant .body")).to_have_text("Half")
    journey.web.close()
    await page.locator("html.lost").wait_for(state="attached")
    journey.core.release()
    await journey.core.settled()
    await answered(page, "Half and half")
    await expect(page.locator("html.lost")).to_have_count(0)
    await expect(page.locator(".turn")).to_have_count(2)
    journey.expect_faults("[object Event]")


async def test_what_could_not_be_sent_stays_in_the_box(journey: Journey) -> None:
    page = await journey.visit()
    journey.core.failure = StoreError("locked")
    await ask(page, "Precious words")
    await expect(page.get_by_role("alert")).to_contain_text("It could not be saved")
    await expect(page.locator("#text")).to_have_value("Precious words")
    journey.core.failure = None
    await page.locator("#text").press("Enter")
    await answered(page, "You said: Precious words")
    await expect(page.get_by_role("alert")).to_be_empty()
    journey.expect_faults("503")


@pytest.mark.sweep
async def test_too_large_a_message_is_refused_in_words(journey: Journey) -> None:
    page = await journey.visit()
    # Not through the message box: a browser takes seconds to lay out that much text in it.
    await page.evaluate(
        """htmx.ajax("POST", document.getElementById("composer").action,
                     {source: "#title", swap: "none", values: {text: "x".repeat(2_200_000)}})"""
    )
    await expect(page.get_by_role("alert")).to_contain_text("too large")
    journey.expect_faults("413")


async def test_everything_can_be_done_from_the_keyboard(journey: Journey) -> None:
    page = await journey.visit()
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("/")
    menu = page.get_by_role("listbox", name="Commands")
    await menu.wait_for()
    await page.keyboard.press("ArrowDown")
    await expect(menu.get_by_role("option", selected=True)).to_contain_text("/mydata")
    await expect(page.locator("#text")).to_have_attribute("aria-activedescendant", "command-2")
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await page.keyboard.type("he")
    await expect(menu.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("/help ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice")).to_contain_text("Write me a message.")
    await page.keyboard.type("One")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("Two")
    await page.keyboard.press("Enter")
    await answered(page, "You said: One")
    await page.keyboard.press("Tab")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("/")
    await expect(page.locator("#text")).to_be_focused()
    await menu.wait_for()
    await page.locator("#text").fill("")
    await page.evaluate("document.activeElement.blur()")
    before = page.url
    await page.keyboard.press("n")
    await page.get_by_text("What would you like to talk about?").wait_for()
    assert page.url != before
    await expect(page.locator("#conversations a")).to_have_text("One Two")
    await page.locator("a, button").first.focus()
    skip = page.get_by_role("link", name="Skip to the message box")
    await expect(skip).to_be_focused()
    assert await skip.evaluate("element => element.offsetWidth") > 100
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()


async def test_single_keys_can_be_switched_off(journey: Journey) -> None:
    page = await journey.visit()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await page.get_by_label("Single keys work as shortcuts").uncheck()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await page.evaluate("document.activeElement.blur()")
    before = page.url
    await page.keyboard.press("?")
    await page.keyboard.press("n")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == before


async def test_the_newest_card_is_pressed_by_numbers(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "/card")
    await expect(page.locator(".notice")).to_contain_text("The card")
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    await ask(page, "/card")
    cards = page.locator(".notice")
    await expect(cards).to_have_count(2)
    card, keyed = cards.last, page.locator(".turn [aria-keyshortcuts]")
    await expect(keyed).to_have_count(9)
    await expect(card.locator("[aria-keyshortcuts]")).to_have_count(9)
    assert await card.get_by_role("button", name="Pick 9", exact=True).get_attribute("aria-keyshortcuts") == "9"
    await page.locator("#text").fill("No. ")
    await page.locator("#text").press("3")
    await expect(page.locator("#text")).to_have_value("No. 3")
    await page.keyboard.press("Escape")
    await page.keyboard.press("7")
    await expect(card).to_contain_text("Picked 7")
    await expect(card.get_by_role("button", name="Pick 7", exact=True)).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("2")
    await expect(card).to_contain_text("Picked 2")
    pressed = [event.action for event in journey.core.events if isinstance(event, Press)]
    assert pressed == ["pick:7", "pick:2"]
    await expect(page.locator("#text")).to_have_value("No. 3")
    tops = await card.locator(".actions button").evaluate_all("all => all.map((button) => button.offsetTop)")
    assert [tops.count(top) for top in sorted(set(tops))] == [*ROWS]


async def test_a_card_that_is_out_of_sight_hears_no_key(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "/card")
    await expect(page.locator(".turn [aria-keyshortcuts]")).to_have_count(9)
    journey.core.script = lambda question: ("\n\n".join(["line"] * 100),)
    await ask(page, "Hello")
    await answered(page, "line")
    await expect(page.locator(".notice")).not_to_be_in_viewport()
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    await page.evaluate("scrollTo({ top: 0 })")
    await page.keyboard.press("2")
    await expect(page.locator(".notice")).to_contain_text("Picked 2")
    assert [event.action for event in journey.core.events if isinstance(event, Press)] == ["pick:2"]
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await page.get_by_label("Single keys work as shortcuts").uncheck()
    await expect(page.locator(".turn [aria-keyshortcuts]")).to_have_count(0)


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
async def test_a_card_is_written_to_without_a_mouse(journey: Journey, key: str) -> None:
    page = await journey.visit()
    await ask(page, "/card")
    card = page.locator(".notice")
    await card.get_by_role("button", name="Write").click()
    dialog = page.get_by_role("dialog", name="Your words")
    await expect(dialog).to_contain_text("Read this <first>.")
    await expect(dialog.get_by_label("What do you say?")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await card.get_by_role("button", name="Write").click()
    await dialog.wait_for()
    await page.keyboard.type("One")
    await page.keyboard.press("Enter")
    await page.keyboard.type("2")
    await page.keyboard.press(key)
    await expect(card).to_contain_text("words: One")
    await expect(card).to_have_count(1)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    (sent,) = (event for event in journey.core.events if isinstance(event, Submission))
    assert sent.values == {"words": "One\n2"}


@pytest.mark.sweep
async def test_a_form_is_asked_and_answered(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "/rate")
    dialog = page.get_by_role("dialog", name="Why this rating?")
    await dialog.wait_for()
    await expect(dialog.get_by_label("Helpful")).to_be_focused()
    await dialog.get_by_label("Helpful").check()
    await dialog.get_by_label("Humorous").check()
    await dialog.get_by_label("Good").check()
    await dialog.get_by_label("In your own words").fill("Well done")
    await dialog.get_by_role("button", name="Send").click()
    await expect(page.locator(".notice")).to_contain_text("labels: helpful,funny")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await ask(page, "/rate")
    await dialog.wait_for()
    await page.keyboard.press("Escape")
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.sweep
async def test_a_file_is_fetched_once(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "/mydata")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="my data.json").click()
    assert (await download.value).suggested_filename == "my data.json"
    await expect(page.locator(".files")).to_contain_text("already downloaded")
    await expect(page.locator(".files a")).to_have_count(0)


async def test_a_link_on_another_site_leads_to_ones_own_conversation(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    there = page.url
    elsewhere = there.replace("127.0.0.1", "localhost")
    await page.route(f"{elsewhere}*", lambda route: route.fulfill(content_type="text/html", body="<p>Elsewhere"))
    await page.goto(elsewhere)
    await page.evaluate("address => { location.href = address }", there)
    await page.wait_for_url(there)
    await answered(page, "You said: Hello")
    journey.expect_faults("left for http://localhost")


@pytest.mark.sweep
async def test_a_new_conversation_is_a_new_page(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    before = page.url
    await ask(page, "/new")
    await page.get_by_text("What would you like to talk about?").wait_for()
    assert page.url != before
    await page.locator("#conversations a").click()
    await answered(page, "You said: Hello")
    assert page.url == before


async def test_the_theme_follows_the_system_until_it_is_chosen(journey: Journey) -> None:
    page = await journey.visit(color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = await page.evaluate(ground)
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(ground)
    assert light != dark
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(ground) == dark
    await page.reload()
    assert await page.evaluate(ground) == dark
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(ground) == light
    assert await page.evaluate("localStorage.length") == 0


async def test_the_page_scrolls_along_until_the_reader_scrolls_up(journey: Journey) -> None:
    lines = "\n\n".join(f"Line {number}" for number in range(60))
    journey.core.script = lambda question: (lines, HOLD, "\n\nMore", HOLD, "\n\nThe end")
    page = await journey.visit(viewport={"width": 800, "height": 500})
    await ask(page, "Count")
    await expect(page.get_by_text("Line 59")).to_be_in_viewport()
    await page.mouse.move(400, 200)
    await page.evaluate("addEventListener('scrollend', () => { window.stopped = true })")
    await page.mouse.wheel(0, -600)
    await page.get_by_role("button", name="Jump to the newest message").wait_for()
    await until(page, "window.stopped")
    there = await page.evaluate("scrollY")
    journey.core.release()
    await page.get_by_text("More", exact=True).wait_for(state="attached")
    assert await page.evaluate("scrollY") == there
    await page.evaluate("window.stopped = false")
    await page.get_by_role("button", name="Jump to the newest message").click()
    await until(page, "window.stopped")
    await expect(page.get_by_text("More", exact=True)).to_be_in_viewport()
    journey.core.release()
    await expect(page.get_by_text("The end", exact=True)).to_be_in_viewport()
    await answered(page, "The end")


async def test_a_jump_to_the_end_holds_while_the_page_still_scrolls_up(journey: Journey) -> None:
    lines = "\n\n".join(f"Line {number}" for number in range(300))
    journey.core.script = lambda question: (lines, HOLD, "\n\nThe end")
    page = await journey.visit(viewport={"width": 800, "height": 500})
    await ask(page, "Count")
    await expect(page.get_by_text("Line 299")).to_be_in_viewport()
    await page.mouse.move(400, 200)
    await page.evaluate("""() => {
        const button = document.getElementById("latest");
        new MutationObserver(() => { if (!button.hidden && !window.jumped) { window.jumped = true; button.click(); } })
            .observe(button, { attributes: true });
    }""")
    await page.mouse.wheel(0, -4000)
    await until(page, "window.jumped")
    journey.core.release()
    await expect(page.get_by_text("The end", exact=True)).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Jump to the newest message")).to_be_hidden()


async def test_a_phone_is_wide_enough(journey: Journey) -> None:
    wide = f"{'x' * 200} `{'y' * 120}`\n\n{CODE.replace('Hello', 'Hello ' * 30)}\n\n| a | b | c |\n|-|-|-|\n"
    journey.core.script = lambda question: (wide, *(f"| {'cell ' * 20}" * 3 + "|\n",))
    page = await journey.visit(**PHONE)
    await ask(page, f"What about https://{'long' * 40}.example?")
    await answered(page, "cell")
    await ask(page, "/mydata")
    await page.locator(".files").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    for name in ("Good answer", "Retry", "Copy this answer", "Send"):
        box = await page.get_by_role("button", name=name).last.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 35
    await expect(page.locator("#sidebar")).to_be_hidden()
    await page.get_by_role("button", name="Show conversations").click()
    await expect(page.get_by_role("link", name="New conversation").first).to_be_in_viewport()
    await page.get_by_role("button", name="Close").click()
    await expect(page.locator("#sidebar")).to_be_hidden()


async def test_text_goes_in_the_direction_of_its_script(journey: Journey) -> None:
    journey.core.script = lambda question: ("مرحبا بك\n\n" + CODE,)
    page = await journey.visit()
    await ask(page, "مرحبا")
    await answered(page, "مرحبا بك")
    direction = "element => getComputedStyle(element).direction"
    assert await page.locator(".assistant .block").first.evaluate(direction) == "rtl"
    assert await page.locator(".assistant pre").evaluate(direction) == "ltr"
    assert await page.locator("#conversations a").evaluate(direction) == "rtl"


async def test_it_works_without_scripts(journey: Journey) -> None:
    page = await journey.visit(java_script_enabled=False)
    await page.get_by_role("textbox", name="Message").fill("Hello there")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url("**#end")
    await journey.core.settled()
    await page.goto(page.url.removesuffix("#end"))
    await expect(page.locator(".assistant .body")).to_have_text("You said: Hello there")
    await page.get_by_role("button", name="Good answer").click()
    await page.wait_for_url("**#end")
    await journey.core.settled()
    await page.goto(page.url.removesuffix("#end"))
    await expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("link", name="Edit this message").click(force=True)
    await expect(page.get_by_role("textbox", name="Message")).to_have_value("Hello there")
    await expect(page.get_by_role("button", name="Light or dark")).to_be_hidden()
    await expect(page.get_by_role("button", name="Copy this answer")).to_be_hidden()


async def test_motion_stops_for_those_who_ask(journey: Journey) -> None:
    journey.core.script = lambda question: (HOLD, "Now")
    page = await journey.visit(reduced_motion="reduce")
    await ask(page, "Wait")
    dot = page.locator(".dots i").first
    await dot.wait_for()
    assert await dot.evaluate("element => getComputedStyle(element).animationName") == "none"
    journey.core.release()
    await answered(page, "Now")


@pytest.mark.parametrize("scheme", mostly_swept(["light", "dark"], ["dark"]))
async def test_everything_has_a_name_a_role_and_enough_contrast(journey: Journey, scheme: str) -> None:
    journey.core.script = lambda question: (
        f"# Head\n\nText with `code`, [a link](https://ok.example) and *more*.\n\n> Quoted\n\n1. One\n\n{SAMPLE}"
        "\n\n| a |\n|-|\n| 1 |\n",
    )
    page = await journey.visit(color_scheme=scheme, reduced_motion="reduce")
    await ask(page, "Show everything")
    await answered(page, "Head")
    await page.get_by_role("button", name="Retry").click()
    await page.get_by_role("group", name="Versions").wait_for()
    await page.get_by_role("button", name="Good answer").click()
    await page.locator(".chosen").wait_for()
    for text in ("/help", "/mydata", "/card"):
        await ask(page, text)
    await page.locator(".files").wait_for()
    await page.get_by_role("button", name="Pick 3").click()
    await expect(page.locator(".notice").last).to_contain_text("Picked 3")
    await page.get_by_role("link", name="Reply to this answer").click()
    await page.locator("#mode q").wait_for()
    await page.locator("#text").fill("/")
    assert await page.evaluate(NAMES) == []
    assert await page.evaluate(CONTRAST) == []
    for opens in (ask(page, "/rate"), page.get_by_role("button", name="Write").click()):
        await opens
        await page.get_by_role("dialog").wait_for()
        assert await page.evaluate(NAMES) == []
        assert await page.evaluate(CONTRAST) == []
        await page.keyboard.press("Escape")


SAMPLE = """```python
# comment
@decorator
class Thing(Base):
    def method(self, n=1.5) -> None:
        print(f"text {n}", len(n), None)
```

```diff
- old
+ new
@@ place @@
```

```html
<a href="x">text</a>
```"""
