"""`/connect`: a person's own accounts at the services of plugins, and the questions about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button, Place
from core.store import connections
from core.store.plugin_tables import ConnectionRow
from plugins.host.host import PluginHost
from plugins.host.oauth.invitation import SignInInvitation, private
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin


@dataclass(frozen=True, slots=True)
class ConnectCommand:
    """The part of `SigningIn` that people see in a chat: the /connect command and its buttons."""

    host: PluginHost
    signing_in: SigningIn
    invitation: SignInInvitation

    def feature(self) -> CommandGroup:
        """Return the command and its buttons."""
        options = (CommandOption("name", values=self._names, live=True, free=True), CommandOption("code"))
        return CommandGroup(
            commands=(Command("connect", "plugins", self.connect, options, is_on=self._needed),),
            presses={Verb.CONNECT_YES: self.yes, Verb.CONNECT_NO: self.no, Verb.DISCONNECT: self.disconnect},
        )

    async def connect(self, call: CommandCall) -> None:
        """List accounts; with a plugin's name, give a link; with the code of the page too, ask for a yes."""
        if not private(call.event, call.chat):
            raise UserError("connect-privately", name=call.arguments.get("name", "")[:40])
        name, code = call.arguments.get("name", ""), call.arguments.get("code", "")
        if not name:
            await self._list(call)
            return
        plugin = await self._here(call, name)
        if code:
            await self._ask(call, plugin, code)
            return
        asker = await self.host.asker(call.event.place, call.event.user, call.event.key, call.event)
        await call.tell(await self.invitation.text(plugin, asker))

    async def yes(self, call: CommandCall) -> None:
        """The person says yes to connecting the account."""
        scene = await call.scene()
        row = await self.signing_in.confirm(call.target, scene.person_id)
        await self.host.note(call.event.place, call.event.user, "connect", row.plugin)
        await call.tell(call.text("connect-done", name=row.plugin, account=row.account or "?"), in_place=True)

    async def no(self, call: CommandCall) -> None:
        """The person says no to connecting the account."""
        scene = await call.scene()
        await self.signing_in.decline(call.target, scene.person_id)
        await call.tell(call.text("connect-declined"), in_place=True)

    async def disconnect(self, call: CommandCall) -> None:
        """The person disconnects one of their accounts."""
        scene = await call.scene()
        if not await self.signing_in.disconnect(scene.person_id, call.target):
            raise UserError("button-outdated")
        await self.host.note(call.event.place, call.event.user, "disconnect", call.target)
        await call.tell(call.text("connect-ended", name=call.target), in_place=True)

    async def _list(self, call: CommandCall) -> None:
        scene = await call.scene()
        rows = await call.store.read(lambda session: connections.connected(session, scene.person_id))
        theirs = [f"- **{row.plugin}**: {row.account or '?'}" for row in rows]
        here = [one.name for one in await self.host.enabled(call.event.place) if self.signing_in.personal(one)]
        more = [f"- /connect {name}" for name in here if name not in {row.plugin for row in rows}]
        parts = (
            [f"**{call.text('connect-yours')}**\n" + "\n".join(theirs)] if theirs else [call.text("connect-nothing")]
        )
        parts += [f"**{call.text('connect-more')}**\n" + "\n".join(more)] if more else []
        await call.tell("\n\n".join(parts), buttons=self._buttons(call, rows))

    def _buttons(self, call: CommandCall, rows: Sequence[ConnectionRow]) -> list[Button]:
        return [
            Button(button_action(Verb.DISCONNECT, row.plugin), call.text("connect-end", name=row.plugin), "✖")
            for row in rows
        ]

    async def _ask(self, call: CommandCall, plugin: HostedPlugin, code: str) -> None:
        scene = await call.scene()
        row = await self.signing_in.prove(scene.person_id, plugin.name, code)
        key = "connect-sure" if row.account else "connect-sure-unnamed"
        buttons = (
            Button(button_action(Verb.CONNECT_YES, row.id), call.text("connect-yes"), "✅"),
            Button(button_action(Verb.CONNECT_NO, row.id), call.text("plugin-confirm-no"), "✖"),
        )
        await call.tell(call.text(key, name=plugin.name, account=row.account), buttons=buttons)

    async def _here(self, call: CommandCall, name: str) -> HostedPlugin:
        """Return a plugin that is on here and whose service people sign in to. Raises UserError."""
        for plugin in await self.host.enabled(call.event.place):
            if plugin.name == name and self.signing_in.personal(plugin):
                return plugin
        raise UserError("connect-none", name=name[:40])

    async def _needed(self, place: Place) -> bool:
        """Whether there is anything to sign in to; otherwise menus and /help leave the command out."""
        return bool(self._names())

    def _names(self) -> list[str]:
        return [name for name, plugin in self.host.plugins.items() if self.signing_in.personal(plugin)]
