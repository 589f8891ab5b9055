"""plugins.host.install.installer and plugins.host.install.fetch: from a file, a folder, a repository and an index to
a version that runs."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from core.store import identities
from core.store import plugins as stored
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.plugin_tables import InstalledPluginRow
from plugins.host.install.package_index import IndexOptions
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import Origin, from_terminal
from plugins.host.install.subprocesses import run
from plugins.host.policy import OwnerPolicy
from plugins.host.sandbox.confinement import Level, ProcessWalls
from plugins.host.sandbox.crashes import CRASHES, ProcessCrashed
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sources.installed import PluginRunning, SandboxedPlugin, program
from plugins.host.sources.openapi_coverage_texts import coverage_of_plugin
from tests.keys import KEYRING
from tests.plugin_host.stage import Build, Stage, staged
from tests.plugin_host.wheels import publish, served, wheel
from tests.sweeping import mostly_swept

FILE = """# /// script
# {dependencies}
# [tool.parley]
# name = "{name}"
# version = "{version}"
# description = "A plugin of a test."
# {more}
# ///
{top}
from parley import Context, PluginError, command, hook, tool

@tool
@command(name="{name}_say")
async def {name}_say(words: str = "") -> str:
    "Say which version this is."
    return f"{name} {version} {{words}}" + {says}
"""


def file(folder: Path, name: str = "talk", version: str = "1.0", **parts: str) -> str:
    """Write a plugin of one file. Returns its path."""
    given = {"dependencies": "", "more": "", "top": "", "says": "''", **parts}
    path = folder / f"{name}.py"
    path.write_text(FILE.format(name=name, version=version, **given))
    return str(path)


async def install(stage: Stage, source: str) -> InstalledPluginRow:
    async with stage.installer.fetched(from_terminal(source)) as candidate:
        return await stage.installer.install(candidate)


async def says(stage: Stage, name: str = "talk") -> str:
    """The plugin's answer when somebody calls it."""
    dialogue = stage.dialogue()
    await dialogue.types(f"/plugin enable {name}")
    event = dialogue.command(f"/{name}_say")
    await dialogue.send(event)
    answers = (f"{event.key}#notice", f"{event.key}#error")
    await stage.chat.until(lambda: any(key in stage.chat.shown for key in answers))
    return next(stage.chat.shown[key].text for key in answers if key in stage.chat.shown)


async def test_a_file_is_installed_and_called(build: Build, tmp_path: Path) -> None:
    stage = build()
    row = await install(stage, file(tmp_path))
    assert (row.name, row.version, row.kind, len(row.digest)) == ("talk", "1.0", "folder", 64)
    assert await says(stage) == "talk 1.0 "
    (await stage.dialogue().types("/help")).expect("Say which version this is")


async def test_it_is_there_after_a_restart_without_running_anything(build: Build, tmp_path: Path) -> None:
    await install(build(), file(tmp_path))
    stage = build()
    await stage.installer.load()
    plugin = stage.host.plugins["talk"]
    assert isinstance(plugin, SandboxedPlugin)
    assert [tool.command for tool in plugin.tools] == ["talk_say"]
    assert plugin._process is None
    assert await says(stage) == "talk 1.0 "


async def test_a_package_in_a_folder(build: Build, tmp_path: Path) -> None:
    package = tmp_path / "my-talk"
    (package / "src" / "my_talk").mkdir(parents=True)
    (package / ".venv").mkdir()
    (package / ".venv" / "large").write_text("x")
    (package / "pyproject.toml").write_text(
        '[project]\nname = "my-talk"\nversion = "2.0"\ndescription = "Talks."\ndependencies = ["parley-sdk"]\n'
        "[tool.parley]\n"
    )
    (package / "src" / "my_talk" / "words.py").write_text('HELLO = "hello"\n')
    (package / "src" / "my_talk" / "__init__.py").write_text(
        "from my_talk.words import HELLO\nfrom parley import command\n\n"
        '@command\nasync def greet() -> str:\n    "Greet."\n    return HELLO\n'
    )
    stage = build()
    row = await install(stage, str(package))
    assert not (stage.installer.folder / row.folder / "code" / ".venv").exists()
    await stage.dialogue().types("/plugin enable my-talk")
    (await stage.dialogue().elsewhere("b").types("/greet")).expect("hello")


