"""The few protocols between the core and what is around it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from sqlmodel import Session

from core.messages import AnyEvent, Attachment, CommandHelp, Form, Place, Reply, Summary, Turn, User

T = TypeVar("T")

Handle = Callable[[AnyEvent], Awaitable[None]]
"""What a bot calls with every event. It returns once the event is committed; only then may the bot acknowledge it.
Raises StoreError where the event could not be committed: the bot must not acknowledge."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The core asks this and never which platform it is.

    `text_limit` is the longest message in characters, 0 for none, of which one beyond U+FFFF counts `astral`;
    `edit_interval` the seconds between two edits of one message; `selects` the kinds of select that it shows;
    `personal` says that a notice about a command is seen by that person alone, also among others; `idempotent_send`
    that sending the same key twice leaves one message.
    """

    text_limit: int = 0
    astral: int = 1
    edit_interval: float = 1.2
    buttons: bool = True
    personal: bool = False
    selects: frozenset[str] = frozenset()
    forms: bool = False
    reactions: bool = False
    files: bool = True
    idempotent_send: bool = False


class Chat(Protocol):
    """A platform's way out. One instance serves all places of its platform."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply and return the platform's id of the new message.

        `key` is the outbox's: where the platform can, a second send with the same key makes no second message.
        `cause` is the event that the reply belongs to, for platforms that answer through it.
        Raises Unreachable where it was not sent and may be tried again, Unsure where nobody knows.
        """
        ...

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show a growing reply that is not yet a message, and that leaves nothing behind when we stop.

        False where there is no such thing; the reply is then sent, and edited as it grows.
        """
        ...

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Show `reply` in place of what the message showed before. The text is whole, never a difference."""
        ...

    async def delete(self, place: Place, message_id: str) -> None: ...

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form for the person who caused the event. Called only where `capabilities.forms`."""
        ...

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a place for a new conversation and take the person who caused the event there.

        None where the platform has no such thing; the conversation then starts anew in the same place.
        """
        ...

    async def read(self, attachment: Attachment) -> bytes:
        """The content of a file that came with a message. Raises UserError where it cannot be had."""
        ...

    async def done(self, event: AnyEvent) -> None:
        """All that an event asked for has happened. A platform that waits for a sign of it gets one now."""
        ...

    async def refresh(self, place: Place) -> None:
        """The conversation's active branch has changed. A surface that draws whole transcripts draws it anew."""
        ...

    async def typing(self, place: Place) -> None: ...

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """How a text on this platform points to something by its id; a message's place is needed to find it."""
        ...


@dataclass(frozen=True, slots=True)
class Watched:
    """An answer that reactions may be on: its place, and the platform's ids of the messages that show it.

    `reactions` are pairs of a platform's user id and 1, -1 for the ratings that came from reactions.
    """

    place: Place
    messages: tuple[str, ...]
    reactions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WebNotice:
    """A page of few words: plain text, and a line to be copied."""

    title: str
    paragraphs: tuple[str, ...]
    line: str = ""


Returned = Callable[[Mapping[str, str], str], Awaitable[WebNotice]]
"""What somebody reads who comes back from signing in elsewhere, by their query and language. Raises StoreError."""


class Keep(Protocol):
    """What a surface remembers over a restart: few short values under names of its own."""

    async def recall(self, name: str) -> str:
        """The value, empty where there is none."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Keep a value in place of the earlier one. Raises StoreError where that fails."""
        ...


class Records(Protocol):
    """What a surface may read to draw itself: a web page or a terminal has no history of its own."""

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        """The person's own conversations on this platform, newest first."""
        ...

    async def first_seen(self, platform: str, user: User) -> datetime | None:
        """When somebody was first seen on this platform, None where they never were."""
        ...

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        """The active branch of the conversation at `place`, oldest first; empty where there is none yet.

        Raises NotAllowed where the place is another person's private one.
        """
        ...

    async def owns(self, place: Place, user: User) -> bool:
        """Whether a conversation is a person's own, by whichever of their accounts."""
        ...

    def commands(self, user: User) -> Sequence[CommandHelp]:
        """The commands that this person may use, in their language."""
        ...

    def complete(self, command: str, option: str, typed: str) -> Sequence[str]:
        """The values of a command's option that fit what somebody has typed so far, the best first."""
        ...

    async def changed(self) -> None:
        """Wait until there are other commands than now."""
        ...

    @property
    def languages(self) -> Sequence[str]:
        """The languages that there are texts in, as BCP 47 tags, the default first."""
        ...

    async def listens(self, place: Place) -> bool:
        """Whether the assistant answers there without being called."""
        ...

    async def begun(self, place: Place) -> bool:
        """Whether there is a conversation with the assistant at a place."""
        ...

    async def watched(self, platform: str, limit: int = 200) -> Sequence[Watched]:
        """The newest answers of ours on a platform, for a surface that was away to look at their reactions."""
        ...

    def text(self, language: str, key: str, **values: str | int) -> str:
        """A text of config/locales in the nearest language that has it."""
        ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model picks its words; None leaves a choice to the model's server.

    Names and ranges are Open Assistant's (spec/open-assistant.md 3.4): temperature 0.01-2, max_new_tokens 1-1024, top_p
    0-1, typical_p 0-1, repetition_penalty 1-3, top_k 5-2000.
    """

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    typical_p: float | None = None
    repetition_penalty: float | None = None
    max_new_tokens: int = 512
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is offered it: `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to call a tool: `arguments` is JSON as the model wrote it, which may be wrong."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a tool's call: the text for the model, the line that people see, and the links that it leads to.

    `links` are pairs of title and address. `outside` says that the text may be somebody else's words.
    """

    text: str
    line: str
    links: tuple[tuple[str, str], ...] = ()
    outside: bool = False


