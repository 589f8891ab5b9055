"""A plugin's process: started when it is first needed, watched, and ended when it is idle or misbehaves.

`plugins.host.sandbox.channel` is the conversation with it.
"""

import asyncio
import contextlib
import json
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from core.backoff import Backoff
from parley import Context, Failure, Manifest, PluginError, wire
from plugins.host.sandbox.channel import LARGEST_LINE, PluginChannel
from plugins.host.sandbox.crashes import LONGEST_PAUSE, CrashHistory, ProcessCrashed
from plugins.host.sandbox.declarations import checked
from plugins.host.sandbox.exit_reason import KEPT_WORDS, explained
from plugins.host.sandbox.lent_contexts import LentContexts
from plugins.host.sandbox.process_times import USUAL_TIMES, ProcessTimes
from plugins.host.sandbox.program import ENVIRONMENT, PluginProgram
from plugins.host.sandbox.reading_pace import ReadingPace
from plugins.host.sandbox.usage import ProcessorBudget, excess, usage_of

log = structlog.get_logger()

PRINTED = 0.0001
"""Seconds of work that one chunk of a plugin's printed output is counted as."""

CHECK_INTERVAL = 0.25
"""Seconds between two checks of what a process uses."""


class PluginProcess:
    """One plugin's process. Every method may be called at any time; the process is started when it is needed."""

    def __init__(
        self,
        manifest: Manifest,
        program: PluginProgram,
        gave_up: Callable[[str], None] = lambda why: None,
        times: ProcessTimes = USUAL_TIMES,
    ) -> None:
        self.manifest = manifest
        self.times = times
        self._gave_up = gave_up
        self.program = program
        self.starts = 0
        self._child: asyncio.subprocess.Process | None = None
        self._channel: PluginChannel | None = None
        self._contexts = LentContexts()
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._said: deque[str] = deque(maxlen=50)
        self._idle: asyncio.TimerHandle | None = None
        self._budget = ProcessorBudget(program.seconds)
        self._crashes = CrashHistory(Backoff(times.first_pause, LONGEST_PAUSE))

    @property
    def given_up(self) -> str:
        """Why it was given up; empty while it was not."""
        return self._crashes.given_up

    @property
    def said(self) -> str:
        """The end of what it has printed."""
        return "".join(self._said)[-KEPT_WORDS:]

    async def call(self, name: str, given: Mapping[str, Any], context: Context) -> Mapping[str, Any]:
        """Make MCP's tools/call with a context. Raises PluginError if the plugin refuses, and ProcessCrashed."""
        with self._contexts.lend(context) as meta:
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
        with self._contexts.lend(context) as meta:
            return await self.ask("parley/hook", {"moment": moment, "value": value, "_meta": meta})

    async def run(self, function: str, values: Mapping[str, Any], context: Context) -> None:
        """Call a scheduled function."""
        with self._contexts.lend(context) as meta:
            await self.ask("parley/run", {"function": function, "values": dict(values), "_meta": meta})

    async def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Send a request; if the caller stops waiting, the process is told. Raises PluginError, ProcessCrashed."""
        await self.start()
        return await self._ask(method, params)

    async def start(self) -> None:
        """Start the process if needed. Raises ProcessCrashed if it does not start, was given up or has to wait."""
        async with self._starting:
            if self._child is not None:
                return
            name = self.manifest.name
            if self.given_up:
                raise ProcessCrashed(f"{name} is no longer run: {self.given_up}")
            if self._budget.left() < 1:
                raise ProcessCrashed(f"{name} has used its processor time for today; it works again tomorrow")
            if self._crashes.pausing:
                raise ProcessCrashed(f"{name} has just failed ({self._crashes.why}); try again in a minute")
            await self._start()

    async def close(self, why: str = "") -> None:
        """End the process, if there is one. With a reason it counts as a crash."""
        if self._child is None or self._channel is None:
            return
        child, channel, self._child = self._child, self._channel, None
        channel.stop(why or "it was ended")
        if self._idle:
            self._idle.cancel()
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        # Its pipes would stay open until somebody read them to the end, and child.wait() waits for them too.
        child._transport.close()  # type: ignore[attr-defined] # there is no public way
        await child.wait()
        for task in (self._reading, self._listening, self._watching):
            if task and task is not asyncio.current_task():
                task.cancel()
        if why:
            self._count_crash(why)
        channel.fail()

    async def _start(self) -> None:
        self._said.clear()
        self.starts += 1
        child, info = await spawned(self.manifest.name, self.program, int(self._budget.left()))
        channel = PluginChannel(child, self.manifest, self._contexts.by_call)
        self._child, self._channel = child, channel
        self._listening = asyncio.create_task(self._listen(child))
        self._reading = asyncio.create_task(self._read(child, channel))
        self._watching = asyncio.create_task(self._watch(child, info))
        try:
            async with asyncio.timeout(self.times.start):
                await self._ask("initialize", {"protocolVersion": wire.VERSIONS[0], "capabilities": {}, **OURSELVES})
            await channel.send({"method": "notifications/initialized"})
        except TimeoutError:
            await self.close(f"it did not start within {self.times.start:g} seconds")
            raise ProcessCrashed(f"{self.manifest.name} did not start: {self._crashes.why}") from None
        except PluginError as error:
            await self.close(str(error))
            raise ProcessCrashed(f"{self.manifest.name}: {error}") from None

    async def _watch(self, child: asyncio.subprocess.Process, info: int) -> None:
        """End the process when it uses more than it may. The kernel's limits alone do not cover threads or days."""
        pid = await asyncio.to_thread(inner_pid, info) or child.pid
        before = 0.0
        while usage := usage_of(pid):
            self._budget.use(usage.seconds - before)
            before = usage.seconds
            spent = f"it used more than {self.program.seconds} seconds of processor time in a day"
            if why := spent if self._budget.left() < 1 else excess(usage, self.program.memory):
                await self.close(why)
                return
            await asyncio.sleep(CHECK_INTERVAL)

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        channel = self._channel
        if channel is None:
            raise ProcessCrashed(f"{self.manifest.name} has failed: it was ended")
        try:
            return await channel.ask(method, params)
        except asyncio.CancelledError:
            channel.do(self._prove(channel))
            raise
        finally:
            self._rest(channel)

    async def _prove(self, channel: PluginChannel) -> None:
        """Check a process that kept somebody waiting too long: end it if it does not even answer a ping."""
        with contextlib.suppress(ProcessCrashed):
            try:
                async with asyncio.timeout(self.times.pong):
                    await channel.ask("ping", {})
            except TimeoutError:
                if channel is self._channel:
                    await self.close(f"it did not answer for {self.times.pong:g} seconds")

    def _rest(self, channel: PluginChannel) -> None:
        """Start the idle timer anew: the process is ended once it has had nothing to do for a while."""
        if self._idle:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(self.times.idle, lambda: None if channel.busy else loop.create_task(self.close()))

    async def _read(self, child: asyncio.subprocess.Process, channel: PluginChannel) -> None:
        why = await channel.read()
        if child is self._child:
            await self.close(why or await self._end_of(child))

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

    def _count_crash(self, why: str) -> None:
        # What a plugin printed last may be what a person said to it; `/plugin info` shows it to admins.
        ended = why.partition(":")[0]
        log.warning("plugin_ended", plugin=self.manifest.name, why=ended)
        if self._crashes.add(why):
            log.error("plugin_given_up", plugin=self.manifest.name, why=ended)
            self._gave_up(why)


OURSELVES = {"clientInfo": {"name": "parley", "version": "1"}}


async def spawned(name: str, program: PluginProgram, seconds: int) -> tuple[asyncio.subprocess.Process, int]:
    """Start a program. Returns its process and the descriptor from which the inner process's id can be read.

    Raises ProcessCrashed if it cannot be started.
    """
    info, told = os.pipe()
    try:
        child = await asyncio.create_subprocess_exec(
            *program.command(seconds, told),
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
        raise ProcessCrashed(f"{name} cannot be started: {error}") from None
    finally:
        os.close(told)
    return child, info


def inner_pid(info: int) -> int:
    """The id of the process inside bubblewrap, which bubblewrap writes to a descriptor; 0 if it writes none."""
    with os.fdopen(info, "rb") as told:
        content = told.read()
    try:
        return int(json.loads(content)["child-pid"])
    except (ValueError, KeyError, TypeError):
        return 0


async def spoken(process: PluginProcess) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
    """Ask a process what it offers: MCP's tools, and its hooks and scheduled functions. Raises ProcessCrashed."""
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
