"""Sessions that Discord loses again and again, and a program that crashes all day: the token is never in danger."""

import asyncio
from dataclasses import dataclass, field

import discord
import pytest

from bots.discord.session_budget import DAY, SessionBudget
from bots.discord.session_budget import loop_time as now

TOTAL = 1000
MOST = 500
"""The most sessions in a day of crashes (docs/reliability.md, F5)."""

pytestmark = pytest.mark.leaping


@dataclass(slots=True)
class DayOfLosses:
    """A client that tells how many sessions are left today, some of which were begun before."""

    before: int = 0
    began: float = field(default_factory=now)
    begun: list[float] = field(default_factory=list)

    async def fetch_session_start_limits(self) -> discord.SessionStartLimits:
        left = TOTAL - self.before - len(self.begun)
        ends = self.began + DAY - now()
        return discord.SessionStartLimits(total=TOTAL, remaining=left, reset_after=int(1000 * ends), max_concurrency=1)

    @property
    def over(self) -> bool:
        return now() >= self.began + DAY

    def begin(self) -> None:
        if not self.over:
            self.begun.append(now())


@pytest.mark.slow
@pytest.mark.parametrize("lasts", [0.0, 60.0], ids=lambda seconds: f"lost after {seconds:.0f} s")
@pytest.mark.parametrize("before", [0, 450, 499, 501, 850, 995, 1000], ids=lambda number: f"{number} begun before")
async def test_a_day_of_lost_sessions_leaves_a_part_of_them(lasts: float, before: int) -> None:
    day, budget = DayOfLosses(before), SessionBudget()
    while not day.over:
        if seconds := await budget.spend(day):  # type: ignore[arg-type] # the one call that it makes
            await asyncio.sleep(seconds)
        else:
            day.begin()
            await asyncio.sleep(5.0 + lasts)
    assert len(day.begun) <= max(0, min(MOST, TOTAL - TOTAL // 10 - before))
    if before < MOST:
        # Whoever is away is back before long.
        gaps = [after - one for one, after in zip(day.begun, day.begun[1:], strict=False)]
        assert max(gaps) < 600


@pytest.mark.slow
async def test_a_program_that_crashes_all_day_leaves_a_part_of_them() -> None:
    day = DayOfLosses()
    while not day.over:
        await SessionBudget().wait(day)  # type: ignore[arg-type] # the one call that it makes
        day.begin()
        await asyncio.sleep(10.0)
    assert 300 < len(day.begun) <= MOST


async def test_when_discord_counts_anew_nothing_is_held_back_any_more() -> None:
    yesterday, budget = DayOfLosses(before=950), SessionBudget()
    began = now()
    await budget.wait(yesterday)  # type: ignore[arg-type] # the one call that it makes
    assert now() - began >= DAY - 1
    today = DayOfLosses()
    assert await budget.spend(today) == 0.0  # type: ignore[arg-type] # the one call that it makes
    assert now() - began < DAY + 10


async def test_nobody_waits_while_few_were_begun() -> None:
    day, budget = DayOfLosses(before=50), SessionBudget()
    began = now()
    for _ in range(20):
        assert await budget.spend(day) == 0.0  # type: ignore[arg-type] # the one call that it makes
        await budget.wait(day)  # type: ignore[arg-type] # the one call that it makes
        day.begin()
    assert now() - began < 1.0
