"""Telegram's capabilities, as the core needs to know them."""

from bots.telegram.render import ROOM
from core.ports.chat import ChatCapabilities

CAPABILITIES = ChatCapabilities(
    text_limit=ROOM,
    astral=2,
    edit_interval=1.0,
    selects=frozenset({"option"}),
    reactions=True,
    threads=True,
    idempotent_send=False,
)
