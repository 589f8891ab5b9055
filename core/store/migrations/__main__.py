"""Drafts the next migration when core/store/tables.py has changed: `python -m core.store.migrations "what changes"`."""

import asyncio
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from core.store.engine.migrate import draft

if __name__ == "__main__":
    parser = ArgumentParser("python -m core.store.migrations", description="Draft the next migration.")
    parser.add_argument("message", help='what changes, as in "ratings have a reason"')
    message = parser.parse_args().message
    with TemporaryDirectory() as folder:
        asyncio.run(draft(f"sqlite:///{Path(folder) / 'draft.sqlite3'}", message))
