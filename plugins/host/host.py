"""The host: calls plugins for people, and authorises, limits and records each call."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import httpx
import structlog
from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.foreign_code import ForeignFault, guarded
from core.messages import AnyEvent, Place, User
from core.outside_text import cleaned_line
from core.ports.chat import Chat
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.store import Store
from core.rights import require_admin
from core.store import identities, plugins
from parley import Context, Failure, PluginError, Result
from plugins.host.call_origin import CallOrigin
from plugins.host.clients import PluginClients
from plugins.host.contexts import Planned, context
from plugins.host.egress.disclosure import without_secrets
from plugins.host.oauth.flow import SignInNeeded
from plugins.host.offers import clean_result
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.policy import OwnerPolicy
from plugins.host.registry import PluginRegistry
from plugins.host.results import LONGEST_ERROR, LONGEST_RESULT
from plugins.host.sandbox.crashes import ProcessCrashed
from plugins.host.switches import PluginSwitches, Switched, key_of, setting, untold

log = structlog.get_logger()

LONGEST_CALL = 30.0
"""Seconds that a call may take."""

Invite = Callable[[CallOrigin, HostedPlugin], Awaitable[UserError]]
"""Asks a person to sign in to a plugin's service. Returns what to tell them where they made the call."""


FailedCall = Callable[[Literal["plugin", "service"], Literal["timeout", "failed"]], None]
"""Is told whose fault a failed call was, the plugin's or that of the service that it uses, and how it failed."""


EndedCall = Callable[[str, str], None]


def unheard(plugin: str, outcome: str) -> None:
    """Let a call pass uncounted."""


def uncounted(boundary: Literal["plugin", "service"], outcome: Literal["timeout", "failed"]) -> None:
    """Count nothing, for a program in which nobody reads figures."""


async def nobody_signs_in(asker: CallOrigin, plugin: HostedPlugin) -> UserError:
    """Return the error that tells a person that nobody can sign in."""
    return UserError("connect-no-address")


