"""Commands, buttons and forms: declared once, by whichever part of the core has them, and offered on every surface."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import structlog
from sqlmodel import Session

from core.errors import Unreachable, Unsure, UserError
from core.messages import (
    AnyEvent,
    Button,
    CommandHelp,
    Edit,
    File,
    Invocation,
    Message,
    OptionHelp,
    Place,
    Press,
    Reply,
    Select,
    Submission,
    User,
)
from core.parts import part_key, parts
from core.ports import Chat, Store
from core.rights import Role, require_admin, role_of
from core.store import identities, posts
from core.store.identities import Scene
from core.texts import Texts

T = TypeVar("T")
log = structlog.get_logger()

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

    def text(self, key: str, /, **values: str | int) -> str:
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
        selects: Sequence[Select] = (),
        files: Sequence[File] = (),
        about: str = "notice",
        in_place: bool = False,
        asks: str = "",
        literal: str = "",
    ) -> str | None:
        """Answer with a notice that concerns the person alone. `about` keeps two notices of one event apart.

        A notice that was sent before a crash is not sent again. With `in_place` it takes the place of the message whose
        button was pressed or opened the form, where there is one. `asks` opens a field for a reply to it; `literal` is
        shown below the text, letter by letter. Returns the platform's id of the message, of its last part where there
        are several; None where nobody knows it.
        """
        reply = Reply(
            text,
            buttons=tuple(buttons),
            selects=tuple(selects),
            files=tuple(files),
            reply_to=answered(self.event),
            replaces=self.event.id if in_place and isinstance(self.event, Press | Submission) else None,
            personal=True,
            asks=asks,
            literal=literal,
        )
        return await post(self.store, self.chat, self.event, reply, f"{self.event.key}#{about}")


def answered(event: AnyEvent) -> str | None:
    """The message that a notice about an event replies to: what a person has just said."""
    return event.id if isinstance(event, Message | Edit) else None


async def post(
    store: Store, chat: Chat, event: AnyEvent, reply: Reply, key: str, elsewhere: Place | None = None
) -> str | None:
    """Send a notice by way of the outbox, once; where nobody can know whether it was sent, not again.

    It goes to the event's place, or `elsewhere` in the same community. Returns the platform's id of its last part.
    """
    return await announce(store, chat, elsewhere or event.place, reply, key, None if elsewhere else event)


async def announce(
    store: Store, chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None
) -> str | None:
    """Send something that no event need be the cause of, by way of the outbox, once.

    Returns the platform's id of its last part, None where it was sent before or nobody knows.
    """
    shown: str | None = None
    for number, part in enumerate(parts(reply, chat.capabilities)):
        shown = await _post(store, chat, place, part, part_key(key, number), cause)
    return shown


async def _post(store: Store, chat: Chat, place: Place, reply: Reply, key: str, cause: AnyEvent | None) -> str | None:
    keyed = chat.capabilities.idempotent_send
    if not await store.write(lambda session: _may_send(session, place, key, keyed)):
        return None
    try:
        shown = await chat.send(place, reply, key, cause)
    except Unreachable:
        if not keyed:
            await store.write(lambda session: posts.drop(session, key))
        raise
    except Unsure as error:
        log.warning("notice_unsure", key=key, error=str(error))
        return None
    await store.write(lambda session: posts.sent(session, key, shown))
    return shown


def _may_send(session: Session, place: Place, key: str, keyed: bool) -> bool:
    planned = posts.plan(session, key, identities.community(session, place), place)
    if not keyed:
        # Promised and sent away are one step for a notice: it is only ever tried once.
        posts.sending(session, key)
        return planned
    earlier = posts.find(session, key)
    return earlier is not None and earlier.state != "sent"


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
