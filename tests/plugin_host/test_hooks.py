"""plugins.host.hooks: plugins that have a say in questions, answers, ratings and tasks."""

import asyncio

import pytest

from core.models.scripted import ScriptedModel
from parley import Context, Manifest, PluginError, Rating, Result, Source, TaskDone, hook
from plugins.host.hooks import PluginHooks
from plugins.host.sources.builtin import BuiltinPlugin
from tests.dialogue import Dialogue
from tests.plugin_host.stage import Build, made

SEEN: list[object] = []


@hook("before_answer")
async def before(ctx: Context, text: str) -> Result | str | None:
    if "forbidden" in text:
        raise PluginError("we do not speak of that")
    if "bees" in text:
        return Result("Bees need water.", (Source("Bees", "https://bees.example/"),))
    if "hang" in text:
        await asyncio.Event().wait()
    if "break" in text:
        raise RuntimeError("a fault")
    return text.replace("colour", "color") if "colour" in text else None


@hook("before_send")
async def judge(ctx: Context, text: str) -> str | None:
    if "secret" in text:
        raise PluginError("the answer is withheld")
    return text.replace("darn", "d***") if "darn" in text else None


@hook("on_rating")
async def rated(ctx: Context, rating: Rating) -> None:
    SEEN.append((ctx.user_name, rating.value, rating.labels))


@hook("on_task_done")
async def done(ctx: Context, task: TaskDone) -> None:
    SEEN.append((task.type, task.id))


def briefing() -> BuiltinPlugin:
    return made({"name": "briefing", "hooks": ["before_answer"]}, before)


def judging() -> BuiltinPlugin:
    return made({"name": "judging", "hooks": ["before_send"]}, judge)


def listening() -> BuiltinPlugin:
    return made({"name": "listening", "hooks": ["on_rating", "on_task_done"]}, rated, done)


async def test_material_reaches_the_model_as_data_and_is_cited(build: Build) -> None:
    model = ScriptedModel(["They drink."])
    said = await build(model, found=[briefing()]).dialogue().says("What do bees need?")
    said.expect("They drink.", "[Bees](https://bees.example/)")
    line = model.requests[0].lines[-1].text
    assert line.startswith("What do bees need?\n\nWhat stands between the two marks comes from outside.")
    assert "]\nBees need water.\n[end " in line


async def test_words_are_changed_for_the_model_alone(build: Build) -> None:
    model = ScriptedModel(["Red."])
    dialogue = build(model, found=[briefing()]).dialogue()
    await dialogue.says("Which colour?")
    assert model.requests[0].lines[-1].text == "Which color?"
    await dialogue.says("And why?")
    assert "Which colour?" in [line.text for line in model.requests[1].lines]


async def test_a_refused_question_is_not_answered_and_not_kept(build: Build) -> None:
    model = ScriptedModel(["Hm."])
    dialogue = build(model, found=[briefing()]).dialogue()
    (await dialogue.refused("A forbidden thing")).expect("briefing: we do not speak of that")
    await dialogue.says("Hello")
    assert [line.text for line in model.requests[0].lines][1:] == ["Hello"]


@pytest.mark.parametrize("text", ["Please hang", "Please break"])
async def test_a_hook_that_fails_stops_no_answer(build: Build, text: str) -> None:
    stage = build(ScriptedModel(["Here."]), found=[briefing()], longest_say=0.05)
    (await stage.dialogue().says(text)).expect("Here.")


async def test_an_answer_is_judged_before_anybody_sees_it(build: Build) -> None:
    stage = build(ScriptedModel(["That darn cat.", "The secret is 7."]), found=[judging()])
    dialogue: Dialogue = stage.dialogue()
    (await dialogue.says("Who was it?")).expect("That d*** cat.")
    withheld = await dialogue.says("What is it?")
    assert "judging: the answer is withheld" in withheld.reply.status
    assert not withheld.reply.text
    # Each was shown once, as it stays.
    assert (stage.chat.sends, stage.chat.edits) == (2, 0)


async def test_ratings_and_tasks_are_told(build: Build) -> None:
    SEEN.clear()
    stage = build(ScriptedModel(["Yes."]), found=[listening()])
    dialogue = stage.dialogue()
    said = await dialogue.says("Is it?")
    await dialogue.send(dialogue.press_of(said, "up"))
    await dialogue.settled()
    assert SEEN == [("Ana", 1, ())]
    await PluginHooks(stage.host, stage.suggestions).task_done(dialogue.message("x"), "label_assistant_reply", "t1")
    assert SEEN[1:] == [("label_assistant_reply", "t1")]


async def test_a_plugin_that_is_off_has_no_say(build: Build) -> None:
    dialogue = build(ScriptedModel(["Fine."]), found=[briefing(), judging()]).dialogue()
    await dialogue.types("/plugin disable briefing")
    (await dialogue.says("A forbidden thing")).expect("Fine.")


async def test_a_plugin_that_cannot_be_imported_stops_no_answer(build: Build) -> None:
    fields = {"name": "broken", "version": "1", "description": "Is not there.", "hooks": ["before_answer"]}
    broken = BuiltinPlugin(Manifest.model_validate(fields), "plugins.that_is_not_there")
    dialogue = build(ScriptedModel(["Here."]), found=[broken, briefing()]).dialogue()
    (await dialogue.says("Hello")).expect("Here.")
    (await dialogue.types("/plugin list")).expect("broken")
