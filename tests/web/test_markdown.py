import re
from collections.abc import MutableMapping
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from bots.web.markdown import LONGEST_MARKDOWN, GrowingMarkdown, SafeMarkdown, parser, settled
from tests.web.audit import HOSTILE, faults

PARSER = parser()
LINK = '<a href="https://ok.example/a" target="_blank" rel="noopener noreferrer nofollow'


class Counting(SafeMarkdown):
    """Counts what it is given to read."""

    characters = 0

    def parse(self, src: str, env: MutableMapping[str, Any] | None = None) -> list[Token]:
        self.characters += len(src)
        return super().parse(src, env)


def growing() -> GrowingMarkdown:
    return GrowingMarkdown(PARSER, "Copy")


def drawn(text: str) -> str:
    return "".join(growing().blocks(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello *you*", "<p>Hello <em>you</em></p>"),
        ("one\ntwo", "<p>one<br />\ntwo</p>"),
        ("# Title", "<h3>Title</h3>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("a\n-", "<p>a<br />\n-</p>"),
        ("1 < 2 & <b>", "<p>1 &lt; 2 &amp; &lt;b&gt;</p>"),
        ("", ""),
        (
            "[x](https://ok.example/?a=1&b=2)",
            '<p><a href="https://ok.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>'
            ' <span class="host">(ok.example)</span></p>',
        ),
        ("<https://ok.example/a>", f'<p>{LINK}">https://ok.example/a</a></p>'),
        ("- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>"),
        ("[ ] a", "<p>[ ] a</p>"),
        ("so[^1]\n\n[^1]: Source", "<p>so<sup>[1]</sup></p>\n<p><sup>[1]</sup>: Source</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "![a cat](http://far.example/cat.png)",
            '<p><a href="http://far.example/cat.png" target="_blank" rel="noopener noreferrer nofollow">a cat</a>'
            ' <span class="host">(far.example)</span></p>',
        ),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert drawn(text).strip() == html


def test_a_picture_inside_a_link_does_not_nest_links() -> None:
    assert drawn("[![cat](http://a.example/c.png)](http://b.example)").count("<a ") == 1


def test_code_gets_colours_a_label_and_a_button() -> None:
    html = drawn("```python title=x\ndef f(): pass\n```")
    assert '<figcaption><span>python</span><button type="button" class="copy" data-copy="code">Copy</button>' in html
    assert '<span class="k">def</span>' in html


def test_code_in_an_unknown_language_stays_plain() -> None:
    assert "<code>a &lt; b\n</code>" in drawn("```no-such-language\na < b\n```")


def test_a_table_is_aligned_without_inline_styles() -> None:
    html = drawn("| a | b |\n|--:|:-:|\n| 1 | 2 |")
    assert '<td class="right">1</td>' in html
    assert "style=" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_written_can_run_or_load(text: str) -> None:
    assert faults(drawn(text)) == []
    assert faults(drawn(f"- {text}\n  {text}")) == []


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_half_written_can_run_or_load(text: str) -> None:
    answer = growing()
    assert [faults("".join(answer.blocks(text[:end]))) for end in range(len(text))] == [[]] * len(text)


def test_a_link_may_be_defined_at_the_end_of_the_answer() -> None:
    assert 'href="http://ok.example/"' in drawn("See [this].\n\nMore.\n\n[this]: http://ok.example/")


def test_what_is_done_is_not_drawn_again() -> None:
    answer = growing()
    first = answer.blocks("One.\n\nTwo.\n\nThree")
    second = answer.blocks("One.\n\nTwo.\n\nThree and more")
    assert first[0] is second[0]
    assert first[2] != second[2]


def test_a_text_that_changes_at_its_beginning_is_drawn_anew() -> None:
    answer = growing()
    answer.blocks("One.\n\nTwo.\n\nThree.\n\n")
    assert answer.blocks("Other.") == growing().blocks("Other.")


@pytest.mark.parametrize(
    ("text", "lines", "firm"),
    [("", [], 0), ("a", [0], 0), ("a\n\nb", [0, 2], 0), ("a\n\nb\n", [0, 2], 1), ("a\n\nb\n\nc", [0, 2, 4], 1)],
)
def test_a_block_is_settled_once_the_next_one_has_a_whole_line(text: str, lines: list[int], firm: int) -> None:
    assert settled(text, lines) == firm


PIECES = st.lists(
    st.sampled_from(
        [
            *("word ", "*em*", "\n", "\n\n", "- ", "1. ", "2", ". ", "```", "```py\n", "> ", "# ", "| a | b |\n"),
            *("|---|---|\n", "    ", "  ", "\t", "---\n", "***\n", "`x`", "[a](http://b.example)", "<b>", "~~~\n"),
            *("\\", "+ ", "&amp;", "\r\n", "\u2028", "\f", "\0"),
        ]
    ),
    max_size=40,
)


@given(PIECES)
def test_an_answer_that_grows_looks_like_one_that_came_at_once(pieces: list[str]) -> None:
    answer = growing()
    text = ""
    for piece in pieces:
        for letter in piece:
            text += letter
            answer.blocks(text)
    assert answer.blocks(text) == growing().blocks(text)


@pytest.mark.slow
def test_a_long_answer_costs_its_last_block_alone() -> None:
    paragraph = "Some *text* with `code` and [a link](https://ok.example) that goes on for a while.\n\n"
    counting = Counting("commonmark")
    answer = GrowingMarkdown(counting, "Copy")
    text = paragraph * 250
    edits = range(0, len(text), 40)
    for end in edits:
        answer.blocks(text[:end])
    assert counting.characters < len(edits) * 4 * len(paragraph)


def test_a_text_beyond_all_bounds_is_shown_as_it_is() -> None:
    html = drawn("*a* <b>" * (LONGEST_MARKDOWN // 6))
    assert "<em>" not in html
    assert re.match(r'<p class="plain">\*a\* &lt;b&gt;', html)


FORMULAS = [
    r"\(x_1^2\)",
    r"\[ \frac{a}{b} \]",
    "\\[\n- b\n+ c\n\\]",
    r"$$\sum_{k=1}^n k$$",
    r"so $x_1 + x_2$ is",
    r"\(a\!b\,c\quad d\;e \xrightarrow{f} \Bigg( g\)",
    r"$$\begin{pmatrix}1&2\\3&4\end{pmatrix}$$",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_drawn(text: str) -> None:
    html = drawn(text)
    assert "<math" in html
    assert "$" not in html
    assert "\\" not in html
    assert faults(html) == []


AS_WRITTEN = [
    "from $5 to $6",
    "US$5/$6",
    "$HOME/$PATH",
    r"\(\unknown{x}\)",
    r"\(\frac{a\)",
    "\\(" + "{" * 900 + "\\)",
    r"\(\href{javascript:alert(1)}{\unknown}\)",
    "`$a$`",
    # They would cover the page around them, or stand somewhere else on it.
    r"\(\hspace{-900em}x\)",
    r"\(\hspace{9000em}x\)",
    r"\(a\above{900em}b\)",
    r"\(\rule{999em}{999em}\)",
    r"\(\llap{x}\)",
    "\\(" + r"\!" * 300 + "x\\)",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_what_cannot_be_drawn_stays_as_it_is_written(text: str) -> None:
    html = drawn(text)
    assert "<math" not in html
    assert text.strip("`") in unescape(html)


HARMFUL = [
    r"\(\text{<b>hi</b><script>alert(1)</script>}\)",
    r"\(\href{javascript:alert(1)}{x}\)",
    r"\(\style{position:fixed}{x}\)",
    r"\(\class{page}{x}\)",
    r'\(\color{red" onclick="alert(1)}{x}\)',
    r"\(\text{&lt;img src=x onerror=alert(1)&gt;}\)",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_a_formula_does_nothing_but_draw(text: str) -> None:
    html = drawn(text)
    assert faults(html) == []
    assert not re.search(r"<(?:b|script|img)\b|<m\w+[^>]* (?:style|class|href|onclick)=", html)