async def test_a_repository_at_a_commit(build: Build, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    file(tree)
    who = ("-c", "user.name=x", "-c", "user.email=x@x.example")
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"], ["tag", "v1"]):
        await run("git", "-C", str(tree), *command)
    file(tree, version="2.0")
    await run("git", "-C", str(tree), *who, "commit", "-qam", "two")
    stage = build()
    row = await install(stage, f"git+file://{tree}@v1")
    assert (row.version, row.pinned[:9]) == ("1.0", "# commit ")
    assert (await install(stage, f"git+file://{tree}")).version == "2.0"
    for wrong in (f"git+file://{tree}@nothing", "git+ext::sh -c true", "git+file:///nowhere"):
        with pytest.raises(PluginProblem, match=r"git|repository"):
            await install(stage, wrong)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A package index with two versions of a library, and its folder."""
    folder = tmp_path / "index"
    folder.mkdir()
    for version in ("1.0", "2.0"):
        publish(folder, wheel("clash", version, {"clash.py": f"VERSION = {version!r}\n"}))
    with served(folder) as address:
        yield folder, address


@pytest.mark.slow
async def test_two_plugins_with_clashing_libraries_work_side_by_side(
    build: Build, tmp_path: Path, index: tuple[Path, str]
) -> None:
    stage = build(options=IndexOptions(index[1]))
    for name, version in (("first", "1.0"), ("second", "2.0")):
        parts = {"dependencies": f'dependencies = ["clash=={version}"]', "top": "import clash", "says": "clash.VERSION"}
        row = await install(stage, file(tmp_path, name, **parts))
        assert f"clash=={version}" in row.pinned
        assert "--hash=sha256:" in row.pinned
    assert (await says(stage, "first"), await says(stage, "second")) == ("first 1.0 1.0", "second 1.0 2.0")


@pytest.mark.slow
async def test_a_package_of_an_index(build: Build, index: tuple[Path, str]) -> None:
    folder, address = index
    project = '[project]\nname = "wheeled"\nversion = "1.5"\ndescription = "Rolls."\n[tool.parley]\n'
    code = 'from parley import command\nimport clash\n\n@command\nasync def wheeled_say() -> str:\n    "Roll."\n'
    files = {"wheeled/__init__.py": f"{code}    return clash.VERSION\n", "wheeled/pyproject.toml": project}
    publish(folder, wheel("wheeled", "1.5", files, ("clash<2", "parley-sdk")))
    stage = build(options=IndexOptions(address))
    row = await install(stage, "wheeled==1.5")
    assert (row.kind, row.version) == ("index", "1.5")
    assert await says(stage, "wheeled") == "1.0"


STRAYS: list[tuple[dict[str, str], str]] = [
    ({"clash.pth": "import os"}, "would run by itself"),
    ({"clash.py": ""}, "not a Parley plugin"),
]


@pytest.mark.sweep
@pytest.mark.parametrize(("files", "words"), STRAYS)
async def test_a_package_that_is_none_or_runs_by_itself(
    build: Build, index: tuple[Path, str], files: dict[str, str], words: str
) -> None:
    publish(index[0], wheel("clash", "3.0", files))
    with pytest.raises(PluginProblem, match=words):
        await install(build(options=IndexOptions(index[1])), "clash==3.0")


async def test_sources_that_must_be_built_tampered_files_and_new_releases_are_refused(
    build: Build, index: tuple[Path, str]
) -> None:
    folder, address = index
    publish(folder, ("built-1.0.tar.gz", b"x"))
    stage = build(options=IndexOptions(address))
    with pytest.raises(PluginProblem, match="Wheels are required"):
        await install(stage, "built==1.0")
    page = (folder / "clash" / "index.html").read_text()
    (folder / "clash" / "index.html").write_text(page.replace("sha256=", "sha256=0000", 1))
    with pytest.raises(PluginProblem, match="uv: "):
        await install(stage, "clash==1.0")
    # This index does not say when something was released, so nothing there is old enough.
    patient = build(options=IndexOptions(address, cooldown=7))
    with pytest.raises(PluginProblem, match="uv: "):
        await install(patient, "clash==2.0")


REFUSED = [
    ({"dependencies": 'dependencies = ["clash @ https://a.example/x.whl"]'}, "come from the index"),
    ({"dependencies": 'dependencies = ["--index-url=https://a.example"]'}, "come from the index"),
    ({"more": 'tools = ["other"]'}, "tools are talk_say, and it says other"),
    ({"more": "commands = []"}, "commands are talk_say, and it says none"),
    ({"more": 'hooks = ["before_answer"]'}, "needs hooks = "),
    ({"more": 'schedules = {tick = "15m"}'}, "no such function"),
    ({"more": 'examples = {other = ["x"]}'}, "not a tool"),
    ({"top": "raise RuntimeError('at import')"}, "at import"),
    ({"top": "import time; time.sleep(1000)"}, "did not start"),
    ({"top": "import nothing_of_the_kind"}, "nothing_of_the_kind"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("parts", "words"), REFUSED)
async def test_what_is_not_as_it_says_is_not_installed(
    build: Build, tmp_path: Path, parts: dict[str, str], words: str
) -> None:
    # Only what never starts needs a short limit, which others might miss on a loaded machine.
    stage = build(times=ProcessTimes(start=2.5) if words == "did not start" else USUAL_TIMES)
    with pytest.raises(PluginProblem, match=words):
        await install(stage, file(tmp_path, **parts))
    assert not stage.host.plugins
    assert not any(path.is_dir() and not path.is_symlink() for path in (stage.installer.folder / "staging").iterdir())


@pytest.mark.slow
async def test_names_that_are_taken_or_not_wanted(build: Build, tmp_path: Path) -> None:
    from tests.plugin_host.test_host import counting

    stage = build(found=[counting()], policy=OwnerPolicy(forbidden=frozenset({"never"})))
    with pytest.raises(PluginProblem, match=r"plugins\.never"):
        await install(stage, file(tmp_path, "never"))
    with pytest.raises(PluginProblem, match="there already"):
        await install(stage, file(tmp_path, "counting"))
    taking = "@command(name='help')\nasync def help_me() -> str:\n    'Help.'\n    return ''\n"
    with pytest.raises(PluginProblem, match="there is a command /help already"):
        await install(stage, file(tmp_path, "other", says=f"''\n\n{taking}"))
    taking = "@tool\nasync def count() -> str:\n    'Count.'\n    return ''\n"
    with pytest.raises(PluginProblem, match="there is a tool count already"):
        await install(stage, file(tmp_path, "other", says=f"''\n\n{taking}"))


@pytest.mark.slow
async def test_an_update_keeps_the_version_before(build: Build, tmp_path: Path, store: Database) -> None:
    stage = build()
    await install(stage, file(tmp_path))
    await install(stage, file(tmp_path, version="2.0"))
    assert await says(stage) == "talk 2.0 "
    assert await stage.installer.back("talk") == "1.0"
    assert await says(stage) == "talk 1.0 "
    with pytest.raises(PluginProblem, match="no earlier version"):
        await stage.installer.back("talk")
    await stage.installer.remove("talk")
    assert not stage.host.plugins
    left = [path.name for path in stage.installer.folder.iterdir() if path.name.startswith("talk")]
    assert left == []
    with pytest.raises(PluginProblem, match="installed are: nothing"):
        await stage.installer.remove("talk")


@pytest.mark.slow
async def test_a_version_whose_manifest_is_not_accepted_any_more_can_be_updated(
    build: Build, tmp_path: Path, store: Database
) -> None:
    stage = build()
    await install(stage, file(tmp_path))

    def spoil(session: Session) -> None:
        row = session.exec(select(InstalledPluginRow)).one()
        row.manifest = {**row.manifest, "powers": ["log"] * 1000}

    await store.write(spoil)
    async with stage.installer.fetched(from_terminal(file(tmp_path, version="2.0", more='powers = ["log"]'))) as new:
        assert await stage.installer.asks_for(new) == ["power:log"]
        await stage.installer.install(new)
    assert await says(stage) == "talk 2.0 "


@pytest.mark.slow
async def test_a_failing_update_changes_nothing(build: Build, tmp_path: Path) -> None:
    stage = build()
    await install(stage, file(tmp_path))
    with pytest.raises(PluginProblem, match="no luck"):
        await install(stage, file(tmp_path, version="2.0", top="raise RuntimeError('no luck')"))
    assert await says(stage) == "talk 1.0 "


@pytest.mark.slow
async def test_an_update_that_fails_later_is_taken_back_by_itself(build: Build, tmp_path: Path) -> None:
    stage = build(times=ProcessTimes(first_pause=0.0))
    await install(stage, file(tmp_path))
    await install(stage, file(tmp_path, version="2.0", says="str(__import__('os')._exit(4))"))
    for _ in range(CRASHES):
        assert "talk failed" in await says(stage)
    assert stage.fallen[0][0] == "talk"
    (await stage.dialogue().types("/plugin info talk")).expect("⚠ it ended (code 4)")
    await stage.crashed.settle(*stage.fallen[0])
    assert await says(stage) == "talk 1.0 "


async def test_files_that_are_not_those_that_were_installed_are_not_run(build: Build, tmp_path: Path) -> None:
    stage = build()
    row = await install(stage, file(tmp_path))
    code = stage.installer.folder / row.folder / "code" / "talk.py"
    code.write_text(code.read_text() + "\nX = 1\n")
    plugin: Any = stage.host.plugins["talk"]
    with pytest.raises(ProcessCrashed, match="not those that were installed"):
        await plugin.process()


async def test_what_another_process_installs_is_taken_over(build: Build, tmp_path: Path) -> None:
    running, terminal = build(), build()
    heard: list[str] = []
    running.installer.changed = lambda: heard.append("changed")
    await install(terminal, file(tmp_path))
    assert await running.installer.load()
    assert not await running.installer.load()
    assert (heard, list(running.host.plugins)) == (["changed"], ["talk"])
    await terminal.installer.remove("talk")
    await running.installer.load()
    assert not running.host.plugins


def confine(stage: Stage, running: PluginRunning) -> None:
    """Run a stage's plugins in another way."""
    stage.installer.running = running
    stage.installer.trial = replace(stage.installer.trial, running=running)


@pytest.mark.parametrize(
    ("walls", "least", "words"),
    [
        (ProcessWalls(), "landlock", r"plugins\.unsandboxed"),
        (ProcessWalls(landlock=7), "landlock", r"plugins\.unsandboxed"),
        (ProcessWalls(landlock=1, syscalls=True), "namespaces", "level landlock.*asks for namespaces"),
    ],
)
async def test_a_plugin_that_cannot_be_confined_well_enough_does_not_run(
    build: Build, tmp_path: Path, walls: ProcessWalls, least: Level, words: str
) -> None:
    stage = build()
    confine(stage, replace(stage.installer.running, walls=lambda: walls, least=least))
    with pytest.raises(PluginProblem, match=words):
        await install(stage, file(tmp_path))
    confine(stage, replace(stage.installer.running, unsandboxed=frozenset({"talk"})))
    await install(stage, file(tmp_path))


SHADOWS = ["asyncio.py", "tomllib.py", "parley/__init__.py", "src/json/__init__.py", "pydantic.so", "sitecustomize.py"]


@pytest.mark.parametrize("name", SHADOWS)
async def test_a_file_with_the_name_of_a_library_is_refused(build: Build, tmp_path: Path, name: str) -> None:
    tree = tmp_path / "tree"
    (tree / name).parent.mkdir(parents=True)
    file(tree)
    (tree / name).write_text("")
    with pytest.raises(PluginProblem, match="rename them"):
        await install(build(), str(tree))


async def test_a_plugin_may_have_folders_of_files_that_are_no_code(build: Build, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "email").mkdir(parents=True)
    (tree / "email" / "welcome.txt").write_text("Hello")
    file(tree)
    assert (await install(build(), str(tree))).name == "talk"


async def test_a_folder_with_a_link_that_leads_out_is_refused(build: Build, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    file(tree)
    (tree / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(PluginProblem, match="is a link"):
        await install(build(), str(tree))


KILLED = """
import asyncio, os, sys
from pathlib import Path
from core.store.engine.database import connect
from plugins.host.install.plugin_source import from_terminal
from tests.plugin_host.stage import staged

async def main():
    home, source, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    store = connect(f"sqlite:///{home / 'kept.sqlite3'}")
    stage = staged(store, home)
    await stage.installer.load()
    stage.installer.step = lambda name: os.kill(os.getpid(), 9) if name == step else None
    async with stage.installer.fetched(from_terminal(source)) as candidate:
        await stage.installer.install(candidate)

asyncio.run(main())
"""


STEPS = [("fetching", "1.0"), ("trying it", "1.0"), ("switching", "1.0"), ("switched", "2.0")]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "version"), mostly_swept(STEPS, [("switching", "1.0")]))
async def test_killed_at_any_step_a_version_that_works_remains(
    home: Path, tmp_path: Path, step: str, version: str
) -> None:
    url = f"sqlite:///{home / 'kept.sqlite3'}"
    await migrate(url)
    async with over(url, home) as stage:
        await install(stage, file(tmp_path))
    arguments = (str(home), file(tmp_path, version="2.0"), step)
    root = Path(__file__).parents[2]
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments, cwd=root)
    assert await killed.wait() == -9
    async with over(url, home) as stage:
        await stage.installer.load()
        await stage.installer.sweep(age=-1)
        assert await says(stage) == f"talk {version} "
        rows = await stage.host.store.read(stored.installed)
        used = {rows[0].folder} | ({rows[0].previous["folder"]} if rows[0].previous else set())
        assert {path.name for path in stage.installer.folder.iterdir() if path.name.startswith("talk")} == used


