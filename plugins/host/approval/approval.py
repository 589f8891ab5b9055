"""A person's yes: asked before a tool changes something, or sends words where they have not been allowed to go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from unicodedata import category

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import CommandGroup
from core.delivery.call import CommandCall
from core.delivery.outbox import announce
from core.errors import NotAllowed, UserError
from core.messages import Button, Reply
from core.store import identities, plugins
from core.store.plugin_tables import PluginCallRow
from core.store.tables import now
from core.texts import LocalizedTexts
from plugins.host.approval.confirmation import (
    LONGEST,
    LONGEST_LINE,
    SEAL,
    CallSheet,
    canonical,
    everything,
    fingerprint,
    sheet,
)
from plugins.host.approval.visible_text import single
from plugins.host.call_origin import CallOrigin
from plugins.host.egress.destinations import ANYWHERE, UNREADABLE, destinations
from plugins.host.host import PluginHost
from plugins.host.plugin import HostedPlugin, PluginOffer
from plugins.host.recorded_calls import call_row, origin_of
from plugins.host.results import cited, shown

WAITS = timedelta(hours=1)
"""How long a person can answer a question."""

LONGEST_QUESTION, SPARE, LONGEST_NAME = 3000, 20, 60
"""The most characters of a question with its call, the characters that a platform may add, and those of a name."""


@dataclass(frozen=True, slots=True)
class CallApproval:
    """Asks people and handles the buttons that they press. Calls that wait for a yes are stored in the database."""

    host: PluginHost
    texts: LocalizedTexts

    def feature(self) -> CommandGroup:
        """The buttons under questions."""
        return CommandGroup(
            presses={
                Verb.TOOL_YES: self.yes,
                Verb.TOOL_ALWAYS: self.always,
                Verb.TOOL_ALL: self.everything,
                Verb.TOOL_NO: self.no,
            },
        )

    async def confirm(
        self,
        asker: CallOrigin,
        plugin: HostedPlugin,
        tool: PluginOffer,
        given: Mapping[str, Any],
        hosts: Sequence[str] = (),
    ) -> None:
        """Ask the person for whom a call is to run; `hosts` are given if it would carry their words there.

        Raises UserError if they cannot be asked.
        """
        chat = self.host.chats.get(asker.place.platform)
        if chat is None:
            raise UserError("plugin-cannot-ask", name=plugin.name)

        def unit(session: Session) -> PluginCallRow:
            plugins.forget_asked(session, now() - WAITS)
            community_id = identities.community(session, asker.place)
            call = call_row(community_id, asker, plugin.name, tool.tool, given)
            call.digest = fingerprint(plugin, tool, call)
            plugins.call_later(session, call)
            return PluginCallRow(**call.model_dump())

        self._check(given)
        call = await self.host.store.write(unit)
        words = partial(self.texts, asker.user.language)
        text = words("plugin-confirm-sending" if hosts else "plugin-confirm", name=bare(asker.user.name))
        hint = words("plugin-confirm-long")
        room = min(chat.capabilities.text_limit or LONGEST_QUESTION, LONGEST_QUESTION) - len(text) - len(hint) - SPARE
        shown = sheet(self._heading(words, plugin, tool, given, hosts), given, room, partial(missing, words))
        text = text if shown.named else f"{text} {hint}"
        buttons = self._buttons(words, call, hosts, shown)
        reply = Reply(text, literal=shown.text, buttons=buttons)
        await announce(self.host.store, chat, asker.place, reply, f"{asker.key}#confirm")

    async def yes(self, call: CommandCall) -> None:
        """Run what the person was shown, once, because they said yes."""
        await self._do(call, *await self._taken(call))

    async def always(self, call: CommandCall) -> None:
        """Run the call, and do not ask the person again before this plugin sends their words to those hosts."""
        asked, plugin, tool = await self._taken(call)
        hosts = [host for host in destinations(plugin, tool, asked.values) if host != UNREADABLE]
        await self.host.store.write(lambda s: plugins.allow_hosts(s, asked.person_id, plugin.name, hosts))
        await self.host.note(call.event.place, call.event.user, "allowed", plugin.name)
        await self._do(call, asked, plugin, tool)

    async def everything(self, call: CommandCall) -> None:
        """Show the person the whole call before they decide."""
        asked, plugin, tool = await self._taken(call, keep=True)
        changes = await self.host.switches.asks(plugin, tool, origin_of(asked).place)
        hosts = () if changes else destinations(plugin, tool, asked.values)
        heading = self._heading(call.text, plugin, tool, asked.values, hosts)
        literal = everything(heading, asked.values)
        buttons = self._buttons(call.text, asked, hosts, CallSheet(literal, whole=True, named=True))
        await call.tell(call.text("plugin-confirm-everything"), literal=literal, buttons=buttons, about="all")

    async def _do(self, call: CommandCall, asked: PluginCallRow, plugin: HostedPlugin, tool: PluginOffer) -> None:
        event = call.event
        origin = origin_of(asked)
        # The place is where the question was asked, whichever message carried the button; the rights are those there.
        user = replace(origin.user, admin=origin.user.admin and event.user.admin)
        asker = await self.host.asker(origin.place, user, event.key, event)
        result = await self.host.run(plugin, tool, asker, asked.values)
        literal = f"✅ {single(shown(tool, asked.values))[:LONGEST_LINE]}"
        await call.tell(cited(result), literal=literal, in_place=True)

    async def no(self, call: CommandCall) -> None:
        """Drop a call, because the person said no."""
        asked = await self._asked(call)
        await self.host.note(call.event.place, call.event.user, "declined", f"{asked.plugin}:{asked.function}")
        await call.tell(call.text("plugin-declined"), in_place=True)

    def _heading(
        self,
        text: Callable[..., str],
        plugin: HostedPlugin,
        tool: PluginOffer,
        given: Mapping[str, Any],
        hosts: Sequence[str],
    ) -> Sequence[str]:
        """The lines above the arguments: what the tool says it does, whose it is, and where the words go."""
        lines = [single(shown(tool, given)), single(f"{plugin.name} · {tool.tool}")]
        if hosts:
            known = [one if one not in (ANYWHERE, UNREADABLE) else text("plugin-confirm-anywhere") for one in hosts]
            lines.append(text("plugin-confirm-to", hosts=single(", ".join(dict.fromkeys(known)))))
        return lines

    def _buttons(
        self, text: Callable[..., str], call: PluginCallRow, hosts: Sequence[str], shown: CallSheet
    ) -> tuple[Button, ...]:
        """The answers that a person may give. A yes is offered if every argument is named and all of it can be seen."""
        found = [(Verb.TOOL_YES, "yes", "✅")] if shown.named else []
        found += [(Verb.TOOL_ALWAYS, "always", "🔓")] if shown.named and hosts and UNREADABLE not in hosts else []
        found += [] if shown.whole else [(Verb.TOOL_ALL, "all", "🔎")]
        found += [(Verb.TOOL_NO, "no", "✖")]
        seal = (call.digest or "")[:SEAL]
        return tuple(
            Button(button_action(verb, call.id, seal), text(f"plugin-confirm-{name}"), sign)
            for verb, name, sign in found
        )

    def _check(self, given: Mapping[str, Any]) -> None:
        """Refuse a call that is too long for anybody to read. Raises UserError."""
        try:
            long = len(canonical(given)) > LONGEST
        except (ValueError, TypeError, RecursionError):
            long = True
        if long:
            raise UserError("plugin-confirm-too-long")

    async def _taken(self, call: CommandCall, *, keep: bool = False) -> tuple[PluginCallRow, HostedPlugin, PluginOffer]:
        """The call that was asked about, with its plugin and tool. Raises UserError if anything has changed since."""
        asked = await self._asked(call, keep=keep)
        found = self.host.registry.tool(asked.function)
        if found is None:
            raise UserError("button-outdated")
        now_is = fingerprint(*found, asked)
        if asked.digest != now_is or call.rest != now_is[:SEAL]:
            raise UserError("plugin-confirm-changed")
        return asked, *found

    async def _asked(self, call: CommandCall, *, keep: bool = False) -> PluginCallRow:
        """The call that was asked about, deleted unless `keep`. Raises NotAllowed unless this person was asked."""
        scene = await call.scene()
        call_id = call.target

        def unit(session: Session) -> PluginCallRow | str:
            asked = plugins.take_call(session, call_id, alone=True)
            if asked is None or asked.due or asked.created_at < now() - WAITS:
                return "button-outdated"
            if asked.person_id != scene.person_id:
                return "button-not-yours"
            copy = PluginCallRow(**asked.model_dump())
            if not keep:
                plugins.drop_call(session, asked.id)
            return copy

        taken = await call.store.write(unit)
        if taken == "button-not-yours":
            raise NotAllowed(taken)
        if isinstance(taken, str):
            raise UserError(taken)
        return taken


def bare(name: str) -> str:
    """A person's name without any sign that could become a mark, a mention or a link."""
    return "".join(sign for sign in name if category(sign)[0] in "LMN" or sign in " '-")[:LONGEST_NAME]


def missing(text: Callable[..., str], characters: int, lines: int) -> str:
    """A text that says how much of an argument is not shown."""
    return text("plugin-confirm-missing", characters=characters, lines=lines)
