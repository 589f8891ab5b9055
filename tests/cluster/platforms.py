"""The settings that choose a test's platform, for programs that run as processes of their own."""

from collections.abc import Mapping

from tests.discord.server.server import Discord
from tests.slack.server.server import Slack
from tests.telegram.server.server import Telegram


def discord_at(world: Discord) -> Mapping[str, str]:
    """The settings that choose a test's Discord."""
    return {
        "PARLEY_DISCORD__TOKEN": world.token,
        "PARLEY_DISCORD__API_BASE": world.api,
        "PARLEY_DISCORD__GATEWAY_URL": world.gateway_url,
    }


def telegram_at(world: Telegram) -> Mapping[str, str]:
    """The settings that choose a test's Telegram."""
    return {
        "PARLEY_TELEGRAM__TOKEN": world.token,
        "PARLEY_TELEGRAM__BASE_URL": world.base_url,
        "PARLEY_TELEGRAM__BASE_FILE_URL": world.base_file_url,
    }


def slack_at(world: Slack) -> Mapping[str, str]:
    """The settings that choose a test's Slack."""
    return {
        "PARLEY_SLACK__TOKEN": world.token,
        "PARLEY_SLACK__APP_TOKEN": world.app_token,
        "PARLEY_SLACK__BASE_URL": world.base_url,
    }
