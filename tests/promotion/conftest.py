"""A core in which `old` answers, and models that may be promoted in its place."""

from pathlib import Path

import pytest

from core.promotion.promoting import PromotableModels
from core.store.engine.database import Database
from tests.arena.conftest import says
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.paper import PaperChat
from tests.training.conftest import key, run

__all__ = ["key", "run"]

NAMES = ("old", "new", "newer")


@pytest.fixture
def ana(store: Database) -> Dialogue:
    """A person who talks to a core that offers all of the models."""
    core = core_over(store, *map(says, NAMES))
    paper = PaperChat()
    core.router.attach("paper", paper)
    return Dialogue(core, paper)


@pytest.fixture
def models(tmp_path: Path) -> PromotableModels:
    return PromotableModels(tmp_path, NAMES, "old")
