"""A plugin's use of threads, memory and processor time over a day, read from outside its process."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from plugins.host.sandbox.limits import MIB, MOST_THREADS

DAY = 24 * 3600.0
TOGETHER = 600.0
"""Use within this many seconds is counted as one entry, so that even a busy day is a short list."""

TICKS = 100
"""Ticks a second in /proc (USER_HZ), the same on every system."""


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """The use of one process at one moment: `memory` in bytes, `seconds` of processor time since its start."""

    threads: int
    memory: int
    seconds: float


def usage_of(pid: int) -> ProcessUsage | None:
    """The current use of a process; None if it is gone (https://man7.org/linux/man-pages/man5/proc.5.html)."""
    folder = Path("/proc") / str(pid)
    try:
        status = (folder / "status").read_text(encoding="ascii", errors="replace")
        # The second field is a name that may hold anything; the rest comes after its closing parenthesis.
        fields = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    memory = sum(int(told.get(name, "0").split()[0]) for name in ("RssAnon", "RssShmem"))
    return ProcessUsage(int(told.get("Threads", "1")), memory * 1024, (int(fields[11]) + int(fields[12])) / TICKS)


def excess(usage: ProcessUsage, memory: int) -> str:
    """The reason why a process uses too much, if it may use `memory` MiB; empty if it does not."""
    if usage.threads > MOST_THREADS:
        return f"it started more than {MOST_THREADS} threads"
    if usage.memory > memory * MIB:
        return "it needed more memory than it may have"
    return ""


@dataclass(slots=True)
class ProcessorBudget:
    """The seconds of processor time that a plugin may use in any 24 hours, over all its processes."""

    seconds: int
    _used: deque[tuple[float, float]] = field(default_factory=deque)

    def use(self, seconds: float, now: float | None = None) -> None:
        """Count some seconds of processor time as used."""
        moment = monotonic() if now is None else now
        if self._used and moment - self._used[-1][0] < TOGETHER:
            began, before = self._used.pop()
            self._used.append((began, before + seconds))
        elif seconds > 0:
            self._used.append((moment, seconds))

    def left(self, now: float | None = None) -> float:
        """The seconds that are left at a moment."""
        moment = monotonic() if now is None else now
        while self._used and self._used[0][0] <= moment - DAY:
            self._used.popleft()
        return self.seconds - sum(seconds for _, seconds in self._used)
