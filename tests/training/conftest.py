"""A run of a lively community, prepared and not yet trained."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.store.engine.database import Database
from core.store.training_people import agreeing_accounts, training_key
from core.training.configuration import WantedTraining
from core.training.preparation import prepare
from core.training.runs import TrainingRun
from tests.training.community import facts, lively, tiny


@pytest.fixture
async def run(store: Database, tmp_path: Path) -> TrainingRun:
    await store.write(lively)
    return await prepare(store, facts(tmp_path), tiny(tmp_path), WantedTraining(least=5), print)


@pytest.fixture
async def key(store: Database, run: TrainingRun) -> bytes:
    """The key by which the run is sealed."""
    return await store.read(training_key)


@pytest.fixture
async def agreeing(store: Database, run: TrainingRun) -> Mapping[str, bool]:
    """The accounts of the run's community, which all agree."""
    return await store.read(agreeing_accounts)
