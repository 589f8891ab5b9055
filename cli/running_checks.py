"""The checks of `parley doctor` that look at what is going on: the surfaces, what they cannot read, practice tasks."""

import asyncio

from bots.shared.platform import CheckResult
from cli.wiring.surface_states import read_states
from config.settings import ParleySettings
from core.errors import OperatorError
from core.labeling.service.gold_items import langs_without
from core.store import put_aside
from core.store.engine import migrate
from core.store.engine.database import connect


async def put_aside_items(settings: ParleySettings) -> list[CheckResult]:
    """Check whether something that a platform sent could not be read."""
    try:
        if await migrate.schema(settings.database.url) != migrate.known()[-1]:
            return []
        store = connect(settings.database.url)
        try:
            found = await store.read(put_aside.summary)
        finally:
            await store.close()
    except OperatorError:
        # The check of the database tells what is wrong with it.
        return []
    if found is None:
        return [CheckResult("put aside", "ok", "no event or message was unreadable")]
    newest = f"the newest from {found.platform} at {found.at:%Y-%m-%d %H:%M} UTC: {found.kind}, {found.reason}"
    words = f"{found.count} that could not be read; {newest}"
    return [CheckResult("put aside", "warn", words, "report it, with the reason; the table put_aside has what came")]


async def practice_tasks(settings: ParleySettings) -> list[CheckResult]:
    """Check whether there are practice tasks in every language in which people review."""
    try:
        if await migrate.schema(settings.database.url) != migrate.known()[-1]:
            return []
        store = connect(settings.database.url)
        try:
            langs = await store.read(langs_without)
        finally:
            await store.close()
    except OperatorError:
        # The check of the database tells what is wrong with it.
        return []
    if not langs:
        return []
    words = f"none in {', '.join(langs)}, so newcomers learn nothing there before their reviews count"
    return [CheckResult("practice tasks", "warn", words, "parley moderate gold add")]


async def surface_states(settings: ParleySettings) -> list[CheckResult]:
    """Check the state of each surface, if Parley is running here."""
    fix = "it is started again by itself; the log says more"
    return [
        CheckResult(f"surface {name}", "fail", str(state), fix)
        if state.state == "down"
        else CheckResult(f"surface {name}", "ok" if state.state == "up" else "warn", str(state))
        for name, state in (await asyncio.to_thread(read_states, settings.home)).items()
    ]
