"""core.markdown.references: links whose addresses stand elsewhere in the text."""

from time import process_time

import pytest

from core.markdown.references import resolved

FAR = "https://example.org/a"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"See [the page][1].\n\n[1]: {FAR}", f"See [the page]({FAR}).\n\n"),
        (f"See [the page][].\n\n[The  Page]: <{FAR}> 'Title'\n", f"See [the page]({FAR}).\n\n"),
        (f"So it is [1].\n\n[1]: {FAR}\nMore", f"So it is [1]({FAR}).\n\nMore"),
        (f"[1]: {FAR}\n\nSee [the `x` **page**][1]", f"\nSee [the `x` **page**]({FAR})"),
        (f"See ![a cat][1].\n\n[1]: {FAR}", f"See ![a cat]({FAR}).\n\n"),
        (
            f"| a | [b][1] |\n|---|---|\n| [1] | c |\n\n[1]: {FAR}",
            f"| a | [b]({FAR}) |\n|---|---|\n| [1]({FAR}) | c |\n\n",
        ),
        (
            f"> See [it][1].\n\n- and [it][1]\n\n[1]: {FAR}_(x)",
            f"> See [it]({FAR}_%28x%29).\n\n- and [it]({FAR}_%28x%29)\n\n",
        ),
        (f"[a][1] [b][2]\n\n[1]: {FAR}\n[2]: mailto:a@b.example\n", f"[a]({FAR}) [b](mailto:a@b.example)\n\n"),
        (f"[a][1]\n\n[1]: {FAR}\n[1]: https://other.example", f"[a]({FAR})\n\n"),
        (f"[see [1] there](https://x.example) [1]\n\n[1]: {FAR}", f"[see [1] there](https://x.example) [1]({FAR})\n\n"),
    ],
)
def test_a_link_has_the_address_that_is_told_elsewhere(text: str, shown: str) -> None:
    assert resolved(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"Nothing leads there.\n\n[1]: {FAR}",
        f"`[a][1]` and ``x[1]``\n\n[1]: {FAR}",
        f"```\nx[0][1]\n```\n\n[1]: {FAR}",
        f"\\(x[1]\\) and $a[1]$ and \\[1] \n\n[1]: {FAR}",
        f"So[^1].\n\n[^1]: {FAR}",
        "[a][1] and x[0][1]",
        "[a][1]\n\n[1]: javascript:alert(1)",
        f"[a][1]\n\n```\n[1]: {FAR}\n```",
        f"[a](https://x.example)[1]: {FAR}",
    ],
)
def test_whatever_else_has_brackets_stays_as_it_is(text: str) -> None:
    assert resolved(text) == text


def test_while_it_grows_no_half_address_is_shown() -> None:
    text = f"See [the page][1].\n\n[1]: {FAR}\n"
    frames = [resolved(text[:end], growing=True) for end in range(len(text) + 1)]
    assert set(frames[text.index("]:") + 2 : -1]) == {"See [the page][1].\n\n"}
    assert frames[-1] == f"See [the page]({FAR}).\n\n"


@pytest.mark.parametrize(
    "hostile",
    ["[" * 50_000, "[a" * 20_000, "[a]" * 15_000, "[`" * 20_000, "[[a]" * 15_000, "`" * 50_000, "[a\\" * 15_000],
)
def test_no_text_takes_long(hostile: str) -> None:
    began = process_time()
    resolved(f"{hostile}\n\n[1]: {FAR}\n\n[1]")
    assert process_time() - began < 1
