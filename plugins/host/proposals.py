"""Proposals to install or update a plugin: fetched, shown with what it asks for, and settled by an admin in a chat."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import uuid4

from core.actions import Verb, button_action
from core.delivery.call import CommandCall
from core.errors import NotAllowed, UserError
from core.messages import Button
from core.rights import RightsTarget, may, require_admin
from core.store import identities, plugins
from core.store.plugin_tables import InstalledPluginRow
from parley import ManifestError
from plugins.host.host import PluginHost
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.installer import PluginInstaller
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import PluginSource, from_chat
from plugins.host.plugin_texts import allowance, offered_by, where
from plugins.host.sources.openapi.choice import split_choice
from plugins.host.sources.openapi.coverage import coverage_of
from plugins.host.sources.openapi_coverage_texts import coverage_text, is_shortened, whole_coverage_text
from plugins.host.switches import ON

WAITS = 3600.0
"""Seconds for which a candidate waits for a yes."""


@dataclass(frozen=True, slots=True)
class WaitingCandidate:
    """A candidate that an admin was asked about; `thing` says which admin and where."""

    candidate: PluginCandidate
    thing: RightsTarget
    files: AsyncExitStack
    update: bool


@dataclass(frozen=True, slots=True)
class PluginProposals:
    """Proposes candidates; `allowed` says what may be installed: "catalogue", "anything" or "nothing"."""

    host: PluginHost
    installer: PluginInstaller
    catalogue: PluginCatalogue
    allowed: str = "catalogue"
    _waiting: dict[str, WaitingCandidate] = field(default_factory=dict)

    async def install(self, call: CommandCall, wanted: str) -> None:
        """Propose what an admin names, from the catalogue or from elsewhere. Raises UserError, PluginProblem."""
        self._check_allowed()
        try:
            name, choice = split_choice(wanted)
        except ManifestError as error:
            raise PluginProblem(str(error)) from None
        async with self.installer.http() as http:
            entry = await self.catalogue.find(name, http)
        source = entry.source.choosing(choice) if entry else self._outside(wanted)
        rows = await call.store.read(plugins.installed)
        if any(row.name == name for row in rows):
            raise UserError("plugin-there-already", name=name)
        await self._propose(call, source, digest=entry.digest if entry else "", update=False)

    async def update(self, call: CommandCall, row: InstalledPluginRow) -> None:
        """Fetch an installed plugin again, by the rules for installing: what was allowed then may not be now."""
        self._check_allowed()
        async with self.installer.http() as http:
            entry = await self.catalogue.origin(row.name, row.source, http)
        source = entry.source if entry else self._outside(row.source)
        await self._propose(call, source, digest=entry.digest if entry else "", before=row, update=True)

    async def agreed(self, call: CommandCall) -> None:
        """Install a candidate, because an admin has agreed to what it asks for."""
        waiting = await self._taken(call)
        async with waiting.files:
            await call.tell(call.text("plugin-installing", name=waiting.candidate.name), in_place=True)
            await self._switch(call, waiting.candidate, update=waiting.update)

    async def declined(self, call: CommandCall) -> None:
        """Discard a candidate that an admin does not want."""
        waiting = await self._taken(call)
        await waiting.files.aclose()
        await call.tell(call.text("plugin-declined"), in_place=True)

    async def listed(self, call: CommandCall) -> None:
        """Show an admin everything that is left out of a candidate, before they decide."""
        if coverage := coverage_of((await self._asked(call)).candidate.document):
            await call.tell(whole_coverage_text(call.text, coverage))

    def _check_allowed(self) -> None:
        if self.allowed == "nothing":
            raise NotAllowed("plugin-install-off")

    def _outside(self, wanted: str) -> PluginSource:
        """The source that an admin names and the catalogue does not have. Raises UserError, PluginProblem."""
        if self.allowed != "anything":
            raise UserError("plugin-not-in-catalogue", name=wanted.rpartition("/")[2][:80])
        return from_chat(wanted)

    async def _propose(
        self,
        call: CommandCall,
        source: PluginSource,
        *,
        digest: str = "",
        before: InstalledPluginRow | None = None,
        update: bool,
    ) -> None:
        """Fetch a candidate and show what it asks for; an update that asks for nothing more is installed at once."""
        async with AsyncExitStack() as stack:
            candidate = await stack.enter_async_context(self.installer.fetched(source, digest))
            if before and candidate.digest == before.digest:
                await call.tell(call.text("plugin-up-to-date", name=before.name, version=before.version))
                return
            if before and candidate.name != before.name:
                raise PluginProblem(f"{before.source} is another plugin now: {candidate.name}")
            await self._check_name(call, candidate, update=update)
            more = await self.installer.asks_for(candidate)
            if update and not more:
                await self._switch(call, candidate, update=True)
                return
            scene = await call.scene()
            owner = scene.person_id if call.event.place.private else None
            thing = RightsTarget(scene.community_id, scene.conversation_id, owner, scene.person_id)
            # From here on the files belong to the question, which waits for its answer.
            files = stack.pop_all()
        await self._ask(call, WaitingCandidate(candidate, thing, files, update), more)

    async def _check_name(self, call: CommandCall, candidate: PluginCandidate, *, update: bool) -> None:
        """Check the name that a candidate claims. Raises UserError if another's plugin has it, or had it first."""
        if update:
            await ours(self.installer, call, candidate.name)
        elif any(row.name == candidate.name for row in await call.store.read(plugins.installed)):
            raise UserError("plugin-there-already", name=candidate.name)

    async def _ask(self, call: CommandCall, waiting: WaitingCandidate, more: Sequence[str]) -> None:
        number = uuid4().hex
        self._waiting[number] = waiting
        asyncio.get_running_loop().call_later(WAITS, self._expire, number)
        manifest = waiting.candidate.manifest
        asks = [call.text("plugin-asks-more" if waiting.update else "plugin-asks"), ""]
        asks += [f"- {allowance(call.text, one)}" for one in more]
        coverage = coverage_of(waiting.candidate.document)
        lines = [
            f"**{manifest.name}** {manifest.version}: {manifest.description}",
            *([coverage_text(call.text, coverage)] if coverage else []),
            "\n".join(asks) if more else call.text("plugin-asks-nothing"),
            call.text("plugin-from", source=where(waiting.candidate), digest=waiting.candidate.digest[:12]),
        ]
        buttons = [
            Button(button_action(Verb.PLUGIN_YES, number), call.text("plugin-install"), "✅"),
            Button(button_action(Verb.PLUGIN_NO, number), call.text("plugin-confirm-no"), "✖"),
        ]
        if coverage and is_shortened(coverage):
            buttons.append(Button(button_action(Verb.PLUGIN_LEFT, number), call.text("plugin-left-all"), "📋"))
        await call.tell("\n\n".join(lines), buttons=buttons)

    async def _switch(self, call: CommandCall, candidate: PluginCandidate, *, update: bool) -> None:
        place = call.event.place
        community_id = await call.store.write(lambda session: identities.community(session, place))
        # Others may have installed something of this name since it was proposed.
        await self._check_name(call, candidate, update=update)
        try:
            row = await self.installer.install(candidate, community_id, update=update)
        except PluginProblem as error:
            await self._note(call, "plugin-install", candidate.name, "failed")
            raise UserError("plugin-says", name=candidate.name, words=plain(error, self.installer)) from None
        if not update:
            await self.host.switches.choose(place, f"plugin:{row.name}", ON)
        await self._note(call, "plugin-update" if update else "plugin-install", f"{row.name} {row.version}")
        names = offered_by(self.host.plugins.get(row.name))
        key = "plugin-updated" if update else "plugin-installed"
        await call.tell(call.text(key, name=row.name, version=row.version, offers=names), about="installed")

    async def _asked(self, call: CommandCall) -> WaitingCandidate:
        """The candidate that a button belongs to. Raises UserError if it is gone, or if this person may not answer."""
        require_admin(call.event.user, "plugin")
        scene = await call.scene()
        waiting = self._waiting.get(call.target)
        if waiting is None or not may(scene, waiting.thing):
            raise UserError("button-outdated")
        return waiting

    async def _taken(self, call: CommandCall) -> WaitingCandidate:
        waiting = await self._asked(call)
        del self._waiting[call.target]
        return waiting

    def _expire(self, number: str) -> None:
        if waiting := self._waiting.pop(number, None):
            task = asyncio.get_running_loop().create_task(waiting.files.aclose())
            task.add_done_callback(lambda _: None)

    async def _note(self, call: CommandCall, action: str, subject: str, outcome: str = "ok") -> None:
        await self.host.note(call.event.place, call.event.user, action, subject, outcome)


async def ours(installer: PluginInstaller, call: CommandCall, name: str) -> InstalledPluginRow:
    """The plugin installed under a name. Raises NotAllowed if another community, or the owner, installed it."""
    require_admin(call.event.user, "plugin")
    row = await installer.row(name)
    here = await call.store.read(lambda session: identities.known_community(session, call.event.place))
    # What the owner of the machine installed belongs to no community, and a new community is not known yet.
    if row.community_id is None or row.community_id != here:
        raise NotAllowed("plugin-not-yours", name=name)
    return row


def plain(error: PluginProblem, installer: PluginInstaller) -> str:
    """The message of an error, without paths of this machine."""
    return str(error).replace(str(installer.running.home), "…")[:1500]
