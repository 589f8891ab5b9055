"""Slack's capabilities, as the core needs to know them.

There are no `personal_edits`: nobody can change a message that one person alone sees, except by the address that comes
with a press of its own buttons. The address of a command only adds further ones, whatever `replace_original` says
(https://github.com/slackapi/bolt-js/issues/2287, https://github.com/slackapi/bolt-python/issues/1268).
"""

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
