"""The built-in plugins in the real host: their data, messages and judgements go through the database and the chat."""

from pathlib import Path

import pytest
from sqlmodel import select

import plugins.builtin
from core.models.scripted import ScriptedModel
from core.store import plugins as stored
from core.store.engine.database import Database
from core.store.plugin_tables import PluginValueRow
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.builtin import built_in
from tests.plugin_host.stage import Build, Stage

ALL = list(built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin").values())


def staged(build: Build, *answers: str) -> Stage:
    model = ScriptedModel(list(answers) or ["Well."])
    return build(model, found=ALL, policy=OwnerPolicy(frozenset(plugin.name for plugin in ALL)))


async def test_what_admins_keep_is_material_for_answers(build: Build) -> None:
    model = ScriptedModel(["Noted.", "Forty euros."])
    stage = build(model, found=ALL, policy=OwnerPolicy(frozenset({"knowledge"})))
    dialogue = stage.dialogue()
    await dialogue.says("The parking permit costs 40 euros a year at the town hall.")
    await dialogue.types("/knowledge keep Parking")
    (await dialogue.types("/knowledge list")).expect("Parking")
    other = dialogue.elsewhere("another room")
    (await other.says("How much is a parking permit?")).expect("Forty euros.")
    line = model.requests[-1].lines[-1].text
    assert line.startswith("How much is a parking permit?\n\nWhat stands between the two marks comes from outside.")
    assert "costs 40 euros a year" in line
    await dialogue.types("/knowledge remove 1")
    await other.says("How much is a parking permit, again?")
    assert "costs 40 euros" not in model.requests[-1].lines[-1].text


@pytest.mark.slow
async def test_a_reminder_rings_where_it_was_set_and_is_forgotten_with_its_owner(build: Build, store: Database) -> None:
    stage = staged(build)
    dialogue = stage.dialogue()
    await dialogue.types("/timezone Asia/Tokyo")
    (await dialogue.types("/remind in 2 hours tea")).expect("tea", "Asia/Tokyo")
    (await dialogue.types("/reminders")).expect("tea")
    (call,) = await store.read(stored.next_calls)
    await stage.clock.make(call.id)
    await stage.chat.until(
        lambda: any("⏰" in reply.text and "tea" in reply.text for reply in stage.chat.shown.values())
    )
    asked = await dialogue.types("/forgetme")
    await dialogue.send(dialogue.press_of(asked, "forget"))
    await dialogue.settled()
    assert not await store.read(lambda session: session.exec(select(PluginValueRow)).all())


@pytest.mark.parametrize("private", [True, False])
async def test_a_reminder_reaches_its_person_among_others(build: Build, store: Database, private: bool) -> None:
    stage = staged(build)
    dialogue = stage.dialogue().elsewhere("square", private=private)
    await dialogue.types("/remind in 2 hours tea")
    (call,) = await store.read(stored.next_calls)
    await stage.clock.make(call.id)
    await stage.chat.until(lambda: any(reply.text == "⏰ tea" for reply in stage.chat.shown.values()))
    (rung,) = [reply for reply in stage.chat.shown.values() if reply.text == "⏰ tea"]
    assert (rung.notifies and rung.notifies.id) == (None if private else dialogue.user.id)


async def test_moderation_judges_questions_and_answers(build: Build) -> None:
    stage = staged(build, "What a darn answer.")
    dialogue = stage.dialogue()
    await dialogue.types("/plugin config moderation words darn, blast*")
    (await dialogue.refused("You blasted thing")).expect("moderation: ")
    await dialogue.types("/plugin config moderation action mask")
    said = await dialogue.says("Hello")
    assert said.reply.text == "What a **** answer."


async def test_every_command_of_theirs_is_in_the_menu(build: Build) -> None:
    told = await staged(build).dialogue().types("/help")
    for plugin in ALL:
        for tool in plugin.tools:
            if tool.command:
                told.expect(f"/{tool.command}")
