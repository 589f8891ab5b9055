"""/settings: a community's admins decide where, how and for whom the assistant works."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.actions import Verb, button_action, form_action
from core.answering.answer_options import own_personas
from core.commands import best_of_setting, role_quotas
from core.commands.admin_channel import LOST, tell_admins, written
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import CommunitySettingsStore, kept
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button, Field, Form, Select
from core.outside_text import quoted_line
from core.ports.chat import Chat, NamedKind
from core.rights import Role, require_admin

LISTS = ("channels", "always", "users", "raters", "moderators")
NUMBERS = ("answers", "community_answers")
ARENA = "arena"
"""The setting that says in how many questions one is compared: a number, too, but no quota."""

PAGES: Mapping[str, tuple[str, ...]] = {
    "where": ("channels", "always", "log_channel", "task_channel"),
    "how": ("model", "persona", "language", "tasks"),
    "who": ("users", "raters", "moderators"),
}
KINDS: Mapping[str, Literal["channel", "role"]] = {
    "channels": "channel",
    "always": "channel",
    "log_channel": "channel",
    "task_channel": "channel",
    "users": "role",
    "raters": "role",
    "moderators": "role",
}
SWITCHES: Mapping[str, tuple[str, str]] = {
    "ratings": ("on", "who"),
    "recent": ("off", "how"),
    "threads": ("off", "how"),
}
"""The settings that are on or off: what they are as long as nobody has decided, and the page with their button."""

NAMES = (
    *(name for page in PAGES.values() for name in page),
    *SWITCHES,
    *NUMBERS,
    role_quotas.NAME,
    ARENA,
    best_of_setting.NAME,
)
"""All settings of a community."""

LONGEST_NAME = 40

MOST = 25
"""The most values in one list: the limit of the most restrictive platform."""

PEOPLE = "moderators"
"""The setting that names people where a platform has no roles."""

EMPTY = {
    "users": "settings-everyone",
    "raters": "settings-everyone",
    "moderators": "settings-admins",
    best_of_setting.NAME: "settings-off",
}
"""The texts that say what an empty list means, where that is not what the installation has."""

DEFAULT = "default"
TASKS = ("on", "own", "off")
"""Where labeling tasks come from: the shared pool and the community's own ("on"), only its own, or nowhere ("off")."""

HERE = "here"
"""The channel in which the command is given."""

PARTS = re.compile(r"<[^>]*>|[^,<]+")
"""The parts of a list as people type it: mentions, and names between commas."""