class PluginHost:
    """Runs the plugins of a registry and decides who may use them.

    `chats` are the chat platforms by name, once they are connected. `planned` is told of calls for later.
    A call may take `longest_call` seconds. `failed` is told of each call that could not do its work, and `called` of
    each call, with the plugin's name and how it ended. `switched` is told of a place where something was set, here or
    by one of the `others`.
    """

    def __init__(
        self,
        registry: PluginRegistry,
        clients: PluginClients,
        store: Store,
        chats: Mapping[str, Chat],
        planned: Planned = lambda call_id, due: None,
        invite: Invite = nobody_signs_in,
        longest_call: float = LONGEST_CALL,
        failed: FailedCall = uncounted,
        called: EndedCall = unheard,
        switched: Switched = untold,
        others: OtherProcesses = NO_OTHERS,
    ) -> None:
        self.registry = registry
        self.clients = clients
        self.store = store
        self.chats = chats
        self.switches = PluginSwitches(registry.policy, store, switched, others)
        self._planned = planned
        self._invite = invite
        self._longest_call = longest_call
        self._failed = failed
        self._called = called
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def policy(self) -> OwnerPolicy:
        """The rules of the machine's owner."""
        return self.registry.policy

    @property
    def plugins(self) -> Mapping[str, HostedPlugin]:
        """All plugins by name."""
        return self.registry.plugins

    def install(self, plugins: Iterable[HostedPlugin]) -> None:
        """Replace all installed plugins with these."""
        self.registry.install(plugins)
        self.clients.keep(self.registry.first.keys())

    async def enabled(self, place: Place) -> Sequence[HostedPlugin]:
        """The plugins that are on in the place's community."""
        chosen = await self.switches.chosen(place)
        return [plugin for plugin in self.plugins.values() if self.switches.is_on(plugin, chosen)]

    async def usable(self, place: Place) -> Sequence[tuple[HostedPlugin, PluginOffer]]:
        """The tools that are on in a place. One that shares another's name is left out: calls would reach the other."""
        chosen = await self.switches.chosen(place)
        return [pair for pair in self.registry.tools().values() if self.switches.is_on(pair[0], chosen)]

    async def asker(self, place: Place, user: User, key: str, cause: AnyEvent | None = None) -> CallOrigin:
        """Find out for whom and where a plugin is called."""
        person_id = await self.store.read(lambda session: identities.known_person(session, place.platform, user))
        if person_id is None:
            scene = await self.store.write(partial(identities.scene, place=place, user=user))
            person_id = scene.person_id
        return CallOrigin(place, user, key, person_id, cause)

    async def run(
        self, plugin: HostedPlugin, tool: PluginOffer, asker: CallOrigin, given: Mapping[str, object]
    ) -> Result:
        """Call a function for a person. Raises UserError if it is off here or cannot do what was asked.

        Each call is recorded in the audit log with its name and how it ended.
        """
        chosen = await self.authorize(plugin, tool, asker)
        made = self.context(plugin, asker, chosen)
        try:
            result = await self._noted(plugin, tool.tool or tool.command, asker, tool.call(made, given))
        except SignInNeeded:
            raise await self._invite(asker, plugin) from None
        return clean_result(result, LONGEST_RESULT)

    async def authorize(self, plugin: HostedPlugin, tool: PluginOffer, asker: CallOrigin) -> Mapping[str, str]:
        """Return the place's settings. Raises NotAllowed if the person may not call the function there."""
        chosen = await self.switches.chosen(asker.place)
        if not self.switches.is_on(plugin, chosen):
            raise NotAllowed("plugin-off", name=plugin.name)
        if tool.admin:
            require_admin(asker.user, tool.command)
        if self.policy.withholds_from(plugin):
            raise NotAllowed("plugin-wants-owner", name=plugin.name)
        return chosen

    def context(self, plugin: HostedPlugin, asker: CallOrigin, chosen: Mapping[str, str]) -> Context:
        """The context of one call."""
        config = {name: setting(one, chosen.get(key_of(plugin, name))) for name, one in plugin.manifest.config.items()}
        known = self.policy.secrets_of(plugin)
        secrets = {name: value for name, value in known.items() if name in plugin.manifest.secrets}
        http, chat = self.clients.http(plugin), self.chats.get(asker.place.platform)
        return context(
            asker,
            plugin.manifest,
            http,
            self.store,
            chat,
            config,
            secrets,
            self._planned,
            self.policy.room,
            self._turns[plugin.name],
        )

    async def redacted(self, text: str) -> str:
        """A text from a plugin, without any secret of this installation that a service has repeated in it."""
        return await without_secrets(text, self.policy.kept_from_results())

    async def _noted(self, plugin: HostedPlugin, name: str, asker: CallOrigin, calling: Awaitable[Result]) -> Result:
        """Await a call. Raises UserError in place of the plugin's own errors; a fault of the plugin is logged."""
        outcome = "ok"
        try:
            with guarded(*EXPECTED):
                async with asyncio.timeout(self._longest_call):
                    result = await calling
                    return replace(result, text=await self.redacted(result.text))
        except TimeoutError:
            outcome = "timeout"
            self._failed("plugin", "timeout")
            raise UserError("plugin-slow", name=plugin.name) from None
        except (PluginError, httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = "refused"
            if not isinstance(error, PluginError) or isinstance(error, Failure):
                self._failed("service", "failed")
            words = await self.redacted(str(error)) if isinstance(error, PluginError) else f"{type(error).__name__}"
            raise UserError("plugin-says", name=plugin.name, words=cleaned_line(words, LONGEST_ERROR)) from None
        except SignInNeeded:
            outcome = "sign-in"
            raise
        except ProcessCrashed as error:
            outcome = "failed"
            self._failed("plugin", "failed")
            log.warning("plugin_failed", plugin=plugin.name, tool=name, error=error)
            raise UserError("plugin-failed", name=plugin.name) from None
        except ForeignFault:
            outcome = "failed"
            self._failed("plugin", "failed")
            log.exception("plugin_failed", plugin=plugin.name, tool=name)
            raise UserError("plugin-failed", name=plugin.name) from None
        finally:
            self._called(plugin.name, outcome)
            await self.note(asker.place, asker.user, "call", f"{plugin.name}:{name}", outcome)

    async def note(self, place: Place, user: User, action: str, subject: str, outcome: str = "ok") -> None:
        """Record in the audit log that somebody did something."""

        def unit(session: Session) -> None:
            scene = identities.scene(session, place, user)
            plugins.audit(session, scene.community_id, scene.person_id, action, subject, outcome)

        await self.store.write(unit)


EXPECTED = (TimeoutError, PluginError, httpx.HTTPError, httpx.InvalidURL, SignInNeeded, ProcessCrashed)
"""The errors of a call that have a meaning of their own."""
