"""A test bench for plugins: functions run with a scripted model and no bot, within the limits of their manifest."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatch
from importlib import import_module
from inspect import getfile
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from parley.api import Context, Due, Failure, Passage, PluginError, Result, Said
from parley.declared import Declared, Tool, declared, imported
from parley.manifest import Manifest, manifest_of, manifest_of_project
from parley.powers import restricted

WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Memory:
    """A storage that a test can look into."""

    kept: dict[str, Any] = field(default_factory=dict)

    async def get(self, key: str, default: Any = None) -> Any:
        return self.kept.get(key, default)

    async def set(self, key: str, value: Any) -> None:
        self.kept[key] = json.loads(json.dumps(value))

    async def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    async def keys(self, prefix: str = "") -> list[str]:
        return sorted(key for key in self.kept if key.startswith(prefix))


@dataclass(slots=True)
class Shelf:
    """Texts that a test can look into; the best passages share the most words with the search."""

    kept: dict[str, Passage] = field(default_factory=dict)

    async def put(self, key: str, title: str, text: str, url: str = "") -> None:
        self.kept[key] = Passage(key, title, url, text)

    async def remove(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None

    async def titles(self) -> dict[str, str]:
        return {key: one.title for key, one in self.kept.items()}

    async def search(self, words: str, limit: int = 3) -> list[Passage]:
        wanted = set(WORD.findall(words.casefold()))
        shared = {key: len(wanted & set(WORD.findall(one.text.casefold()))) for key, one in self.kept.items()}
        best = sorted(filter(shared.get, shared), key=lambda key: -shared[key])
        return [self.kept[key] for key in best[:limit]]


@dataclass(slots=True)
class Calendar:
    """Planned calls; `Bench.run` makes one of them."""

    calls: list[Due] = field(default_factory=list)
    user_id: str = ""
    made: int = 0

    async def at(self, when: datetime, function: str, **values: Any) -> str:
        if when.tzinfo is None:
            raise PluginError("a time needs its zone: datetime.now(UTC), or a zoneinfo.ZoneInfo")
        self.made += 1
        self.calls.append(Due(str(self.made), function, when, json.loads(json.dumps(values)), self.user_id))
        return str(self.made)

    async def cancel(self, id: str) -> bool:
        before = len(self.calls)
        self.calls = [one for one in self.calls if one.id != id]
        return len(self.calls) < before

    async def due(self) -> list[Due]:
        return sorted(self.calls, key=lambda one: one.when)


@dataclass(slots=True)
class Voice:
    """A chat that records what the plugin says, and holds what was said before.

    `notified` are those posts of which the platform tells the person.
    """

    posted: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    async def post(self, text: str, *, notify: bool = False) -> None:
        self.posted.append(text)
        if notify:
            self.notified.append(text)

    async def log(self, text: str) -> None:
        self.logged.append(text)

    async def history(self, limit: int = 1) -> Sequence[Said]:
        return self.said[-limit:]


@dataclass(frozen=True, slots=True)
class Asks:
    """A step of a scripted model: it calls a tool."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """A plugin on the bench: call its functions, and look at what they did.

    `answers` stands in for the services that the plugin fetches from; without it, a fetch fails. `config` and `secrets`
    hold what an admin and the operator would set.
    """

    module: ModuleType
    manifest: Manifest
    answers: Callable[[httpx.Request], httpx.Response] | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    user_name: str = "Ana"
    user_id: str = "ana"
    memory: Memory = field(default_factory=Memory)
    shelf: Shelf = field(default_factory=Shelf)
    calendar: Calendar = field(default_factory=Calendar)
    voice: Voice = field(default_factory=Voice)
    keys: int = 0

    @classmethod
    def of(cls, plugin: str | Path | ModuleType, **given: Any) -> "Bench":
        """Make a bench for a plugin's file, its package's folder, or its imported module. Raises ManifestError."""
        path = Path(getfile(plugin) if isinstance(plugin, ModuleType) else plugin).absolute()
        if path.is_dir() or path.name == "__init__.py":
            home = next(one for one in (path, *path.parents) if (one / "pyproject.toml").is_file())
            manifest = manifest_of_project((home / "pyproject.toml").read_text(encoding="utf-8"))
            sys.path[:0] = [str(home), str(home / "src")]
            return cls(import_module(manifest.module), manifest, **given)
        manifest = manifest_of(path.read_text(encoding="utf-8"), path.name)
        return cls(plugin if isinstance(plugin, ModuleType) else imported(path), manifest, **given)

    @property
    def declared(self) -> Declared:
        """What the plugin offers."""
        return declared(self.module)

    async def call(self, name: str, **given: Any) -> Result:
        """Call a tool or a command by its name. Raises PluginError as a person would see it."""
        for tool in self.declared.tools:
            if name in (tool.tool, tool.command):
                return await self._call(tool, given)
        raise LookupError(f"there is no tool and no command {name!r}")

    async def hook(self, moment: str, value: Any) -> Any:
        """Run a hook, as at its moment."""
        async with self._http() as http:
            return await self.declared.hooks[moment](self._context(http), value)

    async def run(self, due: Due | str) -> None:
        """Run a scheduled function: a planned call, or one of the manifest's schedules by its name."""
        function, values = (due, {}) if isinstance(due, str) else (due.function, due.values)
        if isinstance(due, Due):
            await self.calendar.cancel(due.id)
        async with self._http() as http:
            await self.declared.scheduled[function](self._context(http), **values)

    async def asks(self, *script: Asks | str) -> str:
        """Let a scripted model answer.

        Returns its words, with `{0}`, `{1}` replaced by the results of its calls so far.
        """
        results: list[str] = []
        said: list[str] = []
        for step in script:
            if isinstance(step, str):
                said.append(step.format(*results))
                continue
            tool = next((one for one in self.declared.tools if one.tool == step.tool), None)
            if tool is None:
                raise LookupError(f"the model is offered no tool {step.tool!r}")
            results.append((await self._call(tool, step.arguments)).text)
        return "\n".join(said)

    async def _call(self, tool: Tool, given: Mapping[str, Any]) -> Result:
        async with self._http() as http:
            return await tool.call(self._context(http), given)

    def _http(self) -> httpx.AsyncClient:
        def checked(request: httpx.Request) -> httpx.Response:
            reached = (request.url.host, f"{request.url.host}:{request.url.port}")
            if not any(fnmatch(one, pattern) for pattern in self.manifest.hosts for one in reached):
                raise Failure(f"{request.url.host} is not among the hosts that this plugin may fetch from")
            if self.answers is None:
                raise Failure(f"{request.url.host} cannot be reached: give the bench its answers")
            return self.answers(request)

        return httpx.AsyncClient(transport=httpx.MockTransport(checked))

    def _context(self, http: httpx.AsyncClient) -> Context:
        self.keys += 1
        self.calendar.user_id = self.user_id
        known = {name: one.default for name, one in self.manifest.config.items()}
        context = Context(
            http,
            self.memory,
            self.shelf,
            self.calendar,
            self.voice,
            {**known, **self.config},
            self.secrets,
            self.language,
            self.user_name,
            self.user_id,
            str(self.keys),
        )
        return restricted(context, self.manifest)

    def at(self, **given: Any) -> "Bench":
        """Return the same bench with some values changed, as for another person: bench.at(user_id="ben")."""
        return replace(self, **given)
