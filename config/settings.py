"""The settings: the only reader of the environment and of the operator's file."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from core.errors import SettingsError
from core.ports import Sampling

HERE = Path(__file__).parent
PREFIX = "PARLEY_"
SECRETS = frozenset({"api_key", "token"})
"""Names of settings that may come from the environment or from a file of their own, never from parley.toml."""

META = frozenset({"PARLEY_HOME", "PARLEY_CONFIG", "PARLEY_API_SPECS"})


class Section(BaseModel):
    """A part of the settings: it cannot be changed, and knows every name that it may have."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Section):
    url: str = ""


class EmbeddedModelSettings(Section):
    file: Path | None = None
    threads: int = Field(ge=0, le=256)
    slots: int = Field(ge=1, le=64)
    context: int = Field(ge=256, le=1_048_576)
    batch: int = Field(ge=16, le=4096)
    cache_mib: int = Field(ge=0)
    start_timeout: float = Field(gt=0)


class Server(Section):
    url: str
    model: str = "default"
    window: int = Field(default=0, ge=0)
    slots: int = Field(default=4, ge=1)
    dialect: Literal["", "llama.cpp", "openai", "vllm"] = ""
    api_key: SecretStr | None = None


class LangChainSettings(Section):
    id: str
    window: int = Field(default=8192, ge=256)
    slots: int = Field(default=4, ge=1)


class PatienceSettings(Section):
    first_token: float = Field(gt=0)
    between_tokens: float = Field(gt=0)
    whole: float = Field(gt=0)


class ModelSettings(Section):
    default: str
    embedded: EmbeddedModelSettings
    servers: Mapping[str, Server] = {}
    langchain: Mapping[str, LangChainSettings] = {}
    patience: PatienceSettings


class LimitSettings(Section):
    answers: int = Field(ge=0)
    minutes: int = Field(ge=1)
    community_answers: int = Field(ge=0)
    waiting_per_slot: int = Field(ge=0)
    characters: int = Field(ge=0)


class WebSettings(Section):
    enabled: bool
    host: str
    port: int = Field(ge=0, le=65535)
    hosts: tuple[str, ...] = ()
    behind_proxy: bool

    @model_validator(mode="after")
    def _is_not_open_to_everybody(self) -> Self:
        if not is_loopback(self.host) and not self.behind_proxy:
            raise ValueError(
                f"host {self.host} is not this machine alone, and the page has no login: put a proxy that asks who is"
                " there in front of it, and set web.behind_proxy = true"
            )
        return self


class OperatorSettings(Section):
    enabled: bool
    host: str
    port: int = Field(ge=0, le=65535)


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "json", "console"]
    file: bool


class PersonaSettings(Section):
    name: str
    text: str


class TermsSettings(Section):
    version: str
    text: str
    link: str = ""


class ExportSettings(Section):
    sources: Mapping[str, bool] = {}
    platforms: Mapping[str, bool] = {}
    pairs: Mapping[str, bool] = {}


class HuggingFaceSettings(Section):
    endpoint: str
    token: SecretStr | None = None


class Settings(Section):
    """Everything that can be set. `home` is the one folder that holds database, models, plugins and logs."""

    home: Path
    language: str
    database: DatabaseSettings
    model: ModelSettings
    limits: LimitSettings
    web: WebSettings
    operator: OperatorSettings
    log: LogSettings
    personas: Mapping[str, PersonaSettings] = Field(min_length=1)
    terms: TermsSettings
    export: ExportSettings
    huggingface: HuggingFaceSettings

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the log to leave out."""
        keys = [server.api_key for server in self.model.servers.values()] + [self.huggingface.token]
        return tuple(key.get_secret_value() for key in keys if key)


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings: environment, then the operator's file, then our defaults.

    The file is `path`, else PARLEY_CONFIG, else parley.toml in the home. Raises SettingsError that says which setting
    is wrong, where it came from and what is allowed.
    """
    given = os.environ if environment is None else environment
    home = home_of(given)
    file = path or Path(given.get("PARLEY_CONFIG") or home / "parley.toml")
    if not file.exists() and (path or given.get("PARLEY_CONFIG")):
        raise SettingsError(f"{file}: there is no such file")
    defaults = tomllib.loads((HERE / "default.toml").read_text(encoding="utf-8"))
    chosen = read(file) if file.exists() else {}
    refuse_secrets(chosen, file)
    values = merged(merged(defaults, with_secret_files(chosen, file)), from_environment(given))
    try:
        settings = Settings.model_validate({**values, "home": home})
    except ValidationError as error:
        raise SettingsError(explained(error, file, given)) from None
    if not settings.database.url:
        database = settings.database.model_copy(update={"url": f"sqlite:///{home / 'parley.sqlite3'}"})
        settings = settings.model_copy(update={"database": database})
    return settings


