"""The settings for the web chat and the platforms."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from config.sections.section import SettingsSection
from config.sections.values import LONGEST, Host, HttpAddress, HttpsAddress, Port, SocketAddress


class WebSettings(SettingsSection):
    enabled: bool
    host: Host
    port: Port
    hosts: tuple[Host, ...] = ()
    behind_proxy: bool
    proxies: tuple[str, ...]
    newcomers: int = Field(ge=0, le=1_000_000)
    public_url: str = Field(default="", max_length=LONGEST)
    run_by: str = Field(default="", max_length=200)

    @field_validator("public_url")
    @classmethod
    def _public(cls, given: str) -> str:
        if given and not re.fullmatch(r"https://[^/?#@\s]+(/[^?#\s]*)?", given):
            raise ValueError("it is the https address that leads to the port, without a query")
        return given

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in given:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(
                    f"{proxy[:80]!r} is neither an address nor a network, such as 10.0.0.7 or 10.0.0.0/24"
                ) from None
        return given


class DiscordSettings(SettingsSection):
    token: SecretStr | None = None
    api_base: HttpAddress
    gateway_url: SocketAddress
    message_content: bool
    shard_count: int = Field(ge=0, le=100_000)
    shards: str = Field(pattern=r"^(\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*)?$", max_length=LONGEST)
    bots: tuple[Annotated[str, Field(pattern=r"^\d{1,20}$")], ...] = ()

    def shard_ids(self) -> tuple[int, ...]:
        """Return the shards of this process: "0-3,8" is 0, 1, 2, 3 and 8."""
        return tuple(id for first, last in self._ranges() for id in range(first, last + 1))

    def _ranges(self) -> list[tuple[int, int]]:
        parts = [part.partition("-")[::2] for part in self.shards.split(",") if part]
        return [(int(first), int(last or first)) for first, last in parts]

    @model_validator(mode="after")
    def _fits(self) -> "DiscordSettings":
        if self.shards and not all(first <= last for first, last in self._ranges()):
            raise ValueError('shards has a range that ends before it begins; write "0-3,8"')
        if self.shards and not (self.shard_count and max(self.shard_ids(), default=0) < self.shard_count):
            raise ValueError("shards need shard_count, the number of all shards, and must be below it")
        return self


class TelegramSettings(SettingsSection):
    token: SecretStr | None = None
    base_url: HttpAddress
    base_file_url: HttpAddress
    webhook_url: HttpsAddress
    webhook_secret: SecretStr | None = None
    host: Host
    port: Port

    @model_validator(mode="after")
    def _fits(self) -> "TelegramSettings":
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if self.webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError(
                "webhook_url needs webhook_secret: 16 to 256 letters, digits, _ and -, that nobody can guess"
            )
        return self


class SlackSettings(SettingsSection):
    mode: Literal["socket", "http"]
    token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str = Field(max_length=LONGEST)
    client_secret: SecretStr | None = None
    public_url: HttpsAddress
    base_url: HttpAddress
    authorization_url: HttpAddress
    host: Host
    port: Port

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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
