"""How the bot reaches Slack, and how Slack reaches it."""

from dataclasses import dataclass

from bots.shared.last_check import Check

PING = 5.0
"""Seconds between two pings on a socket; after four with no sign of life it is reopened."""


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """How to connect: by a socket that we open with `app_token`, or over HTTP.

    Over HTTP, Slack signs its requests with `signing_secret`. `token` is for one workspace; with `client_id`, others
    can install the app at `public_url`. `check` is made just before each request.
    """

    token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    public_url: str = ""
    base_url: str = ""
    authorization_url: str = ""
    ping: float = PING
    check: Check | None = None
