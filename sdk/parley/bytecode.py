"""Compiling a plugin's libraries.

Nobody has checked these libraries yet, so the plugin host runs this in a confined process, like a plugin.
"""

import compileall
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def main(orders: Mapping[str, Any]) -> None:
    """Compile everything below the folder `file`. Files that are not Python are left as they are."""
    sys.dont_write_bytecode = False
    compileall.compile_dir(Path(orders["file"]), quiet=2)
