"""The checks of `parley doctor` that look at what is going on: the surfaces, what they cannot read, and labeling."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from bots.shared.platform import CheckResult
from cli.open_database import as_it_is
from cli.wiring.platforms import wanted
from cli.wiring.surface_states import read_states
from config.settings import ParleySettings
from core.errors import OperatorError
from core.labeling.service.gold_items import langs_without
from core.labeling.service.labeling_activity import LabelingActivity
from core.labeling.service.stuck_work import StuckReason, stuck
from core.store import processes as stored_processes
from core.store import put_aside
from core.store.reports import number_open
from core.store.tables import KeptRow, now

T = TypeVar("T")

LATELY = timedelta(minutes=10)

WHY: Mapping[StuckReason, str] = {
    "nobody": "nobody has done a task for two weeks",
    "alone": "only one person has done tasks for two weeks, and nobody reviews their own texts",
    "barred": "too many of those who do tasks are banned or get only practice tasks",
}
HELP: Mapping[StuckReason, str] = {
    "nobody": "it goes on as soon as two people do tasks",
    "alone": "it goes on as soon as a second person does a task",
    "barred": "`parley moderate trolls` shows who they are",
}


async def reports(settings: ParleySettings) -> list[CheckResult]:
    """Count the reports of answers that nobody has dealt with."""
    if not (asked := await _read(settings, lambda session: [number_open(session)])):
        return []
    (number,) = asked
    if not number:
        return [CheckResult("reports", "ok", "no reported answer is waiting")]
    words = "report of an answer is" if number == 1 else "reports of answers are"
    return [CheckResult("reports", "warn", f"{number} {words} waiting", "parley moderate reports, or /moderate")]


async def processes(settings: ParleySettings) -> list[CheckResult]:
    """Check that the processes which share the database make a whole: some receive, and some answer."""
    if not settings.database.url.startswith("postgresql"):
        return [CheckResult("mode", "ok", "one process does everything (SQLite)")]
    alive = await _read(settings, stored_processes.alive)
    if alive is None:
        return []
    roles = Counter(row.role for row in alive)
    if stored_processes.ALONE in roles:
        return [CheckResult("mode", "ok", "`parley run` runs, and does everything in one process")]
    if not roles:
        return [CheckResult("mode", "ok", "no process runs now: `parley run`, or `parley ingress` and `parley worker`")]
    found = "several processes: " + ", ".join(f"{number} {role}" for role, number in sorted(roles.items()))
    versions = {row.version for row in alive}
    needed = {"ingress", "worker"} if wanted(settings) else {"ingress"}
    if missing := needed - set(roles):
        what = "receives what people do" if missing == {"ingress"} else "answers on platforms"
        return [CheckResult("mode", "fail", f"{found}; none {what}", f"start `parley {missing.pop()}`")]
    if len(versions) > 1:
        words = f"{found}, of the versions {', '.join(sorted(versions))}"
        return [CheckResult("mode", "warn", words, "end the update: restart those of the older version")]
    return [CheckResult("mode", "ok", found)]


async def put_aside_items(settings: ParleySettings) -> list[CheckResult]:
    """Check whether something that a platform sent could not be read."""
    if not (asked := await _read(settings, lambda session: [put_aside.summary(session)])):
        return []
    (found,) = asked
    if found is None:
        return [CheckResult("put aside", "ok", "no event or message was unreadable")]
    newest = f"the newest from {found.platform} at {found.at:%Y-%m-%d %H:%M} UTC: {found.kind}, {found.reason}"
    words = f"{found.count} that could not be read; {newest}"
    return [CheckResult("put aside", "warn", words, "report it, with the reason; the table put_aside has what came")]


async def practice_tasks(settings: ParleySettings) -> list[CheckResult]:
    """Check whether there are practice tasks in every language in which people review."""
    langs = await _read(settings, langs_without)
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


async def two_pollers(settings: ParleySettings) -> list[CheckResult]:
    """Check whether another program has lately asked Telegram for the updates of our bot."""
    if "telegram" not in wanted(settings):
        return []
    # The bot's own module would load its library.
    row = await _read(settings, lambda session: [session.get(KeptRow, "telegram:conflict")])
    noted = datetime.fromisoformat(row[0].value) if row and row[0] else None
    if noted is None or now() - noted > LATELY:
        return []
    words = (
        f"another program asked for this bot's updates at {noted:%Y-%m-%d %H:%M} UTC, so some reach nobody here in time"
    )
    return [CheckResult("telegram updates", "fail", words, "stop it, or give one of the two a bot of its own")]


async def stuck_tasks(settings: ParleySettings) -> list[CheckResult]:
    """Check whether labeling tasks wait for people who are not there."""
    if not settings.tasks.enabled:
        return []
    activity = LabelingActivity()
    found = await _read(settings, lambda session: stuck(session, activity, now()))
    return [
        CheckResult(f"tasks in {one.lang}", "warn", f"{one.trees} trees wait: {WHY[one.reason]}", HELP[one.reason])
        for one in found or ()
    ]


async def _read(settings: ParleySettings, unit: Callable[[Session], Sequence[T]]) -> Sequence[T] | None:
    """Read from the database; None if it has another version or cannot be read, which another check tells."""
    try:
        async with as_it_is(settings.database.url) as store:
            return await store.read(unit) if store else None
    except OperatorError:
        return None
