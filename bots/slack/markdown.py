"""Text for Slack: its own Markdown for people, and mrkdwn for small print and notifications. Pure.

Slack gives <!channel>, <@somebody> and <address|words> a meaning of its own, even if a model wrote them. The name of a
channel, <#C123>, notifies nobody and is kept.
"""

import re

from bots.shared.markdown import simpler

CONTROL = re.compile(r"<(?=[!@]|[a-z]+:[^>\s]*\|)", re.IGNORECASE)
JOINER = "\u2060"
"""Placed between the bracket and what follows: it is invisible, and Slack no longer gives the two a meaning."""


CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
MARK = re.compile(
    r"^#{1,3} +(?P<heading>.+?)[ #]*$"
    r"|^(?P<indent> *)(?P<bullet>[-*+]) (?=\S)"
    r"|\[(?P<words>[^\]\n]+)\]\((?P<link>https?://[^)\s|]+)\)"
    r"|\*\*(?P<bold>[^\n]+?)\*\*|(?<!\w)__(?P<strong>[^\n]+?)__(?!\w)"
    r"|(?<![\w*])\*(?P<italic>[^\s*][^*\n]*)\*(?!\w)"
    r"|~~(?P<struck>[^\n]+?)~~",
    re.MULTILINE,
)
MRKDWN = {"heading": "*", "bold": "*", "strong": "*", "italic": "_", "struck": "~", "bullet": "•"}


def to_slack(text: str) -> str:
    """Return Markdown for Slack's `markdown` blocks and streams; nothing in it notifies anyone."""
    return neutralised(simpler(text, str, as_code))


def as_code(text: str) -> str:
    """Return a formula as code, in which Slack shows every sign."""
    if "`" in text:
        return text
    return f"```\n{text}\n```" if "\n" in text else f"`{text}`"


def neutralised(text: str) -> str:
    """Return the same text with everything that Slack would interpret made harmless."""
    return CONTROL.sub(f"<{JOINER}", text)


def to_mrkdwn(text: str) -> str:
    """Return Markdown as mrkdwn, for places where Slack accepts no `markdown` block; nothing in it notifies anyone."""
    pieces = CODE.split(escaped(simpler(text, str, as_code)))
    return "".join(_code(piece) if number % 2 else MARK.sub(_marked, piece) for number, piece in enumerate(pieces))


def _code(piece: str) -> str:
    # Slack would show the language's name as a line of the code.
    return re.sub(r"^```[^`\n]*\n", "```\n", piece)


def _marked(match: re.Match[str]) -> str:
    kind, words = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "link":
        return f"<{words}|{match['words']}>"
    mark = MRKDWN[kind]
    return f"{match['indent']}{mark} " if kind == "bullet" else f"{mark}{words}{mark}"


def escaped(text: str) -> str:
    """Return plain text for mrkdwn: Slack requires these three characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
