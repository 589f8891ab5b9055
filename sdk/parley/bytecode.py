"""Compiling a plugin's libraries.

Nobody has looked at them yet, so the plugin host runs this in a confined process, like a plugin.
"""

import compileall
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def main(orders: Mapping[str, Any]) -> None:
    """Compile all that lies below the folder `file`. What is no Python is left as it is."""
    sys.dont_write_bytecode = False
    compileall.compile_dir(Path(orders["file"]), quiet=2)