@dataclass(frozen=True, slots=True)
class SettingsCommand:
    """The /settings command and its panel.

    `offered` gives the values to choose from (such as models, personas and languages), by setting. `ranks` says that
    there is a reward model, which can rank answers.
    """

    communities: CommunitySettingsStore
    offered: Mapping[str, Callable[[], Sequence[str]]]
    ranks: bool = False

    def feature(self) -> CommandGroup:
        """Return the command, the panel's buttons and selects, and the form for quotas."""
        options = (CommandOption("name", values=lambda: NAMES), CommandOption("value"))
        return CommandGroup(
            commands=(Command("settings", "community", self.command, options, needs=Role.ADMIN),),
            presses={
                Verb.SETTINGS: self.page,
                Verb.SET: self.choose,
                Verb.RATINGS: self.toggle,
                Verb.RECENT: self.toggle,
                Verb.THREADS: self.toggle,
                Verb.QUOTAS: self.ask_quotas,
            },
            forms={Verb.QUOTAS: self.take_quotas},
        )

    async def command(self, call: CommandCall) -> None:
        """/settings shows the panel; with a name and a value it changes that setting, and "default" resets it."""
        name, value = call.arguments.get("name", ""), call.arguments.get("value", "").strip()
        if not name:
            await self._panel(call)
            return
        if not value:
            current = self._shown(call, name, await self._kept(call))
            await call.tell(call.text("settings-one", name=self._label(call, name), value=current))
            return
        kept_now = await self._change(call, name, await self._meant(call, name, value))
        shown = self._shown(call, name, {name: kept_now})
        await call.tell(call.text("settings-changed", name=self._label(call, name), value=shown))

    async def page(self, call: CommandCall) -> None:
        """Show a page of the panel."""
        require_admin(call.event.user, "settings")
        await self._panel(call, call.target)

    async def choose(self, call: CommandCall) -> None:
        """Take a choice made in the panel; choosing nothing resets the setting."""
        require_admin(call.event.user, "settings")
        page = next((page for page, names in PAGES.items() if call.target in names), "")
        if not page:
            raise UserError("button-outdated")
        value = ",".join(getattr(call.event, "values", ()))
        await self._change(call, call.target, await self._meant(call, call.target, value) if value else "")
        await self._panel(call, page)

    async def toggle(self, call: CommandCall) -> None:
        """Switch the setting that has the verb's name on or off."""
        require_admin(call.event.user, "settings")
        usual, page = SWITCHES[call.verb]
        turned = "on" if usual == "off" else "off"
        await self._change(call, call.verb, turned if call.target == turned else "")
        await self._panel(call, page)

    async def ask_quotas(self, call: CommandCall) -> None:
        """Open the form for the two quotas."""
        require_admin(call.event.user, "settings")
        current = await self._kept(call)
        if not call.chat.capabilities.forms:
            await call.tell(call.text("settings-quotas-command"))
            return
        fields = tuple(Field(name, self._label(call, name), value=current.get(name, ""), limit=6) for name in NUMBERS)
        form = Form(form_action(Verb.QUOTAS, "here"), call.text("settings-quotas"), fields, call.text("settings-save"))
        await call.chat.show(call.event.place, form, call.event)

    async def take_quotas(self, call: CommandCall) -> None:
        """Take the filled-in form; an empty field means the default. If one field is wrong, nothing is saved."""
        require_admin(call.event.user, "settings")
        given = {name: call.arguments.get(name, "").strip() for name in NUMBERS}
        checked = {name: value and self._number(call, name, value) for name, value in given.items()}
        for name, value in checked.items():
            await self._change(call, name, value)
        await self._panel(call, "who")

    async def _panel(self, call: CommandCall, wanted: str = "") -> None:
        """Show a page of the panel: the wanted one, or else the first that has something to choose here."""
        kept_now = await self._kept(call)
        kinds = call.chat.capabilities.selects
        offered = pages(kinds)
        page = wanted if wanted in offered else next(iter(offered), "who")
        selects = [self._select(call, name, kept_now) for name in PAGES[page] if KINDS.get(name, "option") in kinds]
        names = [name for name in NAMES if possible(call, name) and (self.ranks or name != best_of_setting.NAME)]
        lines = [f"- {self._label(call, name)}: {self._shown(call, name, kept_now)}" for name in names]
        turning = [
            Button(button_action(Verb.SETTINGS, name), call.text(f"settings-{name}"), chosen=name == page)
            for name in offered
        ]
        title = call.text("settings-title")
        commands = "" if kinds.issuperset({"option", *KINDS.values()}) else call.text("settings-command")
        text = "\n\n".join(filter(None, (f"**{title}**", "\n".join(lines), commands)))
        await call.tell(text, buttons=[*turning, *switches(call, page, kept_now)], selects=selects, in_place=True)

    def _values(self, name: str, kept_now: Mapping[str, str]) -> Sequence[str]:
        return (*self.offered[name](), *(own_personas(kept_now) if name == "persona" else ()))

    def _select(self, call: CommandCall, name: str, kept_now: Mapping[str, str]) -> Select:
        chosen = tuple(filter(None, kept_now.get(name, "").split(",")))
        label = self._label(call, name)
        most = MOST if name in LISTS else 1
        if name in KINDS:
            return Select(
                button_action(Verb.SET, name), label, "role" if KINDS[name] == "role" else "channel", (), chosen, most
            )
        options = (DEFAULT, *self._values(name, kept_now))[:MOST]
        shown = {DEFAULT: call.text("settings-default")}
        pairs = tuple((option, shown.get(option, option)) for option in options)
        return Select(button_action(Verb.SET, name), label, "option", pairs, chosen or (DEFAULT,))

    def _shown(self, call: CommandCall, name: str, kept_now: Mapping[str, str]) -> str:
        value = kept_now.get(name, "")
        if name in SWITCHES:
            return call.text(f"settings-{value or SWITCHES[name][0]}")
        if not value:
            return call.text(EMPTY.get(name, "settings-default"))
        if name == role_quotas.NAME:
            return role_quotas.shown(call.chat, value)
        if name == best_of_setting.NAME:
            return best_of_setting.shown(call, value)
        kind = kind_of(name, call.chat)
        return " ".join(call.chat.mention(kind, id) for id in value.split(",")) if kind else value

    def _label(self, call: CommandCall, name: str) -> str:
        return call.text(f"setting-{name.replace('_', '-')}")

    async def _meant(self, call: CommandCall, name: str, value: str) -> str:
        """Return what is stored for a value as somebody wrote it; empty for the default.

        Raises UserError if it is not allowed, or names nothing that is there.
        """
        if value.casefold() == DEFAULT:
            return ""
        if name in (*NUMBERS, ARENA):
            return self._number(call, name, value)
        if name == role_quotas.NAME:
            return await role_quotas.meant(call, value)
        if name == best_of_setting.NAME:
            return best_of_setting.meant(value, ranks=self.ranks)
        if name in KINDS:
            return await self._found(call, name, value)
        if not possible(call, name):
            raise UserError(f"settings-{name}-cannot")
        allowed = ("on", "off") if name in SWITCHES else self._values(name, await self._kept(call))
        same = [known for known in allowed if known.casefold() == value.casefold()]
        if not same:
            raise UserError("command-bad-value", option=name, value=value[:80], allowed=", ".join(allowed))
        known = value if value in same else same[0]
        return "" if name in SWITCHES and known == SWITCHES[name][0] else known

    def _number(self, call: CommandCall, name: str, value: str) -> str:
        if not (value.isdecimal() and len(value) <= 6):
            raise UserError("settings-number", name=self._label(call, name), value=value[:20])
        return str(int(value))

    async def _found(self, call: CommandCall, name: str, value: str) -> str:
        """Return the ids of the channels, roles or people that a value names, joined by commas."""
        most = MOST if name in LISTS else 1
        ids = [id for part in PARTS.findall(value) if part.strip() for id in await self._ids(call, name, part.strip())]
        found = list(dict.fromkeys(ids))
        if not found:
            raise UserError(f"named-unknown-{kind_of(name, call.chat)}", value=value[:80])
        if len(found) > most:
            raise UserError("settings-most", name=self._label(call, name), most=most)
        return ",".join(found)

    async def _ids(self, call: CommandCall, name: str, text: str) -> Sequence[str]:
        """Return the id of what a text names as a whole, or those of its words: a name may have spaces."""
        kind, place = kind_of(name, call.chat), call.event.place
        assert kind
        if kind == "channel" and text.casefold() == HERE:
            text = place.channel
        words = text.split()
        if whole := await call.chat.find(kind, text, place):
            return [whole]
        found = [await call.chat.find(kind, word, place) for word in words] if len(words) > 1 else [""]
        if not all(found):
            unknown = next(word for word, id in zip(words or [text], found, strict=False) if not id)
            raise UserError(f"named-unknown-{kind}", value=unknown[:80])
        return found

    async def _kept(self, call: CommandCall) -> Mapping[str, str]:
        return await call.store.read(lambda session: kept(session, call.event.place))

    async def _change(self, call: CommandCall, name: str, value: str) -> str:
        """Set a setting and tell the log channel. Returns the value.

        A new log channel is told before it is set. Raises UserError if that fails, and the old one stays.
        """
        line = call.text(
            "log-setting",
            who=quoted_line(call.event.user.name, LONGEST_NAME),
            name=self._label(call, name),
            value=self._shown(call, name, {name: value}),
        )
        place, about = call.event.place, f"log-{name}"
        moved = name == "log_channel"
        if moved and value and not await written(call, value, line, about):
            raise UserError("named-mute", value=call.chat.mention("channel", value))
        await self.communities.change(place, name, value)
        if moved:
            await self.communities.change(place, LOST, "")
        else:
            await tell_admins(call, self.communities, line, about)
        return value


