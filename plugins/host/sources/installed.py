"""Plugins that somebody installed: listed in the database, and run in processes of their own when they are called."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.store.plugin_tables import InstalledPluginRow
from parley import Context, Manifest, Result, wire
from parley.declared import OfferOption
from plugins.host.install.base_environment import base
from plugins.host.install.source_tree import digest
from plugins.host.offers import clean_manifest
from plugins.host.plugin import HostedPlugin, OfferWords
from plugins.host.sandbox.confinement import Level, ProcessWalls, reaches, walls_here
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.declarations import checked_tools
from plugins.host.sandbox.process import PluginProcess
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sandbox.program import PluginProgram, system_files
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import description_of


@dataclass(frozen=True, slots=True)
class PluginRunning:
    """How installed plugins are run: where their files are, what each may use, and how well it must be confined.

    `memory` is in MiB, `seconds` is processor time in 24 hours. `least` is the lowest level of confinement at which a
    plugin runs at all, except for those that `unsandboxed` names. `gave_up` is called with a plugin that has been given
    up.
    """

    home: Path
    memory: int = 512
    seconds: int = 3600
    unsandboxed: frozenset[str] = frozenset()
    least: Level = "landlock"
    walls: Callable[[], ProcessWalls] = walls_here
    gave_up: Callable[[str, str], None] = lambda name, why: None
    times: ProcessTimes = USUAL_TIMES


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledTool(OfferWords):
    """A function of an installed plugin, as the plugin described it at installation."""

    name: str
    plugin: "SandboxedPlugin"

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it in its process. Raises PluginError, ProcessCrashed."""
        answer = await (await self.plugin.process()).call(self.name, given, context)
        try:
            return wire.unpacked(answer)
        except ValueError as error:
            raise ProcessCrashed(f"{self.plugin.name}: {error}") from None


@dataclass(slots=True)
class SandboxedPlugin:
    """A plugin in a process of its own."""

    row: InstalledPluginRow
    running: PluginRunning
    manifest: Manifest
    tools: Sequence[InstalledTool] = ()
    _process: PluginProcess | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def digest(self) -> str:
        """The SHA-256 of its files."""
        return self.row.digest

    @property
    def origin(self) -> str | None:
        """The person who named its source."""
        return self.row.origin

    @property
    def trouble(self) -> str:
        """Why it is no longer run; empty while it is."""
        return self._process.given_up if self._process else ""

    def confinement(self) -> str:
        """Return the level of its confinement and its walls. Raises ProcessCrashed if the level is too low."""
        walls = walls_for(self.name, self.running)
        limits = f"{self.running.memory} MiB, {self.running.seconds} s"
        return f"{walls.level} ({walls.names}; {limits})"

    async def hook(self, moment: str, value: Any, context: Context) -> Any:
        """Call its hook for a moment."""
        known = wire.VALUES.get(moment)
        plain = known.dump_python(value, mode="json") if known else value
        answer = await (await self.process()).hook(moment, plain, context)
        if isinstance(answer, Mapping) and "result" in answer:
            return wire.unpacked(answer["result"])
        return answer.get("text") if isinstance(answer, Mapping) else None

    async def run(self, function: str, values: Mapping[str, Any], context: Context) -> None:
        """Call a scheduled function."""
        await (await self.process()).run(function, values, context)

    async def process(self) -> PluginProcess:
        """Return its process. Raises ProcessCrashed if its files have changed since installation, or it may not run."""
        async with self._opening:
            if self._process is None:
                folder = self.running.home / "plugins" / self.row.folder
                if await asyncio.to_thread(digest, folder) != self.row.digest:
                    raise ProcessCrashed(
                        f"the files of {self.name} are not those that were installed; install it again"
                    )
                common = await asyncio.to_thread(base, self.running.home)
                offers = self.row.offers
                made = await asyncio.to_thread(
                    program, folder, common, offers.get("file", ""), offers.get("module", ""), self.running, self.name
                )
                self._process = PluginProcess(
                    self.manifest, made, lambda why: self.running.gave_up(self.name, why), self.running.times
                )
            return self._process

    async def aclose(self) -> None:
        """End its process."""
        if self._process:
            await self._process.close()


def program(folder: Path, common: Path, file: str, module: str, running: PluginRunning, name: str) -> PluginProgram:
    """Return how to run a version of a plugin.

    Raises ProcessCrashed if it needs better confinement than this system can give.
    """
    tree = folder / "code"
    paths = [path for path in (tree / "src", tree, folder / "lib") if path.is_dir()]
    if links := [path.name for path in paths if path.is_symlink()]:
        # The plugin may read whatever a path leads to.
        raise ProcessCrashed(f"{name} has a link in the place of its folder {links[0]}; install it again")
    if open_to_all := next((place for place in system_files() if within(running.home, place)), ""):
        raise ProcessCrashed(
            f"every plugin may read {open_to_all}, and Parley's own folder ({running.home}) lies in it: set PARLEY_HOME"
            " to a folder elsewhere"
        )
    return PluginProgram(
        # What the plugin API needs comes first, so that no file of a plugin can take its place.
        (common, *paths),
        folder / "code" / file if file else None,
        module,
        running.memory,
        running.seconds,
        walls_for(name, running),
    )


def within(path: Path, place: str) -> bool:
    """Whether a path lies in a folder, after following all links in both."""
    return path.resolve().is_relative_to(Path(place).resolve())


def walls_for(name: str, running: PluginRunning) -> ProcessWalls:
    """Return the walls around a plugin. Raises ProcessCrashed if they are lower than the owner of the machine wants."""
    if name in running.unsandboxed:
        return ProcessWalls()
    walls = running.walls()
    if walls.level == "none":
        raise ProcessCrashed(
            f"this system cannot confine {name}: Landlock is needed, which Linux has since 5.13. The machine's owner"
            f" can allow it with plugins.unsandboxed = ['{name}']"
        )
    if not reaches(walls.level, running.least):
        raise ProcessCrashed(
            f"this system confines {name} at the level {walls.level}, and plugins.confinement asks for {running.least}:"
            " install bubblewrap and allow unprivileged user namespaces, or ask for less"
        )
    return walls


def hosted(row: InstalledPluginRow, running: PluginRunning) -> HostedPlugin:
    """Turn a database row into a plugin. Raises ManifestError or ValueError if the row is no use to us."""
    manifest = clean_manifest(Manifest.model_validate(row.manifest))
    if row.kind == "openapi":
        service = api(manifest, row.offers)
        service.digest, service.origin = row.digest, row.origin
        return service
    plugin = SandboxedPlugin(row, running, manifest)
    plugin.tools = [told(one, plugin) for one in checked_tools(row.offers["tools"])]
    return plugin


def api(manifest: Manifest, kept: Mapping[str, Any]) -> OpenApiPlugin:
    """Rebuild a service from what is kept of its description. Raises ManifestError if nothing in it can be called."""
    return OpenApiPlugin(description_of(manifest, kept))


def told(shape: Mapping[str, Any], plugin: SandboxedPlugin) -> InstalledTool:
    """Build a tool from what the plugin's process says about it; see `parley.serve.shape`."""
    ours = shape["_meta"][wire.META]
    options = tuple(
        OfferOption(name, about, required, tuple(values)) for name, about, required, values in ours["options"]
    )
    return InstalledTool(
        tool=ours["tool"],
        command=ours["command"],
        description=shape["description"],
        schema=shape["inputSchema"],
        options=options,
        shown=ours["shown"],
        confirm=not shape["annotations"]["readOnlyHint"],
        admin=ours["admin"],
        name=shape["name"],
        plugin=plugin,
    )
