"""Processes in which code of ours reads what may do harm: what goes wrong there ends that process, and nothing else."""

import asyncio
import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[1])


def program_of(module: str) -> str:
    """The program that runs the function `main` of a module of ours."""
    return f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"


async def start_reading(program: str, stderr: int = asyncio.subprocess.DEVNULL) -> asyncio.subprocess.Process:
    """Start a program. It gets none of our secrets."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-c", program, ROOT),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )
