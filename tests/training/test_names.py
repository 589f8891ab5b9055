"""A name that stood for a model, which votes and promotions know by it alone, is given to no other one."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from core.errors import OperatorError
from core.models.library import installed as library
from core.store import model_names, promotions
from core.store.engine.database import Database
from core.store.promotion_tables import PromotionRow
from core.store.promotions import PromotionReach
from core.store.tables import now
from core.training.configuration import WantedTraining
from core.training.names import known_names
from core.training.outcome import finish
from core.training.preparation import prepare
from core.training.runs import TrainingRun, remove_run
from tests.training.community import facts, made, tiny

pytestmark = pytest.mark.above_the_store

FEW = WantedTraining(least=5)


async def anew(store: Database, home: Path, name: str = "") -> TrainingRun:
    return await prepare(store, facts(home), tiny(home), replace(FEW, name=name), print)


async def test_the_name_of_a_model_that_was_removed_is_not_given_out_again(
    store: Database, run: TrainingRun, key: bytes, tmp_path: Path
) -> None:
    made(run)
    finish(tmp_path, run, key)
    remove_run(run)
    library.remove(tmp_path, run.name)
    with pytest.raises(OperatorError, match="'llama-dpo-1' was the name of another model, whose votes and promotions"):
        await anew(store, tmp_path, run.name)
    assert (await anew(store, tmp_path)).name == "llama-dpo-2"


async def test_the_name_of_a_run_that_made_no_model_is_free_again(
    store: Database, run: TrainingRun, key: bytes, tmp_path: Path
) -> None:
    made(run, words=19.0)
    finish(tmp_path, run, key)
    remove_run(run)
    assert (await anew(store, tmp_path, run.name)).name == run.name


@pytest.mark.in_the_store
async def test_a_name_in_a_promotion_or_of_an_earlier_start_is_not_given_out(store: Database, tmp_path: Path) -> None:
    def promote(session: Session) -> None:
        row = PromotionRow(number=0, candidate="tiny-dpo-1", replaced="tiny-dpo-2", reach=PromotionReach().record())
        promotions.begin(session, row, "")
        promotions.end(session, row.number, "worse", "")

    await store.write(promote)
    await store.write(partial(model_names.note, names={"embedded": "smol", "tiny-dpo-3": "tiny-dpo-3"}, at=now()))
    await store.write(partial(model_names.note, names={"embedded": "smol"}, at=now()))
    known = await known_names(store, tmp_path)
    for name in ("tiny-dpo-1", "tiny-dpo-2", "tiny-dpo-3", "embedded"):
        with pytest.raises(OperatorError, match="was the name of another model"):
            known.check(name)
    assert known.free("tiny", "dpo") == "tiny-dpo-4"
    known.check("tiny-kto-1")
