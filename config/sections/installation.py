"""The settings for the installation itself: where its data is, what it may use, and how it introduces itself."""

import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from config.sections.section import SettingsSection


class DatabaseSettings(SettingsSection):
    url: str = ""
    encryption_key: SecretStr | None = None

    @field_validator("encryption_key")
    @classmethod
    def _usable(cls, given: SecretStr | None) -> SecretStr | None:
        if given and not re.fullmatch(r"[0-9a-fA-F]{64}([,\s]+[0-9a-fA-F]{64})*", given.get_secret_value()):
            raise ValueError("a key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; newest first")
        return given


class LimitSettings(SettingsSection):
    answers: int = Field(ge=0)
    minutes: int = Field(ge=1)
    community_answers: int = Field(ge=0)
    waiting_per_slot: int = Field(ge=0)
    characters: int = Field(ge=0)


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
