"""The check of `parley doctor` for promoted models: whether they can answer on this machine."""

from bots.shared.platform import CheckResult
from cli.open_database import as_it_is
from cli.wiring.unfit_models import unfit
from config.settings import ParleySettings
from core.errors import OperatorError, StoreError
from core.models.embedded.checked_files import SeenFiles
from core.store import promotions
from core.store.promotions import reach, reach_in_words

WHAT = "promotion"


async def promoted_models(settings: ParleySettings) -> list[CheckResult]:
    """Check the files of promoted models, and say if one was rolled back by itself."""
    try:
        async with as_it_is(settings.database.url) as store:
            if store is None:
                return []
            rows = await store.read(promotions.all_promotions)
            ill = await unfit(settings, store, SeenFiles())
    except StoreError as error:
        return [CheckResult(WHAT, "fail", str(error), "see the check of the database")]
    except OperatorError as error:
        return [CheckResult(WHAT, "fail", str(error), "parley models list")]
    found = [
        CheckResult(
            WHAT,
            "fail",
            f"{name} is promoted and cannot answer here, so the model before it does: {why}",
            f"install it here again, or parley rollback {name}",
        )
        for name, why in ill.items()
    ]
    if rows and rows[-1].by_itself:
        last = rows[-1]
        words = f"{last.candidate} was rolled back by itself on {last.ended_at:%Y-%m-%d}: {last.why}"
        found.append(CheckResult(WHAT, "warn", words, "parley train, for another candidate"))
    newest = next((row for row in reversed(rows) if row.ended_at is None), None)
    if newest and newest.candidate not in ill:
        where = reach_in_words(reach(newest.reach))
        words = f"{newest.candidate} answers {where} since {newest.begun_at:%Y-%m-%d}, in place of {newest.replaced}"
        found.append(CheckResult(WHAT, "ok", words))
    return found
