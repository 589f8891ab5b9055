"""The check of `parley doctor` for trained models: whether the people whose data is in them are still here."""

import asyncio

from bots.shared.platform import CheckResult
from config.settings import ParleySettings
from core.errors import OperatorError
from core.store.engine import migrate
from core.store.engine.database import connect
from core.store.training_people import agreeing_accounts, training_key
from core.training.checks import left_runs
from core.training.runs import all_runs


async def trained_models(settings: ParleySettings) -> list[CheckResult]:
    """Remind of the runs whose people have erased their data, or withdrawn their consent, since they were made."""
    try:
        if not await asyncio.to_thread(all_runs, settings.home):
            return []
        if await migrate.schema(settings.database.url) != migrate.known()[-1]:
            return []
        store = connect(settings.database.url)
        try:
            key, agreeing = await store.write(training_key), await store.read(agreeing_accounts)
        finally:
            await store.close()
        found = await asyncio.to_thread(left_runs, settings.home, key, agreeing)
    except OperatorError as error:
        return [CheckResult("training", "fail", str(error), "parley train remove NAME")]
    return [
        CheckResult(
            f"run {one.run.name}",
            "warn",
            f"of the people whose data is in it, {one.departures} since",
            f"parley train, to train anew without them; then parley train remove {one.run.name}"
            + (f", and parley models remove {one.run.name}" if one.run.result.get("model") else ""),
        )
        for one in found
    ] or [CheckResult("training", "ok", "everybody whose data is in a run is still here")]
