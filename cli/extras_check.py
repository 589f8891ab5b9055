"""The check of `parley doctor` for the packages that only some settings need."""

import asyncio
import subprocess
import sys
from importlib.util import find_spec

from bots.shared.platform import CheckResult
from config.settings import ParleySettings

LOADED_IN = 60.0
"""Seconds that native code gets to load."""

EXTRAS = {
    "psycopg": 'make install MORE="postgres"',
    "langchain": 'make install MORE="langchain"',
    "opentelemetry.sdk": 'make install MORE="telemetry"',
    "xllamacpp": "make install",
}
"""The command that installs each package that only some settings need."""


async def extras(settings: ParleySettings) -> list[CheckResult]:
    """Check for the packages that only some settings need."""
    needed = {
        "psycopg": settings.database.url.startswith("postgresql"),
        "langchain": bool(settings.model.langchain),
        "xllamacpp": settings.model.default == "embedded",
        "opentelemetry.sdk": bool(settings.telemetry.endpoint),
    }
    missing = [name for name, wanted in needed.items() if wanted and not is_installed(name)]
    found = [CheckResult(name, "fail", "is not installed", EXTRAS[name]) for name in missing]
    if needed["xllamacpp"] and "xllamacpp" not in missing and (why := await asyncio.to_thread(unloadable, "xllamacpp")):
        # Bare systems lack a library that every other has: Debian's libgomp1.
        fix = "install the library that it names; for libgomp: apt-get install libgomp1"
        found.append(CheckResult("model engine", "fail", why, fix))
    return found


def is_installed(module: str) -> bool:
    """Whether a module can be found; its package may be missing, too."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def unloadable(module: str) -> str:
    """Why a module cannot be loaded; empty if it can. It is tried in a process of its own, as it is native code."""
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LOADED_IN)
    return (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1] if done.returncode else ""
