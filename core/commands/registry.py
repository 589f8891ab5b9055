"""Commands, buttons and forms: declared once, by whichever part of the core has them, and offered on every surface."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.delivery.call import Call
from core.errors import UserError
from core.messages import (
    AnyEvent,
    CommandHelp,
    Invocation,
    OptionHelp,
    Press,
    User,
)
from core.rights import Role, require_admin, role_of
from core.texts import Texts

T = TypeVar("T")

LINE = ""
"""The argument that holds a whole command line, from surfaces where a command is typed as text."""


@dataclass(frozen=True, slots=True)
class Option:
    """An argument of a command. `values` gives the allowed ones, in the order of a menu; empty means any text.

    With `live` they may change while we run, so that a platform asks for them as somebody types; with `free` they are
    only suggestions. The last option of a command takes the rest of a typed line. A plugin's option has a `description`
    of its own.
    """

    name: str
    required: bool = False
    values: Callable[[], Sequence[str]] = tuple
    live: bool = False
    free: bool = False
    description: str = ""


Run = Callable[[Call], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name. Its description is the text `command-<name>`, an option's `command-<name>-<option>`.

    In other languages a platform may call it by the text `name-<name>`. With `on_message`
    it can also be called on a message, from a menu where it is called by the text `menu-<name>`. A plugin's command has
    a `description` of its own, in the language in which it was written. One that `asks` puts a question to the
    assistant, and waits for the answers before it.
    """

    name: str
    run: Run
    options: tuple[Option, ...] = ()
    admin: bool = False
    on_message: bool = False
    description: str = ""
    asks: bool = False

    @property
    def usage(self) -> str:
        """`/name <required> [optional]`."""
        shown = [f"<{option.name}>" if option.required else f"[{option.name}]" for option in self.options]
        return " ".join([f"/{self.name}", *shown])


@dataclass(frozen=True, slots=True)
class Feature:
    """What one part of the core offers: commands, and the verbs of its buttons and forms (`verb:target`).

    `ordered` names the commands and verbs that wait for the answers before them in their conversation.
    """

    commands: tuple[Command, ...] = ()
    presses: Mapping[str, Run] = field(default_factory=dict)
    forms: Mapping[str, Run] = field(default_factory=dict)
    ordered: frozenset[str] = frozenset()


class Menu:
    """All commands, presses and forms by name. Raises ValueError where two features declare the same one.

    `more` gives further commands, which may change while we run; none of them takes the place of one of ours.
    """

    def __init__(self, features: Sequence[Feature], more: Callable[[], Sequence[Command]] = tuple) -> None:
        commands = [(command.name, command) for feature in features for command in feature.commands]
        self.own = _unique(commands)
        self.more = more
        self.presses = _unique([pair for feature in features for pair in feature.presses.items()])
        self.forms = _unique([pair for feature in features for pair in feature.forms.items()])
        self._ordered = frozenset[str]().union(*(feature.ordered for feature in features))

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command that there is now."""
        return {**{command.name: command for command in self.more()}, **self.own}

    def help(self, user: User, texts: Texts) -> list[CommandHelp]:
        """The commands that a person may use, as a menu shows them, in alphabetical order."""
        return [
            described(command, user.language, texts)
            for _, command in sorted(self.commands.items())
            if not command.admin or role_of(user) >= Role.ADMIN
        ]

    def complete(self, name: str, option: str, typed: str) -> Sequence[str]:
        """The values of a command's option that have what was typed in them, those that begin with it first."""
        command = self.commands.get(name)
        options = [known for known in command.options if known.name == option] if command else []
        wanted = typed.casefold()
        found = [value for known in options for value in known.values() if wanted in value.casefold()]
        return sorted(found, key=lambda value: not value.casefold().startswith(wanted))

    def ordered(self, event: AnyEvent) -> bool:
        """Whether a command or a press waits for the answers before it."""
        match event:
            case Invocation():
                known = self.commands.get(event.command)
                return event.command in self._ordered or (known is not None and known.asks)
            case Press():
                return event.action.partition(":")[0] in self._ordered
        return False

    async def invoke(self, call: Call, invocation: Invocation) -> None:
        """Run a command. Raises UserError for an unknown one, for wrong arguments, or where it is not allowed."""
        command = self.commands.get(invocation.command)
        if command is None:
            raise unknown(invocation.command, list(self.commands))
        if command.admin:
            require_admin(invocation.user, command.name)
        bare = invocation.message is not None and not invocation.arguments
        arguments = {} if bare else parse(command, invocation.arguments)
        await command.run(replace(call, arguments=arguments))

    async def press(self, call: Call, action: str) -> None:
        """Run what a button stands for. Raises UserError for one that no longer exists."""
        await self._act(self.presses, call, action)

    async def submit(self, call: Call, action: str, values: Mapping[str, str]) -> None:
        """Take a form. Raises UserError for one that no longer exists."""
        await self._act(self.forms, replace(call, arguments=values), action)

    async def _act(self, runs: Mapping[str, Run], call: Call, action: str) -> None:
        verb, _, target = action.partition(":")
        if verb not in runs:
            raise UserError("button-outdated")
        await runs[verb](replace(call, target=target))


def described(command: Command, language: str, texts: Texts) -> CommandHelp:
    """A command in a language, as a menu shows it."""
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
    about = command.description or texts(language, f"command-{command.name}")
    title = command.name if command.description else texts(language, f"name-{command.name}")
    return CommandHelp(command.name, command.usage, about, options, command.admin, title, label)


def _unique(pairs: Sequence[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, thing in pairs:
        if name in found:
            raise ValueError(f"{name!r} is declared twice")
        found[name] = thing
    return found


def unknown(name: str, known: Sequence[str]) -> UserError:
    """The error for a command that we do not have, with the nearest one that we do."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return UserError("command-unknown-near", command=name[:40], near=near[0])
    return UserError("command-unknown", command=name[:40])


def parse(command: Command, given: Mapping[str, str]) -> Mapping[str, str]:
    """The arguments by option, from a typed line or from a surface's native options.

    Raises UserError with the command's usage where a required one is missing or there are too many, and with the
    allowed values where one is not among them.
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
    """A typed line, cut at white space into the command's options; the last one takes the rest."""
    if not command.options:
        if line.strip():
            raise UserError("command-usage", usage=command.usage)
        return {}
    words = line.split(maxsplit=len(command.options) - 1)
    return {option.name: word.strip() for option, word in zip(command.options, words, strict=False)}