@asynccontextmanager
async def over(url: str, home: Path) -> AsyncIterator[Stage]:
    store = connect(url, KEYRING)
    stage = staged(store, home)
    try:
        await stage.installer.load()
        yield stage
    finally:
        await stage.close()
        await store.close()


def test_the_shipped_catalogue_is_right() -> None:
    from plugins.host.install.catalogue import PluginCatalogue
    from tests.plugin_host.stage import SHIPPED

    for entry in PluginCatalogue(SHIPPED)._ours():
        assert entry.source.path is not None
        assert entry.source.path.is_file(), entry
    assert json.loads(SHIPPED.read_text())


async def test_what_may_be_under_way_in_another_process_is_not_swept(build: Build, tmp_path: Path) -> None:
    stage = build()
    async with stage.installer.fetched(from_terminal(file(tmp_path))) as candidate:
        await build().installer.sweep()
        assert (await stage.installer.install(candidate)).version == "1.0"


def tides(count: int = 2, version: str = "1.0") -> dict[str, Any]:
    """A service with an operation for each harbour, and one that uploads in a way that cannot be done."""
    paths: dict[str, Any] = {
        f"/harbours/{number}": {"get": {"operationId": f"harbour{number}", "tags": ["odd" if number % 2 else "even"]}}
        for number in range(count)
    }
    upload = {"operationId": "upload", "requestBody": {"required": True, "content": {"multipart/mixed": {}}}}
    paths["/upload"] = {"post": upload}
    servers = [{"url": "https://tides.example"}]
    return {"openapi": "3.0.0", "info": {"title": "Tides", "version": version}, "servers": servers, "paths": paths}


