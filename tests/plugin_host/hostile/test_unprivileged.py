"""The box once more as the unprivileged user that an operator would use, if the tests themselves run as root."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.sweep

ROOT = Path(__file__).parents[3]
NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests run as an unprivileged user already")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_the_box_holds_for_an_unprivileged_user() -> None:
    # Only pytest's user can read its own folders.
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.chown(home, NOBODY, NOBODY)
        passes_as_nobody(home)


def passes_as_nobody(home: Path) -> None:
    """Run this folder's tests as nobody, with a home."""
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    # The shell starts Python as nobody; setpriv itself may still reach programs in root's own folders.
    python = [*nobody, "sh", "-c", 'exec "$0" "$@"', sys.executable]
    seen = subprocess.run([*python, "-c", "import pytest"], env=environment, cwd=ROOT, capture_output=True, check=False)
    if seen.returncode:
        pytest.skip("an unprivileged user cannot run this Python: it stands in a folder of root's")
    box = Path(__file__).with_name("test_box.py")
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(home / "t")]
    tests += [f"{box}::{name}" for name in ("test_nothing_gets_out", "test_a_file_system_of_its_own_hides_even_names")]
    found = subprocess.run([*python, *tests], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-3000:]
