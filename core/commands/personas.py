"""/persona: choose the assistant's persona; a community's admins write personas of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import category, normalize

from sqlmodel import Session

from core.actions import Verb, fits, form_action
from core.answering.answer_options import OWN_PERSONA, own_personas
from core.commands.admin_channel import tell_admins
from core.commands.preferences import DEFAULT, SCOPES
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import CommunitySettingsStore, kept
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Field, Form
from core.outside_text import cleaned, quoted_line
from core.rights import require_admin, require_moderator
from core.store import plugins

NEW, EDIT, REMOVE, LIST = "new", "edit", "remove", "list"
DEEDS = (NEW, EDIT, REMOVE, LIST)
LONGEST_WORD = 32
"""The most characters of a persona's name. It is one word, so that it can be typed before its text."""

MOST, MOST_WORDS, LONGEST = 20, 300, 2000
"""The most personas of a community's own, and the most words and characters of each: each answer reads it again."""

SHOWN = 80
LONGEST_NAME = 40

Choose = Callable[[CommandCall, str, Sequence[str]], Awaitable[None]]
"""Stores a person's choice of something from its values, or shows them."""


@dataclass(frozen=True, slots=True)
class PersonaCommand:
    """The /persona command. `offered` are the installation's personas, the default first.

    A community's own are kept among its settings. Their text is cleaned of invisible characters; the role markers of a
    model's template are broken wherever a prompt is made.
    """

    offered: Sequence[str]
    communities: CommunitySettingsStore
    choose: Choose

    def feature(self) -> CommandGroup:
        """Return the command and its form."""
        options = (
            CommandOption("name", values=lambda: (*self.offered, DEFAULT, *DEEDS), live=True, free=True),
            CommandOption("scope", values=lambda: tuple(SCOPES), live=True, free=True),
            CommandOption("text"),
        )
        return CommandGroup(
            commands=(Command("persona", "settings", self.command, options, portable=True),),
            forms={Verb.PERSONA: self.take},
        )

    async def command(self, call: CommandCall) -> None:
        """Choose a persona, or with one of DEEDS list, write or remove those of the community."""
        first, second = call.arguments.get("name", ""), call.arguments.get("scope", "")
        own = await self._own(call)
        first = first if first in self.offered else folded(first)
        match first:
            case "new" | "edit":
                require_admin(call.event.user, f"persona {first}")
                await self._write(call, own, first, second)
            case "remove":
                require_moderator(call.event.user, "persona remove")
                await self._keep(call, REMOVE, self._known(own, second), "")
            case "list":
                await self._list(call, own)
            case _:
                check("name", first, (*self.offered, *own, DEFAULT))
                check("scope", second, tuple(SCOPES))
                named = replace(call, arguments={**call.arguments, "name": first})
                await self.choose(named, "persona", (*self.offered, *own))

    async def take(self, call: CommandCall) -> None:
        """Take the filled-in form; its action names the persona that is edited, none for a new one."""
        require_admin(call.event.user, f"persona {EDIT if call.target else NEW}")
        own = await self._own(call)
        name = self._known(own, call.target) if call.target else self._fresh(own, call.arguments.get("name", ""))
        await self._keep(call, EDIT if call.target else NEW, name, call.arguments.get("text", ""))

    async def _write(self, call: CommandCall, own: Mapping[str, str], deed: str, given: str) -> None:
        text = call.arguments.get("text", "")
        if text:
            name = self._fresh(own, given) if deed == NEW else self._known(own, given)
            await self._keep(call, deed, name, text)
            return
        if not call.chat.capabilities.forms:
            raise UserError("command-usage", usage=f"/persona {deed} <name> <text>")
        name = self._known(own, given) if deed == EDIT else ""
        ask = Field("name", call.text("persona-name"), value=given, limit=LONGEST_WORD, required=True)
        words = Field("text", call.text("persona-text"), value=own.get(name, ""), limit=LONGEST, required=True)
        form = Form(
            form_action(Verb.PERSONA, name),
            call.text("persona-title"),
            (words,) if name else (ask, words),
            call.text("settings-save"),
        )
        await call.chat.show(call.event.place, form, call.event)

    async def _keep(self, call: CommandCall, deed: str, name: str, text: str) -> None:
        """Keep a persona's text, empty to remove it, with a record of who did that, and tell the other admins."""
        text = cleaned(text).strip()
        words = len(text.split())
        if deed != REMOVE and (not text or words > MOST_WORDS or len(text) > LONGEST):
            raise UserError("persona-length", words=words, most=MOST_WORDS, characters=LONGEST)
        place, setting = call.event.place, f"{OWN_PERSONA}{name}"
        if deed != NEW:
            await self.communities.change(place, setting, text)
        elif not await self.communities.change_if(place, setting, "", text):
            # Another admin was faster.
            raise UserError("persona-taken", name=name)
        scene = await call.scene()

        def note(session: Session) -> None:
            plugins.audit(session, scene.community_id, scene.person_id, "persona", name, deed)

        await call.store.write(note)
        said = call.text(f"persona-{deed}", name=name)
        who = quoted_line(call.event.user.name, LONGEST_NAME)
        await tell_admins(call, self.communities, f"{who}: {said}", "log-persona")
        await call.tell(said)

    async def _list(self, call: CommandCall, own: Mapping[str, str]) -> None:
        lines = [f"- **{name}**: {quoted_line(text, SHOWN)}" for name, text in own.items()]
        theirs = "\n".join([call.text("persona-own"), *lines]) if lines else call.text("persona-none")
        await call.tell(f"{call.text('persona-offered', values=', '.join(self.offered))}\n\n{theirs}")

    async def _own(self, call: CommandCall) -> Mapping[str, str]:
        return own_personas(await call.store.read(lambda session: kept(session, call.event.place)))

    def _known(self, own: Mapping[str, str], name: str) -> str:
        if folded(name) not in own:
            raise UserError("persona-unknown", name=name[:LONGEST_NAME])
        return folded(name)

    def _fresh(self, own: Mapping[str, str], given: str) -> str:
        name = folded(given)
        if not is_word(name) or name in (*DEEDS, DEFAULT):
            raise UserError("persona-bad-name", name=name[:LONGEST_NAME])
        if name in (*own, *(one.casefold() for one in self.offered)):
            raise UserError("persona-taken", name=name)
        if len(own) >= MOST:
            raise UserError("persona-too-many", most=MOST)
        return name


def folded(name: str) -> str:
    """A name as it is kept: wide letters, for instance, look like a name that is there."""
    return normalize("NFKC", normalize("NFKC", name.strip()).casefold())


def is_word(name: str) -> bool:
    """Whether a name is one word: letters with their marks, digits, and hyphens and underscores between them."""
    kinds = [category(sign)[0] for sign in name]
    visible = bool(name) and cleaned(name) == name and kinds[0] in "LN"
    words = all(kind in "LMN" or sign in "-_" for sign, kind in zip(name, kinds, strict=True))
    return visible and words and len(name) <= LONGEST_WORD and fits(Verb.PERSONA, name)


def check(option: str, value: str, allowed: Sequence[str]) -> None:
    """Raise UserError with the allowed values if a value is none of them; an empty one is left out."""
    if value and value not in allowed:
        raise UserError("command-bad-value", option=option, value=value[:80], allowed=", ".join(allowed))
