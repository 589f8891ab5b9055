"""A dialogue with the real core, on both databases, with a scripted model."""

from collections.abc import Callable
from typing import Any

import pytest

from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.wiring import CoreRules
from tests.core.building import RULES, core_over
from tests.dialogue import Dialogue
from tests.paper import PaperChat

Talk = Callable[..., Dialogue]


@pytest.fixture
def talk(store: Database) -> Talk:
    """Begins a dialogue: with models (the first is the default), and with what the platform can do."""

    def begin(*models: ScriptedModel, chat: PaperChat | None = None, rules: CoreRules = RULES) -> Dialogue:
        core = core_over(store, *(models or (echo(),)), rules=rules)
        paper = chat or PaperChat()
        core.router.attach("paper", paper)
        return Dialogue(core, paper)

    return begin


def echo(name: str = "scripted", **options: Any) -> ScriptedModel:
    """A model that repeats what was said last."""
    return ScriptedModel(lambda lines: f"You said: {lines[-1].text}", name=name, **options)


@pytest.fixture
def plain() -> PaperChat:
    """A platform without forms, on which a second send makes a second message."""
    return PaperChat(capabilities=ChatCapabilities(edit_interval=0))
