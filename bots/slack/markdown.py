"""Text for Slack: its own Markdown for people, and mrkdwn for small print and notifications. Pure.

Slack reads <!channel>, <@somebody> and <address|words> as its own, also where a model wrote them. The name of a
channel, <#C123>, rings no bell and stays.
"""

import re

from bots.shared.markdown import simpler

CONTROL = re.compile(r"<(?=[!@]|[a-z]+:[^>\s]*\|)", re.IGNORECASE)
JOINER = "\u2060"
"""Between the bracket and what follows: nobody sees it, and Slack no longer takes the two for its own."""


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
    """Markdown as Slack's `markdown` blocks and streams take it; nothing in it rings a bell."""
    return unread(simpler(text, str))


def unread(text: str) -> str:
    """The same text, without anything that Slack takes for its own."""
    return CONTROL.sub(f"<{JOINER}", text)


def to_mrkdwn(text: str) -> str:
    """Markdown as mrkdwn, for where Slack takes no `markdown` block; nothing in it rings a bell."""
    pieces = CODE.split(escaped(simpler(text, str)))
    return "".join(_code(piece) if number % 2 else MARK.sub(_marked, piece) for number, piece in enumerate(pieces))


def _code(piece: str) -> str:
    # Slack would show the name of the language as a line of the code.
    return re.sub(r"^```[^`\n]*\n", "```\n", piece)


def _marked(match: re.Match[str]) -> str:
    kind, words = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "link":
        return f"<{words}|{match['words']}>"
    mark = MRKDWN[kind]
    return f"{match['indent']}{mark} " if kind == "bullet" else f"{mark}{words}{mark}"


def escaped(text: str) -> str:
    """Plain text for mrkdwn: Slack asks for these three characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
