"""The settings for plugins."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from config.sections.section import SettingsSection


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
