"""People who do tasks in the chat: the real core with labeling, and dialogues with several people."""

from collections.abc import Callable
from random import Random

import pytest

from config.guidelines import guidelines
from config.languages import data_language, languages
from core.labeling.rules.defaults import LabelingRules
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.wiring import LabelingParts, WiredCore
from tests.core.building import core_over
from tests.dialogue import HERE, Dialogue
from tests.labeling.labelers import Labelers
from tests.paper import PaperChat

Begin = Callable[..., Labelers]
QUIET = LabelingRules(gold_every=0)
"""Without items to learn on, which a test would have to answer first."""


BOTH = {
    "test_figures",
    "test_own_work",
    "test_assignment",
    "test_free_labels",
    "test_private",
    "test_tree_lifecycle",
    "test_moderation",
    "test_undoing",
}
"""Tests of statements run on both databases; tests of chats run on one."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the second database if the first one shows as much."""
    ours = f"{__name__.rpartition('.')[0]}."
    left_out = [
        item
        for item in items
        if isinstance(item, pytest.Function)
        and item.module.__name__.startswith(ours)
        and item.module.__name__.removeprefix(ours) not in BOTH
        and "postgres" in item.name.partition("[")[2]
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
def labelers(store: Database) -> Begin:
    """Begins a community: with its rules, and with what the platform can do."""

    def begin(rules: LabelingRules = QUIET, able: ChatCapabilities | None = None) -> Labelers:
        chat = PaperChat(capabilities=able) if able else PaperChat()
        core = labeling_core(store, rules)
        core.router.attach("paper", chat)
        return Labelers(Dialogue(core, chat, HERE))

    return begin


def labeling_core(store: Database, rules: LabelingRules, seed: int = 1) -> WiredCore:
    """A core with tasks, and a model that repeats what was said."""
    work = LabelingParts(rules, languages(), data_language, guidelines(), chance=Random(seed))
    model = ScriptedModel(lambda lines: f"You said: {lines[-1].text}", name="scripted")
    return core_over(store, model, work=work)
