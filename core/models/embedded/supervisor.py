"""Keeps the child process of an embedded model alive: starts it, watches it, starts it again when it dies."""

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

import structlog

from core.backoff import Backoff
from core.errors import ModelTimeout, ModelUnavailable, OperatorError, SettingsError
from core.models.embedded.checked_files import CheckedFiles, SeenFiles
from core.models.embedded.child_process import ChildFailed, ModelChild, ending, start_child
from core.models.embedded.gguf import GgufHeader, check
from core.models.embedded.memory import check_room, free_mib, needed_mib
from core.models.embedded.server import ModelServerOptions
from core.models.remote.circuit_breaker import CircuitBreaker

# The client's HTTP library takes 6 MiB, which a program has that nobody has asked anything.
if TYPE_CHECKING:
    from core.models.remote.connection import ModelEndpoint

log = structlog.get_logger()

State = Literal["starting", "ready", "restarting", "open", "stopped"]
"""`open` means that it failed too often or cannot start: requests are refused at once until the next try."""

HUNG_AFTER = 2
"""After this many timeouts in a row, without a single token for anybody in between, the child counts as hung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedSettings:
    """The settings of an embedded model.

    - `context` is in tokens for each conversation.
    - `slots` is the number of answers at the same time.
    - `threads` is 0 for all cores but one: llama.cpp's threads wait for each other, so one busy core stops them all.
    - `batch` is in tokens. A smaller one frees the slot of a cancelled request sooner; 64 costs 5 % of the reading
      speed.
    - `cache_mib` is the memory for the prompts of idle conversations.
    - `home` is where the directory of the socket is made.
    - `sha256`, if given, is compared with the file before the model serves.
    - `adapter` is a LoRA that is served on the file, with `adapter_sha256` like that of the file.
    - `beside` says that it is served beside another model, so that it starts only if enough memory is free, and yields
      the cores.
    - `ranks` says that it is a reward model, which writes nothing.
    - `seen` are files that need not be read again before it serves.
    """

    file: Path
    name: str = ""
    sha256: str = ""
    adapter: Path | None = None
    adapter_sha256: str = ""
    beside: bool = False
    context: int = 2048
    slots: int = 4
    threads: int = 0
    batch: int = 64
    cache_mib: int = 256
    thinking: bool = False
    ranks: bool = False
    home: Path | None = None
    seen: SeenFiles = field(default_factory=SeenFiles, compare=False)
    start_seconds: float = 120.0
    unix: bool = os.name == "posix"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """How the child is restarted; all times are in seconds.

    The pause before a restart doubles each time, from `first_pause` to `longest_pause`. It is reset after a child that
    has finished an answer or lived for `steady`. A request waits for a restart for at most `wait`. If a child cannot
    start at all, it is tried again after `next_try`.
    """

    first_pause: float = 0.5
    longest_pause: float = 30.0
    steady: float = 60.0
    wait: float = 15.0
    next_try: float = 15.0


class ChildClient(Protocol):
    """The client that sends requests to a child process."""

    async def aclose(self) -> None: ...


Client = TypeVar("Client", bound=ChildClient)


class ModelSupervisor(Generic[Client]):
    """Keeps one child alive. The child starts when `client` is first called. `connect` makes the client of a child.

    Raises SettingsError for bad settings.
    """

    def __init__(
        self,
        settings: EmbeddedSettings,
        connect: "Callable[[ModelEndpoint, GgufHeader], Client]",
        recovery: RestartPolicy,
        breaker: CircuitBreaker,
    ) -> None:
        self._settings = settings
        self._connect = connect
        self._options = _options(settings)
        self._recovery = recovery
        self._breaker = breaker
        self._running: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._client: Client | None = None
        self._files = CheckedFiles(_files(settings), settings.seen)
        self._timeouts = 0
        self._proven = False
        self.name = settings.name or settings.file.stem
        self.window = settings.context
        self.state: State = "stopped"
        self.child: ModelChild | None = None
        self.cause = ""
        """The reason, for the operator, why it does not serve."""
        self.fault: OperatorError | None = None
        """The problem that the operator has to fix before it can start."""

    async def client(self) -> Client:
        """Wait until a child serves, and return its client. Raises ModelUnavailable."""
        if self._running is None:
            self._become("starting", "it is starting")
            self._running = asyncio.create_task(self._run())
        # A large model takes long for its first start; a restart should not keep people waiting as long.
        wait = self._settings.start_seconds if self.state == "starting" else self._recovery.wait
        deadline = asyncio.get_running_loop().time() + wait
        # One that has just died is still called ready until it is noticed how.
        while self._client is None and self.state not in ("open", "stopped"):
            if not await self._change(deadline):
                break
        if self._client is None:
            key = "model-missing" if self.fault else "model-unavailable"
            raise ModelUnavailable(key, f"{self.name}: {self.cause}")
        return self._client

    async def changed(self) -> State:
        """Wait for the next change of the state, and return the new one."""
        await self._changed.wait()
        return self.state

    async def gone(self, client: Client) -> None:
        """After a client's connection broke, wait a moment for the death of its child to be noticed."""
        deadline = asyncio.get_running_loop().time() + 1
        while self._client is client and await self._change(deadline):
            pass

    def spoke(self) -> None:
        """Note that the child has made a token."""
        self._timeouts = 0

    def answered(self) -> None:
        """Note that the child has finished an answer."""
        self._proven = True
        self._breaker.succeeded()

    def late(self, client: Client, error: ModelTimeout) -> None:
        """Count a timeout, and kill a child that hangs, since it will not recover by itself."""
        self._timeouts += 1
        if self._timeouts >= HUNG_AFTER and self.child and self._client is client:
            log.error("model_hangs", model=self.name, pid=self.child.pid, cause=error.cause)
            self.child.kill()

    async def aclose(self) -> None:
        """Stop the child and wait until it has ended."""
        if self._running:
            self._running.cancel()
            await asyncio.wait([self._running])
        else:
            self._running = asyncio.create_task(asyncio.sleep(0))
        self._become("stopped", "it has been stopped")

    async def _change(self, deadline: float) -> bool:
        """Wait for the state to change, until a moment on the loop's clock. Returns whether it did."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._changed.wait()
        except TimeoutError:
            return False

    def _become(self, state: State, cause: str = "") -> None:
        self.state, self.cause = state, cause
        # Those who wait now are woken; those who come later wait for the next change.
        self._changed.set()
        self._changed = asyncio.Event()

    async def _run(self) -> None:
        """Keep a child alive until we are cancelled."""
        pauses = Backoff(self._recovery.first_pause, self._recovery.longest_pause)
        now = asyncio.get_running_loop().time
        while True:
            began = now()
            try:
                cause = await self._live()
            except (OperatorError, OSError) as error:
                await self._rest(error)
                continue
            except ChildFailed as error:
                cause = str(error)
            if self._proven or now() - began >= self._recovery.steady:
                self._proven = False
                pauses.reset()
                self._breaker.succeeded()
            self._breaker.failed()
            rest = max(next(pauses), self._breaker.remaining)
            log.error("model_died", model=self.name, cause=cause, restart_in_seconds=round(rest, 1))
            self._become("open" if self._breaker.state == "open" else "restarting", cause)
            await asyncio.sleep(rest)
            self._become("restarting", cause)

    async def _rest(self, error: OperatorError | OSError) -> None:
        """Wait, so that the operator can fix what keeps the child from starting."""
        fault = error if isinstance(error, OperatorError) else OperatorError(f"The model cannot be started: {error}.")
        if str(fault) != str(self.fault):
            seconds = self._recovery.next_try
            log.error("model_cannot_start", model=self.name, cause=str(fault), retry_every_seconds=seconds)
        self.fault = fault
        self._become("open", str(fault))
        await asyncio.sleep(self._recovery.next_try)

    async def _live(self) -> str:
        """Start a child and stay with it until it ends. Returns how it ended. Raises ChildFailed and OperatorError."""
        now = asyncio.get_running_loop().time
        began = now()
        child, header = await self._start()
        try:
            self.child, self.fault, self.window = child, None, child.options.context
            self._timeouts = 0
            self._client = self._connect(endpoint_of(child), header)
            seconds = round(now() - began, 2)
            log.info("model_ready", model=self.name, pid=child.pid, window=self.window, seconds=seconds)
            self._become("ready")
            code = await child.wait()
            words = " | ".join(child.last_words)
            return f"{ending(code)}; its last words: {words}" if words else ending(code)
        finally:
            client, self._client, self.child = self._client, None, None
            if client:
                await client.aclose()
            await child.stop()

    async def _start(self) -> tuple[ModelChild, GgufHeader]:
        settings = self._settings
        if find_spec("xllamacpp") is None:
            raise OperatorError("The package xllamacpp, which runs embedded models, is not installed: `make install`.")
        header = await asyncio.to_thread(check, settings.file)
        context = min(settings.context, header.context or settings.context)
        options = replace(self._options, key=secrets.token_urlsafe(32), context=context)
        if settings.beside:
            size = await asyncio.to_thread(lambda: self._files.size)
            check_room(self.name, needed_mib(header, size, options), free_mib())
        child, damage = await asyncio.gather(
            start_child(options, settings.unix, settings.home, yields=settings.beside),
            asyncio.to_thread(self._files.check),
            return_exceptions=True,
        )
        if isinstance(child, BaseException):
            raise child
        if damage:
            await child.stop()
            raise damage
        return child, header


def endpoint_of(child: ModelChild) -> "ModelEndpoint":
    """The address of a child that serves."""
    from core.models.remote.connection import ModelEndpoint

    return ModelEndpoint(
        f"{child.address or 'http://localhost'}/v1",
        key=child.options.key,
        socket=child.options.socket,
        dialect="llama.cpp",
        window=child.options.context,
        slots=child.options.slots,
    )


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _files(settings: EmbeddedSettings) -> list[tuple[Path, str]]:
    adapter = [(settings.adapter, settings.adapter_sha256)] if settings.adapter else []
    return [(settings.file, settings.sha256), *adapter]


def _options(settings: EmbeddedSettings) -> ModelServerOptions:
    """The child's options as far as they are known before it starts. Raises SettingsError."""
    try:
        return ModelServerOptions(
            model=str(settings.file),
            key="",
            socket="",
            slots=settings.slots,
            context=settings.context,
            threads=settings.threads or max(1, cores() - 1),
            batch=settings.batch,
            cache_mib=settings.cache_mib,
            thinking=settings.thinking,
            seconds=settings.start_seconds,
            adapter=str(settings.adapter or ""),
            embedding=settings.ranks,
        )
    except ValueError as error:
        raise SettingsError(f"The embedded model's settings are wrong: {error}.") from None
