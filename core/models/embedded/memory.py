"""How much memory a model needs, and how much is free: what is served beside another model must find room."""

from pathlib import Path

from core.errors import OperatorError
from core.models.embedded.gguf import GgufHeader
from core.models.embedded.server import ModelServerOptions

MIB = 1 << 20
ALWAYS = 64
"""MiB for the process itself and for what it computes with."""

MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")


def needed_mib(header: GgufHeader, size: int, options: ModelServerOptions) -> int:
    """About how much memory a model of files of this size (in bytes) needs, in MiB: its weights, the cache of all
    slots, and the cache of idle conversations.
    """
    caches = header.cache * options.context * options.slots
    return (size + caches) // MIB + options.cache_mib + ALWAYS


def free_mib(meminfo: Path = MEMINFO, group: Path = GROUP) -> int | None:
    """How much memory is free here, in MiB, also for the control group that we run in (Linux); None if unknown.

    What only keeps files at hand counts as free.
    """
    found = [one for one in (_machine(meminfo), _group(group)) if one is not None]
    return min(found) if found else None


def check_room(name: str, needed: int, free: int | None) -> None:
    """Raise OperatorError if a model needs more memory than is free; both are in MiB."""
    if free is not None and needed > free:
        raise OperatorError(
            f"The model {name} needs about {needed} MiB of memory beside what runs already, and {free} MiB are free:"
            f" {needed - free} MiB are missing. End other programs, or lower model.embedded.slots, .context or"
            " .cache_mib."
        )


def _machine(meminfo: Path) -> int | None:
    return _figure(meminfo, "MemAvailable:", unit=1 << 10)


def _group(group: Path) -> int | None:
    try:
        most, used = ((group / name).read_text(encoding="ascii").strip() for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):
        return None
    if not (most.isdigit() and used.isdigit()):
        return None
    files = _figure(group / "memory.stat", "inactive_file", unit=1) or 0
    return max(0, (int(most) - int(used)) // MIB + files)


def _figure(path: Path, name: str, unit: int) -> int | None:
    """A figure of a file of lines with names and numbers, in MiB, given the bytes of its unit."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) * unit // MIB for line in lines if line.split()[0] == name), None)
    except (OSError, ValueError, IndexError):
        return None
