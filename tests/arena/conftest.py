"""A dialogue with the real core over two models, one of which is the candidate."""

from collections.abc import Callable
from random import Random

import pytest

from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from core.wiring import CoreRules
from tests.core.building import RULES, core_over
from tests.dialogue import Dialogue
from tests.paper import PaperChat

Arena = Callable[..., Dialogue]


def says(name: str) -> ScriptedModel:
    """A model that says its name."""
    return ScriptedModel(lambda lines: f"{name} says: {lines[-1].text}", name=name)


@pytest.fixture
def arena(store: Database) -> Arena:
    """Begins a dialogue in which `old` answers, and `new` can be compared with it."""

    def begin(
        *models: ScriptedModel, chat: PaperChat | None = None, seed: int = 1, rules: CoreRules = RULES
    ) -> Dialogue:
        core = core_over(store, *(models or (says("old"), says("new"))), rules=rules, chance=Random(seed))
        paper = chat or PaperChat()
        core.router.attach("paper", paper)
        return Dialogue(core, paper)

    return begin
