"""A plugin's process: started when it is first needed, watched, and ended when it is idle or misbehaves.

`plugins.host.sandbox.requests` handles what it asks for; `parley.wire` describes the protocol.
"""

import asyncio
import contextlib
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog

from core.backoff import Backoff
from core.outside_json import read_json
from core.outside_text import cleaned_line
from parley import Context, Failure, Manifest, PluginError, wire
from plugins.host.sandbox.declarations import checked
from plugins.host.sandbox.exit_reason import KEPT_WORDS, explained
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sandbox.program import ENVIRONMENT, PluginProgram
from plugins.host.sandbox.reading_pace import ReadingPace
from plugins.host.sandbox.requests import LONGEST_WHY, answered
from plugins.host.sandbox.secrets import placeholder
from plugins.host.sandbox.usage import ProcessorBudget, ProcessUsage, excess, usage_of

log = structlog.get_logger()

LARGEST_LINE = 8 * 1024 * 1024
"""The largest message, in bytes, that a plugin may send; a larger one counts as a fault."""

MOST_AT_ONCE = 64
"""The most requests that a plugin may have open at the same time, over all its calls."""

LONGEST_PAUSE = 60.0
CRASHES, WITHIN = 5, 600.0
"""A process that crashes CRASHES times within WITHIN seconds is given up. Pauses between starts are in seconds."""

LARGE = 64 * 1024
"""A message of at least this many bytes is parsed in a thread, so that nobody else has to wait."""

REQUEST = 0.0002
"""Seconds of work that one request of a plugin is counted as, besides reading it."""

PRINTED = 0.0001
"""Seconds of work that one chunk of a plugin's printed output is counted as."""

LOOKS = 0.25
"""Seconds between two checks of what a process uses."""


class ProcessCrashed(Exception):
    """The process ended, broke the protocol or has a fault. The text says how; it is for admins, never for members."""


