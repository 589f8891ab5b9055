"""The metadata of our messages, by which we recognise them again. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any

EVENT = "parley_reply"
"""The event type in our messages' metadata."""


def digest_of(key: str) -> str:
    """Return the form of an outbox key that goes into metadata, which everybody in a workspace can read."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def marked(key: str) -> dict[str, Any]:
    """Return the metadata of a message with this outbox key."""
    return {"event_type": EVENT, "event_payload": {"key": digest_of(key)}}


def mark_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the metadata of a message in Slack's history holds; empty if it has none."""
    return (message.get("metadata") or {}).get("event_payload") or {}