def pages(kinds: Collection[str]) -> Sequence[str]:
    """Return the pages with something to choose on a surface that shows these kinds of selects; none if it has none.

    The last page always has something: its buttons.
    """
    return [
        page
        for page, names in PAGES.items()
        if kinds and (page == "who" or any(KINDS.get(name, "option") in kinds for name in names))
    ]


def kind_of(name: str, chat: Chat) -> NamedKind | None:
    """The kind of thing that a setting names on this surface; None if it names nothing on a platform."""
    if name == PEOPLE and "role" not in chat.capabilities.selects:
        return "person"
    return KINDS.get(name)


def turn_button(call: CommandCall, verb: Verb, kept_now: Mapping[str, str]) -> Button:
    """Return the button that switches a setting the other way."""
    turn = "off" if (kept_now.get(verb) or SWITCHES[verb][0]) == "on" else "on"
    return Button(button_action(verb, turn), call.text(f"settings-{verb}-{turn}"))


def possible(call: CommandCall, name: str) -> bool:
    """Whether a setting can do anything on this platform."""
    able = call.chat.capabilities
    by_role = dict.fromkeys(("users", "raters", role_quotas.NAME), "role" in able.selects)
    return {"recent": able.history, "threads": able.threads, **by_role}.get(name, True)


def switches(call: CommandCall, page: str, kept_now: Mapping[str, str]) -> Sequence[Button]:
    """Return the buttons of a page beside those that turn it."""
    if page == "how":
        return [turn_button(call, verb, kept_now) for verb in (Verb.RECENT, Verb.THREADS) if possible(call, verb)]
    if page != "who":
        return ()
    return (
        turn_button(call, Verb.RATINGS, kept_now),
        Button(button_action(Verb.QUOTAS, "here"), call.text("settings-quotas")),
    )
