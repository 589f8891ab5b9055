"""The settings: the only reader of the environment and of the operator's file."""

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from core.errors import SettingsError
from core.labeling.rules.limits import PROFILES_OF_RULES, WEIGHTS
from core.labeling.rules.limits import LabelingRules as TaskRules
from core.labeling.rules.tree import TreeLimits
from core.ports.model import SamplingSettings

HERE = Path(__file__).parent
PREFIX = "PARLEY_"
SECRETS = frozenset(
    {"api_key", "app_token", "client_secret", "encryption_key", "signing_secret", "token", "webhook_secret"}
)
"""Names of settings that may come from the environment or from a file of their own, never from parley.toml."""

OTHERS_SECRET = re.compile(r"(?i)(api_?key|token|secret|password|passwd|credential)s?$")
"""Names of variables of other programs whose values nobody shall see."""

SHORTEST_OF_OTHERS = 12
"""A shorter value of such a variable is a switch or a word, and stands in many texts."""

LISTS = frozenset(
    {"hosts", "bots", "on", "never", "addresses", "proxies", "scopes", "unsandboxed", "advisories_accepted"}
)
"""Names of settings that are lists; in an environment variable, commas separate their values."""

META = frozenset({"PARLEY_HOME", "PARLEY_CONFIG", "PARLEY_API_SPECS"})


