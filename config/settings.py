"""The settings: the only reader of the environment and of the operator's file."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import BaseModel, Field, PrivateAttr, SecretStr, ValidationError, create_model, field_validator

from config.sections.installation import (
    DatabaseSettings,
    ExportSettings,
    HuggingFaceSettings,
    LimitSettings,
    LogSettings,
    OperatorSettings,
    PersonaSettings,
    TelemetrySettings,
    TermsSettings,
    TrainSettings,
)
from config.sections.models import ModelSettings
from config.sections.plugins import PluginSettings
from config.sections.section import SettingsSection
from config.sections.surfaces import DiscordSettings, SlackSettings, TelegramSettings, WebSettings, is_loopback
from config.sections.tasks import TaskSettings
from config.sections.values import ListedName
from config.setting_faults import explained, source
from config.setting_kinds import of_kind, tupled
from config.setting_sources import (
    as_named,
    expanded,
    from_environment,
    merged,
    read,
    refuse_secrets,
    secrets_of_others,
    with_secret_files,
)
from config.texts import languages_of_texts
from core.errors import SettingsError

HERE = Path(__file__).parent


class ParleySettings(SettingsSection):
    """Everything that can be set. `home` is the one folder that holds database, models, plugins and logs."""

    home: Path
    language: str

    @field_validator("language")
    @classmethod
    def _written(cls, given: str) -> str:
        known = languages_of_texts()
        if given not in known and given.partition("-")[0] not in known:
            raise ValueError(f"there are no texts in {given[:40]!r}; choose from {', '.join(known)}")
        return given

    database: DatabaseSettings
    model: ModelSettings
    limits: LimitSettings
    web: WebSettings
    discord: DiscordSettings
    telegram: TelegramSettings
    slack: SlackSettings
    plugins: PluginSettings
    tasks: TaskSettings
    operator: OperatorSettings
    telemetry: TelemetrySettings
    log: LogSettings
    personas: Mapping[ListedName, PersonaSettings] = Field(min_length=1)
    terms: TermsSettings
    export: ExportSettings
    train: TrainSettings
    huggingface: HuggingFaceSettings
    _origin: Callable[[str], str] = PrivateAttr(default=str)
    """Says where a setting came from: a variable or a file."""

    _of_others: tuple[str, ...] = PrivateAttr(default=())
    """Secrets of other programs in the environment, such as OPENAI_API_KEY for LangChain."""

    def section(self, name: str) -> Any:
        """A section by its name."""
        return getattr(self, name)

    def origin(self, path: str) -> str:
        """Where a setting came from, for errors that are found only later."""
        return self._origin(path)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, so that the log can leave them out."""
        keys = list(secrets_in(self))
        written = self.database.encryption_key
        # It may be several keys, and each of them is secret by itself.
        single = re.split(r"[,\s]+", written.get_secret_value()) if written else []
        password = urlsplit(self.database.url).password
        spelt = (password, unquote(password)) if password else ()
        return tuple(dict.fromkeys((*keys, *single, *spelt, *self._of_others)))


def secrets_in(value: object) -> Iterator[str]:
    """Yield the secrets in a section, and in the sections and mappings inside it."""
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for _, inner in value:
                yield from secrets_in(inner)
        case Mapping():
            for inner in value.values():
                yield from secrets_in(inner)
        case tuple():
            for inner in value:
                yield from secrets_in(inner)


def with_sections(sections: Mapping[str, type[BaseModel]]) -> type[ParleySettings]:
    """The class of the settings with further sections, all of whose settings have defaults."""
    more = {name: kind for name, kind in sections.items() if name not in ParleySettings.model_fields}
    if not more:
        return ParleySettings
    fields: dict[str, Any] = {name: (kind, Field(default_factory=kind)) for name, kind in more.items()}
    return create_model("Settings", __base__=ParleySettings, **fields)


def load(
    path: Path | None = None,
    environment: Mapping[str, str] | None = None,
    sections: Mapping[str, type[BaseModel]] | None = None,
) -> ParleySettings:
    """Load the settings: environment, then the operator's file, then our defaults.

    The file is `path`, else PARLEY_CONFIG, else parley.toml in the home. `sections` are further sections by name, whose
    classes have the defaults. Raises a SettingsError that says which setting is wrong, where it came from and what is
    allowed.
    """
    kind = with_sections(sections or {})
    given = os.environ if environment is None else environment
    home = home_of(given)
    file = path or Path(given.get("PARLEY_CONFIG") or home / "parley.toml")
    if not file.exists() and (path or given.get("PARLEY_CONFIG")):
        raise SettingsError(f"{file}: there is no such file")
    chosen = read(file) if file.exists() else {}
    refuse_secrets(chosen, file)
    values = merged(defaults(), with_secret_files(chosen, file))
    values = merged(values, of_kind(as_named(from_environment(given), values), kind))
    try:
        settings = kind.model_validate({**tupled(values), "home": home})
    except ValidationError as error:
        raise SettingsError(explained(error, kind, file, given)) from None
    if not is_loopback(settings.web.host) and not settings.web.behind_proxy:
        raise SettingsError(
            f"{source('web.host', file, given)}: web.host {settings.web.host} is not this machine alone, and the page"
            " has no login: put a proxy that asks who is there in front of it, and set web.behind_proxy = true"
        )
    if taken := twice_taken(settings):
        first, second = taken
        port = settings.section(second.partition(".")[0]).port
        origin = source(second, file, given)
        raise SettingsError(f"{origin}: {second} is {port}, and so is {first}; choose another port for one of them")
    if not settings.database.url:
        database = settings.database.model_copy(update={"url": f"sqlite:///{home / 'parley.sqlite3'}"})
        settings = settings.model_copy(update={"database": database})
    settings._origin = partial(source, file=file, environment=given)
    settings._of_others = secrets_of_others(given)
    return settings


@cache
def defaults() -> Mapping[str, Any]:
    """Return the settings of config/default.toml. Nobody may change what is in them."""
    return tomllib.loads((HERE / "default.toml").read_text(encoding="utf-8"))


def twice_taken(settings: ParleySettings) -> tuple[str, str] | None:
    """Return the first two settings that name the same port of the same host, among those that are opened."""
    opened = {
        "web.port": settings.web.enabled and settings.web,
        "operator.port": settings.operator.enabled and settings.operator,
        "telegram.port": bool(settings.telegram.token and settings.telegram.webhook_url) and settings.telegram,
        "slack.port": settings.slack.listens and settings.slack,
    }
    listening = [(name, one.host, one.port) for name, one in opened.items() if one and one.port]
    for (name, host, port), (other, other_host, other_port) in combinations(listening, 2):
        if port == other_port and (same_host(host, other_host)):
            return name, other
    return None


def same_host(one: str, other: str) -> bool:
    """Whether two hosts to listen on are the same, or one of them is all of this machine's."""
    names = {"127.0.0.1" if host == "localhost" else host.strip("[]") for host in (one, other)}
    return len(names) == 1 or bool(names & {"0.0.0.0", "::"})


def home_of(environment: Mapping[str, str]) -> Path:
    """Return the folder of this installation. If it is missing, it is created for its owner only."""
    named = environment.get("PARLEY_HOME")
    home = expanded(named, "PARLEY_HOME") if named else Path(platformdirs.user_data_dir("parley", appauthor=False))
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"PARLEY_HOME: {home} cannot be created ({error.strerror}); name a folder that you own"
        ) from None
    return home.absolute()
