"""Builds the options for connecting to Slack from the settings."""

from typing import Any

from bots.slack.surface import SlackOptions
from config.settings import SlackSettings


def options(chosen: SlackSettings) -> SlackOptions:
    """Make the connection options from the settings."""

    def revealed(value: Any) -> str:
        return value.get_secret_value() if value else ""

    return SlackOptions(
        token=revealed(chosen.token),
        app_token=revealed(chosen.app_token) if chosen.mode == "socket" else "",
        signing_secret=revealed(chosen.signing_secret),
        client_id=chosen.client_id,
        client_secret=revealed(chosen.client_secret),
        public_url=chosen.public_url,
        base_url=chosen.base_url,
        authorization_url=chosen.authorization_url,
    )
