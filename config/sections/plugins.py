"""The settings for plugins."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.sections.section import SettingsSection
from config.sections.values import LONGEST, HostAndPort, HttpAddress, Name, WebService, carried
from core.actions import Verb, space

PluginName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=200)]
ServiceName = Annotated[Name, AfterValidator(carried(space(Verb.DISCONNECT), space(Verb.ASK_AGAIN)))]
"""The name of a plugin that is a service or a tool of the operator's, short enough for buttons."""


class McpSettings(SettingsSection):
    command: tuple[Name, ...] = ()
    url: HttpAddress = ""
    description: str = ""
    confirm: bool = True
    oauth: Literal["", "client", "person"] = ""
    issuer: HttpAddress = ""
    scopes: tuple[Name, ...] = ()

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
    tools: tuple[Annotated[str, Field(pattern=r"^[\w.]+:\w+$", max_length=LONGEST)], ...] = Field(min_length=1)
    description: str = ""
    confirm: bool = True


class EmbeddingSettings(SettingsSection):
    url: WebService
    model: Name = "default"
    api_key: SecretStr | None = None


class PluginSettings(SettingsSection):
    on: tuple[PluginName, ...] = ()
    never: tuple[PluginName, ...] = ()
    addresses: tuple[HostAndPort, ...] = ()
    loopback: bool
    unsandboxed: tuple[PluginName, ...] = ()
    install: Literal["catalogue", "anything", "nothing"]
    catalogue: HttpAddress
    index: HttpAddress
    cooldown_days: int = Field(ge=0, le=365)
    memory_mib: int = Field(ge=128, le=65536)
    processor_seconds: int = Field(ge=10, le=86400)
    confinement: Literal["landlock", "namespaces"]
    advisories: HttpAddress
    advisories_accepted: tuple[Name, ...] = ()
    storage_mib: int = Field(ge=1, le=4096)
    secrets: Mapping[str, Mapping[str, SecretStr]] = {}
    mcp: Mapping[ServiceName, McpSettings] = {}
    langchain: Mapping[ServiceName, LangChainToolSettings] = {}
    embeddings: EmbeddingSettings | None = None
