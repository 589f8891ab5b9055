"""The settings for models."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from config.sections.section import SettingsSection
from config.sections.values import FilePath, ListedName, Name, Seconds, WebService


class EmbeddedModelSettings(SettingsSection):
    file: FilePath | None = None
    threads: int = Field(ge=0, le=256)
    slots: int = Field(ge=1, le=64)
    context: int = Field(ge=256, le=1_048_576)
    batch: int = Field(ge=16, le=4096)
    cache_mib: int = Field(ge=0, le=16_777_216)
    start_timeout: Seconds


def split_addresses(given: object) -> object:
    """Turn a text into the addresses that it lists between commas; other types are left to pydantic's own check."""
    return tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else given


class ServerSettings(SettingsSection):
    url: Annotated[tuple[WebService, ...], BeforeValidator(split_addresses), Field(min_length=1, max_length=1000)]
    model: Name = "default"
    window: int = Field(default=0, ge=0, le=100_000_000)
    slots: int = Field(default=4, ge=1, le=10_000)
    dialect: Literal["", "llama.cpp", "openai", "vllm"] = ""
    tools: bool = False
    session_header: Annotated[str, Field(pattern=r"^[\w!#$%&'*+.^`|~-]{1,100}$")] = "X-Session-Id"
    api_key: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _different(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(given) > len({*given}):
            raise ValueError("an address is listed twice; leave one of them out")
        return given


class LangChainSettings(SettingsSection):
    id: Name
    window: int = Field(default=8192, ge=256, le=100_000_000)
    slots: int = Field(default=4, ge=1, le=10_000)
    tools: bool = False


class ModelTimeoutSettings(SettingsSection):
    first_token: Seconds
    between_tokens: Seconds
    whole: Seconds


class ModelSettings(SettingsSection):
    default: Name
    reward: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9.-]{0,60})?$")]
    embedded: EmbeddedModelSettings
    servers: Mapping[ListedName, ServerSettings] = {}
    langchain: Mapping[ListedName, LangChainSettings] = {}
    patience: ModelTimeoutSettings

    @model_validator(mode="after")
    def _apart(self) -> "ModelSettings":
        for name in self.langchain.keys() & self.servers.keys() | {"embedded"} & {*self.servers, *self.langchain}:
            raise ValueError(f"there is a model {name!r} already; give the one in the settings another name")
        return self