class SettingsSection(BaseModel):
    """A part of the settings. It is immutable, and refuses names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(SettingsSection):
    url: str = ""
    encryption_key: SecretStr | None = None

    @field_validator("encryption_key")
    @classmethod
    def _usable(cls, given: SecretStr | None) -> SecretStr | None:
        if given and not re.fullmatch(r"[0-9a-fA-F]{64}([,\s]+[0-9a-fA-F]{64})*", given.get_secret_value()):
            raise ValueError("a key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; newest first")
        return given


class EmbeddedModelSettings(SettingsSection):
    file: Path | None = None
    threads: int = Field(ge=0, le=256)
    slots: int = Field(ge=1, le=64)
    context: int = Field(ge=256, le=1_048_576)
    batch: int = Field(ge=16, le=4096)
    cache_mib: int = Field(ge=0)
    start_timeout: float = Field(gt=0)


class ServerSettings(SettingsSection):
    url: str
    model: str = "default"
    window: int = Field(default=0, ge=0)
    slots: int = Field(default=4, ge=1)
    dialect: Literal["", "llama.cpp", "openai", "vllm"] = ""
    tools: bool = False
    api_key: SecretStr | None = None


class LangChainSettings(SettingsSection):
    id: str
    window: int = Field(default=8192, ge=256)
    slots: int = Field(default=4, ge=1)
    tools: bool = False


class PatienceSettings(SettingsSection):
    first_token: float = Field(gt=0)
    between_tokens: float = Field(gt=0)
    whole: float = Field(gt=0)


class ModelSettings(SettingsSection):
    default: str
    embedded: EmbeddedModelSettings
    servers: Mapping[str, ServerSettings] = {}
    langchain: Mapping[str, LangChainSettings] = {}
    patience: PatienceSettings


class LimitSettings(SettingsSection):
    answers: int = Field(ge=0)
    minutes: int = Field(ge=1)
    community_answers: int = Field(ge=0)
    waiting_per_slot: int = Field(ge=0)
    characters: int = Field(ge=0)


class WebSettings(SettingsSection):
    enabled: bool
    host: str
    port: int = Field(ge=0, le=65535)
    hosts: tuple[str, ...] = ()
    behind_proxy: bool
    proxies: tuple[str, ...]
    newcomers: int = Field(ge=0)
    public_url: str = ""

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in given:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(f"{proxy!r} is no address and no network, such as 10.0.0.7 or 10.0.0.0/24") from None
        return given

    @model_validator(mode="after")
    def _public(self) -> "WebSettings":
        if self.public_url and not re.fullmatch(r"https://[^/?#@\s]+(/[^?#\s]*)?", self.public_url):
            raise ValueError("public_url is the https address that leads to the port, without a query")
        return self


class DiscordSettings(SettingsSection):
    token: SecretStr | None = None
    api_base: str
    gateway_url: str
    message_content: bool
    shard_count: int = Field(ge=0)
    shards: str = Field(pattern=r"^(\d+(-\d+)?(,\d+(-\d+)?)*)?$")
    bots: tuple[str, ...] = ()

    def shard_ids(self) -> tuple[int, ...]:
        """Return the shards of this process: "0-3,8" is 0, 1, 2, 3 and 8."""
        ranges = [part.partition("-")[::2] for part in self.shards.split(",") if part]
        return tuple(id for first, last in ranges for id in range(int(first), int(last or first) + 1))

    @model_validator(mode="after")
    def _fits(self) -> "DiscordSettings":
        if self.shards and not (self.shard_count and max(self.shard_ids(), default=0) < self.shard_count):
            raise ValueError("shards need shard_count, the number of all shards, and are below it")
        return self


class TelegramSettings(SettingsSection):
    token: SecretStr | None = None
    base_url: str
    base_file_url: str
    webhook_url: str
    webhook_secret: SecretStr | None = None
    host: str
    port: int = Field(ge=0, le=65535)

    @model_validator(mode="after")
    def _fits(self) -> "TelegramSettings":
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if self.webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError(
                "webhook_url needs webhook_secret: 16 to 256 letters, digits, _ and -, which nobody guesses"
            )
        return self


class SlackSettings(SettingsSection):
    mode: Literal["socket", "http"]
    token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str
    client_secret: SecretStr | None = None
    public_url: str
    base_url: str
    authorization_url: str
    host: str
    port: int = Field(ge=0, le=65535)

    @property
    def wanted(self) -> bool:
        """Whether Parley is to be on Slack: with one workspace's token, or as an app that others install."""
        return bool(self.token or self.client_id)

    @property
    def listens(self) -> bool:
        """Whether Slack, or people who install the app, must be able to reach our port."""
        return self.wanted and (self.mode == "http" or bool(self.client_id))

    @model_validator(mode="after")
    def _fits(self) -> "SlackSettings":
        if self.wanted and self.mode == "socket" and not self.app_token:
            raise ValueError("mode socket needs app_token, the app-level token with connections:write")
        if self.wanted and self.mode == "http" and not self.signing_secret:
            raise ValueError("mode http needs signing_secret, with which Slack signs what it sends")
        if self.client_id and not (self.client_secret and self.public_url.startswith("https://")):
            raise ValueError("client_id needs client_secret, and public_url: the https address that leads to the port")
        return self


class McpSettings(SettingsSection):
    command: tuple[str, ...] = ()
    url: str = ""
    description: str = ""
    confirm: bool = True
    oauth: Literal["", "client", "person"] = ""
    issuer: str = ""
    scopes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "McpSettings":
        if bool(self.command) == bool(self.url):
            raise ValueError("an MCP server has either a command or a url")
        if self.oauth and not self.url:
            raise ValueError("oauth is for an MCP server with a url")
        if (self.issuer or self.scopes) and not self.oauth:
            raise ValueError('issuer and scopes need oauth = "person" or "client"')
        return self


class LangChainToolSettings(SettingsSection):
    tools: tuple[str, ...]
    description: str = ""
    confirm: bool = True


class EmbeddingSettings(SettingsSection):
    url: str
    model: str = "default"
    api_key: SecretStr | None = None