@asynccontextmanager
async def tides_served(build: Build, tmp_path: Path, **more: Any) -> AsyncIterator[tuple[Stage, str, Path]]:
    """A stage that may fetch from loopback, and a description there: its address and its file."""
    folder = tmp_path / "served"
    folder.mkdir()
    with served(folder) as address:
        host = address.split("/")[2]
        stage = build(policy=OwnerPolicy(exempt=frozenset({host})), **more)
        yield stage, f"{address}tides.json", folder / "tides.json"


@pytest.mark.slow
async def test_a_choice_of_operations_is_kept_with_the_source_and_made_again(build: Build, tmp_path: Path) -> None:
    async with tides_served(build, tmp_path) as (stage, address, described):
        described.write_text(json.dumps(tides(300)))
        with pytest.raises(PluginProblem, match=r"301 operations.*tag:even \(150\)"):
            await install(stage, address)
        row = await install(stage, f"{address} tag:odd path:/harbours/1*")
        assert row.source == f"{address} tag:odd path:/harbours/1*"
        first = [tool.tool for tool in stage.host.plugins["tides"].tools]
        assert (first[0], len(first)) == ("tides_harbour1", 56)
        # Of three hundred operations only those that were chosen are in the database.
        assert list(row.offers["document"]["paths"])[1] == "/harbours/11"
        assert len(json.dumps(row.offers)) < 10_000
        described.write_text(json.dumps(tides(20, "2.0")))
        again = await install(stage, row.source)
        assert (again.version, again.source) == ("2.0", row.source)
        assert len(stage.host.plugins["tides"].tools) == 6


