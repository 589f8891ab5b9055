"""Drafts the next migration when core/store/tables.py has changed: `python -m core.store.migrations "what changes"`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from core.store.engine.migrate import draft

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        asyncio.run(draft(f"sqlite:///{Path(folder) / 'draft.sqlite3'}", sys.argv[1]))
