"""Runs labeling's periodic work: it advances trees, lets tasks expire, has a model write alternative answers, and
orders rankings.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from cli.wiring.background_work import BackgroundWork, going_on, name_of
from config.gold import gold
from config.languages import data_language
from config.settings import ParleySettings
from core.labeling.background.counting import FigureClock
from core.labeling.background.model_answers import AnswerSampler
from core.labeling.background.periodic import LabelingClock
from core.labeling.background.ranking_order import RankingOrder
from core.labeling.service.gold_items import plant
from core.wiring import CoreGround, WiredCore

if TYPE_CHECKING:
    from cli.wiring.shared_work import SharedWork


@asynccontextmanager
async def tasks_kept(
    settings: ParleySettings, ground: CoreGround, core: WiredCore, shared: "SharedWork | None" = None
) -> AsyncIterator[None]:
    """Run the periodic work on message trees and tasks for as long as the block runs.

    If several processes share the database, one of them does the work that concerns all.
    """
    if core.labeling is None:
        yield
        return
    store, texts = ground.store, ground.texts
    for language in texts.languages:
        items = gold(language)
        await store.write(partial(plant, lang=data_language(language) or language, items=items))
    keeper = core.labeling.desk.answers.keeper
    once: list[BackgroundWork] = [LabelingClock(store, keeper, texts, core.router.chats, settings.language).run]
    if settings.tasks.alternatives:
        once.append(AnswerSampler(store, keeper, ground.models, settings.tasks.alternatives).run)
    if ground.scorer:
        once.append(RankingOrder(store, ground.models, ground.scorer).run)
    if shared:
        once = [partial(shared.alone, name_of(work), work) for work in once]
    async with going_on(*once, FigureClock(store, settings.terms.version, core.metrics.labeling).run):
        yield
