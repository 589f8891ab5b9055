"""Commands, buttons and forms: each is declared once, by its part of the core, and offered on every surface."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.actions import Action
from core.community_settings import verb
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import (
    AnyEvent,
    CommandHelp,
    HelpGroup,
    Invocation,
    OptionHelp,
    Place,
    Press,
    Submission,
    User,
)
from core.rights import Role, require, role_of
from core.texts import FALLBACK, LocalizedTexts

T = TypeVar("T")

LINE = ""
"""The name of the argument that holds a whole command line, from surfaces on which commands are typed as text."""


@dataclass(frozen=True, slots=True)
class CommandOption:
    """An argument of a command. `values` gives the allowed values in menu order; empty means any text.

    With `live`, the values may change while we run, so a platform asks for them as somebody types. With `free`, they
    are only suggestions. The last option of a command takes the rest of a typed line. A plugin's option has its own
    `description`.
    """

    name: str
    required: bool = False
    values: Callable[[], Sequence[str]] = tuple
    live: bool = False
    free: bool = False
    description: str = ""


Run = Callable[[CommandCall], Awaitable[None]]
AskAssistant = Callable[[CommandCall, str], Awaitable[None]]
"""Puts a text to the assistant, as if the person who made the call had said it."""


async def everywhere(place: Place) -> bool:
    """A command that is on in every community."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name. Its description is the text `command-<name>`, an option's `command-<name>-<option>`.

    In other languages a platform may use the text `name-<name>` as its name. With `on_message`, it can also be called
    on a message, from a menu entry labelled with the text `menu-<name>`; the lowest `rank` is offered first. A plugin's
    command has its own `description`, in the language in which it was written. A command that `asks` puts a question to
    the assistant, and waits for earlier answers. `group` is the
    heading of /help under which it stands, `needs` the least role that may use it. `is_on` says whether it is switched
    on in the community of a place. A `portable` command needs nothing of the place, and works where the assistant has
    not been added.
    """

    name: str
    group: HelpGroup
    run: Run
    options: tuple[CommandOption, ...] = ()
    needs: Role = Role.MEMBER
    on_message: bool = False
    rank: int = 0
    portable: bool = False
    description: str = ""
    asks: bool = False
    is_on: Callable[[Place], Awaitable[bool]] = everywhere

    @property
    def usage(self) -> str:
        """The command's usage line: `/name <required> [optional]`."""
        shown = [f"<{option.name}>" if option.required else f"[{option.name}]" for option in self.options]
        return " ".join([f"/{self.name}", *shown])

    @property
    def switchable(self) -> bool:
        """Whether a community can switch it off."""
        return self.is_on is not everywhere


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """What one part of the core offers: commands, and the verbs of its buttons and forms (core.actions).

    `ordered` names the commands and verbs that wait for earlier answers in their conversation, `asides` those whose
    answer is for one person alone. `afterwards` is what follows the answer that a command, a button or a form asked
    for; if a crash came between, it follows in the next process.
    """

    commands: tuple[Command, ...] = ()
    presses: Mapping[str, Run] = field(default_factory=dict)
    forms: Mapping[str, Run] = field(default_factory=dict)
    ordered: frozenset[str] = frozenset()
    asides: frozenset[str] = frozenset()
    afterwards: Mapping[str, Run] = field(default_factory=dict)


