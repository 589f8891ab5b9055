"""A rollback by hand takes back the model that was meant, and no other."""

import pytest

from core.errors import OperatorError
from core.promotion.promoting import PromotableModels, WantedPromotion, promote, roll_back
from core.store import promotions
from core.store.engine.database import Database
from tests.dialogue import Dialogue
from tests.promotion.test_promoting import answerer

pytestmark = pytest.mark.above_the_store


async def test_a_rollback_by_name_takes_back_no_other_generation(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promote(store, models, WantedPromotion("new", because="first"))
    await promote(store, models, WantedPromotion("newer", because="second"))
    with pytest.raises(OperatorError, match="'new' is not the one that was promoted last: 'newer' is"):
        await roll_back(store, models, model="new")
    await store.write(lambda session: promotions.end(session, 2, "👎 60%", "👎 60%", by_itself=True))
    with pytest.raises(
        OperatorError,
        match="'newer' does not answer any more: it was rolled back by itself on .*: 👎 60%. 'new' answers now",
    ):
        await roll_back(store, models, model="newer")
    with pytest.raises(OperatorError, match="'newest' was never promoted"):
        await roll_back(store, models, model="newest")
    assert await answerer(ana) == "new"
    ended = await roll_back(store, models, model="new")
    assert (ended.row.candidate, ended.answers) == ("new", "old")
    with pytest.raises(OperatorError, match="nothing to roll back. 'old' answers now"):
        await roll_back(store, models)
