"""The walls between an installed plugin and this machine, and the named level of protection that they add up to."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from plugins.host.sandbox.landlock import landlock_version
from plugins.host.sandbox.syscalls import known_here

Level = Literal["none", "landlock", "namespaces"]
LEVELS: tuple[Level, ...] = ("none", "landlock", "namespaces")
"""From the lowest to the highest.

"none": no wall at all. "landlock": Landlock for files, the allowlist of system calls, limits, no capabilities.
"namespaces": all of that inside bubblewrap, where the process has no user, process, file system or network of ours.
"""

PROBE_SECONDS = 5.0
SEPARATE = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
)
"""Bubblewrap's options that separate a process from the rest of the machine (https://github.com/containers/bubblewrap)."""


@dataclass(frozen=True, slots=True)
class ProcessWalls:
    """The walls of one process: Landlock's version (0: none), the allowlist of calls, and bubblewrap's program."""

    landlock: int = 0
    syscalls: bool = False
    bubblewrap: str = ""

    @property
    def level(self) -> Level:
        """The level of protection they give together. Landlock without the allowlist, or the reverse, is no wall."""
        if not self.landlock or not self.syscalls:
            return "none"
        return "namespaces" if self.bubblewrap else "landlock"

    @property
    def names(self) -> str:
        """The walls by their own names, for people who look after the machine."""
        if self.level == "none":
            return "none"
        outer = "bubblewrap (user, process, file system and network namespaces), " if self.bubblewrap else ""
        return f"{outer}Landlock {self.landlock}, an allowlist of system calls, limits"


@cache
def walls_here() -> ProcessWalls:
    """The walls that this machine offers. Tries bubblewrap once, which takes some milliseconds: call it in a thread."""
    return ProcessWalls(landlock_version(), known_here(), usable_bubblewrap())


def usable_bubblewrap() -> str:
    """The path of bubblewrap's program; empty if it is not installed, or the system does not let it work."""
    found = shutil.which("bwrap")
    if not found:
        return ""
    system = [part for path in ("/usr", "/lib", "/lib64") if Path(path).exists() for part in ("--ro-bind", path, path)]
    true = shutil.which("true") or "/usr/bin/true"
    command = [found, *SEPARATE, "--as-pid-1", "--disable-userns", *system, "--", true]
    try:
        tried = subprocess.run(
            command, cwd=tempfile.gettempdir(), capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found if tried.returncode == 0 else ""


def reaches(level: Level, least: Level) -> bool:
    """Whether a level is at least as high as another."""
    return LEVELS.index(level) >= LEVELS.index(least)