class CommandRegistry:
    """All commands, presses and forms by name. Raises ValueError if two features declare the same name.

    `more` gives further commands, which may change while we run; they cannot replace one of ours.
    """

    def __init__(self, features: Sequence[CommandGroup], more: Callable[[], Sequence[Command]] = tuple) -> None:
        commands = [(command.name, command) for feature in features for command in feature.commands]
        self.own = _unique(commands)
        self.more = more
        self.presses = _unique([pair for feature in features for pair in feature.presses.items()])
        self.forms = _unique([pair for feature in features for pair in feature.forms.items()])
        self._ordered = frozenset[str]().union(*(feature.ordered for feature in features))
        self._afterwards = _unique([pair for feature in features for pair in feature.afterwards.items()])
        self._asides = frozenset[str]().union(*(feature.asides for feature in features))

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command available now."""
        return {**{command.name: command for command in self.more()}, **self.own}

    def help(self, user: User, texts: LocalizedTexts) -> list[CommandHelp]:
        """List the commands that a person may use, as a menu shows them, in alphabetical order."""
        return [
            described(command, user.language, texts)
            for _, command in sorted(self.commands.items())
            if role_of(user) >= command.needs
        ]

    async def help_in(self, place: Place, user: User, texts: LocalizedTexts) -> list[CommandHelp]:
        """List the commands that a person may use in a place, as /help shows them."""
        off = await self.switched_off(place)
        return [one for one in self.help(user, texts) if one.name not in off]

    async def switched_off(self, place: Place) -> frozenset[str]:
        """The names of the commands that are switched off in a place."""
        switchable = [command for command in self.commands.values() if command.switchable]
        return frozenset([command.name for command in switchable if not await command.is_on(place)])

    def complete(self, name: str, option: str, typed: str) -> Sequence[str]:
        """List the values of an option that contain the typed text; those that begin with it come first."""
        command = self.commands.get(name)
        options = [known for known in command.options if known.name == option] if command else []
        wanted = typed.casefold()
        found = [value for known in options for value in known.values() if wanted in value.casefold()]
        return sorted(found, key=lambda value: not value.casefold().startswith(wanted))

    def ordered(self, event: AnyEvent) -> bool:
        """Whether a command, a press or a form waits for earlier answers."""
        known = self.commands.get(event.command) if isinstance(event, Invocation) else None
        return verb(event) in self._ordered or (known is not None and known.asks)

    def aside(self, event: AnyEvent) -> bool:
        """Whether the answer to a command or a form is for one person alone."""
        return verb(event) in self._asides

    async def follow(self, call: CommandCall) -> None:
        """Do what follows the answer that a command, a button or a form asked for."""
        if then := self._afterwards.get(verb(call.event)):
            await then(call)

    async def run(self, call: CommandCall, event: Press | Invocation | Submission) -> None:
        """Run what a press, a command or a filled-in form asks for. Raises UserError if there is no such thing."""
        match event:
            case Press():
                await self.press(call, event.action)
            case Invocation():
                await self.invoke(call, event)
            case Submission():
                await self.submit(call, event.form, event.values)

    async def invoke(self, call: CommandCall, invocation: Invocation) -> None:
        """Run a command. Raises UserError if it is unknown, its arguments are wrong, or it is not allowed."""
        command = self.commands.get(invocation.command)
        if command is None:
            off = await self.switched_off(call.event.place)
            may = [name for name, one in self.commands.items() if role_of(invocation.user) >= one.needs]
            raise unknown(invocation.command, [name for name in may if name not in off])
        if command.needs > Role.MEMBER:
            require(invocation.user, command.needs, command.name)
        bare = invocation.message is not None and not invocation.arguments
        arguments = {} if bare else parse(command, invocation.arguments)
        await command.run(replace(call, arguments=arguments))

    async def press(self, call: CommandCall, action: str) -> None:
        """Run a button's action. Raises UserError if it no longer exists."""
        await self._act(self.presses, call, action)

    async def submit(self, call: CommandCall, action: str, values: Mapping[str, str]) -> None:
        """Take a filled-in form. Raises UserError if the form no longer exists."""
        await self._act(self.forms, replace(call, arguments=values), action)

    async def _act(self, runs: Mapping[str, Run], call: CommandCall, text: str) -> None:
        action = Action.parse(text)
        if action.verb not in runs:
            raise UserError("button-outdated")
        await runs[action.verb](replace(call, verb=action.verb, target=action.target, rest=action.rest))


def described(command: Command, language: str, texts: LocalizedTexts) -> CommandHelp:
    """Describe a command in a language, as a menu shows it."""
    options = tuple(
        OptionHelp(
            option.name,
            option.description or texts(language, f"command-{command.name}-{option.name}"),
            option.required,
            () if option.live else tuple(option.values()),
            option.live,
        )
        for option in command.options
    )
    label = texts(language, f"menu-{command.name}") if command.on_message else ""
    about = _about(command, language, texts)
    title = command.name if command.description else texts(language, f"name-{command.name}")
    admin = command.needs >= Role.ADMIN
    return CommandHelp(
        command.name,
        command.group,
        command.usage,
        about,
        options,
        admin,
        title,
        label,
        command.rank,
        command.portable,
        command.switchable,
    )


def _about(command: Command, language: str, texts: LocalizedTexts) -> str:
    """The description of a command, as a phrase. A plugin's description is its docstring, and ends like a sentence."""
    if not command.description:
        return texts(language, f"command-{command.name}")
    about = command.description.rstrip(".。") or command.description
    translated = f"plugin-about-{command.name}"
    # Another plugin may have a command of the same name that does something else.
    known = texts.has(translated) and texts(FALLBACK, translated) == about
    return texts(language, translated) if known else about


def _unique(pairs: Sequence[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, thing in pairs:
        if name in found:
            raise ValueError(f"{name!r} is declared twice")
        found[name] = thing
    return found


def unknown(name: str, known: Sequence[str]) -> UserError:
    """The error for an unknown command, which suggests the nearest known one."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return UserError("command-unknown-near", command=name[:40], near=near[0])
    return UserError("command-unknown", command=name[:40])


def parse(command: Command, given: Mapping[str, str]) -> Mapping[str, str]:
    """Parse the arguments by option, from a typed line or from a surface's native options.

    Raises UserError with the command's usage if a required argument is missing or there are too many, and with the
    allowed values if a value is not among them.
    """
    arguments = split(command, given[LINE]) if LINE in given else dict(given)
    for option in command.options:
        value = arguments.get(option.name, "")
        if option.required and not value:
            raise UserError("command-usage", usage=command.usage)
        allowed = option.values()
        if value and allowed and not option.free and value not in allowed:
            raise UserError("command-bad-value", option=option.name, value=value[:80], allowed=", ".join(allowed))
    if stray := set(arguments) - {option.name for option in command.options}:
        raise UserError("command-stray", option=sorted(stray)[0][:40], usage=command.usage)
    return arguments


def split(command: Command, line: str) -> dict[str, str]:
    """Split a typed line at white space into the command's options; the last option takes the rest."""
    if not command.options:
        if line.strip():
            raise UserError("command-usage", usage=command.usage)
        return {}
    words = line.split(maxsplit=len(command.options) - 1)
    return {option.name: word.strip() for option, word in zip(command.options, words, strict=False)}
