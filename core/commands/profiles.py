"""/profile: presets of one's own. A person saves their choices under a name, takes them up again, and deletes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Select
from core.outside_text import quoted_line
from core.store import choices

DEEDS = ("save", "use", "delete")
SAVED = ("model", "persona", "preset", "about", "style")
"""The choices that a profile holds: those of /model, /persona, /preset and /instructions."""

PREFIX = "profile:"
MOST = 10
LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class ProfileCommand:
    """Runs /profile. Profiles are kept as choices of the person, so they go where those go."""

    def feature(self) -> CommandGroup:
        """Return the command and its list."""
        options = (CommandOption("what", values=lambda: DEEDS), CommandOption("name"))
        return CommandGroup(
            commands=(Command("profile", "settings", self.command, options),), presses={Verb.PROFILE: self.choose}
        )

    async def command(self, call: CommandCall) -> None:
        """List the profiles, or save, use or delete one. Raises UserError if there is none of that name."""
        what, name = call.arguments.get("what", ""), " ".join(call.arguments.get("name", "").split())
        if not what:
            await self._list(call)
        elif not name:
            raise UserError("command-usage", usage="/profile save|use|delete <name>")
        elif what == "save":
            await self._save(call, name)
        elif what == "use":
            await self._use(call, name)
        else:
            await self._delete(call, name)

    async def choose(self, call: CommandCall) -> None:
        """Take up the profile that was chosen from the list."""
        chosen = getattr(call.event, "values", ())
        await (self._use(call, chosen[0]) if chosen else self._list(call))

    async def _own(self, call: CommandCall) -> Mapping[str, str]:
        scene = await call.scene()
        return await call.store.read(lambda session: choices.own(session, scene.community_id, scene.person_id))

    async def _list(self, call: CommandCall) -> None:
        kept = _profiles(await self._own(call))
        if not kept:
            await call.tell(call.text("profile-none"))
            return
        lines = [f"- **{_plain(name)}**: {_shown(values) or '–'}" for name, values in kept.items()]
        options = tuple((name, name) for name in kept)
        select = Select(button_action(Verb.PROFILE, "use"), call.text("profile-choose"), options=options)
        able = "option" in call.chat.capabilities.selects
        text = "\n".join([call.text("profile-yours"), "", *lines])
        await call.tell(text, selects=[select] if able else ())

    async def _save(self, call: CommandCall, name: str) -> None:
        if len(name) > LONGEST_NAME:
            raise UserError("profile-name-long", most=LONGEST_NAME)
        scene = await call.scene()

        def unit(session: Session) -> None:
            own = choices.own(session, scene.community_id, scene.person_id)
            kept = _profiles(own)
            if name not in kept and len(kept) >= MOST:
                raise UserError("profile-too-many", most=MOST)
            values = json.dumps({one: own[one] for one in SAVED if one in own}, ensure_ascii=False)
            choices.choose(session, scene.community_id, "person", scene.person_id, f"{PREFIX}{name}", values)

        await call.store.write(unit)
        await call.tell(call.text("profile-saved", name=_plain(name)))

    async def _use(self, call: CommandCall, name: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            values = _profiles(choices.own(session, scene.community_id, scene.person_id)).get(name)
            if values is None:
                raise UserError("profile-unknown", name=_plain(name))
            for one in SAVED:
                choices.choose(session, scene.community_id, "person", scene.person_id, one, values.get(one, ""))
                if call.event.place.private:
                    # An earlier choice for this conversation alone would win over the profile's.
                    choices.choose(session, scene.community_id, "conversation", scene.conversation_id, one, "")

        await call.store.write(unit)
        await call.tell(call.text("profile-used", name=_plain(name)))

    async def _delete(self, call: CommandCall, name: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            if name not in _profiles(choices.own(session, scene.community_id, scene.person_id)):
                raise UserError("profile-unknown", name=_plain(name))
            choices.choose(session, scene.community_id, "person", scene.person_id, f"{PREFIX}{name}", "")

        await call.store.write(unit)
        await call.tell(call.text("profile-deleted", name=_plain(name)))


def _profiles(own: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Return the choices in each profile, by its name."""
    return {
        name.removeprefix(PREFIX): json.loads(value) for name, value in sorted(own.items()) if name.startswith(PREFIX)
    }


def _shown(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {_plain(value)}" for name, value in values.items())


def _plain(text: str) -> str:
    """A person's text as part of a line that others may read, without markup."""
    return quoted_line(text, LONGEST_NAME)
