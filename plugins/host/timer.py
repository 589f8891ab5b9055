"""The timer of plugins' calls. APScheduler keeps the time."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class CallTimer:
    """Says when calls are due: planned ones by their ids, and those of manifests by plugin and function.

    It can be told of calls before it is started, which has no effect: the clock looks for them when it starts.
    """

    def __init__(self) -> None:
        self._scheduler: Any = None
        self._make: Callable[[str], Awaitable[None]] | None = None
        self._known = ""

    def start(self, make: Callable[[str], Awaitable[None]]) -> None:
        """Start to keep time; `make` is called with the id of each planned call that is due."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        usual = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._make, self._known = make, ""
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=usual)
        self._scheduler.start()

    def stop(self) -> None:
        """Stop keeping time."""
        self._scheduler.shutdown(wait=False)

    def expect(self, call_id: str, due: datetime) -> None:
        """Wait for a planned call that this process has put into the database, or has postponed."""
        if self._scheduler:
            self._scheduler.add_job(self._make, "date", run_date=due, args=[call_id], id=call_id, replace_existing=True)

    def repeat(self, schedules: Iterable[tuple[str, str, str]], make: Callable[[str, str], Awaitable[None]]) -> None:
        """Repeat these calls and no others, each given as plugin, function and time; `make` is called with the first
        two. To be called now and then, since the clock of the machine may jump."""
        wanted: Mapping[str, tuple[str, str, str]] = {f"{one[0]}:{one[1]}": one for one in schedules}
        known, now = repr(sorted(wanted.values())), datetime.now(UTC)
        there = {job.id: job for job in self._scheduler.get_jobs() if ":" in job.id}
        for name, job in there.items():
            if name not in wanted:
                job.remove()
        for name, (plugin, function, when) in wanted.items():
            if known != self._known or _too_far(there[name].next_run_time, when, now):
                self._scheduler.add_job(make, trigger(when), args=[plugin, function], id=name, replace_existing=True)
        self._known = known
        # It waits by a clock that does not jump.
        self._scheduler.wakeup()


def _too_far(due: datetime, when: str, now: datetime) -> bool:
    """Whether a repeated call is to wait for more than two of its times, because the clock has been put back."""
    first = trigger(when).get_next_fire_time(None, now)
    return bool(due > trigger(when).get_next_fire_time(first, first))


def trigger(when: str) -> Any:
    """APScheduler's trigger for a time in a manifest: an interval such as "15m", or a crontab line in UTC.

    Raises ValueError if it is neither.
    """
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    if when[-1] in UNITS and when[:-1].isdecimal():
        return IntervalTrigger(**{UNITS[when[-1]]: int(when[:-1])}, timezone=UTC)
    return CronTrigger.from_crontab(when, timezone=UTC)
