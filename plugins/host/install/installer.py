"""Installing, updating, rolling back and removing plugins.

An update is a transaction: fetch, stage, start the candidate, check that it does what it says, switch. The switch
changes one row of the database. Until then nothing that runs has changed, and afterwards the version before is still
there. So a crash at any step leaves a version that works, and perhaps unused files, which the next start sweeps.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from uuid import uuid4

import httpx
import structlog
from pydantic import ValidationError
from sqlmodel import Session

from core.errors import StoreError
from core.ports.store import Store
from core.store import plugins
from core.store.plugin_tables import InstalledPluginRow
from parley import Failure, Manifest, ManifestError
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.host import PluginHost
from plugins.host.install.advisory_sources import AdvisoryLists
from plugins.host.install.base_environment import base_folder
from plugins.host.install.fetch import PluginCandidate, Step, fetched
from plugins.host.install.package_index import IndexOptions
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import PluginSource
from plugins.host.install.shadowed_names import shadowed
from plugins.host.install.source_work import compile_libraries
from plugins.host.install.trial import CandidateTrial
from plugins.host.sources.installed import PluginRunning, SandboxedPlugin, hosted

log = structlog.get_logger()

CHECK_INTERVAL = 5.0
"""Seconds between two checks whether another process has changed what is installed."""

SLOWEST = 60.0
"""Seconds that one response may take while an installation is fetched."""

STAGING = "staging"
STALE = 3600.0
"""Seconds after which an installation cannot still be under way."""


def quiet(step: str) -> None:
    """Report a step to nobody."""


async def nothing_to_give_back(plugin: str) -> None:
    """Do nothing, because nobody has signed in anywhere."""


@dataclass(slots=True)
class PluginInstaller:
    """Installs plugins below `running.home` and tells the host.

    `removing` is told of a plugin that is about to be removed; `step` of each step of an installation; `changed` is
    called when what is installed has changed.
    """

    store: Store
    host: PluginHost
    running: PluginRunning
    trial: CandidateTrial
    options: IndexOptions = IndexOptions()
    removing: Callable[[str], Awaitable[None]] = nothing_to_give_back
    step: Step = quiet
    advisories: AdvisoryLists = AdvisoryLists()
    changed: Callable[[], None] = lambda: None
    _known: str = "-"
    _loaded: dict[str, SandboxedPlugin] = field(default_factory=dict)
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def folder(self) -> Path:
        """The folder that holds everything that is installed."""
        return self.running.home / "plugins"

    def http(self) -> httpx.AsyncClient:
        """A guarded HTTP client for what the machine's owner has named: the catalogue and the advisories."""
        return client(FetchLimits(("*",), self.host.policy.exempt))

    async def load(self) -> bool:
        """Load what is installed according to the database. Returns whether anything has changed."""
        known = await self.store.read(plugins.changed)
        if known == self._known:
            return False
        rows = await self.store.read(plugins.installed)
        before, self._loaded = self._loaded, {}
        found = []
        for row in rows:
            same = before.get(row.name)
            try:
                keeps = same is not None and same.row.digest == row.digest
                # Turning a large description into tools takes a while.
                plugin = same if same and keeps else await asyncio.to_thread(hosted, row, self.running)
            except (ManifestError, ValueError, LookupError, TypeError, AttributeError) as error:
                # Whatever a row holds, the others are loaded, and Parley starts.
                log.error("plugin_unusable", plugin=row.name, error=error, fix="update it, or remove it")
                continue
            if isinstance(plugin, SandboxedPlugin):
                self._loaded[row.name] = plugin
            found.append(plugin)
        self.host.install(found)
        self._known = known
        for name, plugin in before.items():
            if self._loaded.get(name) is not plugin:
                await plugin.aclose()
        self.changed()
        return True

    async def watch(self) -> None:
        """Load what other processes install, until the task is cancelled."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL)
            try:
                await self.load()
            except StoreError as error:
                # It is asked again in a moment.
                log.warning("plugins_not_looked_up", error=error)

    async def aclose(self) -> None:
        """End all processes."""
        for plugin in self._loaded.values():
            await plugin.aclose()

    async def sweep(self, age: float = STALE) -> None:
        """Delete what interrupted installations left more than `age` seconds ago: newer files may be in use."""
        await asyncio.to_thread(self._sweep, await self._used(), time() - age)

    async def _used(self) -> frozenset[str]:
        """The folders of all versions that run or that can be rolled back to."""
        rows = await self.store.read(plugins.installed)
        return frozenset(row.folder for row in rows) | {row.previous["folder"] for row in rows if row.previous}

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[None]:
        """Make one change at a time. Afterwards the host is told, and files that nobody needs any more are deleted."""
        async with self._working:
            before = await self._used()
            yield
            await self.load()
            for name in before - await self._used():
                await asyncio.to_thread(shutil.rmtree, self.folder / name, ignore_errors=True)

    @asynccontextmanager
    async def fetched(self, source: PluginSource, digest: str = "") -> AsyncIterator[PluginCandidate]:
        """Fetch a plugin's candidate for the duration of the block; none of its code has run. Raises PluginProblem.

        With a `digest`, only files with exactly that digest are accepted.
        """
        staged = self.folder / STAGING / uuid4().hex
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # A source that an admin names in a chat cannot reach machines in the owner's network.
            exempt = self.host.policy.exempt if source.trusted else frozenset[str]()
            candidate = await fetched(source, staged, FetchLimits(("*",), exempt), self.options, self.step)
            try:
                async with self.http() as http:
                    await self.advisories.check(candidate.pinned, http)
            except Failure as error:
                raise PluginProblem(str(error)) from None
            self._admit(candidate, digest)
            if names := await asyncio.to_thread(shadowed, candidate.folder):
                raise PluginProblem(
                    f"{candidate.name} has files with the names of Python's or Parley's own libraries; rename them:"
                    f" {', '.join(names[:5])}"
                )
            yield candidate
        finally:
            await asyncio.to_thread(shutil.rmtree, staged, ignore_errors=True)

    def _admit(self, candidate: PluginCandidate, digest: str) -> None:
        if digest and candidate.digest != digest:
            raise PluginProblem("its files are not those that the catalogue names; nothing was installed")
        if candidate.name in self.host.policy.forbidden:
            raise PluginProblem(f"{candidate.name} is among plugins.never: the machine's owner does not want it")
        if candidate.name in self.host.registry.first:
            raise PluginProblem(
                f"{candidate.name} is the name of a plugin that is there already, by Parley or its settings"
            )

    async def installed(self, name: str) -> InstalledPluginRow | None:
        """The plugin that is installed under a name, if any."""
        rows = await self.store.read(plugins.installed)
        return next((row for row in rows if row.name == name), None)

    async def row(self, name: str) -> InstalledPluginRow:
        """The plugin that is installed under a name. Raises PluginProblem if there is none."""
        if row := await self.installed(name):
            return row
        if name in self.host.registry.first:
            raise PluginProblem(
                f"{name} comes with Parley or is in the settings: it can be switched off (disable), not changed"
                " or removed"
            )
        rows = await self.store.read(plugins.installed)
        names = ", ".join(row.name for row in rows) or "nothing"
        raise PluginProblem(f"no plugin {name!r} is installed; installed are: {names}")

    async def asks_for(self, candidate: PluginCandidate) -> Sequence[str]:
        """The permissions of a candidate that the installed version, if any, does not have."""
        rows = await self.store.read(plugins.installed)
        had = [permissions_of(row) for row in rows if row.name == candidate.name]
        return sorted(candidate.manifest.permissions.difference(*had))

    async def install(
        self, candidate: PluginCandidate, community_id: str | None = None, *, update: bool | None = None
    ) -> InstalledPluginRow:
        """Try a candidate and run it from now on, in place of the version before. Raises PluginProblem.

        If `update` is True, there must be a version to replace; if False, there must be none. Either way, a version
        that belongs to another community is not replaced by one that is installed for a community.
        """
        async with self._changing():
            await compile_libraries(candidate, self.running)
            self.step("trying it")
            offers = await self.trial.tried(candidate)
            name = f"{candidate.name}-{candidate.digest[:12]}"
            await asyncio.to_thread(self._place, candidate.folder, name)
            self.step("switching")
            row = InstalledPluginRow(
                name=candidate.name,
                version=candidate.manifest.version,
                source=candidate.source,
                kind=candidate.kind,
                digest=candidate.digest,
                folder=name,
                pinned=candidate.pinned,
                manifest=candidate.manifest.model_dump(mode="json"),
                offers=offers,
                community_id=community_id,
                origin=candidate.origin,
            )
            copy = InstalledPluginRow(**row.model_dump())
            if not await self.store.write(lambda session: self._switch(session, row, update=update)):
                raise PluginProblem(f"others have installed something with the name {candidate.name} meanwhile")
            self.step("switched")
        return copy

    async def back(self, name: str) -> str:
        """Roll back to the version before. Returns its version number. Raises PluginProblem if there is none."""
        async with self._changing():
            await self.row(name)
            version = await self.store.write(lambda session: plugins.back(session, name))
            if version is None:
                raise PluginProblem(f"there is no earlier version of {name} to go back to")
        return version

    async def remove(self, name: str) -> None:
        """Remove a plugin with everything that it stored. Raises PluginProblem if there is no such plugin."""
        async with self._changing():
            await self.row(name)
            await self.removing(name)
            await self.store.write(lambda session: plugins.remove(session, name))

    def _switch(self, session: Session, row: InstalledPluginRow, *, update: bool | None) -> bool:
        earlier = session.get(InstalledPluginRow, row.name)
        if update is not None and (earlier is not None) != update:
            return False
        if earlier and row.community_id is not None and earlier.community_id != row.community_id:
            return False
        # If the same files are installed again, they are no version to roll back to.
        plugins.switch(session, row, keep=earlier is not None and earlier.digest != row.digest)
        return True

    def _place(self, staged: Path, name: str) -> None:
        target = self.folder / name
        if not target.exists():
            staged.rename(target)

    def _sweep(self, used: Collection[str], before: float) -> None:
        kept = {*used, base_folder(self.running.home).name, STAGING}
        staging = self.folder / STAGING
        left = [path for folder in (self.folder, staging) if folder.is_dir() for path in folder.iterdir()]
        for path in left:
            if path.name not in kept and path.lstat().st_mtime < before:
                shutil.rmtree(path, ignore_errors=True)


def permissions_of(row: InstalledPluginRow) -> frozenset[str]:
    """The permissions that an installed version has: none if its manifest is one that we do not accept any more."""
    try:
        return Manifest.model_validate(row.manifest).permissions
    except ValidationError:
        # It does not run, and its update asks for everything anew.
        return frozenset()
