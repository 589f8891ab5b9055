"""The app's manifest: what Slack must know about us, generated from what the code does. Pure.

Its format is Slack's own (https://docs.slack.dev/reference/app-manifest).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.messages import CommandHelp

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear who calls",
    "assistant:write": "the assistant's pane",
    "channels:history": "read threads that it is called into",
    "channels:read": "know the channels that it is in",
    "chat:write": "answer",
    "commands": "the slash command and the shortcuts",
    "files:read": "read text files that are sent along",
    "files:write": "send /mydata",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "im:history": "direct messages",
    "im:read": "direct messages",
    "im:write": "send somebody messages that only they may see",
    "mpim:history": "direct messages of several",
    "mpim:read": "direct messages of several",
    "reactions:read": "ratings by reaction",
    "usergroups:read": "settings that are for a user group",
    "users:read": "names, languages, and who is an admin",
}
"""The bot's permissions, and what each is for."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_started",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
COMMAND = "/parley"
GLOBAL = ("new", "help")
"""Commands in Slack's general shortcuts, in addition to those offered on a message."""

SHORTCUTS, SHORTCUT_NAME, DESCRIPTION, USAGE = 5, 24, 140, 140


def manifest(
    commands: Sequence[CommandHelp], name: str, description: str, *, public_url: str = "", installs: bool = False
) -> dict[str, Any]:
    """Return the manifest for Socket Mode, or for events over HTTP if there is a public HTTPS address.

    With `installs`, other workspaces can install the app through that address.
    """
    address = public_url.rstrip("/")
    events = {"request_url": f"{address}/slack/events"} if address else {}
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if installs and address:
        oauth["redirect_urls"] = [f"{address}/slack/oauth_redirect"]
    command = {
        "command": COMMAND,
        "description": description[:DESCRIPTION],
        "usage_hint": " | ".join(command.name for command in commands)[:USAGE],
        "should_escape": True,
    }
    return {
        "display_information": {"name": name, "description": description[:DESCRIPTION]},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "assistant_view": {"assistant_description": description[:DESCRIPTION]},
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": _shortcuts(commands),
            "slash_commands": [command | ({"url": events["request_url"]} if events else {})],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def _shortcuts(commands: Sequence[CommandHelp]) -> list[dict[str, str]]:
    labelled = (command for command in commands if command.label)
    on_message = sorted(labelled, key=lambda command: command.rank)[:SHORTCUTS]
    anywhere = [command for command in commands if command.name in GLOBAL]
    return [_shortcut(command, "message", command.label) for command in on_message] + [
        _shortcut(command, "global", command.title or command.name) for command in anywhere
    ]


def _shortcut(command: CommandHelp, kind: str, name: str) -> dict[str, str]:
    return {
        "name": name[:SHORTCUT_NAME],
        "type": kind,
        "callback_id": command.name,
        "description": command.description[:DESCRIPTION],
    }
