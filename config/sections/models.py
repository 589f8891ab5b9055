"""The settings for models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from config.sections.section import SettingsSection


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
