"""Markdown for platforms that know a part of it."""

import pytest

from bots.discord.render import to_discord
from bots.shared.markdown import names_host, simpler
from bots.slack.markdown import to_slack
from bots.telegram.html import to_html

WIDE = "a column that is much too wide for any phone"

CASES = [
    ("plain **bold** _it_ `code`", "plain **bold** _it_ `code`"),
    ("# One\n#### Four ####", "# One\n**Four**"),
    ("| a | b |\n|---|---|\n| 1 | 2 |\n\nafter", "```\na | b\n--+--\n1 | 2\n```\n\nafter"),
    ("a | b is no table", "a | b is no table"),
    ("***", "⎯⎯⎯⎯⎯⎯⎯⎯"),
    ("![a cat](https://x.org/cat.png)", "a cat (<https://x.org/cat.png>)"),
    ("[your bank](https://evil.example/x)", "[your bank](<https://evil.example/x>) (evil.example)"),
    ("[evil.example](https://evil.example/x)", "[evil.example](<https://evil.example/x>)"),
    ("[https://a.org](https://a.org)", "<https://a.org>"),
    ("`[a](https://b.org)`", "`[a](https://b.org)`"),
    ("```\n| a | b |\n|---|---|\n[a](https://b.org)\n```", "```\n| a | b |\n|---|---|\n[a](https://b.org)\n```"),
    ("~~~py\n# no heading\n~~~\n#### heading", "```py\n# no heading\n```\n**heading**"),
    ("- [ ] todo\n  - [x] done", "- ☐ todo\n  - ☑ done"),
    ("said[^1]\n\n[^1]: by *whom*", "said[1]\n\n[1]: by *whom*"),
    ("| a | b |\n|---|---|\n| [x](https://b.org) | 2 |", "**a**: [x](<https://b.org>) (b.org)\n**b**: 2"),
    (f"| Name | {WIDE} |\n|---|---|\n| 1 | 2 |\n| 3 | |", f"**Name**: 1\n**{WIDE}**: 2\n\n**Name**: 3"),
    ("| 漢字 | b |\n|---|---|\n| abcde | `2` |", "```\n漢字  | b\n------+--\nabcde | 2\n```"),
    ("- a\n\n      ```\n  b", "- a\n\n      `\u2060`\u2060`\u2060\n  b"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_platform_cannot_show_is_shown_otherwise(text: str, expected: str) -> None:
    assert simpler(text, lambda address: f"<{address}>") == expected


BANK = "https://evil.example"
SHOWN = f"<{BANK}>) (evil.example)"

TICKS, APART = "`\u2060``", "`\u2060`\u2060`\u2060"
"""Backticks that neither begin nor end a block of code."""

DISGUISED = [
    ("[my bank](HTTPS://evil.example)", "[my bank](<HTTPS://evil.example>) (evil.example)"),
    (f"[a [good] bank]({BANK})", f"[a [good] bank]({SHOWN}"),
    (f"[a good\\] bank]({BANK})", f"[a good\\] bank]({SHOWN}"),
    (f"[my\nbank]({BANK})", f"[my\nbank]({SHOWN}"),
    (f"[my bank](\n{BANK}\n)", f"[my bank]({SHOWN}"),
    (f"[my bank]( <{BANK}> )", f"[my bank]({SHOWN}"),
    (f"[bank.com/evil.example]({BANK})", f"[bank.com/evil.example]({SHOWN}"),
    ("[https://microsoft.com](https://t.co/x)", "[https://microsoft.com](<https://t.co/x>) (t.co)"),
    (f"`one [my bank]({BANK}) ``", f"`one [my bank]({SHOWN} ``"),
    (f"\\`one [my bank]({BANK}) `", f"\\`one [my bank]({SHOWN} `"),
    (f"`one\n\n[my bank]({BANK}) `", f"`one\n\n[my bank]({SHOWN} `"),
    (f"```one``` two\n[my bank]({BANK})", f"```one``` two\n[my bank]({SHOWN}"),
    (f"```\n[my bank]({BANK})", f"```\n[my bank]({BANK})\n```"),
    (f"~~~\n[my bank]({BANK})\n~~~", f"```\n[my bank]({BANK})\n```"),
    (f"````\n```\n[my bank]({BANK})\n````", f"```\n{TICKS}\n[my bank]({BANK})\n```"),
    (f"~~~\n[my bank]({BANK})\n```\n```", f"```\n[my bank]({BANK})\n{TICKS}\n{TICKS}\n```"),
    (f"a ``` b\n\n```\n[my bank]({BANK})\n```", f"a {APART} b\n\n```\n[my bank]({BANK})\n```"),
    (f"    ```\n[my bank]({BANK})", f"    {APART}\n[my bank]({SHOWN}"),
    ("```", "```\n```"),
]


@pytest.mark.parametrize(("text", "expected"), DISGUISED)
def test_however_a_link_is_written_it_shows_where_it_leads(text: str, expected: str) -> None:
    assert simpler(text, lambda address: f"<{address}>") == expected


@pytest.mark.parametrize("address", ["https://[your-name]/x", "http://[b", "https://[::1/x", "https://?"])
def test_an_address_that_leads_nowhere_is_no_link(address: str) -> None:
    assert simpler(f"[a]({address}) and more", str) == f"[a] ({address}) and more"


def test_an_address_may_have_brackets() -> None:
    address = "https://a.org/wiki/A_(b)"
    assert simpler(f"([a]({address}))", str) == "([a](https://a.org/wiki/A_%28b%29) (a.org))"


def test_what_only_begins_like_a_link_stays_whole() -> None:
    text = "[a](https://a.org\n\nand more (in brackets)"
    assert simpler(text, str) == text


def test_words_that_are_the_address_need_no_host_beside_them() -> None:
    named = ("evil.example", " www.evil.example/x ", "https://evil.example?x=1")
    others = ("see evil.example", "evil.example.bank.com", "https://bank.com@evil.example", "notevil.example", "")
    assert [names_host(words, "evil.example") for words in named] == [True, True, True]
    assert [names_host(words, "evil.example") for words in others] == [False] * 5


FORMULA = r"\(a_1 * b_1\) and \[ x \]"


def test_a_formula_stays_as_it_is_written() -> None:
    assert simpler(FORMULA, str) == FORMULA
    assert to_discord(FORMULA) == r"\\(a\_1 \* b\_1\\) and \\\[ x \\\]"
    assert to_slack(FORMULA) == r"`\(a_1 * b_1\)` and `\[ x \]`"
    assert to_html(FORMULA) == FORMULA
    assert to_discord("$5 and $6") == "$5 and $6"