class PluginSettings(SettingsSection):
    on: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    unsandboxed: tuple[str, ...] = ()
    install: Literal["catalogue", "anything", "nothing"]
    catalogue: str
    index: str
    cooldown_days: int = Field(ge=0, le=365)
    memory_mib: int = Field(ge=128, le=65536)
    processor_seconds: int = Field(ge=10, le=86400)
    confinement: Literal["landlock", "namespaces"]
    advisories: str
    advisories_accepted: tuple[str, ...] = ()
    storage_mib: int = Field(ge=1, le=4096)
    secrets: Mapping[str, Mapping[str, SecretStr]] = {}
    mcp: Mapping[str, McpSettings] = {}
    langchain: Mapping[str, LangChainToolSettings] = {}
    embeddings: EmbeddingSettings | None = None


LIMITS = {field.name: type(getattr(TreeLimits(), field.name)) for field in dataclasses.fields(TreeLimits)}
FIGURES = {
    field.name: type(value)
    for field in dataclasses.fields(TaskRules)
    if isinstance(value := getattr(TaskRules(), field.name), int | float)
}
"""The single numbers for trees and tasks that can be set, each with its type."""


class TaskSettings(SettingsSection):
    enabled: bool
    profile: Literal["small", "open-assistant"]
    score: Literal["", "agreement", "open-assistant"]
    trust_weights: bool
    alternatives: int = Field(ge=0, le=3)
    from_chats: bool
    limits: Mapping[str, float] = {}
    weights: Mapping[str, float] = {}

    @model_validator(mode="after")
    def _known(self) -> "TaskSettings":
        for name, given, known in (
            ("limits", self.limits, {*LIMITS, *FIGURES}),
            ("weights", self.weights, set(WEIGHTS)),
        ):
            if strange := sorted(set(given) - known):
                raise ValueError(f"{name}: there is no {strange[0]!r}; choose from {', '.join(sorted(known))}")
        return self


class OperatorSettings(SettingsSection):
    enabled: bool
    host: str
    port: int = Field(ge=0, le=65535)
    hosts: tuple[str, ...] = ()


class LogSettings(SettingsSection):
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "json", "console"]
    file: bool


class PersonaSettings(SettingsSection):
    name: str
    text: str


class TermsSettings(SettingsSection):
    version: str
    text: str
    link: str = ""


class ExportSettings(SettingsSection):
    license: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")


class HuggingFaceSettings(SettingsSection):
    endpoint: str
    token: SecretStr | None = None


class ParleySettings(SettingsSection):
    """Everything that can be set. `home` is the one folder that holds database, models, plugins and logs."""

    home: Path
    language: str
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
    log: LogSettings
    personas: Mapping[str, PersonaSettings] = Field(min_length=1)
    terms: TermsSettings
    export: ExportSettings
    huggingface: HuggingFaceSettings
    _of_others: tuple[str, ...] = PrivateAttr(default=())
    """Secrets of other programs in the environment, such as OPENAI_API_KEY for LangChain."""

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, so that the log can leave them out."""
        keys = [server.api_key for server in self.model.servers.values()]
        keys += [self.huggingface.token, self.discord.token, self.telegram.token, self.telegram.webhook_secret]
        keys += [self.slack.token, self.slack.app_token, self.slack.signing_secret, self.slack.client_secret]
        keys += [self.plugins.embeddings.api_key] if self.plugins.embeddings else []
        keys += [secret for secrets in self.plugins.secrets.values() for secret in secrets.values()]
        written = self.database.encryption_key
        keys += [SecretStr(key) for key in re.split(r"[,\s]+", written.get_secret_value())] if written else []
        password = urlsplit(self.database.url).password
        spelt = (password, unquote(password)) if password else ()
        given = (key.get_secret_value() for key in keys if key)
        return tuple(dict.fromkeys((*given, *spelt, *self._of_others)))


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> ParleySettings:
    """Load the settings: environment, then the operator's file, then our defaults.

    The file is `path`, else PARLEY_CONFIG, else parley.toml in the home. Raises a SettingsError that says which setting
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
    values = merged(defaults, with_secret_files(chosen, file))
    values = merged(values, as_named(from_environment(given), values))
    try:
        settings = ParleySettings.model_validate({**values, "home": home})
    except ValidationError as error:
        raise SettingsError(explained(error, file, given)) from None
    if not is_loopback(settings.web.host) and not settings.web.behind_proxy:
        raise SettingsError(
            f"{source('web.host', file, given)}: web.host {settings.web.host} is not this machine alone, and the page"
            " has no login: put a proxy that asks who is there in front of it, and set web.behind_proxy = true"
        )
    if not settings.database.url:
        database = settings.database.model_copy(update={"url": f"sqlite:///{home / 'parley.sqlite3'}"})
        settings = settings.model_copy(update={"database": database})
    settings._of_others = tuple(
        value
        for name, value in given.items()
        if not name.startswith(PREFIX) and OTHERS_SECRET.search(name) and len(value) >= SHORTEST_OF_OTHERS
    )
    return settings


