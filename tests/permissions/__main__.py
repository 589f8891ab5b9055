"""Writes docs/permissions.md anew."""

import asyncio

from tests.permissions.table import DOCUMENT, document, outcomes

DOCUMENT.write_text(document(asyncio.run(outcomes())), encoding="utf-8")
