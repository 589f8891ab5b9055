"""Plugins: from file to first use, the cost of isolation, and fifty at once: `python -m benchmarks.plugins FOLDER`."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, on_first_core, printed
from cli.wiring.plugins import PluginSystem, running_plugins
from config import settings as configuration
from config.settings import ParleySettings
from core.delivery.call import CommandCall
from core.messages import Message, Place, User
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.tables import now
from parley.declared import declared, imported
from plugins.host.call_origin import CallOrigin
from plugins.host.clients import PluginClients
from plugins.host.host import PluginHost
from plugins.host.install.plugin_source import from_terminal
from plugins.host.install.source_tree import read_tree
from plugins.host.plugin import PluginOffer
from plugins.host.policy import OwnerPolicy
from plugins.host.registry import PluginRegistry
from plugins.host.sources.builtin import BuiltinPlugin

PARLEY = Path(sys.executable).parent / "parley"
MANY = 50
CALLS = 400
STARTS = 7
HERE, ANA = Place("web", "local", "room", private=True), User("ana", "Ana", admin=True)
ROOM = 8192 // 8 * 3
"""Characters for tools in a window of 8,192 tokens; see core/answering/plugin_steps.py."""

FILE = '''# /// script
# [tool.parley]
# name = "{name}"
# version = "0.1.0"
# description = "Says words in capital letters."
# ///
from parley import command, tool
@tool
@command
async def {name}(words: str) -> str:
    """Say words about {name} in capital letters, whatever they are about."""
    return words.upper()
'''


def main(folder: Path) -> int:
    on_first_core()
    os.environ |= {"PARLEY_HOME": str(folder / "home"), "PARLEY_LOG__LEVEL": "error"}
    files = [written(folder, f"plugin{number}") for number in range(MANY + 1)]
    subprocess.run([PARLEY, "plugin", "install", str(files[0]), "--yes"], check=True, capture_output=True)
    return asyncio.run(measured(folder, files))


def written(folder: Path, name: str) -> Path:
    """Write a one-file plugin, in a folder of its own."""
    file = folder / name / f"{name}.py"
    file.parent.mkdir(parents=True)
    file.write_text(FILE.format(name=name))
    return file


async def measured(folder: Path, files: list[Path]) -> int:
    settings = configuration.load()
    await migrate(settings.database.url)
    store = connect(settings.database.url)
    bare = await started(settings, store)
    first = await to_first_use(settings, store, files[1])
    async with running_plugins(settings, store) as everything:
        for file in files[1:]:
            async with everything.installer.fetched(from_terminal(str(file))) as candidate:
                await everything.installer.install(candidate)
        for plugin in everything.host.plugins.values():
            await everything.host.switches.choose(HERE, f"plugin:{plugin.name}", "on")
    loaded = await started(settings, store)
    async with running_plugins(settings, store) as everything:
        apart = await called(everything.host, "plugin1")
        beside = await called(in_process(files[1], store), "plugin1")
        share = await offered(everything)
    await store.close()
    return printed(
        [
            Figure("a local plugin: from install to its first use", first, "s", most=5),
            Figure("a call to an isolated plugin over one in process (p50)", (apart - beside) * 1000, "ms", most=2),
            Figure("a start with 50 plugins over one with none", loaded - bare, "s", most=2),
            Figure("tools offered per message, share of their room", share, "", most=1),
        ],
        "A plugin of one file, in a process of its own or in ours; medians.",
    )


async def started(settings: ParleySettings, store: Database) -> float:
    """Return the median seconds until plugins are ready, with their commands."""
    spent = []
    for _ in range(STARTS):
        began = perf_counter()
        async with running_plugins(settings, store) as everything:
            everything.commands(nobody)
            spent.append(perf_counter() - began)
    return median(spent)


async def nobody(call: CommandCall, text: str) -> None:
    """There is no assistant to ask."""


async def to_first_use(settings: ParleySettings, store: Database, file: Path) -> float:
    """Return the seconds for `parley plugin install` and for a first call, with warm caches."""
    began = perf_counter()
    command = (str(PARLEY), "plugin", "install", str(file), "--yes")
    installing = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if await installing.wait():
        raise RuntimeError("the plugin was not installed")
    async with running_plugins(settings, store) as everything:
        await everything.host.switches.choose(HERE, f"plugin:{file.stem}", "on")
        await call(everything.host, file.stem, 0)
        return perf_counter() - began


def in_process(file: Path, store: Database) -> PluginHost:
    """Return a host with the same plugin in this process."""
    manifest, _, _ = read_tree(file.parent)
    module = imported(file)
    plugin = BuiltinPlugin(manifest, module.__name__, declared(module))
    policy = OwnerPolicy(frozenset({manifest.name}))
    return PluginHost(PluginRegistry({manifest.name: plugin}, policy), PluginClients(policy, store), store, {})


async def called(host: PluginHost, name: str) -> float:
    """Return the median seconds of a call, with everything that belongs to one: settings, context, audit."""
    await call(host, name, 0)
    spent = []
    for number in range(CALLS):
        began = perf_counter()
        await call(host, name, number)
        spent.append(perf_counter() - began)
    return median(spent)


async def call(host: PluginHost, name: str, number: int) -> None:
    found = host.registry.tool(name)
    assert found is not None
    tool: PluginOffer = found[1]
    asker: CallOrigin = await host.asker(HERE, ANA, f"{name}{number}")
    result = await host.run(found[0], tool, asker, {"words": "hello"})
    assert result.text == "HELLO"


async def offered(everything: PluginSystem) -> float:
    """Return how much of the room for tools is taken when all plugins are on."""
    event = Message(key="k", place=HERE, user=ANA, at=now(), id="m", text="Say something about plugin7")
    specs = await everything.toolbox.offered(event, event.text, ROOM)
    assert "plugin7" in {spec.name for spec in specs}
    return sum(len(spec.name) + len(spec.description) + len(json.dumps(spec.schema)) for spec in specs) / ROOM


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
