"""Starts processes of the cluster within milliseconds: it has imported everything, and forks.

`python -m tests.faults.cluster.nursery` reads lines of JSON, each with what a new process is given, and writes lines
with the ids of those that it has started and that have ended. When its input ends, it ends all of them.
"""

import asyncio
import json
import os
import select
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import configure_mappers

import core.store.engine.postgres  # noqa: F401
from tests.faults.cluster.member import Membership, take_part


@dataclass(slots=True)
class Nursery:
    """The processes that were started and have not ended, by their ids, with their names."""

    alive: dict[int, str] = field(default_factory=dict)

    def start(self, given: Membership) -> None:
        if pid := os.fork():
            self.alive[pid] = given.name
            tell({"started": given.name, "pid": pid})
            return
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            asyncio.run(take_part(given))
            code = 0
        finally:
            sys.excepthook(*sys.exc_info()) if sys.exc_info()[0] else None
            sys.stderr.flush()
            os._exit(code)

    def reap(self) -> None:
        """Tell of those that have ended."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                tell({"ended": self.alive.pop(pid), "code": os.waitstatus_to_exitcode(status)})

    def end(self) -> None:
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        while self.alive:
            pid, _ = os.wait()
            self.alive.pop(pid)


def tell(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    # Tracebacks as they are: the usual ones draw every local variable, which stops the loop for seconds.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S.%f", utc=True)
    structlog.configure(
        processors=[stamp, structlog.processors.add_log_level, console],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    configure_mappers()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    nursery, rest = Nursery(), b""
    tell({"ready": os.getpid()})
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            nursery.reap()
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                nursery.start(Membership(**json.loads(line)))
    nursery.end()


if __name__ == "__main__":
    main()
