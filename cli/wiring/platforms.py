"""The table of the platforms that Parley can be on, and what the rest of the program learns from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bots.shared.platform import Platform
    from config.settings import ParleySettings


@dataclass(frozen=True, slots=True)
class RegisteredPlatform:
    """A platform's title, the module with its PLATFORM, and the module with its own subcommand, if it has one."""

    title: str
    module: str
    command: str = ""


PLATFORMS: dict[str, RegisteredPlatform] = {
    "discord": RegisteredPlatform("Discord", "cli.wiring.discord_platform", "cli.discord"),
    "telegram": RegisteredPlatform("Telegram", "cli.wiring.telegram_platform", "cli.telegram"),
    "slack": RegisteredPlatform("Slack", "cli.wiring.slack_platform", "cli.slack"),
}
"""Every platform by its name, which is also that of its settings' section: a new one is its folder and a line here."""

OURS = {"web": True, "terminal": True}
"""The surfaces that are always there: what comes from them may be exported by default."""


# `parley --help` reads the table, and must not wait for what the functions import.


def platform(name: str) -> "Platform[Any]":
    """A platform by its name."""
    found: Platform[Any] = import_module(PLATFORMS[name].module).PLATFORM
    return found


def platforms() -> Mapping[str, "Platform[Any]"]:
    """Every platform by its name."""
    return {name: platform(name) for name in PLATFORMS}


def wanted(settings: "ParleySettings") -> Mapping[str, "Platform[Any]"]:
    """The platforms that are set up here."""
    return {name: one for name, one in platforms().items() if one.wanted(settings.section(name))}


def load_settings() -> "ParleySettings":
    """Load this machine's settings, with a section for each platform. Raises SettingsError if they are wrong."""
    from config.settings import load

    return load(sections={name: one.section for name, one in platforms().items()})


def exported() -> Mapping[str, bool]:
    """Whether what comes from a platform may be exported by default."""
    from core.dataset.export.nodes import IMPORTED

    return {**OURS, **{name: one.exported for name, one in platforms().items()}, IMPORTED: True}
