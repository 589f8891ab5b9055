"""The plugin API: four decorators, a context, and the types of results."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

# It takes longer to import than the rest, and what only reads manifests needs none of it.
if TYPE_CHECKING:
    import httpx

API = 1
"""The version of this API. It increases when something is removed or changes its meaning."""

Function = TypeVar("Function", bound=Callable[..., Awaitable[Any]])
MARK = "__parley__"
"""The attribute in which a decorated function keeps its declaration."""

HookName = Literal["before_answer", "before_send", "on_rating", "on_task_done"]
"""The moments at which a plugin may act; see `hook`."""


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of something in a result; it is cited under the answer."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a function.

    `sources` are cited under the answer; with `private`, only the person who asked may see it.
    """

    text: str
    sources: tuple[Source, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """A thumb on an answer: `value` is 1, -1, or 0 if it was taken back; `labels` and `comment` say why."""

    answer: str
    value: int
    labels: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A labeling task that somebody has done: its type, as "label_assistant_reply", and its id."""

    type: str
    id: str


class PluginError(Exception):
    """Something went wrong for a reason that a person can fix. The text says what to do, and is shown to them."""


class Failure(PluginError):
    """A service on the other side did not do its part. The text says which, and may be shown."""


class Storage(Protocol):
    """The plugin's own keys and values in the community where it was called; values are anything that JSON can hold."""

    async def get(self, key: str, default: Any = None) -> Any: ...

    async def set(self, key: str, value: Any) -> None: ...

    async def delete(self, key: str) -> None: ...

    async def keys(self, prefix: str = "") -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text that a search found: the text's key, title and address, and the words."""

    key: str
    title: str
    url: str
    text: str


class Texts(Protocol):
    """The plugin's own texts in the community, which can be searched by their words."""

    async def put(self, key: str, title: str, text: str, url: str = "") -> None:
        """Store a text, replacing the one with the same key."""
        ...

    async def remove(self, key: str) -> bool:
        """Remove a text. Returns whether it was there."""
        ...

    async def titles(self) -> dict[str, str]:
        """Return the titles of all texts, by their keys."""
        ...

    async def search(self, words: str, limit: int = 3) -> list[Passage]:
        """Return the passages that fit the words best, the best first."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A planned call of a function: at `when` (with its zone), with `values`; `user_id` is who asked for it."""

    id: str
    function: str
    when: datetime
    values: Mapping[str, Any]
    user_id: str = ""


class Schedule(Protocol):
    """The planned calls of the plugin's own @scheduled functions here; they survive a restart."""

    async def at(self, when: datetime, function: str, **values: Any) -> str:
        """Call a function once, at a time that has a zone. Its context then has this place and person.

        A function that the clock has called plans for 30 seconds from then at the earliest, so that none runs without a
        pause. Returns the id for cancelling the call.
        """
        ...

    async def cancel(self, id: str) -> bool:
        """Cancel a call. Returns whether it was still to come."""
        ...

    async def due(self) -> list[Due]:
        """Return the calls that are still to come, the next one first."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation; `role` is "prompter" for people and "assistant" for answers."""

    role: Literal["prompter", "assistant"]
    text: str


class Chat(Protocol):
    """The plugin's access to the chat where it was called. The manifest must list each power, under `powers`."""

    async def post(self, text: str, *, notify: bool = False) -> None:
        """Post something that everybody there can read (power "post").

        With `notify`, the person for whom the function was called is named before the text, and the platform notifies
        them and nobody else. In a private place, nobody has to be named.
        """
        ...

    async def log(self, text: str) -> None:
        """Tell the community's admins, in their log channel if they have one (power "log")."""
        ...

    async def history(self, limit: int = 1) -> Sequence[Said]:
        """Return the last messages of the conversation, oldest first (power "history")."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a plugin's function has to work with, for one call.

    `http` reaches only the hosts in the manifest. `config` holds the community's settings by the manifest's names,
    `secrets` the operator's. `language` is the person's, as a BCP 47 tag. `user_id` is the same for a person in every
    call. `key` is the same if the same call is repeated after a crash.
    """

    http: "httpx.AsyncClient"
    storage: Storage
    texts: Texts
    schedule: Schedule
    chat: Chat
    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = "en"
    user_name: str = ""
    user_id: str = ""
    key: str = ""


@dataclass(slots=True)
class FunctionMarks:
    """How a function was declared. `shown` is the line that people see for a call, with its arguments in braces."""

    tool: str = ""
    command: str = ""
    shown: str = ""
    confirm: bool = False
    admin: bool = False
    hook: str = ""
    scheduled: bool = False


def _marks(function: Any) -> FunctionMarks:
    found = getattr(function, MARK, None)
    if not isinstance(found, FunctionMarks):
        found = FunctionMarks()
        setattr(function, MARK, found)
    return found


@overload
def tool(function: Function, /) -> Function: ...
@overload
def tool(*, name: str = "", shown: str = "", confirm: bool = False) -> Callable[[Function], Function]: ...
def tool(function: Any = None, /, *, name: str = "", shown: str = "", confirm: bool = False) -> Any:
    """Offer an async function to the model.

    `shown` is what people see of a call ("searched the web for {query}"). With `confirm` a person is asked first, which
    is right for anything that changes something.
    """

    def mark(given: Any) -> Any:
        marks = _marks(given)
        marks.tool, marks.shown, marks.confirm = name or given.__name__, shown, confirm
        return given

    return mark(function) if function is not None else mark


@overload
def command(function: Function, /) -> Function: ...
@overload
def command(*, name: str = "", admin: bool = False) -> Callable[[Function], Function]: ...
def command(function: Any = None, /, *, name: str = "", admin: bool = False) -> Any:
    """Offer an async function to people, as a command; with `admin`, only to those who run the community."""

    def mark(given: Any) -> Any:
        marks = _marks(given)
        marks.command, marks.admin = name or given.__name__, admin
        return given

    return mark(function) if function is not None else mark


def hook(moment: HookName) -> Callable[[Function], Function]:
    """Call a function at a moment, which the manifest names under `hooks`. It takes a context and one value.

    before_answer gets the question's text. It returns other words for the model, or a Result with material for the
    answer, or None; a PluginError refuses the question, with its words. before_send gets the answer's text. It returns
    what to send instead, or None; a PluginError withholds the answer. on_rating takes a Rating, on_task_done a
    TaskDone.
    """

    def mark(given: Any) -> Any:
        _marks(given).hook = moment
        return given

    return mark


def scheduled(function: Function, /) -> Function:
    """Let a function be called at set times: by the manifest's `schedules`, or by `Context.schedule`."""
    _marks(function).scheduled = True
    return function
