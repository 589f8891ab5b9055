"""The command line that starts a plugin's process, from bubblewrap down to the launcher's orders."""

import json
import os
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plugins.host.sandbox.confinement import SEPARATE, ProcessWalls, walls_here

ROOT = Path(__file__).resolve().parents[3]
"""The folder from which `plugins` is imported."""

BOOTSTRAP = f"""
import sys
sys.path.append({str(ROOT)!r})
from plugins.host.sandbox.launch import main
main({str(ROOT)!r})
"""
"""The code that Python starts with. Its own library stays first on the path, so nothing can pass for a part of it."""

ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
"""The only environment variables that the process gets."""

SERVE = "parley.serve"
"""The module of the plugin API whose `main` takes over once the process is confined."""

DEVICES = ("/dev/null", "/dev/urandom")


@dataclass(frozen=True, slots=True)
class PluginProgram:
    """The program of a process: the folders to import from, and the plugin's file or module.

    `memory` is in MiB; `seconds` is the processor time that it may use in 24 hours. `newest_landlock` is the highest
    version of Landlock's interface to use, as if on an older kernel. `entry` is the module of the plugin API to run.
    `writable` are the folders that it may change (none if it runs anything of the plugin).
    """

    paths: tuple[Path, ...]
    file: Path | None = None
    module: str = ""
    memory: int = 512
    seconds: int = 3600
    walls: ProcessWalls = field(default_factory=walls_here)
    newest_landlock: int = 99
    entry: str = SERVE
    writable: tuple[Path, ...] = ()

    def command(self, seconds: int, info: int = -1) -> list[str]:
        """The command line of a process that may use this many seconds of processor time.

        `info` is the descriptor to which bubblewrap writes the process's id.
        """
        confined = self.walls.level != "none"
        separate = confined and bool(self.walls.bubblewrap)
        orders = {
            "entry": self.entry,
            "paths": [str(path) for path in self.paths],
            "file": str(self.file) if self.file else "",
            "module": self.module,
            "memory": self.memory,
            "seconds": seconds,
            "readable": self.readable() if confined else None,
            "writable": [str(path) for path in self.writable],
            "landlock": self.newest_landlock,
            "own_users": separate,
            # Bubblewrap ends the process with us anyway, and in its namespace we have no process id.
            "parent": 0 if separate else os.getpid(),
        }
        python = [interpreter(), "-I", "-S", "-B", "-X", "utf8", "-c", BOOTSTRAP, json.dumps(orders)]
        return [*self._outer(info), *python] if separate else python

    def readable(self) -> list[str]:
        """The files and folders that the process may read: its own, Python's, and the system's libraries."""
        return [*system_files(), *(str(path) for path in self.paths)]

    def _outer(self, info: int) -> list[str]:
        """The bubblewrap command, with a file system of only what is readable and what starts the process."""
        ours = ROOT / "plugins"
        packages = (ours / "__init__.py", ours / "host" / "__init__.py", ours / "host" / "sandbox")
        started = [interpreter(), *map(str, packages)]
        shown = [path for path in (*self.readable(), *started) if path not in DEVICES]
        bound = [part for path in dict.fromkeys(shown) for part in ("--ro-bind-try", path, path)]
        bound += [part for path in self.writable for part in ("--bind", str(path), str(path))]
        devices = [part for path in DEVICES for part in ("--dev-bind-try", path, path)]
        known = [part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)]
        told = ["--info-fd", str(info)] if info >= 0 else []
        apart = [*SEPARATE, "--as-pid-1", "--disable-userns"]
        return [self.walls.bubblewrap, *apart, *known, *bound, *devices, "--chdir", "/", *told, "--"]


def interpreter() -> str:
    """The path of Python itself, not of the link to it in a virtual environment."""
    return str(Path(getattr(sys, "_base_executable", "") or sys.executable).resolve())


def system_files() -> Sequence[str]:
    """The files that every Python program has to read: Python's own library and the system's libraries."""
    library = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), f"{sys.base_prefix}/lib"}
    system = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo", "/etc/localtime"]
    return [*sorted(library), *system, *DEVICES]