def home_of(environment: Mapping[str, str]) -> Path:
    """Return the folder of this installation. If it is missing, it is created for its owner only."""
    named = environment.get("PARLEY_HOME")
    home = Path(named).expanduser() if named else Path(platformdirs.user_data_dir("parley", appauthor=False))
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"PARLEY_HOME: {home} cannot be made ({error.strerror}); name a folder of yours") from None
    return home.absolute()


def read(file: Path) -> dict[str, Any]:
    """Read a TOML file. Raises a SettingsError with the line if it is not valid TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{file}: {error}") from None


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two trees of settings; if both have a value, `over` wins."""
    found = dict(under)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = merged(found[name], value) if both else value
    return found


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read PARLEY_A__B=c as {"a": {"b": "c"}}; PARLEY_A__B_FILE names a file that holds a secret's value."""
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in META:
            continue
        *sections, name = variable.removeprefix(PREFIX).lower().split("__")
        if name.removesuffix("_file") in SECRETS and name.endswith("_file"):
            if variable.removesuffix("_FILE") in environment:
                raise SettingsError(f"{variable}: {variable.removesuffix('_FILE')} is set too; keep one of them")
            name, value = name.removesuffix("_file"), secret_in(Path(value).expanduser(), variable)
        at = found
        for section in sections:
            at = at.setdefault(section, {})
            if not isinstance(at, dict):
                raise SettingsError(f"{variable}: {section} is set as one value by another variable; unset that one")
        if isinstance(at.get(name), dict):
            raise SettingsError(f"{variable}: {name} is a section; set what is in it, as in {variable}__NAME")
        at[name] = tuple(part.strip() for part in value.split(",") if part.strip()) if name in LISTS else value
    return found


