"""Text for Slack: its own Markdown for people, and mrkdwn for small print and notifications. Pure.

Slack reads <!channel>, <@somebody> and <address|words> as its own, also where a model wrote them. The name of a
channel, <#C123>, rings no bell and stays.
"""

import re

from bots.shared.markdown import simpler

CONTROL = re.compile(r"<(?=[!@]|[a-z]+:[^>\s]*\|)", re.IGNORECASE)
JOINER = "\u2060"
"""Between the bracket and what follows: nobody sees it, and Slack no longer takes the two for its own."""


def to_slack(text: str) -> str:
    """Markdown as Slack's `markdown` blocks and streams take it; nothing in it rings a bell."""
    return CONTROL.sub(f"<{JOINER}", simpler(text, str))


def escaped(text: str) -> str:
    """Plain text for mrkdwn: Slack asks for these three characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
