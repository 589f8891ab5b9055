"""What is open at the end of a text, while it grows and once it was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.markdown.closing import closed
from core.markdown.lines import chunks, sections

GROWING = [
    ("a **bold te", "a **bold te**"),
    ("a **bold*", "a **bold**"),
    ("text **", "text"),
    ("a `code her", "a `code her`"),
    ("**a `b c", "**a `b c`**"),
    ("see [the docs](https://exa", "see the docs"),
    ("see [the do", "see the do"),
    ("see **[", "see"),
    ("an ![image](https://exa", "an image"),
    ("```py\nprint(1)\n``", "```py\nprint(1)\n```"),
    ("text\n```py", "text"),
    ("- a\n  ```py\n  x = 1", "- a\n  ```py\n  x = 1\n  ```"),
    ("> ```\n> a", "> ```\n> a\n> ```"),
    ("~~~\na", "~~~\na\n~~~"),
    ("\\[\na+b", "\\[\na+b\n\\]"),
    ("x \\(a_1+b", "x \\(a_1+b\\)"),
    ("so $$a_1", "so $$a_1$$"),
    ("| a | b |", "| a | b |\n|---|---|"),
    ("| a | b |\n|--", "| a | b |\n|---|---|"),
    ("x\n\n| a | b", "x"),
    ("| a | b |\n|---|---|\n| 1", "| a | b |\n|---|---|\n| 1"),
    ("$5 and $6", "$5 and $6"),
    ("2 ** 3 is in *.py", "2 ** 3 is in *.py"),
    ("snake_case_na", "snake_case_na"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), GROWING)
def test_no_frame_shows_half_a_mark(text: str, shown: str) -> None:
    assert closed(text, "grows").text == shown


ENDED = [
    ("```py\nprint(1)", "```py\nprint(1)\n```"),
    ("**Note: it", "**Note: it**"),
    ("see [the docs](https://exa", "see the docs"),
    ("*prices may vary", "*prices may vary"),
    ("see [1", "see [1"),
    ("done.", "done."),
    ("```\na\n```", "```\na\n```"),
    ("The operator is **", "The operator is **"),
]


@pytest.mark.parametrize(("text", "shown"), ENDED)
def test_an_end_is_closed_and_keeps_what_it_may_mean(text: str, shown: str) -> None:
    assert closed(text).text == shown


WRITTEN = st.text(alphabet="ab \n`*_~[](){}|-#>$\\1.!", max_size=200)


@given(WRITTEN)
def test_what_is_firm_stays(text: str) -> None:
    for end in range(0, len(text), 9):
        now = closed(text[:end], "grows")
        assert text.startswith(now.text[: now.firm])
        assert now.firm <= len(now.text) or not now.text.strip()


@given(WRITTEN)
def test_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(sections(text)) == text
    assert "".join(chunks(text)) == text
