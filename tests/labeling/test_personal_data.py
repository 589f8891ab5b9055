"""core.labeling.rules.personal_data: finders and masks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labeling.rules.personal_data import addresses, cards, ibans, luhn, masked, phones, regions


@given(st.text(min_size=1))
def test_a_mask_hides_at_least_half(value: str) -> None:
    shown = masked(value)
    assert len(shown) <= 5
    assert 2 * (len(shown) - 1) <= len(value)


@pytest.mark.parametrize(
    ("value", "shown"), [("", "…"), ("abc", "…"), ("a@b.de", "a…e"), ("8.8.8.8", "8…8"), ("ana@b.de", "an…de")]
)
def test_masks(value: str, shown: str) -> None:
    assert masked(value) == shown


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_any_other_digit_breaks_a_number(digits: str) -> None:
    right = [digit for digit in "0123456789" if luhn(digits + digit)]
    assert len(right) == 1


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("4111111111111111", True),
        ("4222222222222", True),
        ("5105 1051 0510 5100", True),
        ("2223003122003222", True),
        ("3782 822463 10005", True),
        ("30569309025904", True),
        ("6011111111111117", True),
        ("3530111333300000", True),
        ("6212345678901232", True),
        ("name,4111111111111111,12/30", True),
        ("4111111111111112", False),
        ("0.4111111111111111", False),
        ("9111111111111113", False),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", False),
        ("https://shop.example/item/4111111111111111", False),
    ],
)
def test_cards_by_issuer_length_and_check_digit(number: str, found: bool) -> None:
    assert bool([*cards(number)]) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GB82 WEST 1234 5698 7654 32", ["GB82 WEST 1234 5698 7654 32"]),
        ("no12 NO93 8601 1117 947 and so on", ["NO93 8601 1117 947"]),
        ("ES91-2100-0418-4502-0005-1332", ["ES91-2100-0418-4502-0005-1332"]),
        ("GB82 WEST 1234 5698 7654 33", []),
        ("ZZ82 WEST 1234 5698 7654 32", []),
        ("GB82 WEST 1234", []),
    ],
)
def test_accounts_by_country_and_remainder(text: str, found: list[str]) -> None:
    assert [*ibans(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at 93.184.215.14.", ["93.184.215.14"]),
        ("http://93.184.215.14:8080/x", ["93.184.215.14"]),
        ("10.0.0.1, 127.0.0.1, 203.0.113.7, 224.0.0.1, 300.1.1.1", []),
        ("OID 1.3.6.1.4.1", []),
        ("versión 2.3.4.5 and 版本:2.3.4.5", []),
        ("2023:12:05 10:30:00", []),
        ("fe80::1 and 2001:db8::2 and 2001:4860:4860::8888", []),
    ],
)
def test_public_addresses(text: str, found: list[str]) -> None:
    assert [*addresses(text)] == found


@pytest.mark.parametrize(
    ("text", "languages", "found"),
    [
        ("612 345 678", ["ca"], ["612 345 678"]),
        ("612 345 678", ["eu"], ["612 345 678"]),
        ("612 345 678", ["fr"], []),
        ("612 345 678", [], []),
        ("+34612345678", [], ["+34612345678"]),
        ("+34612345678", ["tlh"], ["+34612345678"]),
        ("612.345.678 o 600000000", ["es"], []),
        ("2010-2015, 2024-11-20, 12345678, 1648, 0.280 / 0.201", ["de"], []),
        ("0171/2345678", ["de"], ["0171/2345678"]),
        ("8192/12288 and 845 / .835 / .759", ["es"], []),
        ("(2024-11-03) 59 and 123456789", ["en", "zh", "fr"], []),
        ("https://shop.example/item/612345678", ["es"], []),
    ],
)
def test_telephones_as_they_are_written_there(text: str, languages: list[str], found: list[str]) -> None:
    assert [*phones(text, languages)] == found


def test_a_tag_says_its_region() -> None:
    assert regions(["pt-BR", "en", "en-US", "zh-Hant", "xx"]) == ["BR", "GB", "US", "CN"]
