"""Telegram's capabilities, as the core needs to know them."""

from bots.telegram.render import fill
from core.ports.chat import ChatCapabilities

CAPABILITIES = ChatCapabilities(
    text_limit=3800,
    fill=fill,
    edit_interval=1.0,
    typing_lasts=4.5,
    selects=frozenset({"option"}),
    reactions=True,
    threads=True,
    idempotent_send=False,
)
