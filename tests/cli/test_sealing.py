"""cli.wiring.sealing: nobody can read this process's environment and memory, and everything else works as before."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sealing is for Linux")

PROBE = """
import os, pathlib, subprocess, sys
from cli.wiring.sealing import seal
before = pathlib.Path("/proc/self/environ").read_bytes()
seal()
assert b"hunter2" in before
assert os.environ["PARLEY_DISCORD__TOKEN"] == "hunter2"
child = subprocess.run([sys.executable, "-c", "import os; print(os.environ['PARLEY_DISCORD__TOKEN'])"],
    capture_output=True, text=True, check=True)
assert child.stdout == "hunter2\\n"
print("sealed", flush=True)
sys.stdin.read()
"""


def test_the_environment_is_wiped_for_others_and_there_for_us() -> None:
    environment = {**os.environ, "PARLEY_DISCORD__TOKEN": "hunter2"}
    with subprocess.Popen(
        [sys.executable, "-c", PROBE], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "sealed\n"
        with open(f"/proc/{child.pid}/status", encoding="ascii") as status:
            assert "CoreDumping:\t0" in status.read()
        # Another user's process may not even open it; as root one can, and finds nothing.
        try:
            with open(f"/proc/{child.pid}/environ", "rb") as shown:
                seen = shown.read()
        except PermissionError:
            seen = b""
        assert not seen.strip(b"\0")
        # What may not be dumped belongs to root in /proc, whoever runs it.
        assert os.stat(f"/proc/{child.pid}/environ").st_uid == 0
        child.communicate("")
    assert child.returncode == 0
