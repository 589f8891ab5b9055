"""A promotion that holds in some communities is widened: never narrowed, and with a ground of its own."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlmodel import Session

from core.errors import OperatorError
from core.promotion.lineage import lineage, told
from core.promotion.promoting import PromotableModels, WantedPromotion, promote
from core.store import promotions
from core.store.engine.database import Database
from core.store.promotions import reach
from tests.promotion.test_promoting import BETTER
from tests.promotion.votes import voted

pytestmark = pytest.mark.above_the_store


class ReadyToWrite:
    """A store in which something else is done just before a promotion is written."""

    def __init__(self, store: Database, before: Callable[[], Awaitable[object]]) -> None:
        self._store, self._before = store, before
        self.read = store.read

    async def write(self, unit: Callable[[Session], Any]) -> Any:
        if unit.__name__ == "unit":
            await self._before()
        return await self._store.write(unit)

    async def close(self) -> None:
        await self._store.close()


@pytest.mark.in_the_store
async def test_of_two_widenings_at_once_none_takes_the_other_back(store: Database, models: PromotableModels) -> None:
    await promote(store, models, WantedPromotion("new", 0.1, because="a canary"))
    meanwhile = ReadyToWrite(store, lambda: promote(store, models, WantedPromotion("new", because="it is well")))
    with pytest.raises(OperatorError, match="another promotion or rollback came in between"):
        await promote(meanwhile, models, WantedPromotion("new", 0.2, because="a bit more"))
    [row] = await store.read(promotions.standing)
    assert reach(row.reach).everybody


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_the_lineage_says_what_each_widening_rests_on(store: Database, models: PromotableModels) -> None:
    await promote(store, models, WantedPromotion("new", 0.1, because="a try"))
    await store.write(lambda session: voted(session, *BETTER))
    await promote(store, models, WantedPromotion("new", 0.5))
    await promote(store, models, WantedPromotion("new", because="whatever they say"))
    [row] = await store.read(promotions.all_promotions)
    [model] = lineage(models.home, [row], {})
    [one] = model.promotions
    assert (one.share, one.because, one.evidence) == (1.0, "a try", {})
    assert [(step.share, step.because) for step in one.widened] == [(0.1, ""), (0.5, "whatever they say")]
    assert one.widened[0].evidence["verdict"] == "better"
    begun, proven, forced = list(told([model]))[1].split("; ")
    assert "for 10 % of the communities in place of old, because: a try" in begun
    assert re.fullmatch(r"widened \S+ to 50 % of the communities, wins 8.*, proven by \d+ choices of .*", proven)
    assert re.fullmatch(r"widened \S+ to all communities, because: whatever they say", forced)
