"""plugins.host.host: plugins as commands, switched and set by a community's admins, and each call in the audit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from sqlmodel import select

from core.store.engine.database import Database
from core.store.plugin_tables import PluginValueRow
from core.store.tables import AuditRow
from parley import Context, Failure, Manifest, ManifestError, PluginError, Result, Source, command, tool
from plugins.host.host import LONGEST_CALL, FailedCall, uncounted
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.builtin import BuiltinPlugin, built_in
from plugins.host.storage import StorageQuota
from tests.dialogue import ANA, Dialogue
from tests.plugin_host.stage import Build, made


@tool(shown="counted {name}")
@command
async def count(ctx: Context, name: Annotated[str, "what to count"] = "things") -> Result:
    """Count how often it was asked."""
    seen = await ctx.storage.get(name, 0) + 1
    await ctx.storage.set(name, seen)
    return Result(f"{ctx.user_name} {name} {seen}{ctx.config['mark']}", (Source("A page", "https://a.example/"),))


@command
async def fail(how: str) -> str:
    """Fail in some way."""
    if how == "fix":
        raise PluginError("bring a token")
    if how == "far":
        raise Failure("the counter in the cellar does not answer")
    raise RuntimeError("a secret in here")


@command
async def hang() -> str:
    """Never answer."""
    import asyncio

    await asyncio.Event().wait()
    return ""


MANIFEST = Manifest.model_validate(
    {
        "name": "counting",
        "version": "1.0.0",
        "description": "Counts.",
        "powers": ["storage"],
        "config": {"mark": {"choices": ["!", "?"], "default": "!", "description": "how it ends"}},
    }
)


def counting() -> BuiltinPlugin:
    return made(MANIFEST.model_dump(), count, fail, hang)


Begin = Callable[..., Dialogue]


@pytest.fixture
def begin(build: Build) -> Begin:
    """Begins a dialogue with somebody in a community in which the plugin may be on from the beginning."""

    def begun(
        *, on: bool = True, never: bool = False, longest_call: float = LONGEST_CALL, failed: FailedCall = uncounted
    ) -> Dialogue:
        names = frozenset({"counting"})
        policy = OwnerPolicy(names if on else frozenset(), names if never else frozenset())
        return build(found=[counting()], policy=policy, longest_call=longest_call, failed=failed).dialogue()

    return begun


def abroad(dialogue: Dialogue) -> Dialogue:
    """The same person in another community."""
    place = replace(dialogue.place, community="other")
    return Dialogue(dialogue.core, dialogue.chat, place, _numbers=dialogue._numbers)


async def audited(store: Database) -> list[tuple[str, str, str]]:
    rows = await store.read(lambda session: session.exec(select(AuditRow).order_by(AuditRow.id)).all())
    return [(row.action, row.subject, row.outcome) for row in rows]


async def test_a_plugins_function_is_a_command(begin: Begin, store: Database) -> None:
    dialogue = begin()
    (await dialogue.types("/count crows")).expect("Ana crows 1!", "[A page](https://a.example/)")
    (await dialogue.types("/count crows")).expect("Ana crows 2!")
    (await dialogue.types("/help")).expect("Count how often it was asked")
    assert await audited(store) == [("call", "counting:count", "ok")] * 2


async def test_help_leaves_out_what_is_switched_off_in_the_community(begin: Begin) -> None:
    dialogue = begin(on=False)
    assert "/count" not in (await dialogue.types("/help")).reply.text
    await dialogue.types("/plugin enable counting")
    (await dialogue.types("/help")).expect("/count")


async def test_what_it_keeps_is_kept_for_each_community(begin: Begin, store: Database) -> None:
    dialogue = begin()
    await dialogue.types("/count crows")
    other = abroad(dialogue)
    (await other.types("/count crows")).expect("crows 1!")
    rows = await store.read(lambda session: session.exec(select(PluginValueRow)).all())
    assert len({row.community_id for row in rows}) == 2


async def test_admins_switch_it_for_their_community_alone(begin: Begin, store: Database) -> None:
    dialogue = begin(on=False)
    (await dialogue.types("/count", "#error")).expect("is switched off here", "/plugin enable counting")
    (await dialogue.types("/plugin list")).expect("– **counting**")
    (await dialogue.types("/plugin enable counting")).expect("is on here")
    (await dialogue.types("/count")).expect("things 1")
    other = abroad(dialogue)
    (await other.types("/count", "#error")).expect("is switched off here")
    member = dialogue.elsewhere("room", replace(ANA, id="ben", name="Ben", admin=False), private=False)
    (await member.types("/plugin disable counting", "#error")).expect("Only an admin")
    (await dialogue.types("/plugin disable counting")).expect("is off here")
    (await dialogue.types("/count", "#error")).expect("is switched off here")
    assert ("plugin-on", "counting", "ok") in await audited(store)


async def test_admins_set_it(begin: Begin) -> None:
    dialogue = begin()
    (await dialogue.types("/plugin config counting mark ?")).expect("mark is now ?")
    (await dialogue.types("/count")).expect("things 1?")
    (await dialogue.types("/plugin info counting")).expect("mark: ?", "/count, /fail, /hang")
    (await dialogue.types("/plugin config counting mark x", "#error")).expect("!, ?")
    (await dialogue.types("/plugin config counting colour red", "#error")).expect("mark")
    (await dialogue.types("/plugin config counting mark")).expect("mark is now -")
    (await dialogue.types("/count")).expect("things 2!")


async def test_what_the_owner_forbids_is_not_there(begin: Begin) -> None:
    dialogue = begin(never=True)
    (await dialogue.types("/count", "#error")).expect("“count”")
    (await dialogue.types("/plugin enable counting", "#error")).expect("counting")


async def test_what_goes_wrong_is_said_and_noted(begin: Begin, store: Database) -> None:
    dialogue = begin()
    (await dialogue.types("/fail fix", "#error")).expect("counting: bring a token")
    failed = await dialogue.types("/fail otherwise", "#error")
    failed.expect("counting failed")
    assert "secret" not in failed.reply.text
    (await begin(longest_call=0.01).types("/hang", "#error")).expect("took too long")
    assert [outcome for _, _, outcome in await audited(store)] == ["refused", "failed", "timeout"]


async def test_calls_that_could_not_do_their_work_are_counted_by_whose_fault_it_was(begin: Begin) -> None:
    counted: list[tuple[str, str]] = []
    dialogue = begin(failed=lambda boundary, outcome: counted.append((boundary, outcome)))
    await dialogue.types("/fail fix", "#error")
    await dialogue.types("/fail otherwise", "#error")
    await dialogue.types("/fail far", "#error")
    hurried = begin(longest_call=0.01, failed=lambda boundary, outcome: counted.append((boundary, outcome)))
    await hurried.types("/hang", "#error")
    assert counted == [("plugin", "failed"), ("service", "failed"), ("plugin", "timeout")]


async def test_forget_me_leaves_the_audit_without_a_name(begin: Begin, store: Database) -> None:
    dialogue = begin()
    await dialogue.types("/count")
    asked = await dialogue.types("/forgetme")
    await dialogue.send(dialogue.press_of(asked, "forget"))
    await dialogue.settled()
    people = await store.read(lambda session: session.exec(select(AuditRow.person_id)).all())
    assert set(people) <= {None}


def test_a_folder_with_a_wrong_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("print('I must not run')\n")
    with pytest.raises(ManifestError, match="bad.py"):
        built_in(tmp_path, "nowhere")


def test_nothing_is_imported_before_it_is_needed(tmp_path: Path) -> None:
    manifest = ["[tool.parley]", 'name = "late"', 'version = "1"', 'description = "Late."']
    text = "\n".join(["# /// script", *(f"# {line}" for line in manifest), "# ///", "raise SystemExit", ""])
    (tmp_path / "late.py").write_text(text)
    found: Any = built_in(tmp_path, "nowhere")
    assert found["late"].name == "late"


async def test_what_the_owner_allows_is_all_that_a_plugin_keeps(build: Build) -> None:
    policy = OwnerPolicy(frozenset({"counting"}), room=StorageQuota(values=1))
    dialogue = build(found=[counting()], policy=policy).dialogue()
    (await dialogue.types("/count crows")).expect("Ana crows 1!")
    (await dialogue.types("/count cows", "#error")).expect("counting keeps 1 values here already")
    (await dialogue.types("/count crows")).expect("Ana crows 2!")
    (await abroad(dialogue).types("/count cows")).expect("Ana cows 1!")
