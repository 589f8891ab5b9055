"""Markdown for platforms that know a part of it."""

import pytest

from bots.shared.markdown import simpler

CASES = [
    ("plain **bold** _it_ `code`", "plain **bold** _it_ `code`"),
    ("# One\n#### Four ####", "# One\n**Four**"),
    ("| a | b |\n|---|---|\n| 1 | 2 |\n\nafter", "```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n\nafter"),
    ("a | b is no table", "a | b is no table"),
    ("***", "⎯⎯⎯⎯⎯⎯⎯⎯"),
    ("![a cat](https://x.org/cat.png)", "a cat (<https://x.org/cat.png>)"),
    ("[your bank](https://evil.example/x)", "[your bank](<https://evil.example/x>) (evil.example)"),
    ("[evil.example](https://evil.example/x)", "[evil.example](<https://evil.example/x>)"),
    ("[https://a.org](https://a.org)", "<https://a.org>"),
    ("`[a](https://b.org)`", "`[a](https://b.org)`"),
    ("```\n| a | b |\n|---|---|\n[a](https://b.org)\n```", "```\n| a | b |\n|---|---|\n[a](https://b.org)\n```"),
    ("~~~py\n# no heading\n~~~\n#### heading", "~~~py\n# no heading\n~~~\n**heading**"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_platform_cannot_show_is_shown_otherwise(text: str, expected: str) -> None:
    assert simpler(text, lambda address: f"<{address}>") == expected