def as_named(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under the names that `known` has for them: a variable can spell neither big-one nor Big."""
    spelt = {name.lower().replace("-", "_"): name for name in known}
    found: dict[str, Any] = {}
    for name, value in values.items():
        right = spelt.get(name, name)
        inner = known.get(right)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            value = as_named(value, inner)
        found[right] = value
    return found


def refuse_secrets(values: Mapping[str, Any], file: Path, where: str = "") -> None:
    """Raise SettingsError for a secret in the settings file itself, where it could be copied and shown."""
    for name, value in values.items():
        path = f"{where}{name}"
        if isinstance(value, Mapping):
            refuse_secrets(value, file, f"{path}.")
        elif name in SECRETS:
            variable = PREFIX + path.upper().replace(".", "__")
            raise SettingsError(f"{file}: {path} is a secret; set {variable}, or {path}_file to a file that holds it")


def with_secret_files(values: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return the values with each `<secret>_file` read; relative paths start from the settings file."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found[name] = with_secret_files(value, file)
        elif name.endswith("_file") and name.removesuffix("_file") in SECRETS:
            found[name.removesuffix("_file")] = secret_in(file.parent / Path(str(value)).expanduser(), name)
        else:
            found[name] = value
    return found


def secret_in(file: Path, name: str) -> str:
    """Read a secret from a file of its own. Raises SettingsError if there is none."""
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}: {file} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: {file} is not text") from None
    if not secret:
        raise SettingsError(f"{name}: {file} is empty, and should hold the secret")
    return secret


def explained(error: ValidationError, file: Path, environment: Mapping[str, str]) -> str:
    """Describe one error in one sentence: the setting, where it came from, and what is wrong."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt name often leaves another setting missing; the misspelling is what the operator has to correct.
    fault = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    parts = [str(part) for part in fault["loc"]]
    path = ".".join(parts)
    origin = source(".".join(parts[:-1] if fault["type"] == "missing" else parts), file, environment)
    if fault["type"] == "extra_forbidden":
        near = nearest(parts)
        return f"{origin}: there is no setting {path}" + (f"; did you mean {near}?" if near else "")
    if fault["type"] == "model_type":
        return f"{origin}: {path} is a section, not a value: write [{path}] and its settings in the lines below"
    return f"{origin}: {path}: {fault['msg']}"


def source(path: str, file: Path, environment: Mapping[str, str]) -> str:
    """Return the variable that the setting or section at `path` came from, else the file."""
    variable = PREFIX + path.upper().replace(".", "__").replace("-", "_")
    named = (variable, f"{variable}_FILE")
    given = sorted(name for name in environment if name in named or name.startswith(f"{variable}__"))
    return given[0] if given else str(file)


def nearest(parts: Sequence[str]) -> str:
    """Return the known setting that is spelt most like the unknown one; empty if there is none."""
    *sections, name = parts
    near = difflib.get_close_matches(name, fields(ParleySettings, sections), n=1)
    return ".".join([*sections, *near]) if near else ""


def fields(section: type[BaseModel], path: Sequence[str]) -> list[str]:
    """Return the names that the section at `path` below `section` knows."""
    if not path:
        return list(section.model_fields)
    kind = section.model_fields[path[0]].annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return fields(kind, path[1:])
    # This is a mapping: the next part is a name that the operator chose.
    return fields(get_args(kind)[1], path[2:])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
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
"""Open Assistant's ranges (docs/reference/open-assistant.md 3.4)."""


def task_rules(settings: TaskSettings) -> TaskRules:
    """Return the figures for labeling: a profile's, overridden by the single ones that somebody has set."""
    profile = PROFILES_OF_RULES[settings.profile]
    limits: dict[str, Any] = {name: LIMITS[name](value) for name, value in settings.limits.items() if name in LIMITS}
    figures: dict[str, Any] = {name: FIGURES[name](value) for name, value in settings.limits.items() if name in FIGURES}
    return dataclasses.replace(
        profile,
        **{**figures, "trust_weights": settings.trust_weights},
        limits=dataclasses.replace(profile.limits, **limits),
        weights={**profile.weights, **settings.weights},
        score=settings.score or profile.score,
    )


def presets() -> Mapping[str, SamplingSettings]:
    """Return the sampling presets in config/presets.toml, the default first.

    Raises SettingsError if one is out of range.
    """
    found = tomllib.loads((HERE / "presets.toml").read_text(encoding="utf-8"))
    for name, values in found.items():
        for setting, value in values.items():
            least, most = RANGES[setting]
            if not least <= value <= most:
                raise SettingsError(f"presets.toml: {name}.{setting} is {value}, and may be {least} to {most}")
    return {name: SamplingSettings(**values) for name, values in found.items()}


def reasons() -> Mapping[int, tuple[str, ...]]:
    """Return the label names that may explain a thumb, by its value, from config/labels.toml."""
    found = {thumb: [name for name, label in _labels().items() if label.get("thumb") == thumb] for thumb in (1, -1)}
    return {thumb: tuple(names) for thumb, names in found.items()}


def labels(on: str) -> tuple[str, ...]:
    """Return the label names for one kind of thing ("assistant_reply", "report", …), from config/labels.toml."""
    return tuple(name for name, label in _labels().items() if on in label["on"])


def _labels() -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))
