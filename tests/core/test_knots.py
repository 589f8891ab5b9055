"""Texts of which hardly anything is words are shown as they are written, and cost no more than others."""

from time import process_time

import pytest

from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.shared.markdown import simpler
from bots.slack.capabilities import CAPABILITIES as SLACK
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from bots.web.markdown import GrowingMarkdown, parser
from core.delivery.splitting import parts
from core.markdown.knots import knotted, squeezed
from core.markdown.spans import read_spans
from core.messages import Reply
from core.ports.chat import ChatCapabilities
from tests.shared.written_answers import Writer
from tests.sweeping import mostly_swept

SIZE = 12_000
LONG = 4.0
"""Seconds of the processor. Most of these took minutes, one of them longer than the world has stood."""

HARD = {
    "items inside of items": "- " * 6000 + "end",
    "quotations": ">" * SIZE + "end",
    "stars": "*a " * 4000,
    "lines that open emphasis": "*a\n" * 4000,
    "pictures": "![" * 6000,
    "addresses that never end": "[a](" + "(aaa" * 2500 + "\nend",
    "gaps in a link": "[a](" + " " * SIZE + "end",
    "gaps": " " * SIZE + "end",
    "blank lines": "\n" * SIZE + "end",
    "a list without words": "-\n" * 6000,
    "rows": "|a|b|\n|-|-|\n" + "|c|d|\n" * 2000,
    "columns": "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|c" * 2000 + "|",
    "rules": "- " * 6000 + "x",
    "formulas": "\\(a" * 4000,
    "fences": "~~~a\n```\n" * 1500,
}


@pytest.mark.parametrize("able", [DISCORD, TELEGRAM, SLACK], ids=["discord", "telegram", "slack"])
@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_it_is_split_in_a_moment(text: str, able: ChatCapabilities) -> None:
    began = process_time()
    shown = parts(Reply(text, answer="1"), able)
    parts(Reply(text[:-1], answer="1", underway=True), able)
    assert process_time() - began < LONG
    signs = "".join(part.text + part.literal for part in shown)
    assert knotted(text) is (signs.split() == text.split() and any(part.literal for part in shown))


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_it_is_shown_on_the_page_in_a_moment(text: str) -> None:
    began = process_time()
    html = "".join(GrowingMarkdown(parser(), "Copy").blocks(text))
    assert process_time() - began < LONG
    assert html


def test_half_an_address_is_read_once() -> None:
    began = process_time()
    read_spans("[a](" + "(aaa" * 400)
    read_spans("[a]((x)" * 250 + ")) x")
    assert process_time() - began < 1


@pytest.mark.parametrize(
    "text",
    ["[a](https://e.org/" + "a" * SIZE, "![a](https://e.org/" + "a" * SIZE, "[a](https://e.org/" + "(a)" * 4000],
    ids=["link", "picture", "brackets"],
)
def test_an_address_that_never_ends_is_read_once(text: str) -> None:
    # One search of it held up everything else for two seconds: Python's patterns do not let other threads run.
    began = process_time()
    simpler(text, "<{}>".format)
    assert process_time() - began < 0.5


@pytest.mark.parametrize("seed", mostly_swept(range(200), range(20)))
def test_what_models_usually_write_is_not_touched(seed: int) -> None:
    text = Writer(seed).answer(30)
    assert squeezed(text) == text
    assert not knotted(text)


def test_code_may_have_any_signs() -> None:
    assert not knotted("```c\n" + "**a[*b] = &c;\n" * 900 + "```")
