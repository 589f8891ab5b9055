"""A candidate on trial: it is started beside what runs, and what it offers is compared with its manifest."""

import asyncio
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from parley import Manifest, ManifestError, wire
from plugins.host.install.base_environment import base
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.registry import PluginRegistry, offers
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.sandbox.process import PluginProcess, spoken
from plugins.host.sources.installed import PluginRunning, api, program
from plugins.host.timer import trigger

COMMAND, TOOL = re.compile(r"^[a-z][a-z0-9_]{0,31}$"), re.compile(r"^[A-Za-z0-9_-]{1,64}$")


@dataclass(frozen=True, slots=True)
class CandidateTrial:
    """Tries candidates. `taken` are the names of Parley's own commands."""

    registry: PluginRegistry
    running: PluginRunning
    taken: Collection[str] = ()

    async def tried(self, candidate: PluginCandidate) -> dict[str, Any]:
        """Start a candidate beside what runs. Returns what it offers; raises PluginProblem if that is not right."""
        if candidate.kind == "openapi":
            try:
                described = await asyncio.to_thread(api, candidate.manifest, candidate.document)
            except ManifestError as error:
                raise PluginProblem(str(error)) from None
            if faults := self._names_taken(candidate.name, {tool.tool for tool in described.tools}):
                raise PluginProblem(f"{candidate.name} cannot be installed: {'; '.join(faults)}")
            return candidate.document
        common = await asyncio.to_thread(base, self.running.home)
        try:
            made_program = await asyncio.to_thread(
                program, candidate.folder, common, candidate.file, candidate.module, self.running, candidate.name
            )
            process = PluginProcess(candidate.manifest, made_program, times=self.running.times)
            try:
                tools, offers = await spoken(process)
            finally:
                await process.close()
        except ProcessCrashed as error:
            raise PluginProblem(f"{candidate.name} does not start: {error}") from None
        told = {"tools": list(tools), **offers, "file": candidate.file, "module": candidate.module}
        faults = faults_of(candidate.manifest, told, {*self.taken, *self._commands_beside(candidate.name)})
        faults += self._names_taken(candidate.name, {one["_meta"][wire.META]["tool"] for one in tools})
        if faults:
            raise PluginProblem(f"{candidate.name} does not match its manifest: {'; '.join(faults)}")
        return told

    def _commands_beside(self, name: str) -> set[str]:
        """The commands of all plugins except this one."""
        return {
            tool.command for plugin in self.registry.plugins.values() if plugin.name != name for tool in offers(plugin)
        }

    def _names_taken(self, name: str, tools: Collection[str]) -> list[str]:
        """A fault for each tool that has the name of another plugin's tool: a call would reach only one of them."""
        others = {tool.tool for one in self.registry.plugins.values() if one.name != name for tool in offers(one)}
        return [f"there is a tool {tool} already" for tool in sorted({*tools} & others - {""})]


def faults_of(manifest: Manifest, told: Mapping[str, Any], taken: Collection[str]) -> list[str]:
    """The ways in which a plugin is not what its manifest says, each as a sentence."""
    names = [shape["_meta"]["parley"] for shape in told["tools"]]
    tools, commands = {one["tool"] for one in names} - {""}, {one["command"] for one in names} - {""}
    faults = [f"there is a command /{name} already" for name in sorted(commands & set(taken))]
    wrong = [f"/{name}" for name in sorted(commands) if not COMMAND.match(name)]
    wrong += [name for name in sorted(tools) if not TOOL.match(name)]
    faults += [f"{name} is not a name: small letters, digits and _ for a command" for name in wrong]
    for what, said, found in (("tools", manifest.tools, tools), ("commands", manifest.commands, commands)):
        if said is not None and set(said) != found:
            faults.append(f"{what} are {', '.join(sorted(found)) or 'none'}, and it says {', '.join(said) or 'none'}")
    if set(manifest.hooks) != set(told["hooks"]):
        hooks = ", ".join(f'"{name}"' for name in sorted(told["hooks"]))
        faults.append(f"its hooks are not those of its manifest, which needs hooks = [{hooks}]")
    for name, when in manifest.schedules.items():
        if name not in told["scheduled"]:
            faults.append(f"schedules has {name}, and there is no such function with @scheduled")
        try:
            trigger(when)
        except ValueError as error:
            faults.append(f"schedules.{name}: {error}")
    if strangers := set(manifest.examples) - tools:
        faults.append(f"examples has {', '.join(sorted(strangers))}, which is not a tool")
    return faults
