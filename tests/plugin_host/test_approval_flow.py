"""plugins.host.approval.approval: nothing is changed without a person's yes, and tools are offered where a model
cannot call them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from core.messages import Press
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.chat import ChatCapabilities
from core.ports.model import ToolCall
from core.store.engine.database import Database
from core.store.tables import PluginCallRow, now
from parley import Context, command, tool
from plugins.host.sources.builtin import BuiltinPlugin
from tests.dialogue import ANA, Heard
from tests.plugin_host.stage import Build, Stage, made
from tests.plugin_host.test_host import audited


@tool(confirm=True, shown="orders {what}")
async def order(ctx: Context, what: str) -> str:
    """Order something."""
    await ctx.storage.set(what, await ctx.storage.get(what, 0) + 1)
    return f"{what} is ordered"


@tool(shown="looked up the weather in {place}")
@command
async def weather(place: str, days: int = 1) -> str:
    """Tell the weather."""
    return f"Rain in {place} for {days} days"


@tool
async def moon() -> str:
    """Tell the phase of the moon tonight."""
    return "full"


def shop() -> BuiltinPlugin:
    return made({"name": "shop", "powers": ["storage"]}, order)


def sky() -> BuiltinPlugin:
    return made({"name": "sky", "examples": {"weather": ["weather in {place}", "how is it outside"]}}, weather, moon)


def wishing(build: Build) -> Stage:
    """A stage whose model orders tea at once."""
    wish = ToolCall("c1", "order", json.dumps({"what": "tea"}))
    return build(ScriptedModel([ScriptedAnswer(calls=(wish,)), "I have asked you."], calls_tools=True), found=[shop()])


async def asked(stage: Stage) -> Heard:
    """What Ana is asked after she has spoken."""
    dialogue = stage.dialogue()
    said = await dialogue.says("Order tea!")
    said.expect("I have asked you.")
    return await dialogue.finished(said.id.replace("#answer", "#c1#confirm"))


async def test_nothing_happens_before_a_yes_and_then_it_happens_once(build: Build, store: Database) -> None:
    stage = wishing(build)
    question = await asked(stage)
    question.expect("Ana, shall I do this?", "orders tea", "shop · order", "what: tea")
    assert await audited(store) == []
    dialogue = stage.dialogue()
    press = replace(dialogue.press_of(question, "tool-yes"), key="paper:p1")
    await stage.core.router.handle(press)
    await stage.chat.until(lambda: "tea is ordered" in stage.chat.shown[question.id].text)
    again = replace(press, key="paper:p2")
    (await dialogue.hear(again, "#error")).expect("no longer works")
    assert await audited(store) == [("call", "shop:order", "ok")]


async def test_a_no_is_a_no(build: Build, store: Database) -> None:
    stage = wishing(build)
    question = await asked(stage)
    dialogue = stage.dialogue()
    press = replace(dialogue.press_of(question, "tool-no"), key="paper:p1")
    await stage.core.router.handle(press)
    await stage.chat.until(lambda: stage.chat.shown[question.id].text == "Not done.")
    (await dialogue.hear(replace(press, key="paper:p2", action=question.action("tool-yes")), "#error")).expect(
        "no longer"
    )
    assert await audited(store) == [("declined", "shop:order", "ok")]


async def test_only_the_person_who_was_asked_can_answer(build: Build, store: Database) -> None:
    stage = wishing(build)
    question = await asked(stage)
    ben = stage.dialogue().elsewhere("desk of Ben", replace(ANA, id="ben", name="Ben"))
    (await ben.presses(question, "tool-yes", "#error")).expect("Only the person who was asked")
    assert await audited(store) == []
    # And it still stands for Ana.
    assert await store.read(lambda session: len(session.exec(select(PluginCallRow)).all())) == 1


async def test_an_old_question_no_longer_counts(build: Build, store: Database) -> None:
    stage = wishing(build)
    question = await asked(stage)

    def age(session: object) -> None:
        row = session.exec(select(PluginCallRow)).one()  # type: ignore[attr-defined]
        row.created_at = now() - timedelta(hours=2)

    await store.write(age)
    (await stage.dialogue().presses(question, "tool-yes", "#error")).expect("no longer works")


async def test_an_admin_may_say_that_nobody_is_asked(build: Build) -> None:
    stage = wishing(build)
    dialogue = stage.dialogue()
    await dialogue.types("/plugin config shop ask off")
    said = await dialogue.says("Order tea!")
    assert said.reply.status == "orders tea"
    assert not any("#confirm" in key for key in stage.chat.shown)


async def test_a_fitting_tool_is_a_button_and_runs_with_what_was_said(build: Build) -> None:
    stage = build(ScriptedModel(["I do not know."]), found=[sky()])
    dialogue = stage.dialogue()
    said = await dialogue.says("Weather in Lisbon?")
    assert [button.label for button in said.reply.buttons if button.action.startswith("tool:")] == ["weather"]
    (await dialogue.presses(said, "tool")).expect("Rain in Lisbon for 1 days")


async def test_a_tool_that_needs_more_asks_for_it_in_a_form(build: Build) -> None:
    stage = build(ScriptedModel(["I do not know."]), found=[sky()])
    dialogue = stage.dialogue()
    said = await dialogue.says("How is it outside")
    await dialogue.send(dialogue.press_of(said, "tool"))
    await stage.chat.until(lambda: bool(stage.chat.forms))
    (form,) = stage.chat.forms
    assert [field.name for field in form.fields] == ["place", "days"]
    (await dialogue.submits(form.action, place="Rome", days="2")).expect("Rain in Rome for 2 days")


async def test_where_there_are_no_forms_the_words_are_the_argument(build: Build) -> None:
    stage = build(ScriptedModel(["I do not know."]), found=[sky()])
    stage.chat.capabilities = ChatCapabilities(edit_interval=0, idempotent_send=True)
    dialogue = stage.dialogue()
    said = await dialogue.says("How is it outside")
    (await dialogue.presses(said, "tool")).expect("Rain in How is it outside")


async def test_a_tool_without_arguments_runs_at_once(build: Build) -> None:
    dialogue = build(ScriptedModel(["I do not know."]), found=[sky()]).dialogue()
    said = await dialogue.says("phase of the moon")
    (await dialogue.presses(said, "tool")).expect("full")


@pytest.mark.parametrize("text", ["Tell me a story about two old friends", "Hello!", "order tea"])
async def test_what_does_not_fit_or_changes_something_is_not_offered(build: Build, text: str) -> None:
    said = await build(ScriptedModel(["Well."]), found=[sky(), shop()]).dialogue().says(text)
    assert "tool" not in said.buttons()


async def test_a_button_of_another_conversation_tells_nothing(build: Build) -> None:
    stage = build(ScriptedModel(["I do not know."]), found=[sky()])
    dialogue = stage.dialogue()
    said = await dialogue.says("Weather in Lisbon?")
    press = dialogue.press_of(said, "tool")
    elsewhere = dialogue.elsewhere("another")
    moved = Press(key="paper:x1", place=elsewhere.place, user=ANA, at=press.at, action=press.action)
    (await elsewhere.hear(moved, "#error")).expect("no longer works")


async def test_the_details_of_calls_are_there_on_demand(build: Build) -> None:
    wish = ToolCall("c1", "weather", json.dumps({"place": "Oslo"}))
    model = ScriptedModel([ScriptedAnswer(calls=(wish,)), "It rains."], calls_tools=True)
    dialogue = build(model, found=[sky()]).dialogue()
    said = await dialogue.says("Weather in Oslo?")
    assert "calls" in said.buttons()
    (await dialogue.presses(said, "calls")).expect(
        "looked up the weather in Oslo", '{"place": "Oslo"}', "> Rain in Oslo"
    )
