"""Puts the core together: with a store and models, a program can answer people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from core.answering.assistant import Assistant, Persona
from core.commands.account_linking import Linking
from core.commands.conversation import Steering
from core.commands.help import About
from core.commands.preferences import Preferences
from core.commands.privacy import Privacy, Terms, nothing_elsewhere
from core.commands.ratings import Ratings
from core.commands.registry import Command, Feature, Menu
from core.commands.reports import Reports
from core.commands.settings import TASKS, Administration
from core.commands.tool_calls import Details
from core.community_settings import Communities
from core.labeling.chat.channel_vote import Together
from core.labeling.chat.contributions import Chats
from core.labeling.chat.leaderboard import Standing
from core.labeling.chat.moderation_cards import Moderation
from core.labeling.chat.task_session import Desk
from core.labeling.chat.tasks_command import Labeling
from core.labeling.rules.limits import Rules as TaskRules
from core.labeling.service.assignment import Assigner, Shares
from core.labeling.service.submissions import Answers
from core.labeling.service.tree_lifecycle import Keeper
from core.limits import Limits
from core.messages import CommandHelp, User
from core.metrics import Metrics
from core.models.registry import Models
from core.ports.model import Sampling
from core.ports.plugins import Hooks, Toolbox
from core.ports.store import Store
from core.router import Router
from core.surface_queries import StoredKeep, StoredRecords
from core.texts import Texts


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of an installation. The first persona and the first preset are the defaults.

    `reasons` are the label names that may explain a thumb, by the thumb's value. `labels` and `report_labels` are those
    that an answer and a report may have. `small_model` says that the bundled model is in use, so that people are told
    how little it knows. `language` is used if neither the person's nor the community's is known.
    """

    personas: Mapping[str, Persona]
    presets: Mapping[str, Sampling]
    terms: Terms
    reasons: Mapping[int, Sequence[str]]
    labels: Sequence[str] = ()
    report_labels: Sequence[str] = ()
    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    small_model: bool = False


DAILY_CAP = 60
"""The most points that count in a day (docs/reference/labeling.md 5.4); Open Assistant counted all of them."""


@dataclass(frozen=True, slots=True)
class Work:
    """The parts of labeling: its rules, the names of data languages, how to find one by its tag, and the guidelines.

    `low_rated` says that answers which were rated down become tasks. `chance` picks tasks and trees at random.
    """

    rules: TaskRules
    languages: Mapping[str, str]
    language_of: Callable[[str], str | None]
    guidelines: Mapping[str, Mapping[str, str]]
    low_rated: bool = True
    chance: Random = field(default_factory=Random)


@dataclass(frozen=True, slots=True)
class Core:
    """A core that is put together: `router` takes events, surfaces read `records`, `labeling` hands out tasks."""

    router: Router
    records: StoredRecords
    store: Store
    labeling: Labeling | None = None

    def keep(self, platform: str) -> StoredKeep:
        """The storage of a surface for what it remembers over a restart."""
        return StoredKeep(self.store, platform)


def build(
    store: Store,
    models: Models,
    texts: Texts,
    rules: Rules,
    metrics: Metrics,
    more: Sequence[Feature] = (),
    toolbox: Toolbox | None = None,
    hooks: Hooks | None = None,
    plugged: Callable[[], Sequence[Command]] = tuple,
    work: Work | None = None,
    leaving: Callable[[str], Awaitable[None]] = nothing_elsewhere,
) -> Core:
    """Connect the core's parts with a store and models. Nothing is started.

    `more` are further features; `plugged` gives commands that may change while we run. `toolbox` has the tools that
    models may call. `hooks` can change or refuse questions and answers, and hear of ratings. `work` is what people
    label, None for no tasks. `leaving` is called with a person who is about to be erased.
    """
    communities = Communities(store)
    assistant = Assistant(
        store, models, texts, rules.personas, rules.presets, rules.limits, metrics, communities, toolbox, hooks
    )
    keeper = Keeper(work.rules, work.chance) if work else None
    chats = Chats(keeper, rules.terms, work.language_of, work.low_rated) if keeper and work else None
    ratings = Ratings(rules.reasons, metrics, hooks, chats.rated if chats else None)
    reports = Reports(communities, rules.report_labels, rules.labels)
    offered = {
        "model": lambda: models.names,
        "persona": lambda: list(rules.personas),
        "language": lambda: texts.languages,
        "tasks": lambda: TASKS,
    }
    features = [
        Steering(assistant, chats.compare if chats else None).feature(),
        Preferences(models, list(rules.personas), list(rules.presets)).feature(),
        ratings.feature(),
        reports.feature(),
        Administration(communities, offered).feature(),
        Linking().feature(),
        Details().feature(),
        Privacy(rules.terms, assistant.stop, leaving).feature(),
    ]
    labeling = None
    if work and keeper and chats:
        moderation = Moderation(keeper, communities)
        labeling = made(work, keeper, moderation, rules.terms, hooks)
        standing = Standing(work.rules.score, work.languages, DAILY_CAP if work.rules.score == "agreement" else 0)
        parts = (labeling, labeling.menu, Together(labeling.desk, hooks), chats, moderation, standing)
        features += [part.feature() for part in parts]

    def commands(user: User) -> Sequence[CommandHelp]:
        return menu.help(user, texts)

    menu = Menu([*features, *more, About(commands, rules.small_model).feature()], plugged)
    take = labeling.take if labeling else None
    router = Router(store, texts, menu, assistant, ratings, reports, communities, metrics, rules.language, take)
    return Core(router, StoredRecords(store, texts, menu, communities), store, labeling)


def made(work: Work, keeper: Keeper, moderation: Moderation, terms: Terms, hooks: Hooks | None) -> Labeling:
    """Make the labeling part over a keeper of trees; it tells moderators about reports."""
    assigner = Assigner(keeper, work.chance, Shares(work.rules.most_share, work.rules.many))
    desk = Desk(assigner, Answers(keeper), terms, work.languages, work.language_of, work.guidelines)
    return Labeling(desk, moderation.tell, hooks)