def home_of(environment: Mapping[str, str]) -> Path:
    """The folder of this installation, made for its owner alone where it is missing."""
    named = environment.get("PARLEY_HOME")
    home = Path(named).expanduser() if named else Path(platformdirs.user_data_dir("parley", appauthor=False))
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"PARLEY_HOME: {home} cannot be made ({error.strerror}); name a folder of yours") from None
    return home.absolute()


def read(file: Path) -> dict[str, Any]:
    """A TOML file. Raises SettingsError with the line where it is not TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{file}: {error}") from None


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees of settings in one; where both have a value, `over` wins."""
    found = dict(under)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = merged(found[name], value) if both else value
    return found


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """PARLEY_A__B=c as {"a": {"b": "c"}}; PARLEY_A__B_FILE names a file that holds a secret's value."""
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in META:
            continue
        *sections, name = variable.removeprefix(PREFIX).lower().split("__")
        if name.removesuffix("_file") in SECRETS and name.endswith("_file"):
            name, value = name.removesuffix("_file"), secret_in(Path(value), variable)
        at = found
        for section in sections:
            at = at.setdefault(section, {})
        at[name] = tuple(value.split(",")) if name == "hosts" else value
    return found


def refuse_secrets(values: Mapping[str, Any], file: Path, where: str = "") -> None:
    """Raises SettingsError for a secret that stands in the file itself, where it would be copied and shown."""
    for name, value in values.items():
        path = f"{where}{name}"
        if isinstance(value, Mapping):
            refuse_secrets(value, file, f"{path}.")
        elif name in SECRETS:
            variable = PREFIX + path.upper().replace(".", "__")
            raise SettingsError(f"{file}: {path} is a secret; set {variable}, or {path}_file to a file that holds it")


def with_secret_files(values: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """The values with each `<secret>_file` read; a relative path begins at the settings' file."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found[name] = with_secret_files(value, file)
        elif name.endswith("_file") and name.removesuffix("_file") in SECRETS:
            found[name.removesuffix("_file")] = secret_in(file.parent / str(value), name)
        else:
            found[name] = value
    return found


def secret_in(file: Path, name: str) -> str:
    """A secret from a file of its own."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}: {file} cannot be read ({error.strerror})") from None


def explained(error: ValidationError, file: Path, environment: Mapping[str, str]) -> str:
    """The first fault in one sentence: the setting, where it came from, what is wrong."""
    fault = error.errors(include_url=False, include_input=False)[0]
    path = ".".join(str(part) for part in fault["loc"])
    variable = PREFIX + path.upper().replace(".", "__")
    source = variable if variable in environment else str(file)
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path, names(Settings), n=1)
        return f"{source}: there is no setting {path}" + (f"; did you mean {near[0]}?" if near else "")
    return f"{source}: {path}: {fault['msg'].removeprefix('Value error, ')}"


def names(section: type[BaseModel], prefix: str = "") -> list[str]:
    """The dotted names of all settings."""
    found = []
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += names(inner, f"{prefix}{name}.")
        else:
            found.append(f"{prefix}{name}")
    return found


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0.01, 2),
    "max_new_tokens": (1, 1024),
    "top_p": (0, 1),
    "typical_p": (0, 1),
    "repetition_penalty": (1, 3),
    "top_k": (5, 2000),
}
"""Open Assistant's ranges (spec/open-assistant.md 3.4)."""


def presets() -> Mapping[str, Sampling]:
    """The sampling presets of config/presets.toml, the default first. Raises SettingsError for one out of range."""
    found = tomllib.loads((HERE / "presets.toml").read_text(encoding="utf-8"))
    for name, values in found.items():
        for setting, value in values.items():
            least, most = RANGES[setting]
            if not least <= value <= most:
                raise SettingsError(f"presets.toml: {name}.{setting} is {value}, and may be {least} to {most}")
    return {name: Sampling(**values) for name, values in found.items()}


def reasons() -> Mapping[int, tuple[str, ...]]:
    """The label names that may explain a thumb, by its value, from config/labels.toml."""
    labels = tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))
    return {thumb: tuple(name for name, label in labels.items() if label.get("thumb") == thumb) for thumb in (1, -1)}
