"""plugins.host.sandbox.usage: what a process uses, and a day's budget of processor time."""

import os
import subprocess
import sys

from plugins.host.sandbox.limits import MOST_THREADS
from plugins.host.sandbox.usage import DAY, ProcessorBudget, ProcessUsage, excess, usage_of


def test_a_process_is_measured_until_it_is_gone() -> None:
    mine = usage_of(os.getpid())
    assert mine
    assert mine.threads >= 1
    assert mine.memory > 1024 * 1024
    assert mine.seconds > 0
    with subprocess.Popen([sys.executable, "-c", "pass"]) as child:
        child.wait()
        assert usage_of(child.pid) is None


def test_too_much_of_something_is_said() -> None:
    assert excess(ProcessUsage(1, 1000, 0), 512) == ""
    assert "threads" in excess(ProcessUsage(MOST_THREADS + 1, 0, 0), 512)
    assert "memory" in excess(ProcessUsage(1, 600 * 1024 * 1024, 0), 512)


def test_a_budget_is_for_any_day() -> None:
    budget = ProcessorBudget(100)
    budget.use(60, now=0)
    budget.use(30, now=1)
    budget.use(0, now=2000)
    assert budget.left(now=2000) == 10
    budget.use(10, now=4000)
    assert budget.left(now=DAY - 1) == 0
    assert budget.left(now=DAY) == 90
    assert budget.left(now=DAY + 4001) == 100
