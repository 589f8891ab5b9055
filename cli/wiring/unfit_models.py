"""Finds promoted models that cannot answer on this machine."""

import asyncio

from config.settings import ParleySettings
from core.errors import OperatorError
from core.models.embedded.checked_files import SeenFiles
from core.models.embedded.default import EMBEDDED
from core.models.library import installed as library
from core.ports.store import Store
from core.store import promotions


async def unfit(settings: ParleySettings, store: Store, seen: SeenFiles) -> dict[str, str]:
    """The promoted models that cannot answer on this machine, and why: their files are missing or damaged.

    Only those that are asked are looked at. It reads each file once, at about 2 GB a second; `seen` knows it then.
    """
    rows = await store.read(promotions.standing)
    names = [row.candidate for row in rows[: promotions.MOST_ASKED]]
    installed, found = library.installed(settings.home), {}
    elsewhere = {EMBEDDED, *settings.model.servers, *settings.model.langchain}
    for name in dict.fromkeys(names):
        if name not in installed and name not in elsewhere:
            found[name] = f"there is no model {name!r} here"
        elif name in installed:
            try:
                await asyncio.to_thread(library.verify, settings.home, name, seen.check)
            except OperatorError as error:
                found[name] = str(error)
    return found
