"""Looks up promoted models, for commands about models."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.open_database import as_it_is
from core.errors import OperatorError

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.store.promotion_tables import PromotionRow

SQLITE = "sqlite:///"


def standing(settings: "ParleySettings") -> "Sequence[PromotionRow]":
    """The promotions that have not been rolled back, the newest first. Raises OperatorError if they cannot be read."""
    if not _begun(settings.database.url):
        return []

    async def read() -> "Sequence[PromotionRow]":
        from core.store import promotions

        # Of an earlier schema nothing was promoted, and to look is no reason to change it.
        async with as_it_is(settings.database.url) as store:
            return await store.read(promotions.standing) if store else []

    return asyncio.run(read())


def _begun(url: str) -> bool:
    """Whether there may be a database. What is about models alone need not import one where there is none yet."""
    file = url.removeprefix(SQLITE)
    return file == url or Path(file).exists()


def may_be_chosen(settings: "ParleySettings", name: str) -> None:
    """Raise OperatorError if a promoted model would answer whatever is chosen for this machine."""
    if rows := standing(settings):
        raise OperatorError(
            f"{rows[0].candidate!r} is promoted, and answers before what is chosen here: take that back with `parley"
            f' rollback {rows[0].candidate}`, or let {name!r} follow it, `parley promote {name} --because "…"`'
        )


def may_be_removed(settings: "ParleySettings", name: str) -> None:
    """Raise OperatorError if a model is promoted, or if a rollback would go back to it."""
    rows = standing(settings)
    if rows and name in (rows[0].candidate, rows[0].replaced):
        what = "is promoted" if name == rows[0].candidate else "is what `parley rollback` goes back to"
        raise OperatorError(f"{name!r} {what}; promote another model or roll back first")


def promoted(settings: "ParleySettings") -> tuple[str, str]:
    """The model that was promoted for all communities, and the one for some; empty if there is none."""
    if not (rows := standing(settings)):
        return "", ""
    from cli.wiring.models import models_offered
    from core.store.promotions import answering, reach

    everywhere = answering(rows, "", models_offered(settings))
    return everywhere, "" if reach(rows[0].reach).everybody else rows[0].candidate


def answering_everywhere(settings: "ParleySettings") -> str:
    """The installed model that was promoted for all communities; empty if there is none."""
    from core.models.library import installed as library

    name, _ = promoted(settings)
    return name if name in library.installed(settings.home) else ""
