"""A terminal's capabilities, as the core needs to know them."""

from core.ports.chat import ChatCapabilities

PIPE = ChatCapabilities(as_written=True, edit_interval=0.05, owners="everybody", idempotent_send=True)
"""Text as fast as it comes, and nobody to answer a question."""

PERSON = ChatCapabilities(
    edit_interval=0.05, selects=frozenset({"option"}), forms=True, owners="everybody", idempotent_send=True
)
"""A person at the prompt, who can be asked for a form field by field."""
