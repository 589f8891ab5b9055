"""plugins.host.contexts: a plugin's function may act only where it was called."""

from datetime import UTC, datetime

from core.store.engine.database import Database
from parley import Context, command
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.storage import PlaceTexts
from tests.core.test_texts import LOCALES
from tests.plugin_host.stage import Build, made


@command
async def flood(ctx: Context) -> str:
    """Say very much."""
    for number in range(100):
        await ctx.chat.post(f"line {number}")
    return ""


@command
async def remember(ctx: Context, words: str) -> str:
    """Look back."""
    said = await ctx.chat.history(10)
    await ctx.chat.log(f"{words} was asked")
    return " / ".join(f"{one.role}: {one.text}" for one in said)


@command
async def learn(ctx: Context, words: str) -> str:
    """Keep a text, and find it."""
    await ctx.texts.put("a", "A title", words, "https://a.example/")
    found = await ctx.texts.search("water")
    titles = await ctx.texts.titles()
    gone = await ctx.texts.remove("a")
    return f"{[one.text for one in found]} {titles} {gone}"


def busy() -> BuiltinPlugin:
    return made({"name": "busy", "powers": ["post", "log", "history", "storage"]}, flood, remember, learn)


@command
async def plan(ctx: Context, name: str) -> str:
    """Plan a call, and take one back."""
    odd = f"{name}\0\ud800"
    gone = await ctx.schedule.cancel(odd)
    return f"{gone} {await ctx.schedule.at(datetime.now(UTC), odd)}"


async def test_the_name_of_a_call_is_one_that_a_database_holds(build: Build) -> None:
    stage = build(found=[made({"name": "plans", "powers": ["schedule"]}, plan)])
    (await stage.dialogue().types("/plan x", "#error")).expect("no NUL")


async def test_a_flood_is_stopped(build: Build) -> None:
    stage = build(found=[busy()])
    (await stage.dialogue().types("/flood", "#error")).expect("may say no more")
    assert sum(reply.text.startswith("line ") for reply in stage.chat.shown.values()) == 20


async def test_it_reads_what_was_said_and_tells_the_admins(build: Build) -> None:
    stage = build(found=[busy()])
    dialogue = stage.dialogue()
    await dialogue.says("Hello there")
    await stage.host.switches.choose(dialogue.place, "log_channel", "log")
    (await dialogue.types("/remember this")).expect("prompter: Hello there / assistant: You said: Hello there")
    assert "**busy**: this was asked" in [reply.text for reply in stage.chat.shown.values()]


async def test_texts_are_kept_and_found(build: Build, store: Database) -> None:
    dialogue = build(found=[busy()]).dialogue()
    (await dialogue.types("/learn Bees need water")).expect("['Bees need water'] {'a': 'A title'} True")


async def test_all_calls_of_a_plugin_share_the_turn_in_which_it_stores_a_text(build: Build) -> None:
    stage = build(found=[busy(), made({"name": "other", "powers": ["storage"]}, learn)])
    dialogue = stage.dialogue()
    asker = await stage.host.asker(dialogue.place, dialogue.user, "k")
    contexts = [stage.host.context(stage.host.plugins[name], asker, {}) for name in ("busy", "busy", "other")]
    turns = [context.texts.turn for context in contexts if isinstance(context.texts, PlaceTexts)]
    assert turns[0] is turns[1]
    assert turns[0] is not turns[2]


def test_every_permission_has_words_in_every_language() -> None:
    from typing import get_args

    from parley.api import HookName
    from parley.manifest import Power

    for source in LOCALES.values():
        for power in get_args(Power):
            assert f"plugin-power-{power} =" in source
        for moment in get_args(HookName):
            assert f"plugin-hook-{moment.replace('_', '-')} =" in source
