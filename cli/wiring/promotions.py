"""Promotions in a running program: the models that may be promoted, those that cannot serve, and what is watched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog

from cli.wiring.background_work import going_on
from cli.wiring.models import default_model, models_offered
from cli.wiring.unfit_models import unfit
from config.settings import ParleySettings
from core.labeling.background.clock import repeat
from core.models.embedded.checked_files import SeenFiles
from core.models.embedded.default import EMBEDDED
from core.promotion.promoting import PromotableModels
from core.promotion.watch import INTERVAL, PromotionWatch
from core.wiring import CoreGround, WiredCore

if TYPE_CHECKING:
    from cli.wiring.shared_work import SharedWork

log = structlog.get_logger()

WATCH = "promotions"
"""The lease of what only one of all processes does."""


def promotable(settings: ParleySettings) -> PromotableModels:
    """The models that may be promoted, and the one that answers where none was. Raises SettingsError."""
    makers = models_offered(settings)
    return PromotableModels(settings.home, list(makers), default_model(settings, makers), frozenset({EMBEDDED}))


async def refuse_unfit(settings: ParleySettings, ground: CoreGround, seen: SeenFiles) -> None:
    """Let the models before them answer where promoted ones cannot."""
    for name, why in (await unfit(settings, ground.store, seen)).items():
        log.error("promoted_model_unfit", model=name, why=why)
        ground.models.refuse(name)


@asynccontextmanager
async def promotions_watched(
    settings: ParleySettings, ground: CoreGround, core: WiredCore, shared: "SharedWork | None" = None
) -> AsyncIterator[None]:
    """Watch promotions for as long as the block runs, in one of all processes."""
    watch = PromotionWatch(ground.store, ground.texts, core.router.chats, ground.metrics, settings.language)
    work = partial(repeat, watch.tick, INTERVAL, "promotions_not_watched")
    async with going_on(partial(shared.alone, WATCH, work) if shared else work):
        yield