@pytest.mark.slow
async def test_what_is_left_out_is_known_after_a_restart_without_fetching(build: Build, tmp_path: Path) -> None:
    async with tides_served(build, tmp_path) as (stage, address, described):
        described.write_text(json.dumps(tides()))
        await install(stage, address)
    stage = build()
    await stage.installer.load()
    coverage = coverage_of_plugin(stage.host.plugins["tides"])
    assert coverage
    assert (coverage.usable, coverage.chosen) == (2, 3)
    assert [(one.operation, one.detail) for one in coverage.left_out] == [("upload", "multipart/mixed")]


@pytest.mark.slow
async def test_a_description_that_was_kept_whole_before_still_works(build: Build, tmp_path: Path) -> None:
    stage = build()
    async with tides_served(build, tmp_path) as (other, address, described):
        described.write_text(json.dumps(tides()))
        row = await install(other, address)
    offers = {"document": tides(), "auth": row.offers["auth"], "address": address}

    def as_before(session: Session) -> None:
        kept = session.get(InstalledPluginRow, "tides")
        assert kept
        kept.offers = offers

    await stage.host.store.write(as_before)
    await stage.installer.load()
    coverage = coverage_of_plugin(stage.host.plugins["tides"])
    assert coverage
    assert (coverage.usable, len(coverage.left_out)) == (2, 1)


