"""Puts the core together: with a store and models, a program can answer people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from core.answering.answer_options import AnswerOptions, Persona
from core.answering.assistant import Assistant
from core.answering.best_of import BestOf
from core.answering.enclosures import EnclosureReading
from core.answering.model_requests import ModelRequests
from core.answering.plugin_steps import PluginSteps
from core.answering.prompt_paths import PromptPaths
from core.answering.surroundings import ChannelReading
from core.arena.commands import ArenaCommands
from core.arena.rounds import ArenaRounds
from core.commands.account_linking import LinkCommand
from core.commands.asides import AsideCommands
from core.commands.conversation import ConversationCommands
from core.commands.first_contact import FirstContact
from core.commands.help import HelpCommand, no_figures
from core.commands.message_actions import MessageActions
from core.commands.own_conversations import OwnConversations
from core.commands.personas import PersonaCommand
from core.commands.preferences import PreferenceCommands
from core.commands.privacy import DataTerms, PrivacyCommands, nothing_elsewhere
from core.commands.private import PrivateCommand
from core.commands.profiles import ProfileCommand
from core.commands.ratings import RatingCommands
from core.commands.registry import AskAssistant, Command, CommandGroup, CommandRegistry, Run
from core.commands.reports import ReportCommands
from core.commands.settings import TASKS, SettingsCommand
from core.commands.tool_calls import CallDetails
from core.community_settings import CommunitySettingsStore, Relocations
from core.delivery.call import CommandCall
from core.event_dispatch import EventDispatch
from core.event_work import EventWork
from core.labeling.chat.card_flags import CardFlags
from core.labeling.chat.channel_vote import ChannelVote
from core.labeling.chat.contributions import ChatContributions
from core.labeling.chat.counted_tasks import CountedTasks
from core.labeling.chat.free_labels import FreeLabels
from core.labeling.chat.gold_command import GoldCommand
from core.labeling.chat.leaderboard import LeaderboardCommands
from core.labeling.chat.moderation_cards import ModerationCommand
from core.labeling.chat.own_work_command import OwnWorkCommand
from core.labeling.chat.task_figures import TaskFigures
from core.labeling.chat.task_session import TaskSession
from core.labeling.chat.tasks_command import TasksCommand
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.assignment import TaskAssigner
from core.labeling.service.private_trees import PrivateTrees
from core.labeling.service.submissions import TaskSubmissions
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.limits import AnswerLimits
from core.messages import CommandHelp, Invocation, Place, User
from core.metrics import Metrics
from core.models.registry import ModelRegistry
from core.ports.model import SamplingSettings
from core.ports.processes import NO_OTHERS, HearTold, OtherProcesses, Subject
from core.ports.reward import AnswerScorer
from core.ports.store import Store
from core.ports.tracing import UNTRACED, Tracing
from core.ports.work_queue import WorkQueue
from core.router import Router
from core.surface_queries import ConnectedSurfaces, StoredKeep, StoredRecords
from core.texts import LocalizedTexts
from core.work_queue.local_queue import LocalQueue


@dataclass(frozen=True, slots=True)
class CoreRules:
    """The settings of an installation. The first persona and the first preset are the defaults.

    `reasons` are the label names that may explain a thumb, by the thumb's value. `labels` and `report_labels` are those
    that an answer and a report may have. `small_model` says that the bundled model is in use, so that people are told
    how little it knows. `language` is used if neither the person's nor the community's is known.
    """

    personas: Mapping[str, Persona]
    presets: Mapping[str, SamplingSettings]
    terms: DataTerms
    reasons: Mapping[int, Sequence[str]]
    labels: Sequence[str] = ()
    report_labels: Sequence[str] = ()
    language: str = "en"
    limits: AnswerLimits = field(default_factory=AnswerLimits)
    small_model: bool = False


DAILY_CAP = 60
"""The most points that count in a day (docs/reference/labeling.md 5.4); Open Assistant counted all of them."""


@dataclass(frozen=True, slots=True)
class LabelingParts:
    """The parts of labeling: its rules, the names of data languages, how to find one by its tag, and the guidelines.

    `low_rated` says that answers which were rated down become tasks. `chance` picks tasks and trees at random.
    """

    rules: LabelingRules
    languages: Mapping[str, str]
    language_of: Callable[[str], str | None]
    guidelines: Mapping[str, Mapping[str, str]]
    low_rated: bool = True
    chance: Random = field(default_factory=Random)


@dataclass(frozen=True, slots=True)
class WiredCore:
    """A core that is put together: `router` takes events, surfaces read `records`, `labeling` hands out tasks."""

    router: Router
    records: StoredRecords
    assistant: Assistant
    communities: CommunitySettingsStore
    store: Store
    metrics: Metrics
    labeling: TasksCommand | None = None

    def keep(self, platform: str) -> StoredKeep:
        """The storage of a surface for what it remembers over a restart."""
        return StoredKeep(self.store, platform, self.metrics)


@dataclass(frozen=True, slots=True)
class CoreGround:
    """The parts that a core is built on. Without a `queue`, it does all work itself; `others` hear what it changes.

    `chance` draws for the arena. `scorer` ranks answers, where there is a reward model.
    """

    store: Store
    models: ModelRegistry
    texts: LocalizedTexts
    metrics: Metrics
    surfaces: ConnectedSurfaces = field(default_factory=ConnectedSurfaces)
    tracing: Tracing = UNTRACED
    queue: WorkQueue | None = None
    others: OtherProcesses = NO_OTHERS
    chance: Random = field(default_factory=Random)
    scorer: AnswerScorer | None = None


def no_commands(ask: AskAssistant) -> Sequence[Command]:
    """No commands beside our own."""
    return ()


@dataclass(frozen=True, slots=True)
class CorePlugins:
    """What plugins add to a core.

    `assistant` has the tools that models may call, and the hooks, which can change or refuse questions and answers and
    hear of ratings. `features` are there from the start; `commands` gives those that may change while we run, and that
    may put questions to the assistant. `leaving` is called with a person who is about to be erased.
    """

    assistant: PluginSteps = PluginSteps()
    features: Sequence[CommandGroup] = ()
    commands: Callable[[AskAssistant], Sequence[Command]] = no_commands
    leaving: Callable[[str], Awaitable[None]] = nothing_elsewhere


NO_PLUGINS = CorePlugins()


def build(
    ground: CoreGround, rules: CoreRules, plugins: CorePlugins = NO_PLUGINS, work: LabelingParts | None = None
) -> WiredCore:
    """Connect the core's parts. Nothing is started. `work` is what people label, None for no tasks."""
    store, texts, hooks = ground.store, ground.texts, plugins.assistant.hooks
    communities = CommunitySettingsStore(store, ground.others)
    options = AnswerOptions(ground.models, rules.personas, rules.presets)
    requests = ModelRequests(options, plugins.assistant)
    enclosures = EnclosureReading(store, texts, rules.limits)
    assistant = Assistant(
        store,
        texts,
        options,
        rules.limits,
        ground.metrics,
        communities,
        plugins.assistant,
        requests,
        PromptPaths(store),
        enclosures,
        ChannelReading(store, communities),
        ground.tracing,
        ground.others,
        best_of=BestOf(ground.scorer) if ground.scorer else None,
    )
    arena = ArenaRounds(assistant, ground.chance)
    keeper = TreeLifecycle(work.rules, work.chance) if work else None
    chats = ChatContributions(keeper, rules.terms, work.language_of, work.low_rated) if keeper and work else None
    desk = desk_over(work, keeper, rules.terms, ranks=ground.scorer is not None) if keeper and work else None
    free = FreeLabels(desk) if desk else None
    ratings = RatingCommands(
        rules.reasons, ground.metrics, hooks, chats.rated if chats else None, free.react if free else None
    )
    flags = CardFlags(desk, ModerationCommand(keeper, communities).tell) if keeper and desk else None
    reports = ReportCommands(
        communities,
        rules.report_labels,
        rules.labels,
        free.command if free else None,
        flags.react if flags else None,
    )
    offered = {
        "model": lambda: ground.models.names,
        "persona": lambda: list(rules.personas),
        "language": lambda: texts.languages,
        "tasks": lambda: TASKS,
    }
    privacy = PrivacyCommands(rules.terms, assistant.stop, plugins.leaving, ground.others)
    preferences = PreferenceCommands(ground.models, list(rules.presets))
    features = [
        ConversationCommands(assistant, chats.compare if chats else None).feature(),
        preferences.feature(),
        PersonaCommand(list(rules.personas), communities, preferences.choose).feature(),
        ProfileCommand().feature(),
        ratings.feature(),
        reports.feature(),
        SettingsCommand(communities, offered, ranks=ground.scorer is not None).feature(),
        LinkCommand(ground.others).feature(),
        CallDetails().feature(),
        AsideCommands(assistant.answer).feature(),
        privacy.feature(),
        OwnConversations(assistant.stop).feature(),
        ArenaCommands(arena).feature(),
        PrivateCommand(PrivateTrees(keeper) if keeper else None).feature(),
    ]
    if not work:
        features.append(reports.queue())
    labeling, told = None, no_figures
    if work and keeper and chats and desk and free:
        told = TaskFigures(rules.terms, work.languages).told
        moderation = ModerationCommand(keeper, communities, answers=reports)
        done = CountedTasks(ground.metrics, hooks)
        labeling = TasksCommand(desk, moderation.tell, done)
        standing = LeaderboardCommands(
            work.rules.score, work.languages, DAILY_CAP if work.rules.score == "agreement" else 0
        )
        parts = (labeling, labeling.menu, ChannelVote(desk, done), chats, moderation, standing, free)
        features += [part.feature() for part in parts]
        features.append(GoldCommand(desk, communities).feature())
        features.append(OwnWorkCommand(rules.terms).feature())

    async def commands(place: Place, user: User) -> Sequence[CommandHelp]:
        return await menu.help_in(place, user, texts)

    async def invoke(call: CommandCall, invocation: Invocation) -> None:
        await menu.invoke(call, invocation)

    more = MessageActions(lambda: [command for command in menu.commands.values() if command.on_message], invoke)
    helping = HelpCommand(commands, communities, rules.small_model, told)
    destinations: dict[str, Run] = {"tasks": labeling.command} if labeling else {}
    first = FirstContact(
        texts, communities, {**destinations, "help": helping.help, "privacy": privacy.explain}, assistant.ask
    )
    features += [*plugins.features, helping.feature(), first.feature(), more.feature()]
    menu = CommandRegistry(features, partial(plugins.commands, assistant.ask))
    take = labeling.take if labeling else None
    relocations = Relocations(communities)
    dispatch = EventDispatch(
        store,
        texts,
        menu,
        assistant,
        arena,
        ratings,
        reports,
        communities,
        relocations,
        first,
        rules.language,
        take,
        ground.others,
    )
    hearing: Mapping[Subject, HearTold] = {
        "settings": communities.changed,
        "stop": assistant.running.stop,
        "relocation": relocations.heard,
        "people": dispatch.opened.clear,
    }
    for subject, hear in hearing.items():
        ground.others.hear(subject, hear)
    queue = ground.queue or LocalQueue(store)
    doing = EventWork(store, dispatch, ground.metrics, ground.surfaces.chats, assistant.typing, ground.tracing)
    router = Router(store, dispatch, ground.metrics, queue, doing, ground.tracing)
    records = StoredRecords(store, texts, menu, communities, options, first.welcome, ground.surfaces.news)
    return WiredCore(router, records, assistant, communities, store, ground.metrics, labeling)


def desk_over(work: LabelingParts, keeper: TreeLifecycle, terms: DataTerms, *, ranks: bool = False) -> TaskSession:
    """Make the part of labeling that hands out tasks, over a keeper of trees. `ranks` says that a reward model orders
    what people rank.
    """
    assigner = TaskAssigner(keeper, work.chance, uncertain_first=ranks)
    return TaskSession(assigner, TaskSubmissions(keeper), terms, work.languages, work.language_of, work.guidelines)
