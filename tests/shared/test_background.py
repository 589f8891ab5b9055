"""Work that nobody waits for."""

import asyncio

from structlog.testing import capture_logs

from bots.shared.background import BackgroundTasks


async def test_what_is_started_ends_and_may_start_more() -> None:
    tasks, done = BackgroundTasks(), []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        done.append("first")
        tasks.start(second())

    tasks.start(first())
    assert tasks.running
    await tasks.settled()
    assert (done, tasks.running) == (["first", "second"], False)


async def test_what_goes_wrong_is_logged() -> None:
    tasks = BackgroundTasks()

    async def wrong() -> None:
        raise ValueError("a mistake")

    with capture_logs() as logs:
        tasks.start(wrong())
        await tasks.settled()
    assert [(one["event"], one["log_level"], repr(one["error"])) for one in logs] == [
        ("background_task_failed", "error", "ValueError('a mistake')")
    ]


async def test_what_is_cancelled_is_not_an_error() -> None:
    tasks = BackgroundTasks()
    with capture_logs() as logs:
        tasks.start(asyncio.Event().wait())  # type: ignore[arg-type] # what it returns is of no interest
        tasks.cancel()
        await tasks.settled()
    assert logs == []
