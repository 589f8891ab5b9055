"""Reads the channel, the author and the message of a Slack event from its envelope, before it is parsed. Pure."""

from bots.slack.receive import SPOKEN, Payload


def channel_of(body: Payload) -> str:
    """Return the channel of an event, or an empty string if it has none. The events of a channel are kept in order."""
    event = body.get("event") or {}
    channel = event.get("channel") or event.get("item", {}).get("channel") or body.get("channel_id") or ""
    return str(channel or (body.get("channel") or {}).get("id") or "")


def own_message(body: Payload) -> bool:
    """Return whether an event is about a bot's message. Such events are ignored, since most are about our own."""
    event = body.get("event") or {}
    told = event.get("message") if event.get("subtype") == "message_changed" else event
    return event.get("type") == "message" and bool((told or {}).get("bot_id"))


def spoken_of(body: Payload) -> str:
    """Return a key that all events about the same new message share, or an empty string for any other event."""
    event = body.get("event") or {}
    if event.get("type") not in ("message", "app_mention") or event.get("subtype", "") not in SPOKEN:
        return ""
    return f"{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}"