async def test_a_choice_is_of_a_description_alone(build: Build, tmp_path: Path) -> None:
    with pytest.raises(PluginProblem, match="not an OpenAPI description"):
        await install(build(), f"{file(tmp_path)} tag:odd")
    with pytest.raises(PluginProblem, match="not a choice of operations"):
        await install(build(), "https://tides.example/x.json tag:odd or else")


SECRETIVE = {"more": 'secrets = ["key"]', "top": "from parley import Context"}


@pytest.mark.slow
@pytest.mark.parametrize(("origin", "given"), [("terminal", True), ("catalogue", True), ("chat", False)])
async def test_a_secret_is_for_what_its_owner_knows_and_not_for_whoever_takes_the_name(
    build: Build, tmp_path: Path, origin: Origin, given: bool
) -> None:
    stage = build(policy=OwnerPolicy(frozenset({"talk"}), secrets={"talk": {"key": "hunter2"}}))
    source = replace(from_terminal(file(tmp_path, **SECRETIVE)), origin=origin)
    async with stage.installer.fetched(source) as candidate:
        await stage.installer.install(candidate)
    dialogue = stage.dialogue()
    if given:
        assert await says(stage) == "talk 1.0 "
        asker = await stage.host.asker(dialogue.place, dialogue.user, "k")
        context = stage.host.context(
            stage.host.plugins["talk"], asker, await stage.host.switches.chosen(dialogue.place)
        )
        assert dict(context.secrets) == {"key": "hunter2"}
    else:
        assert "has to install it in the terminal first" in await says(stage)
        assert not stage.host.policy.secrets_of(stage.host.plugins["talk"])


LOCAL = {"more": 'hosts = ["localhost:8000"]'}


@pytest.mark.parametrize(("origin", "reached"), [("terminal", True), ("chat", False)])
async def test_a_plugin_from_a_chat_reaches_nothing_of_the_owners(
    build: Build, tmp_path: Path, origin: Origin, reached: bool
) -> None:
    stage = build(policy=OwnerPolicy(frozenset({"talk"}), exempt=frozenset({"search.lan:8888"}), loopback=True))
    source = replace(from_terminal(file(tmp_path, **LOCAL)), origin=origin)
    async with stage.installer.fetched(source) as candidate:
        await stage.installer.install(candidate)
    found = stage.host.policy.exempt_for(stage.host.plugins["talk"])
    assert found == (frozenset({"localhost:8000", "search.lan:8888"}) if reached else frozenset())


async def test_no_community_takes_the_place_of_what_another_has_installed(build: Build, tmp_path: Path) -> None:
    stage = build()
    here = await stage.host.store.write(lambda session: identities.community(session, stage.dialogue().place))
    async with stage.installer.fetched(from_terminal(file(tmp_path))) as candidate:
        await stage.installer.install(candidate, None)
    async with stage.installer.fetched(from_terminal(file(tmp_path, version="2.0"))) as candidate:
        with pytest.raises(PluginProblem, match="others have installed"):
            await stage.installer.install(candidate, here)
    assert (await stage.installer.row("talk")).version == "1.0"


def test_a_link_in_the_place_of_a_folder_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "plugin" / "code").mkdir(parents=True)
    (tmp_path / "plugin" / "code" / "src").symlink_to("/etc")
    with pytest.raises(ProcessCrashed, match="link in the place of its folder src"):
        program(tmp_path / "plugin", tmp_path, "a.py", "", PluginRunning(tmp_path), "a")


def test_a_home_that_every_plugin_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to("/usr/lib/parley")
    with pytest.raises(ProcessCrashed, match="set PARLEY_HOME to a folder elsewhere"):
        program(tmp_path, tmp_path, "a.py", "", PluginRunning(tmp_path / "home"), "a")
