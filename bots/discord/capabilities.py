"""Discord's capabilities, as the core needs to know them."""

from bots.discord.render import fill
from core.ports.chat import ChatCapabilities

CAPABILITIES = ChatCapabilities(
    text_limit=1800,
    fill=fill,
    edit_interval=1.2,
    selects=frozenset({"option", "channel", "role"}),
    personal=True,
    personal_edits=True,
    forms=True,
    reactions=True,
    history=True,
    threads=True,
    idempotent_open=True,
    idempotent_send=True,
)
