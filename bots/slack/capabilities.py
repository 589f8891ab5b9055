"""Slack's capabilities, as the core needs to know them."""

from bots.slack.render import fill
from core.ports.chat import ChatCapabilities

CAPABILITIES = ChatCapabilities(
    text_limit=9000,
    fill=fill,
    edit_interval=1.2,
    selects=frozenset({"option", "channel", "role"}),
    personal=True,
    forms=True,
    reactions=True,
    idempotent_send=True,
    thread_mark="!",
)
