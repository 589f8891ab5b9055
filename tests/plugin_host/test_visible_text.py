"""plugins.host.approval.visible_text: no sign hides from whoever reads a text before they agree to it."""

import sys
import unicodedata

import pytest

from core.outside_text import cleaned
from plugins.host.approval.visible_text import single, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 3 < 4", "plain words, 3 < 4"),
        ("Grüße, 你好, שלום, résumé", "Grüße, 你好, שלום, résumé"),
        ("safe\u202egpj.exe", "safe‹U+202E›gpj.exe"),
        ("pay\u200bpal", "pay‹U+200B›pal"),
        ("a\u00a0b\u2003c\u3000d", "a‹U+00A0›b‹U+2003›c‹U+3000›d"),
        ("a\tb\rc\x1b[2J", "a‹U+0009›b‹U+000D›c‹U+001B›[2J"),
        ("\U000e0041\U000e0042", "‹U+E0041›‹U+E0042›"),
        ("\ud800", "‹U+D800›"),
        ("\u3164x\u2800", "‹U+3164›x‹U+2800›"),
        ("```js", "‹U+0060 ×3›js"),
        ("one\ntwo", "one↵\n│ two"),
        ("one \ntwo ", "one‹U+0020›↵\n│ two‹U+0020›"),
        ("a" + " " * 400 + "b", "a‹U+0020 ×400›b"),
        ("a" + "\n" * 400 + "b", "a‹U+000A ×400›↵\n│ b"),
        ("‹U+202E›", "‹U+2039›U+202E‹U+203A›"),
        ("one↵\n│ two", "one‹U+21B5›↵\n│ ‹U+2502› two"),
    ],
)
def test_what_is_unseen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.sweep
def test_no_sign_of_any_kind_stays_hidden() -> None:
    unseen = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        if sign not in " \n" and unicodedata.category(sign) in unseen:
            assert visible(f"a{sign}b") == f"a‹U+{number:04X}›b"


@pytest.mark.parametrize("sign", "\ufffc\U00013441\U00013442\U00016fe4\U0001d159\u3164\u2800")
def test_letters_and_symbols_without_a_shape_are_shown(sign: str) -> None:
    assert visible(f"a{sign}b") == f"a‹U+{ord(sign):04X}›b"
    assert cleaned(f"a{sign}b") in ("ab", "a b")


def test_accents_do_not_bury_what_is_near() -> None:
    assert visible("e\u0301") == "e\u0301"
    assert visible("e" + "\u0301" * 30) == "e‹U+0301 ×30›"
    assert visible("e" + "\u0301\u0302" * 15).count("‹") > 20


def test_different_texts_are_shown_differently() -> None:
    texts = ["a b", "a\u00a0b", "a‹U+00A0›b", "a\nb", "a↵\n│ b", "a\\nb", "a" + " " * 20, "a‹U+0020 ×20›", "a ", "a  "]
    assert len({visible(text) for text in texts}) == len(texts)


def test_a_name_stays_on_its_line() -> None:
    assert single("path\nwhat") == "path‹U+000A›what"
