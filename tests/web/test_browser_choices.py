"""Choosing on the web page, in headless Chromium: what answers, several values of a list; and a table on a phone."""

import pytest
from playwright.async_api import expect

from core.messages import CommandHelp, Invocation, Message, Press, Reply, Select
from tests.web.browser import Journey, answered, ask, until

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABLE = """| City | Country | Inhabitants | Founded | What it is known for |
|---|---|---:|---|---|
| Barcelona | Catalonia, Spain | 1,620,343 | 15 BC | buildings by Gaudí |
| Donostia-San Sebastián | Basque Country | 188,743 | 1180 | a bay and its food |

Done."""


async def test_what_answers_is_chosen_again_and_again(journey: Journey) -> None:
    page = await journey.visit()
    picker = page.get_by_label("Model")
    for number, name in enumerate(("small", "large", "small"), 1):
        await picker.select_option(label=name)
        await expect(page.locator(".notice")).to_have_count(number)
    chosen = [one.arguments[""] for one in journey.core.events if isinstance(one, Invocation)]
    assert chosen == ["small", "large", "small"]
    await ask(page, "Hello")
    await answered(page, "You said: Hello")


async def test_a_new_persona_can_be_chosen_without_loading_the_page_again(journey: Journey) -> None:
    page = await journey.visit()
    await expect(page.get_by_label("Persona")).to_have_count(0)
    await page.get_by_label("Model").focus()
    journey.core.choices["persona"] = ("parley", "pirate")
    await page.get_by_label("Model").select_option(label="small")
    await expect(page.locator(".notice")).to_have_count(1)
    await expect(page.get_by_label("Persona").locator("option")).to_have_text(["parley", "pirate"])
    await expect(page.get_by_label("Model")).to_be_focused()
    await page.get_by_label("Persona").select_option(label="pirate")
    await expect(page.locator(".notice")).to_have_count(2)
    chosen = [(one.command, one.arguments[""]) for one in journey.core.events if isinstance(one, Invocation)]
    assert chosen == [("model", "small"), ("persona", "pirate")]


async def test_a_question_to_try_is_asked_by_one_press(journey: Journey) -> None:
    page = await journey.visit()
    await page.get_by_role("button", name="Explain why the sky is blue").click()
    await answered(page, "You said: Explain why the sky is blue")
    await expect(page.locator(".welcome")).to_be_hidden()
    await ask(page, "And why is the sea?")
    await answered(page, "You said: And why is the sea?")
    assert len([one for one in journey.core.events if isinstance(one, Message)]) == 2


async def test_a_plugins_command_goes_into_the_message_box(journey: Journey) -> None:
    journey.core.plugged.append(CommandHelp("calc", "plugins", "/calc <expression>", "Calculate"))
    page = await journey.visit()
    await page.get_by_role("button", name="/calc").click()
    box = page.get_by_label("Message", exact=True)
    await expect(box).to_have_value("/calc ")
    await expect(box).to_be_focused()
    assert not journey.core.events


async def test_a_first_look_on_a_small_screen_begins_at_the_top(journey: Journey) -> None:
    page = await journey.visit(viewport={"width": 390, "height": 500})
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    await until(page, "document.readyState == 'complete' && scrollY == 0")
    await expect(page.get_by_role("heading", level=2)).to_be_in_viewport(ratio=1)


async def test_several_values_are_sent_once_when_somebody_is_done(journey: Journey) -> None:
    page = await journey.visit()
    await ask(page, "Hello")
    await answered(page, "You said: Hello")
    (said,) = journey.core.events
    options = (("r", "Red"), ("g", "Green"), ("b", "Blue"))
    select = Select("take:it", "Colours", options=options, most=3)
    await journey.web.send(said.place, Reply("Which?", selects=(select,)), "card")
    colours = page.get_by_role("group", name="Colours")
    # Each by a plain click, which takes back nothing that was chosen before.
    await colours.get_by_label("Red").click()
    await colours.get_by_label("Blue").click()
    await page.get_by_role("button", name="Done").click()
    await expect(colours).to_be_visible()
    async with page.expect_response("**/presses"):
        await page.get_by_role("button", name="Done").click()
    presses = [one for one in journey.core.events if isinstance(one, Press)]
    assert {one.values for one in presses} == {("r", "b")}
    assert len(presses) == 2


async def test_a_table_keeps_its_words_and_scrolls_on_a_phone(journey: Journey) -> None:
    journey.core.script = lambda question: (TABLE,)
    page = await journey.visit(**PHONE)
    await ask(page, "A table")
    await answered(page, "Done.")
    wide, narrow, whole = await page.evaluate(
        """() => {
            const table = document.querySelector(".table");
            return [table.scrollWidth, table.clientWidth, document.documentElement.scrollWidth];
        }"""
    )
    assert whole == PHONE["viewport"]["width"]  # type: ignore[index]  # of a plain dict
    assert wide > narrow
    # A cell of one short word has one line.
    heights = await page.locator("td", has_text="188,743").evaluate_all("all => all.map(one => one.clientHeight)")
    assert max(heights) < 50
