"""The checks of `parley doctor` for trained models: whether the people whose data is in them are still here, and
whether the reward model can be served.
"""

import asyncio

from bots.shared.platform import CheckResult
from cli.open_database import as_it_is
from config.settings import ParleySettings
from core.errors import OperatorError, StoreError
from core.models.library import installed as library
from core.models.library.catalogue import SHARE, machine_memory
from core.store.training_people import agreeing_accounts, training_key
from core.training.checks import left_runs
from core.training.runs import all_runs


async def trained_models(settings: ParleySettings) -> list[CheckResult]:
    """Remind of the runs whose people have erased their data, or withdrawn their consent, since they were made."""
    try:
        runs = await asyncio.to_thread(all_runs, settings.home)
        if not runs:
            return []
        async with as_it_is(settings.database.url) as store:
            if store is None:
                return []
            key, agreeing = await store.write(training_key), await store.read(agreeing_accounts)
        found = await asyncio.to_thread(left_runs, runs, key, agreeing)
    except StoreError as error:
        return [CheckResult("training", "fail", str(error), "see the check of the database")]
    except OperatorError as error:
        return [CheckResult("training", "fail", str(error), "parley train remove NAME")]
    return [
        CheckResult(
            f"run {one.run.name}",
            "warn",
            f"of the people whose data is in it, {one.departures} since",
            f"parley train --base MODEL, from a model without them; then parley train remove {one.run.name}"
            + (f", and parley models remove {one.run.name}" if one.run.result.get("model") else ""),
        )
        for one in found
    ] or [CheckResult("training", "ok", "everybody whose data is in a run is still here")]


async def reward_model(settings: ParleySettings) -> list[CheckResult]:
    """Check the reward model of the settings: that it is installed and intact, and that there is memory for it."""
    name = settings.model.reward
    if not name:
        return []
    try:
        file, _ = await asyncio.to_thread(library.reward_model, settings.home, name)
        await asyncio.to_thread(library.verify, settings.home, name)
        size, memory = file.stat().st_size >> 20, await asyncio.to_thread(machine_memory)
    except OperatorError as error:
        return [CheckResult("reward model", "fail", str(error), "correct model.reward, or leave it empty")]
    if memory and size > memory * SHARE:
        found = f"{name} has {size} MiB, this machine's memory {memory} MiB"
        return [CheckResult("reward model", "fail", found, "train a smaller one, or leave model.reward empty")]
    return [CheckResult("reward model", "ok", name)]
