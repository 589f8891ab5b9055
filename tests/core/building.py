"""A core for tests: the real one, over any store, with a model that says what the test wants."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import Random

from prometheus_client import CollectorRegistry

from core.answering.answer_options import Persona
from core.answering.plugin_steps import PluginSteps
from core.commands.privacy import DataTerms, nothing_elsewhere
from core.commands.registry import AskAssistant, Command, CommandGroup
from core.limits import AnswerLimits
from core.metrics import Metrics
from core.models.registry import MakeQueue, ModelRegistry, own_queue
from core.ports.model import LanguageModel, SamplingSettings
from core.ports.plugins import AssistantToolbox, ChatHooks
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.reward import AnswerScorer
from core.ports.store import Store
from core.ports.tracing import UNTRACED, Tracing
from core.ports.work_queue import WorkQueue
from core.surface_queries import ConnectedSurfaces
from core.texts import LocalizedTexts
from core.wiring import CoreGround, CorePlugins, CoreRules, LabelingParts, WiredCore, build, no_commands
from tests.core.test_texts import LOCALES

RULES = CoreRules(
    personas={"parley": Persona("Parley", "You are Parley."), "pirate": Persona("Pirate", "You are a pirate.")},
    presets={"precise": SamplingSettings(temperature=0.3), "k50": SamplingSettings(temperature=0.75, top_k=50)},
    terms=DataTerms("2026-01", "We keep what you say."),
    reasons={1: ("quality", "helpfulness"), -1: ("fails_task", "spam")},
    labels=("spam", "quality"),
    report_labels=("spam", "pii"),
    limits=AnswerLimits(answers=0, community_answers=0, window=timedelta(minutes=10), characters=8000),
)


MakeCore = Callable[..., WiredCore]
"""Makes a core over a store with its models, as `core_over` does."""


def core_over(
    store: Store,
    *models: LanguageModel,
    rules: CoreRules = RULES,
    more: Sequence[CommandGroup] = (),
    toolbox: AssistantToolbox | None = None,
    hooks: ChatHooks | None = None,
    plugged: Callable[[AskAssistant], Sequence[Command]] = no_commands,
    work: LabelingParts | None = None,
    leaving: Callable[[str], Awaitable[None]] = nothing_elsewhere,
    surfaces: ConnectedSurfaces | None = None,
    tracing: Tracing = UNTRACED,
    queue: WorkQueue | None = None,
    others: OtherProcesses = NO_OTHERS,
    model_queue: MakeQueue = own_queue,
    chance: Random | None = None,
    scorer: AnswerScorer | None = None,
) -> WiredCore:
    """A core over a store, with what `more` offers, tools, hooks, plugins and tasks. The first model is the default."""
    makers = {model.name: (lambda model=model: model) for model in models}
    offered = ModelRegistry(makers, models[0].name, queue=model_queue)
    texts, metrics = LocalizedTexts(LOCALES), Metrics(CollectorRegistry())
    ground = CoreGround(
        store,
        offered,
        texts,
        metrics,
        surfaces or ConnectedSurfaces(),
        tracing,
        queue,
        others,
        chance or Random(),
        scorer,
    )
    plugins = CorePlugins(PluginSteps(toolbox, hooks), more, plugged, leaving)
    return build(ground, rules, plugins, work)
