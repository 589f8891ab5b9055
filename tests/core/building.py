"""A core for tests: the real one, over any store, with a model that says what the test wants."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry

from core.answering.assistant import Persona
from core.commands.privacy import Terms, nothing_elsewhere
from core.commands.registry import Command, Feature
from core.limits import Limits
from core.metrics import Metrics
from core.models.registry import Models
from core.ports.model import Model, Sampling
from core.ports.plugins import Hooks, Toolbox
from core.ports.store import Store
from core.texts import Texts
from core.wiring import Core, Rules, Work, build
from tests.core.test_texts import LOCALES

RULES = Rules(
    personas={"parley": Persona("Parley", "You are Parley."), "pirate": Persona("Pirate", "You are a pirate.")},
    presets={"precise": Sampling(temperature=0.3), "k50": Sampling(temperature=0.75, top_k=50)},
    terms=Terms("2026-01", "We keep what you say."),
    reasons={1: ("quality", "helpfulness"), -1: ("fails_task", "spam")},
    labels=("spam", "quality"),
    report_labels=("spam", "pii"),
    limits=Limits(answers=0, community_answers=0, window=timedelta(minutes=10), characters=8000),
)


def core_over(
    store: Store,
    *models: Model,
    rules: Rules = RULES,
    more: Sequence[Feature] = (),
    toolbox: Toolbox | None = None,
    hooks: Hooks | None = None,
    plugged: Callable[[], Sequence[Command]] = tuple,
    work: Work | None = None,
    leaving: Callable[[str], Awaitable[None]] = nothing_elsewhere,
) -> Core:
    """A core over a store, with what `more` offers, tools, hooks, plugins and tasks. The first model is the default."""
    makers = {model.name: (lambda model=model: model) for model in models}
    offered = Models(makers, models[0].name)
    metrics = Metrics(CollectorRegistry())
    return build(store, offered, Texts(LOCALES), rules, metrics, more, toolbox, hooks, plugged, work, leaving)
