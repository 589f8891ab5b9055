"""The web chat's capabilities, as the core needs to know them."""

from core.ports.chat import ChatCapabilities

CAPABILITIES = ChatCapabilities(
    edit_interval=0.05,
    selects=frozenset({"option"}),
    forms=True,
    files=True,
    reasoning=True,
    owners="admins",
    idempotent_send=True,
)
