"""What an event of Slack's is about, told from its envelope before anything else looks at it. Pure."""

from bots.slack.receive import SPOKEN, Payload


def channel_of(body: Payload) -> str:
    """Return the channel that something happened in, to keep its events in order; empty if there is none."""
    event = body.get("event") or {}
    channel = event.get("channel") or event.get("item", {}).get("channel") or body.get("channel_id") or ""
    return str(channel or (body.get("channel") or {}).get("id") or "")


def own_message(body: Payload) -> bool:
    """Return whether an event is about a bot's message, which we ignore: most of these are our own."""
    event = body.get("event") or {}
    told = event.get("message") if event.get("subtype") == "message_changed" else event
    return event.get("type") == "message" and bool((told or {}).get("bot_id"))


def spoken_of(body: Payload) -> str:
    """Return a key that is the same for every event about one message; empty for anything else."""
    event = body.get("event") or {}
    if event.get("type") not in ("message", "app_mention") or event.get("subtype", "") not in SPOKEN:
        return ""
    return f"{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}"