class PluginProcess:
    """One plugin's process. Every method may be called at any time; the process is started when it is needed."""

    def __init__(
        self,
        manifest: Manifest,
        program: PluginProgram,
        fell: Callable[[str], None] = lambda why: None,
        times: ProcessTimes = USUAL_TIMES,
    ) -> None:
        self.manifest = manifest
        self.times = times
        self._fell = fell
        self.program = program
        self.given_up = ""
        """Why it was given up; empty while it was not."""
        self.starts = 0
        self._child: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._contexts: dict[str, Context] = {}
        self._doing: set[asyncio.Task[None]] = set()
        self._ends: deque[float] = deque(maxlen=CRASHES)
        self._pauses = Backoff(times.first_pause, LONGEST_PAUSE)
        self._not_before = 0.0
        self._said: deque[str] = deque(maxlen=50)
        self._idle: asyncio.TimerHandle | None = None
        self._watching: asyncio.Task[None] | None = None
        self._budget = ProcessorBudget(program.seconds)
        self._why = ""

    @property
    def said(self) -> str:
        """The end of what it has printed."""
        return "".join(self._said)[-KEPT_WORDS:]

    async def call(self, name: str, given: Mapping[str, Any], context: Context) -> Mapping[str, Any]:
        """Make MCP's tools/call with a context. Raises PluginError if the plugin refuses, and Crashed."""
        async with self._lent(context) as meta:
            params = {"name": name, "arguments": dict(given), "_meta": meta}
            answer: Mapping[str, Any] = await self.ask("tools/call", params)
        try:
            if not answer.get("isError"):
                return answer
            kind = answer.get("_meta", {}).get(wire.META, {}).get("kind")
            words = "\n".join(str(part.get("text", "")) for part in answer.get("content", ()))
        except (AttributeError, TypeError):
            raise ProcessCrashed(f"{self.manifest.name} sent something that is not an answer to tools/call") from None
        raise (Failure if kind == "failure" else PluginError)(words)

    async def hook(self, moment: str, value: Any, context: Context) -> Any:
        """Call a hook and return its answer."""
        async with self._lent(context) as meta:
            return await self.ask("parley/hook", {"moment": moment, "value": value, "_meta": meta})

    async def run(self, function: str, values: Mapping[str, Any], context: Context) -> None:
        """Call a scheduled function."""
        async with self._lent(context) as meta:
            await self.ask("parley/run", {"function": function, "values": dict(values), "_meta": meta})

    async def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Send the process a request; if the caller stops waiting, the process is told. Raises PluginError, Crashed."""
        await self.start()
        return await self._ask(method, params)

    async def start(self) -> None:
        """Start the process if it does not run. Raises Crashed if it does not start, was given up or has to wait."""
        async with self._starting:
            if self._child is not None:
                return
            now = asyncio.get_running_loop().time()
            if self.given_up:
                raise ProcessCrashed(f"{self.manifest.name} is no longer run: {self.given_up}")
            if self._budget.left() < 1:
                raise ProcessCrashed(
                    f"{self.manifest.name} has used its processor time for today; it works again tomorrow"
                )
            if now < self._not_before:
                raise ProcessCrashed(f"{self.manifest.name} has just failed ({self._why}); try again in a minute")
            await self._start()

    async def close(self, why: str = "") -> None:
        """End the process, if there is one. With a reason it counts as a crash."""
        if self._child is None:
            return
        child, self._child = self._child, None
        if self._idle:
            self._idle.cancel()
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        # Its pipes would stay open until somebody read them to the end, and child.wait() waits for them too.
        child._transport.close()  # type: ignore[attr-defined] # there is no public way
        await child.wait()
        for task in (self._reading, self._listening, self._watching, *self._doing):
            if task and task is not asyncio.current_task():
                task.cancel()
        if why:
            self._crashed(why)
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(ProcessCrashed(f"{self.manifest.name} has failed: {why or 'it was ended'}"))

    async def _start(self) -> None:
        self._said.clear()
        self.starts += 1
        child, info = await self._spawn()
        self._child = child
        self._listening = asyncio.create_task(self._listen(child))
        self._reading = asyncio.create_task(self._read(child))
        self._watching = asyncio.create_task(self._watch(child, info))
        try:
            async with asyncio.timeout(self.times.start):
                await self._ask("initialize", {"protocolVersion": wire.VERSIONS[0], "capabilities": {}, **OURSELVES})
            await self._send({"method": "notifications/initialized"})
        except TimeoutError:
            await self.close(f"it did not start within {self.times.start:g} seconds")
            raise ProcessCrashed(f"{self.manifest.name} did not start: {self._why}") from None
        except PluginError as error:
            await self.close(str(error))
            raise ProcessCrashed(f"{self.manifest.name}: {error}") from None

    async def _spawn(self) -> tuple[asyncio.subprocess.Process, int]:
        """Start the program. Returns its process and the descriptor from which the inner process's id can be read."""
        info, told = os.pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                *self.program.command(int(self._budget.left()), told),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LARGEST_LINE,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                pass_fds=(told,),
            )
        except OSError as error:
            os.close(info)
            raise ProcessCrashed(f"{self.manifest.name} cannot be started: {error}") from None
        finally:
            os.close(told)
        return child, info

    async def _watch(self, child: asyncio.subprocess.Process, info: int) -> None:
        """End the process when it uses more than it may. The kernel's limits alone do not cover threads or days."""
        pid = await asyncio.to_thread(inner_pid, info) or child.pid
        before = 0.0
        while usage := usage_of(pid):
            self._budget.use(usage.seconds - before)
            before = usage.seconds
            if why := self._too_much(usage):
                await self.close(why)
                return
            await asyncio.sleep(LOOKS)

    def _too_much(self, usage: ProcessUsage) -> str:
        if self._budget.left() < 1:
            return f"it used more than {self.program.seconds} seconds of processor time in a day"
        return excess(usage, self.program.memory)

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        number = next(self._numbers)
        waiting = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"id": number, "method": method, "params": params})
            return await waiting
        except asyncio.CancelledError:
            # Nothing is awaited here: a process that reads nothing would keep us for ever.
            with contextlib.suppress(ProcessCrashed):
                self._write({"method": "notifications/cancelled", "params": {"requestId": number}})
            if method != "ping":
                self._do(self._prove())
            raise
        finally:
            del self._asked[number]
            self._rest()

    async def _prove(self) -> None:
        """Check a process that kept somebody waiting too long: end it if it does not even answer a ping."""
        with contextlib.suppress(ProcessCrashed):
            try:
                async with asyncio.timeout(self.times.pong):
                    await self._ask("ping", {})
            except TimeoutError:
                await self.close(f"it did not answer for {self.times.pong:g} seconds")

    def _write(self, message: Mapping[str, Any]) -> asyncio.StreamWriter:
        """Write a message into the process's pipe, or into memory while the pipe is full. Raises Crashed."""
        child = self._child
        if child is None or child.stdin is None:
            raise ProcessCrashed(f"{self.manifest.name} has failed: {self._why or 'it was ended'}")
        child.stdin.write(wire.line(message))
        return child.stdin

    async def _send(self, message: Mapping[str, Any]) -> None:
        try:
            await self._write(message).drain()
        except (BrokenPipeError, ConnectionResetError):
            # Its output says more and ends too; the reader then tells everybody who is waiting.
            log.debug("plugin_pipe_broken", plugin=self.manifest.name)

    def _rest(self) -> None:
        """Start the idle timer anew: the process is ended once it has had nothing to do for a while."""
        if self._idle:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(self.times.idle, lambda: None if self._asked else loop.create_task(self.close()))

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        why, pace = "", ReadingPace()
        try:
            while line := await child.stdout.readline():
                began = perf_counter()
                message = await self._parsed(line)
                self._take(message)
                await pace.rest(perf_counter() - began + (REQUEST if "method" in message else 0))
        except ValueError as error:
            long = "longer than limit" in str(error) or "limit" in str(error)
            why = f"it sent more than {LARGEST_LINE // 1024 // 1024} MB at once" if long else "it sent no JSON"
        except RequestFlood:
            why = f"it asked for more than {MOST_AT_ONCE} things at once"
        if child is self._child:
            await self.close(why or await self._end_of(child))

    async def _parsed(self, line: bytes) -> Any:
        """Parse a message. Raises ValueError if it is not valid JSON."""
        if len(line) < LARGE:
            return read_json(line, LARGEST_LINE)
        return await asyncio.to_thread(read_json, line, LARGEST_LINE)

    async def _end_of(self, child: asyncio.subprocess.Process) -> str:
        """Find out why a process's output has ended."""
        try:
            async with asyncio.timeout(self.times.pong):
                code = await child.wait()
                if self._listening:
                    await self._listening
        except TimeoutError:
            return "it closed its output, and went on"
        return explained(code, self.said)

    async def _listen(self, child: asyncio.subprocess.Process) -> None:
        """Keep the end of what it prints. The process would block if nobody read its output."""
        assert child.stderr is not None
        pace = ReadingPace()
        while words := await child.stderr.read(4096):
            self._said.append(words.decode("utf-8", "replace"))
            await pace.rest(PRINTED)

    def _take(self, message: Any) -> None:
        if not isinstance(message, Mapping):
            raise ValueError("no message")
        if "method" in message:
            if len(self._doing) >= MOST_AT_ONCE:
                raise RequestFlood
            self._do(self._serve(message))
            return
        number = message.get("id")
        waiting = self._asked.get(number) if isinstance(number, int) else None
        if waiting is None or waiting.done():
            return
        if error := message.get("error"):
            waiting.set_exception(said_error(error, self.manifest.name))
        else:
            waiting.set_result(message.get("result"))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _serve(self, message: Mapping[str, Any]) -> None:
        """Carry out a request of the plugin and send it the result."""
        if (number := message.get("id")) is None:
            return
        answer = await answered(message, self._contexts, self.manifest)
        with contextlib.suppress(ProcessCrashed):
            await self._send({"id": number, **answer})

    @asynccontextmanager
    async def _lent(self, context: Context) -> AsyncIterator[Mapping[str, Any]]:
        """Register a context for the duration of a call, and yield what is sent to the plugin about it.

        It includes the call's id, which the plugin names in its own requests."""
        call = uuid4().hex
        self._contexts[call] = context
        try:
            yield {
                wire.META: {
                    "call": call,
                    "config": dict(context.config),
                    "secrets": {name: placeholder(call, name) for name in context.secrets},
                    "language": context.language,
                    "user_name": context.user_name,
                    "user_id": context.user_id,
                    "key": context.key,
                }
            }
        finally:
            del self._contexts[call]

    def _crashed(self, why: str) -> None:
        now = asyncio.get_running_loop().time()
        self._why = why
        # A crash long after the last one has nothing to do with it.
        if self._ends and self._ends[-1] < now - WITHIN:
            self._pauses.reset()
        self._ends.append(now)
        self._not_before = now + next(self._pauses)
        # What a plugin printed last may be what a person said to it; `/plugin info` shows it to admins.
        ended = why.partition(":")[0]
        log.warning("plugin_ended", plugin=self.manifest.name, why=ended)
        if len(self._ends) == CRASHES and self._ends[0] > now - WITHIN:
            self.given_up = why
            log.error("plugin_given_up", plugin=self.manifest.name, why=ended)
            self._fell(why)


