"""A core in memory with a scripted model: the `Handle` and the `SurfaceRecords` that the web chat is given.

It does what the engine does, as far as a page can tell: events count once, answers are part of the transcript before
their first word, edits and retries make branches, ratings mark buttons.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Literal

from core.commands.news import CommandChanges
from core.errors import NotAllowed
from core.messages import (
    UNDERWAY,
    AnyEvent,
    Button,
    CommandHelp,
    Edit,
    Field,
    File,
    Form,
    Invocation,
    Message,
    MessageState,
    Place,
    Press,
    Reply,
    Submission,
    Summary,
    Turn,
    User,
)
from core.ports.chat import Chat
from core.ports.surface import ChosenValue, ShownAnswer, ShownNotice, WatchedAnswer
from tests.shared.cards import FORM, buttons
from tests.web.words import Words

HOLD = "\0hold"
"""In a script: wait until `release` is called."""
CUT = "\0cut"
"""In a script: the length limit ends the answer here; what follows comes with "continue"."""

COMMANDS = {
    "help": "Show what you can do here",
    "new": "Begin a new conversation",
    "mydata": "Get everything that is stored about you",
    "rate": "Rate the last answer",
    "retry": "Answer my last question again",
}
CHOICES = {"model": ("large", "small"), "persona": ("parley",)}
Role = Literal["prompter", "assistant"]

COMMENT, LABELS, MOOD = "In your own words", "Labels that fit", "How was it?"


@dataclass(slots=True)
class Node:
    id: str
    parent: str
    role: Role
    text: str
    at: datetime
    state: MessageState = "manual"
    platform_id: str | None = None
    rating: int = 0
    rest: tuple[str, ...] = ()


@dataclass(slots=True)
class Tree:
    owner: str
    used: datetime
    title: str = ""
    tail: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)

    def path(self) -> list[Node]:
        found: list[Node] = []
        at = self.tail
        while at:
            found.insert(0, self.nodes[at])
            at = self.nodes[at].parent
        return found

    def versions(self, node: Node) -> tuple[str, ...]:
        beside = [other for other in self.nodes.values() if other.parent == node.parent and other.role == node.role]
        return tuple(other.id for other in beside)

    def leaf(self, id: str) -> str:
        children = [node.id for node in self.nodes.values() if node.parent == id]
        return self.leaf(children[-1]) if children else id


class Standin:
    """`script` gives the pieces of the answer to a question; `events` are those that were taken, each once."""

    def __init__(self, script: Callable[[str], Sequence[str]] = lambda question: (f"You said: {question}",)) -> None:
        self.script = script
        self.events: list[AnyEvent] = []
        self.plugged: list[CommandHelp] = []
        self.choices: dict[str, tuple[str, ...]] = dict(CHOICES)
        self.failure: Exception | None = None
        self._words = Words()
        self._trees: dict[str, Tree] = {}
        self._keys: set[str] = set()
        self._shown: set[str] = set()
        self._numbers = count(1)
        self._release = asyncio.Event()
        self._writing: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._chat: Chat | None = None

    @property
    def chat(self) -> Chat:
        assert self._chat
        return self._chat

    @chat.setter
    def chat(self, chat: Chat) -> None:
        self._chat = chat

    # Handle

    async def handle(self, event: AnyEvent) -> None:
        if self.failure:
            raise self.failure
        if event.key in self._keys:
            return
        self._keys.add(event.key)
        self.events.append(event)
        task = asyncio.create_task(self._take(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def release(self) -> None:
        """Let a script that holds go on."""
        self._release.set()

    async def settled(self) -> None:
        """Wait until nothing is underway."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    # Records

    async def commands_in(self, place: Place, user: User) -> Sequence[CommandHelp]:
        return self.commands(user)

    async def chosen(self, place: Place, user: User) -> Mapping[str, ChosenValue]:
        return {name: ChosenValue(values[0], values) for name, values in self.choices.items()}

    def complete(self, command: str, option: str, typed: str) -> Sequence[str]:
        return CHOICES.get(command, ())

    async def switched_off(self, place: Place) -> frozenset[str]:
        return frozenset()

    def changes(self) -> CommandChanges:
        return CommandChanges()

    @property
    def languages(self) -> Sequence[str]:
        return ("en",)

    async def listens(self, place: Place) -> bool:
        return False

    async def begun(self, place: Place) -> bool:
        return place.channel in self._trees

    async def shown(self, place: Place, message_id: str) -> ShownAnswer | None:
        return None

    async def language(self, place: Place) -> str:
        return ""

    async def watched(self, platform: str, limit: int = 200) -> Sequence[WatchedAnswer]:
        return ()

    async def first_seen(self, platform: str, user: User) -> datetime | None:
        return next((event.at for event in self.events if event.user.id == user.id), None)

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        mine = [(tree.used, channel, tree.title) for channel, tree in self._trees.items() if tree.owner == user.id]
        return [
            Summary(channel, Place("web", "local", channel, private=True), title, used)
            for used, channel, title in sorted(mine, reverse=True)[:limit]
        ]

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        tree = self._trees.get(place.channel)
        if tree is None:
            return []
        if tree.owner != user.id:
            raise NotAllowed("web-error-not-yours")
        return [self._turn(tree, node) for node in tree.path()]

    async def notices(self, place: Place, user: User, limit: int = 100) -> Sequence[ShownNotice]:
        return ()

    async def owns(self, place: Place, user: User) -> bool:
        tree = self._trees.get(place.channel)
        return tree is not None and tree.owner == user.id

    def commands(self, user: User) -> Sequence[CommandHelp]:
        own = [CommandHelp(name, "talk", f"/{name}", about) for name, about in sorted(COMMANDS.items())]
        return [*own, *self.plugged]

    async def welcome(self, place: Place, user: User) -> Reply:
        return Reply("Hello!")

    def text(self, language: str, key: str, **values: str | int) -> str:
        return self._words(language, key, **values)

    def _turn(self, tree: Tree, node: Node) -> Turn:
        versions = tree.versions(node)
        answer = node.role == "assistant"
        return Turn(
            id=node.id,
            role=node.role,
            text=node.text,
            author="" if answer else "Guest",
            at=node.at,
            state=node.state,
            platform_id=node.platform_id,
            model="standin-1" if answer else "",
            status="Stopped." if node.state == "cancelled" else "",
            branch=versions.index(node.id) + 1,
            branches=versions,
            rating=node.rating,
            buttons=self._buttons(node) if answer else (),
        )

    def _buttons(self, node: Node) -> tuple[Button, ...]:
        if node.state in UNDERWAY:
            return (Button(f"stop:{node.id}", "Stop", "⏹"),)
        return (
            Button(f"up:{node.id}", "Good answer", "👍", chosen=node.rating > 0),
            Button(f"down:{node.id}", "Bad answer", "👎", chosen=node.rating < 0),
            Button(f"retry:{node.id}", "Retry", "🔁"),
            *((Button(f"continue:{node.id}", "Continue", "▶"),) if node.rest else ()),
        )

    # What events do

    async def _take(self, event: AnyEvent) -> None:
        match event:
            case Message():
                await self._said(event)
            case Edit():
                tree = self._trees[event.place.channel]
                old = self._by_platform_id(tree, event.id)
                question = self._add(tree, old.parent, "prompter", event.text, platform_id=f"{event.id}+{event.key}")
                await self._answer(event, tree, question)
            case Press():
                await self._pressed(event)
            case Invocation():
                await self._invoked(event)
            case Submission():
                lines = [f"- **{name}**: {value}" for name, value in event.values.items()]
                reply = Reply("Thank you:\n\n" + "\n".join(lines), replaces=event.id)
                await self.chat.send(event.place, reply, f"{event.key}#n", event)

    async def _said(self, event: Message) -> None:
        if not event.text.strip():
            await self.chat.send(event.place, Reply("I could not see any text."), f"{event.key}#error", event)
            return
        tree = self._trees.setdefault(event.place.channel, Tree(event.user.id, now()))
        tree.used, tree.title = now(), tree.title or " ".join(event.text.split())[:80]
        parent = self._by_platform_id(tree, event.reply_to).id if event.reply_to else tree.tail
        await self._answer(event, tree, self._add(tree, parent, "prompter", event.text, platform_id=event.id))

    async def _answer(self, event: AnyEvent, tree: Tree, question: Node) -> None:
        answer = self._add(tree, question.id, "assistant", "", state="pending", platform_id=f"{event.key}#answer")
        await self.chat.typing(event.place)
        await self._write(event, answer, tuple(self.script(question.text)))

    async def _write(self, event: AnyEvent, answer: Node, pieces: tuple[str, ...]) -> None:
        answer.state = "in_progress"
        writing = self._writing[answer.id] = asyncio.create_task(self._stream(event, answer, pieces))
        await asyncio.wait([writing])
        answer.state = "cancelled" if writing.cancelled() else "complete"
        await self._show(event, answer)

    async def _stream(self, event: AnyEvent, answer: Node, pieces: tuple[str, ...]) -> None:
        answer.rest = ()
        for at, piece in enumerate(pieces):
            if piece == CUT:
                answer.rest = pieces[at + 1 :]
                return
            if piece == HOLD:
                self._release.clear()
                await self._release.wait()
                continue
            answer.text += piece
            await self._show(event, answer)

    async def _show(self, event: AnyEvent, answer: Node) -> None:
        underway = answer.state == "in_progress"
        status = "Stopped." if answer.state == "cancelled" else ""
        reply = Reply(answer.text, answer.id, status, underway, self._buttons(answer))
        key = answer.platform_id or ""
        if key in self._shown:
            await self.chat.edit(event.place, key, reply)
        else:
            self._shown.add(await self.chat.send(event.place, reply, key, event))
        # The browser's own loop runs beside us; a real model gives it time by itself.
        await asyncio.sleep(0)

    async def _pressed(self, event: Press) -> None:
        verb, _, id = event.action.partition(":")
        if verb == "pick":
            reply = Reply(f"Picked {id}", buttons=buttons(int(id)), replaces=event.id)
            await self.chat.send(event.place, reply, f"{event.key}#n", event)
            return
        if verb == "write":
            await self.chat.show(event.place, FORM, event)
            return
        tree = self._trees[event.place.channel]
        node = tree.nodes[id]
        match verb:
            case "stop":
                self._writing[id].cancel()
            case "retry":
                await self._answer(event, tree, tree.nodes[node.parent])
            case "continue":
                await self._write(event, node, node.rest)
            case "branch":
                tree.tail = tree.leaf(id)
                await self.chat.refresh(event.place)
            case "up" | "down":
                value = 1 if verb == "up" else -1
                node.rating = 0 if node.rating == value else value
                await self._show(event, node)

    async def _invoked(self, event: Invocation) -> None:
        place, key = event.place, f"{event.key}#notice"
        match event.command:
            case "help":
                text = "Write me a message.\n\n" + "\n".join(f"- `/{name}` {about}" for name, about in COMMANDS.items())
                await self.chat.send(place, Reply(text), key, event)
            case "new":
                await self.chat.open(place, event.user, event)
            case "mydata":
                file = File("my data.json", "application/json", b'{"you": "Guest"}')
                await self.chat.send(place, Reply("Here is everything.", files=(file,)), key, event)
            case "rate":
                await self.chat.show(place, RATE, event)
            case "card":
                await self.chat.send(place, Reply("The card", buttons=buttons()), key, event)
            case unknown:
                await self.chat.send(place, Reply(f"There is no command “{unknown}”. See /help."), key, event)

    def _add(
        self, tree: Tree, parent: str, role: Role, text: str, platform_id: str, state: MessageState = "manual"
    ) -> Node:
        node = Node(f"{next(self._numbers):032x}", parent, role, text, now(), state, platform_id)
        tree.nodes[node.id] = node
        tree.tail = node.id
        return node

    def _by_platform_id(self, tree: Tree, id: str) -> Node:
        return next(node for node in tree.nodes.values() if node.platform_id == id)


RATE = Form(
    "why:1",
    "Why this rating?",
    (
        Field("labels", LABELS, "choices", (("helpful", "Helpful"), ("funny", "Humorous"), ("rude", "Rude"))),
        Field("mood", MOOD, "choice", (("good", "Good"), ("bad", "Bad")), required=True),
        Field("comment", COMMENT, limit=500),
    ),
    "Send",
)


def now() -> datetime:
    return datetime.now(UTC)
