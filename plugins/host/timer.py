"""The timer of plugins' calls. APScheduler keeps the time."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

log = structlog.get_logger()

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
NUMBERED = re.compile(r"(?:(?P<all>\*)(?=/)|(?P<first>\d)(?:-(?P<last>\d))?)(?:/(?P<step>\d{1,2}))?")
"""Days of the week by their numbers: one, a range, or every so many of a range or of all."""

FARTHEST = timedelta(days=100 * 366)
"""How far ahead the times of a crontab line are looked for.

The rarest, 29 February on one day of the week, may have 40 years between them. For a time that never comes, APScheduler
alone would look through all years up to 9999, while everybody waits.
"""


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
        two. To be called now and then, since the clock of the machine may jump.

        A call whose time makes no sense or never comes is left out and logged, so that the others still come.
        """
        wanted: Mapping[str, tuple[str, str, str]] = {f"{one[0]}:{one[1]}": one for one in schedules}
        known, now = repr(sorted(wanted.values())), datetime.now(UTC)
        there = {job.id: job for job in self._scheduler.get_jobs() if ":" in job.id}
        usable: dict[str, Any] = {}
        for name, (plugin, function, when) in wanted.items():
            try:
                usable[name] = trigger(when)
            except ValueError as error:
                if known != self._known:
                    log.warning("plugin_schedule_refused", plugin=plugin, function=function, error=str(error))
        for name, job in there.items():
            if name not in usable:
                job.remove()
        for name, times in usable.items():
            # A job whose times were over is gone, even if the clock has been put back since.
            if known != self._known or name not in there or _too_far(there[name].next_run_time, times, now):
                self._scheduler.add_job(make, times, args=wanted[name][:2], id=name, replace_existing=True)
        self._known = known
        # It waits by a clock that does not jump.
        self._scheduler.wakeup()


def _too_far(due: datetime | None, times: Any, now: datetime) -> bool:
    """Whether a repeated call is to wait for more than two of its times, because the clock has been put back.

    A call that has fewer times to come is not too far.
    """
    first = times.get_next_fire_time(None, now)
    second = first and times.get_next_fire_time(first, first)
    return bool(due and second and due > second)


def trigger(when: str) -> Any:
    """APScheduler's trigger for a time in a manifest: an interval such as "15m", or a crontab line in UTC.

    Raises ValueError if it is neither, or if its time never comes.
    """
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    if when[-1] in UNITS and when[:-1].isdecimal():
        return IntervalTrigger(**{UNITS[when[-1]]: int(when[:-1])}, timezone=UTC)
    times, now = CronTrigger.from_crontab(_with_named_days(when), timezone=UTC), datetime.now(UTC)
    times.end_date = now + FARTHEST
    if times.get_next_fire_time(None, now) is None:
        raise ValueError(f"{when!r} is a time that never comes")
    return times


def _with_named_days(line: str) -> str:
    """Write the days of the week in a crontab line by name: it counts them from Sunday, which is 0 and 7 (POSIX), and
    APScheduler from Monday.
    """
    *others, days = line.split()
    return " ".join([*others, ",".join(map(_named, days.split(",")))])


def _named(days: str) -> str:
    found = NUMBERED.fullmatch(days)
    if found is None:
        return days
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    begin, end = (0, 6) if found["all"] else (int(first), int(last or (6 if found["step"] else first)))
    if not (step and begin <= end < len(DAYS)):
        raise ValueError(f"{days!r} are no days of the week: they go from 0 (Sunday) to 6, and 7 is Sunday, too")
    return ",".join(DAYS[number] for number in range(begin, end + 1, step))