OURSELVES = {"clientInfo": {"name": "parley", "version": "1"}}


class RequestFlood(Exception):
    """A plugin asks for too much at once."""


def said_error(error: Any, name: str) -> Exception:
    """The error in an answer as one of our exceptions."""
    if not isinstance(error, Mapping):
        return ProcessCrashed(f"{name}: it sent an error in an unknown form")
    words = cleaned_line(str(error.get("message", ""))[:LONGEST_WHY], LONGEST_WHY)
    if error.get("code") != wire.REFUSED:
        return ProcessCrashed(f"{name}: {words}")
    return Failure(words) if error.get("data") == "failure" else PluginError(words)


def inner_pid(info: int) -> int:
    """The id of the process inside bubblewrap, which bubblewrap writes to a descriptor; 0 if it writes none."""
    with os.fdopen(info, "rb") as told:
        content = told.read()
    try:
        return int(json.loads(content)["child-pid"])
    except (ValueError, KeyError, TypeError):
        return 0


async def spoken(process: PluginProcess) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
    """Ask a process what it offers: MCP's tools, and its hooks and scheduled functions. Raises Crashed."""
    name = process.manifest.name
    await process.start()
    try:
        async with asyncio.timeout(process.times.start):
            listed = await process.ask("tools/list", {})
            offers = await process.ask("parley/offers", {})
        return await asyncio.to_thread(checked, listed["tools"], offers)
    except TimeoutError:
        raise ProcessCrashed(f"{name} did not say within {process.times.start:g} seconds what it offers") from None
    except (LookupError, TypeError):
        raise ProcessCrashed(f"{name} does not say what it offers") from None
    except ValueError as error:
        raise ProcessCrashed(f"{name}: {error}") from None
