"""Literal text: on no platform does anything in it become a link, a mention or formatting."""

import io
import re
from html import unescape

import pytest

from bots.discord.render import LIMIT, content, fill
from bots.slack.render import blocks, notification
from bots.telegram.render import html, plain, toast
from bots.terminal.output import PipeOutput, ScreenOutput
from bots.web.render import PageContext, PageRenderer
from bots.web.rooms import RoomNote
from core.delivery.splitting import parts
from core.messages import Reply
from core.ports.chat import ChatCapabilities
from tests.dialogue import HERE

HOSTILE = [
    "[x](http://evil.example)",
    "![x](http://evil.example/a.png)",
    "<@everyone> @everyone @here <@123> <#1> <@&5>",
    "<!channel> <!here> <http://evil.example|bank> <@U123>",
    "```\n[x](http://evil.example)\n```",
    "````` ~~~",
    "`one` **bold** __x__ ||spoiler|| > quote",
    "# heading\n- list\n1. one\n---",
    "</pre><a href='http://evil.example'>x</a><script>alert(1)</script>",
    "&lt;b&gt; &amp; & < >",
    "[bold red]x[/] [link=http://evil.example]y[/link] :smile:",
    "https://evil.example/a t.me/evil @evil /start #tag",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<t:0:R> <:smile:1> </cmd:1>",
    "  indented\n\n\n    code  ",
]


def body(reply: Reply) -> str:
    """The content of Discord's code block, which must be the only one."""
    found = content(reply)
    assert found.count("```") == 2
    match = re.fullmatch(r"Shall I\?\n```\n(.*)\n```", found, re.DOTALL)
    assert match
    return match[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_discord(text: str) -> None:
    assert body(Reply("Shall I?", literal=text)).replace("\u2060", "") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_slack(text: str) -> None:
    words, literal = blocks(Reply("Shall I?", literal=text))
    assert words["type"] == "markdown"
    assert literal["type"] == "rich_text"
    ((element,),) = [part["elements"] for part in literal["elements"] if part["type"] == "rich_text_preformatted"]
    assert element["type"] == "text"
    assert element["text"].replace("\u2060", "") == text
    assert "<!" not in element["text"]
    assert "<@" not in element["text"]
    assert notification(Reply("Shall I?", literal=text)) == "Shall I?"


@pytest.mark.parametrize("text", HOSTILE)
def test_telegram(text: str) -> None:
    match = re.fullmatch(r"Shall I\?\n\n<pre>([^<>]*)</pre>", html(Reply("Shall I?", literal=text)))
    assert match
    assert unescape(match[1]) == text
    assert text in plain(Reply("Shall I?", literal=text))
    assert toast(Reply("Shall I?", literal=text)) == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_web(text: str) -> None:
    renderer = PageRenderer(lambda language, key, **values: key, lambda name: name, lambda token: True, "once")
    from datetime import UTC, datetime

    note = RoomNote("n1", "notice", Reply("Shall I?", literal=text), datetime.now(UTC), ())
    item = renderer._note(note, PageContext(HERE.channel, "en"))
    match = re.fullmatch(r'<pre class="literal" dir="ltr" tabindex="0">\n([^<>]*)</pre>\n?', item.blocks[-1])
    assert match
    assert unescape(match[1]) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_terminal(text: str) -> None:
    from rich.console import Console

    screen, pipe = io.StringIO(), io.StringIO()
    ScreenOutput(Console(file=screen, width=300, force_terminal=True)).literal(text)
    PipeOutput(aside=pipe).literal(text)
    lines = [line.rstrip() for line in screen.getvalue().splitlines()]
    assert "\n".join(lines).rstrip() == "\n".join(line.rstrip() for line in text.splitlines()).rstrip()
    assert pipe.getvalue() == f"{text}\n"


def test_what_is_longer_than_a_message_comes_in_several_and_nothing_is_lost() -> None:
    text = "\n".join(f"line {number} " + "x" * (number % 90) for number in range(2000)) + " "
    able = ChatCapabilities(text_limit=1800, fill=fill)
    shown = parts(Reply("Shall I?", literal=text, status="now"), able)
    assert "".join(one.literal for one in shown) == text
    assert [one.text for one in shown if one.text] == ["Shall I?"]
    assert [one.status for one in shown if one.status] == ["now"]
    assert shown[-1].status == "now"
    assert all(len(content(one)) <= LIMIT for one in shown)


def test_what_fits_stays_in_one_message() -> None:
    reply = Reply("Shall I?", literal="x" * 100)
    assert parts(reply, ChatCapabilities(text_limit=1800)) == [reply]
    assert parts(Reply("a", literal="x" * 10_000), ChatCapabilities()) == [Reply("a", literal="x" * 10_000)]


@pytest.mark.parametrize("text", ["", "a", "😀" * 5000, "e\u0301" * 3000, "\u0301" * 5000, "\n" * 5000])
def test_pieces_are_the_text(text: str) -> None:
    found = [part.literal for part in parts(Reply("", literal=text), ChatCapabilities(text_limit=100))]
    assert "".join(found) == text
    assert all(len(one) <= 100 for one in found)


def test_discord_cuts_nothing_in_silence() -> None:
    assert content(Reply("a", literal="x" * 3000)).count("x") == 3000
