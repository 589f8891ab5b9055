"""The settings for the installation itself: where its data is, what it may use, and how it introduces itself."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, SecretStr, field_validator

from config.sections.section import SettingsSection
from config.sections.values import DatabaseUrl, FilePath, Host, HttpAddress, Name, Port, WebService, carried, filled
from core.actions import Verb, space
from core.labeling.rules.vocabulary import TaskRequest


class DatabaseSettings(SettingsSection):
    url: DatabaseUrl = ""
    encryption_key: SecretStr | None = None

    @field_validator("encryption_key")
    @classmethod
    def _usable(cls, given: SecretStr | None) -> SecretStr | None:
        if given and not re.fullmatch(r"[0-9a-fA-F]{64}([,\s]+[0-9a-fA-F]{64})*", given.get_secret_value()):
            raise ValueError("a key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; newest first")
        return given


class LimitSettings(SettingsSection):
    answers: int = Field(ge=0, le=999_999)
    minutes: int = Field(ge=1, le=10_080)
    community_answers: int = Field(ge=0, le=999_999)
    waiting_per_slot: int = Field(ge=0, le=10_000)
    characters: int = Field(ge=0, le=10_000_000)


class OperatorSettings(SettingsSection):
    enabled: bool
    host: Host
    port: Port
    hosts: tuple[Host, ...] = ()


class TelemetrySettings(SettingsSection):
    endpoint: HttpAddress


class LogSettings(SettingsSection):
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "json", "console"]
    file: bool


class PersonaSettings(SettingsSection):
    name: Name
    text: Annotated[str, AfterValidator(filled)]


class TermsSettings(SettingsSection):
    version: Annotated[Name, AfterValidator(carried(*(space(Verb.CONSENT, kind) for kind in get_args(TaskRequest))))]
    text: Annotated[str, AfterValidator(filled)]
    link: HttpAddress = ""


class ExportSettings(SettingsSection):
    license: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$")


class TrainSettings(SettingsSection):
    environment: FilePath | None = None
    torch_index: HttpAddress = ""


class HuggingFaceSettings(SettingsSection):
    endpoint: WebService
    token: SecretStr | None = None
