"""Reads the channel, the author and the message of a Slack event from its envelope, before it is parsed. Pure."""

from typing import Any

from bots.shared.unreadable import unreadable
from bots.slack.receive import SPOKEN
from core.ports.surface import UnreadableItem

HIDDEN = frozenset({"token", "response_url", "trigger_id"})
"""Fields with which others could act in our name; they are not kept."""


def channel_of(body: Any) -> str:
    """Return the channel that something happened in, to keep its events in order; empty if there is none."""
    event = field(body, "event")
    channel = field(event, "channel") or field(field(event, "item"), "channel") or field(body, "channel_id")
    if isinstance(channel, str) and channel:
        return channel
    return str(field(field(body, "channel"), "id") or "")


def own_message(body: Any) -> bool:
    """Return whether an event is about a bot's message, which we ignore: most of these are our own."""
    event = field(body, "event")
    told = field(event, "message") if field(event, "subtype") == "message_changed" else event
    return field(event, "type") == "message" and bool(field(told, "bot_id"))


def spoken_of(body: Any) -> str:
    """Return a key that is the same for every event about one message; empty for anything else."""
    event = field(body, "event")
    subtype = field(event, "subtype") or ""
    if field(event, "type") not in ("message", "app_mention") or not isinstance(subtype, str) or subtype not in SPOKEN:
        return ""
    return f"{field(body, 'team_id')}:{field(event, 'channel')}:{field(event, 'ts')}"


def unreadable_event(body: Any, error: BaseException) -> UnreadableItem:
    """Describe, for the operator, an event that we could not read."""
    kind = field(field(body, "event"), "type") or field(body, "type") or "command"
    kept = {name: value for name, value in body.items() if name not in HIDDEN} if isinstance(body, dict) else body
    return unreadable(str(kind), field(body, "event_id"), kept, error)


def field(value: Any, name: str) -> Any:
    """Return a field of an object; None if there is none, or the value is no object."""
    return value.get(name) if isinstance(value, dict) else None
