"""The parts that a bot's folder provides: how to connect, what to check, and whether its data may be exported."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from bots.shared.turns import InTurn, Work, at_once
from core.messages import Place
from core.ports.chat import Chat, Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.types import ASGIApp

S = TypeVar("S", bound="BaseModel")

Began = Callable[[str], None]
"""Called with the bot's name each time people can reach it; with none once it stands by for another process."""


class SharedDuties(Protocol):
    """What a process shares with others."""

    async def divided(
        self, pool: str, parts: Sequence[str], work: Callable[[str], Awaitable[None]], standing_by: Callable[[], None]
    ) -> None:
        """Do our share of a work in several parts, until cancelled.

        `work` does a part until it is cancelled; `standing_by` is called when there is none for us. Raises what the
        work raises.
        """
        ...

    async def turn(self, name: str, seconds: float) -> None:
        """Wait for our turn at something that all processes together may do once in so many seconds."""
        ...

    async def alone(self, name: str, work: Work) -> None:
        """Do work that only one of all processes does at a time, as soon as it is our turn, until it ends by itself.

        It is cancelled if another process has taken it over, and begins again when it is our turn once more.
        """
        ...

    def check(self) -> None:
        """Make sure that the present work is ours still, just before a request leaves. Raises LeaseLost."""
        ...


class Host(Protocol):
    """The parts of the running program that a bot is given."""

    @property
    def handle(self) -> Handle: ...

    @property
    def records(self) -> SurfaceRecords: ...

    @property
    def shared(self) -> SharedDuties | None:
        """What we share with other processes; None if there are no others."""
        ...

    def attach(self, platform: str, chat: Chat) -> None:
        """Send replies to a platform through this chat."""
        ...

    def keep(self, platform: str) -> SurfaceStorage:
        """The storage for what a bot remembers across restarts."""
        ...

    async def recover(self, platform: str, ours: Callable[[Place], bool] = ...) -> int:
        """Resume what an earlier process left unfinished at our places, once. Returns the number of events."""
        ...


def in_turn(host: Host) -> InTurn:
    """How a process does what only one of all does: at once, if it is the only one."""
    return host.shared.alone if host.shared else at_once


@dataclass(frozen=True, slots=True)
class Connection:
    """A bot that can be run. `run` serves until `close`; `app` answers its platform's calls, if the platform calls."""

    run: Callable[[Began], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    app: "ASGIApp | None" = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check of `parley doctor`; `fix` says how to fix a problem."""

    what: str
    state: Literal["ok", "warn", "fail"]
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Platform(Generic[S]):
    """A platform. `section` is the class of its settings, which are passed to the functions.

    `connect` makes the whole bot, `answer` only its outgoing side, for a process that is told by others what people do.
    `address` gives the host and port on which the platform calls us, or None if it does not. `needs` is the module that
    must be installed and the name of its distribution. What comes from the platform may be exported by default if
    `exported`; otherwise `policy` says why not, and what an operator has to declare in order to export it.
    """

    section: type[S]
    wanted: Callable[[S], bool]
    connect: Callable[[S, Host], Connection]
    answer: Callable[[S, Host], Connection]
    examine: Callable[[S], Awaitable[list[CheckResult]]]
    address: Callable[[S], tuple[str, int] | None] = lambda section: None
    needs: tuple[str, str] = ("", "")
    exported: bool = True
    policy: str = ""
