"""Commands, buttons and forms: declared once, by whichever part of the core has them, and offered on every surface."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.messages import AnyEvent, Button, CommandHelp, File, Invocation, Press, Reply, User
from core.ports import Chat, Store
from core.store import identities, posts
from core.store.identities import Scene
from core.texts import Texts

T = TypeVar("T")

LINE = ""
"""The argument that holds a whole command line, from surfaces where a command is typed as text."""


@dataclass(frozen=True, slots=True)
class Option:
    """An argument of a command. `values` gives the allowed ones, in the order of a menu; empty means any text.

    The last option of a command takes the rest of a typed line.
    """

    name: str
    required: bool = False
    values: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Call:
    """A command, a press or a submission under way, with what it needs to answer.

    `arguments` are parsed by the command's options; for a press or a form, `target` is what its action names.
    """

    event: AnyEvent
    chat: Chat
    store: Store
    texts: Texts
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""

    def text(self, key: str, **values: str | int) -> str:
        """A text in the person's language."""
        return self.texts(self.event.user.language, key, **values)

    async def scene(self) -> Scene:
        """The rows of the event's place and person."""
        return await self.store.write(partial(identities.scene, place=self.event.place, user=self.event.user))

    async def tell(
        self,
        text: str,
        *,
        buttons: Sequence[Button] = (),
        files: Sequence[File] = (),
        about: str = "notice",
    ) -> None:
        """Answer with a notice that concerns the person alone. `about` keeps two notices of one event apart.

        A notice that was sent before a crash is not sent again.
        """
        reply = Reply(text, buttons=tuple(buttons), files=tuple(files), personal=True)
        await post(self.store, self.chat, self.event, reply, f"{self.event.key}#{about}")


async def post(store: Store, chat: Chat, event: AnyEvent, reply: Reply, key: str) -> None:
    """Send a notice by way of the outbox, once; where nobody can know whether it was sent, not again."""
    keyed = chat.capabilities.idempotent_send
    if not await store.write(lambda session: _may_send(session, event, key, keyed)):
        return
    shown = await chat.send(event.place, reply, key, event)
    await store.write(lambda session: posts.sent(session, key, shown))


def _may_send(session: Session, event: AnyEvent, key: str, keyed: bool) -> bool:
    planned = posts.plan(session, key, identities.community(session, event.place), event.place)
    if not keyed:
        # Promised and sent away are one step for a notice: it is only ever tried once.
        posts.sending(session, key)
        return planned
    earlier = posts.find(session, key)
    return earlier is not None and earlier.state != "sent"


Run = Callable[[Call], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name. Its description is the text `command-<name>`, an option's `command-<name>-<option>`."""

    name: str
    run: Run
    options: tuple[Option, ...] = ()
    admin: bool = False

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
    """All commands, presses and forms by name. Raises ValueError where two features declare the same one."""

    def __init__(self, features: Sequence[Feature]) -> None:
        commands = [(command.name, command) for feature in features for command in feature.commands]
        self.commands = _unique(commands)
        self._presses = _unique([pair for feature in features for pair in feature.presses.items()])
        self._forms = _unique([pair for feature in features for pair in feature.forms.items()])
        self._ordered = frozenset[str]().union(*(feature.ordered for feature in features))

    def help(self, user: User, texts: Texts) -> list[CommandHelp]:
        """The commands that a person may use, as a menu shows them, in alphabetical order."""
        return [
            CommandHelp(command.name, command.usage, texts(user.language, f"command-{command.name}"))
            for _, command in sorted(self.commands.items())
            if user.admin or not command.admin
        ]

    def ordered(self, event: AnyEvent) -> bool:
        """Whether a command or a press waits for the answers before it."""
        match event:
            case Invocation():
                return event.command in self._ordered
            case Press():
                return event.action.partition(":")[0] in self._ordered
        return False

    async def invoke(self, call: Call, invocation: Invocation) -> None:
        """Run a command. Raises UserError for an unknown one, for wrong arguments, or where it is not allowed."""
        command = self.commands.get(invocation.command)
        if command is None:
            raise unknown(invocation.command, list(self.commands))
        if command.admin and not invocation.user.admin:
            raise NotAllowed("command-admin-only", command=command.name)
        await command.run(replace(call, arguments=parse(command, invocation.arguments)))

    async def press(self, call: Call, action: str) -> None:
        """Run what a button stands for. Raises UserError for one that no longer exists."""
        await self._act(self._presses, call, action)

    async def submit(self, call: Call, action: str, values: Mapping[str, str]) -> None:
        """Take a form. Raises UserError for one that no longer exists."""
        await self._act(self._forms, replace(call, arguments=values), action)

    async def _act(self, runs: Mapping[str, Run], call: Call, action: str) -> None:
        verb, _, target = action.partition(":")
        if verb not in runs:
            raise UserError("button-outdated")
        await runs[verb](replace(call, target=target))


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
        if value and allowed and value not in allowed:
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
