"""Whenever a promotion or a rollback is killed, one whole model answers: the old one until the row is there."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.promotion.promoting import PromotableModels, WantedPromotion, promote, roll_back
from core.store import promotions
from core.store.engine.database import Database, connect
from tests.cli.program import soon, start

ENVIRONMENT = "DOOMED_URL", "DOOMED_HOME", "DOOMED_AT"


def dies_in(moment: str) -> None:
    """Kill this process just before or after the row is written, or after its commit."""
    name, when = moment.split("-")
    whole = getattr(promotions, name)

    def doomed(*given: Any, **named: Any) -> Any:
        done = whole(*given, **named) if when == "after" else None
        os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(promotions, name, doomed)


def main() -> None:
    """Promote a model, or roll it back if one is promoted, and die on the way."""
    import asyncio

    url, home, moment = (os.environ[name] for name in ENVIRONMENT)
    if moment != "committed":
        dies_in(moment)

    async def work() -> None:
        store = connect(url)
        models = PromotableModels(Path(home), ("old", "new"), "old")
        if await store.read(promotions.standing):
            await roll_back(store, models)
        else:
            await promote(store, models, WantedPromotion("new", because="a try"))
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(work())


Kill = Callable[[str], Any]


@pytest.fixture
def killed_at(database_url: str, tmp_path: Path) -> Kill:
    async def run(moment: str) -> None:
        environment = {**os.environ, **dict(zip(ENVIRONMENT, (database_url, str(tmp_path), moment), strict=True))}
        program = await start(environment, main=main)
        _, complaint = await soon(program.communicate())
        assert program.returncode == -signal.SIGKILL, complaint.decode()

    return run


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "answers"), [("begin-before", "old"), ("begin-after", "old"), ("committed", "new")])
async def test_a_killed_promotion(store: Database, killed_at: Kill, moment: str, answers: str) -> None:
    await killed_at(moment)
    assert promotions.answering(await store.read(promotions.standing), "old", ("old", "new")) == answers


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "answers"), [("end-before", "new"), ("end-after", "new"), ("committed", "old")])
async def test_a_killed_rollback(store: Database, killed_at: Kill, tmp_path: Path, moment: str, answers: str) -> None:
    models = PromotableModels(tmp_path, ("old", "new"), "old")
    await promote(store, models, WantedPromotion("new", because="a try"))
    await killed_at(moment)
    assert promotions.answering(await store.read(promotions.standing), "old", ("old", "new")) == answers
    # Nothing of what was killed is in the way of the next one.
    if answers == "new":
        assert (await roll_back(store, models)).answers == "old"
