"""What a plugin writes with: two decorators, a context, and what a function gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, overload

import httpx

API = 1
"""The version of this API. It grows when something is taken away or changes its meaning."""

Function = TypeVar("Function", bound=Callable[..., Awaitable[Any]])
MARK = "__parley__"
"""Where a decorated function keeps what it was declared as."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something in a result comes from; it is cited under the answer."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a function found out. `sources` are cited under the answer; `private`: only who asked may see it."""

    text: str
    sources: tuple[Source, ...] = ()
    private: bool = False


class PluginError(Exception):
    """Something went wrong for a reason that a person can mend: the text says what to do, and is shown to them."""


class Failure(PluginError):
    """A service on the other side did not do its part: the text says which, and may be shown."""


class Storage(Protocol):
    """The plugin's own keys and values in the community where it was called; values are anything that JSON can hold."""

    async def get(self, key: str, default: Any = None) -> Any: ...

    async def set(self, key: str, value: Any) -> None: ...

    async def delete(self, key: str) -> None: ...

    async def keys(self, prefix: str = "") -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a plugin's function has to work with, for one call.

    `http` reaches the hosts of the manifest and no other; `config` are the community's settings by the manifest's
    names, `secrets` the operator's; `language` is the person's, as a BCP 47 tag.
    """

    http: httpx.AsyncClient
    storage: Storage
    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = "en"
    user_name: str = ""


@dataclass(slots=True)
class Marks:
    """What a function was declared as. `shown` is the line that people see of a call, with its arguments in braces."""

    tool: str = ""
    command: str = ""
    shown: str = ""
    confirm: bool = False


def _marks(function: Any) -> Marks:
    found = getattr(function, MARK, None)
    if not isinstance(found, Marks):
        found = Marks()
        setattr(function, MARK, found)
    return found


@overload
def tool(function: Function, /) -> Function: ...
@overload
def tool(*, name: str = "", shown: str = "", confirm: bool = False) -> Callable[[Function], Function]: ...
def tool(function: Any = None, /, *, name: str = "", shown: str = "", confirm: bool = False) -> Any:
    """Offer an async function to the model.

    `shown` is what people see of a call ("searched the web for {query}"); with `confirm` a person is asked first,
    which is right for whatever changes something.
    """

    def mark(given: Any) -> Any:
        marks = _marks(given)
        marks.tool, marks.shown, marks.confirm = name or given.__name__, shown, confirm
        return given

    return mark(function) if function is not None else mark


@overload
def command(function: Function, /) -> Function: ...
@overload
def command(*, name: str = "") -> Callable[[Function], Function]: ...
def command(function: Any = None, /, *, name: str = "") -> Any:
    """Offer an async function to people, as a command."""

    def mark(given: Any) -> Any:
        _marks(given).command = name or given.__name__
        return given

    return mark(function) if function is not None else mark
