"""Checks over the Web API whether all that the bot needs is set up at Slack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from slack_sdk.errors import SlackApiError

from bots.shared.setup import PlatformUnreached, WrongToken
from bots.slack.manifest import SCOPES
from bots.slack.options import SlackOptions
from bots.slack.refusals import FAILURES, WRONG_TOKENS, code_of
from bots.slack.workspaces import web_client

APPS = "https://api.slack.com/apps"


@dataclass(frozen=True, slots=True)
class SlackApplication:
    """The workspace behind a token, and the scopes that the app lacks there."""

    workspace: str
    lacks: tuple[str, ...]


def creation_link(manifest: Mapping[str, Any]) -> str:
    """Return the link to Slack's page for a new app, with the manifest already filled in."""
    return f"{APPS}?{urlencode({'new_app': 1, 'manifest_json': json.dumps(manifest, separators=(',', ':'))})}"


async def examine(options: SlackOptions) -> SlackApplication | None:
    """Ask Slack about the tokens; None if there is no workspace token yet.

    Raises WrongToken, or PlatformUnreached with the reason.
    """
    if options.app_token:
        await _asked("slack.app_token", "apps.connections.open", options.app_token, options.base_url)
    if not options.token:
        return None
    said = await _asked("slack.token", "auth.test", options.token, options.base_url)
    granted = {scope.strip() for scope in str(said.headers.get("x-oauth-scopes", "")).split(",")}
    return SlackApplication(str(said["team"]), tuple(scope for scope in SCOPES if scope not in granted))


async def _asked(setting: str, method: str, token: str, base_url: str) -> Any:
    try:
        return await web_client(token, base_url).api_call(method)
    except SlackApiError as error:
        if code_of(error) in WRONG_TOKENS | {"not_allowed_token_type", "missing_scope"}:
            raise WrongToken(f"{setting}: Slack does not accept it ({code_of(error)})") from None
        raise PlatformUnreached(code_of(error) or f"status {error.response.status_code}") from None
    except FAILURES as error:
        raise PlatformUnreached(type(error).__name__) from None