class Toolbox(Protocol):
    """What the assistant may call for a person, somewhere."""

    async def offered(self, event: AnyEvent, text: str, room: int) -> Sequence[ToolSpec]:
        """The tools that this person may use there and that fit a text best, in at most `room` characters."""
        ...

    async def use(self, event: AnyEvent, call: ToolCall, *, outside: bool) -> Outcome:
        """Call a tool for who caused the event; whether they may is asked again. Errors are outcomes too.

        `outside` says that the model has read somebody else's words, which may have fooled it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is said to a model of a question beside the question: `text` in its place, and material to answer from.

    `links` are pairs of title and address, which are cited under the answer.
    """

    text: str
    material: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tool that may help with a question, for a person to choose: the action of its button, and its label."""

    action: str
    label: str


class Hooks(Protocol):
    """Who has a say in what is asked, answered and rated."""

    async def before_answer(self, event: AnyEvent, text: str) -> Briefing:
        """What to tell the model of a question. Raises UserError where it is not to be answered."""
        ...

    async def judges(self, event: AnyEvent) -> bool:
        """Whether answers there are looked at as a whole before anybody sees them."""
        ...

    async def before_send(self, event: AnyEvent, text: str) -> str:
        """What is sent in an answer's place. Raises UserError where nothing may be."""
        ...

    async def rated(self, event: AnyEvent, answer_id: str, value: int, labels: Sequence[str], comment: str) -> None:
        """An answer was rated: 1, -1, or 0 where that was taken back. Never raises."""
        ...

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        """A labeling task was done. Never raises."""
        ...

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[Suggestion]:
        """Tools that may help with a question, beneath the answer of a model without tools; the best first."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a prompt. A prompt that ends with an assistant's line asks the model to carry that line on.

    `calls` are the tools that an assistant's line asks for; a tool's line says in `call` which of them it answers.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


Finish = Literal["", "stop", "length", "calls"]
"""Why an answer ended: naturally, cut by the limit, or to call tools; empty where it goes on or nobody knows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of an answer. The last piece has `finish`.

    `calls` are the tools that the model wants called; they and `prompt_tokens`, `cached_tokens` and `completion_tokens`
    come with the last piece, 0 where the server is silent.
    """

    text: str = ""
    finish: Finish = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: tuple[ToolCall, ...] = ()


class Model(Protocol):
    """A language model behind any provider."""

    @property
    def name(self) -> str: ...

    @property
    def window(self) -> int:
        """Tokens that one conversation may hold, prompt and answer together."""
        ...

    @property
    def slots(self) -> int:
        """Answers that it writes at the same time."""
        ...

    @property
    def calls_tools(self) -> bool:
        """Whether it can be offered tools."""
        ...

    async def count(self, lines: Sequence[Line]) -> int:
        """Tokens of a prompt of these lines, by the model's own tokeniser and chat template.

        Raises ModelError where the model cannot be asked.
        """
        ...

    def stream(
        self, lines: Sequence[Line], sampling: Sampling, session: str = "", tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[Piece, None]:
        """The answer to a prompt, piece by piece. Closing the generator frees the model's slot.

        `session` is the same for all turns of a conversation, so that a router can keep its prefix cache warm.
        Raises ModelUnavailable, ModelTimeout or PromptTooLong.
        """
        ...


class Store(Protocol):
    """The database. A unit is a plain function of a session: one unit, one transaction, and no await inside one."""

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run the unit and commit. Raises StoreError where the database cannot be written; nothing is kept then."""
        ...

    async def read(self, unit: Callable[[Session], T]) -> T:
        """Run the unit on a snapshot. It may not write."""
        ...
