from datetime import UTC, datetime, timedelta

import pytest

from bots.web.visitor_cookie import (
    COOKIE,
    GRACE,
    SECURE_COOKIE,
    CookieKey,
    account,
    cookie,
    cookie_name,
    new_key,
    new_token,
    preferred,
    unsigned,
)
from core.errors import NotAllowed

KEY = CookieKey(b"k" * 32, datetime(2026, 1, 1, tzinfo=UTC))


def test_each_token_is_new_and_its_cookie_is_known() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(KEY.verified(KEY.signed(token)) == token for token in tokens)


@pytest.mark.parametrize("token", ["", "short", "a" * 42, "a" * 44, "a" * 42 + "!", "a" * 42 + "\n", "a" * 100_000])
def test_another_cookie_is_no_token(token: str) -> None:
    assert unsigned(token) is None
    assert KEY.verified(token) is None
    assert KEY.verified(KEY.signed(token)) is None


def test_a_token_that_we_did_not_sign_is_not_ours() -> None:
    token = new_token()
    for value in (token, f"{token}.", f"{token}.{'0' * 64}", new_key().signed(token), KEY.signed(token)[:-1]):
        assert KEY.verified(value) is None
    assert KEY.verified(f"{new_token()}.{KEY.signed(token).partition('.')[2]}") is None


def test_a_key_is_patient_with_older_cookies_for_a_while() -> None:
    assert KEY.accepts_unsigned(KEY.made + GRACE - timedelta(seconds=1))
    assert not KEY.accepts_unsigned(KEY.made + GRACE)


def test_the_name_is_bound_to_the_host_over_https() -> None:
    assert (cookie_name("http"), cookie_name("https")) == (COOKIE, SECURE_COOKIE)
    assert SECURE_COOKIE.startswith("__Host-")


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ([], ""),
        (["a=1; b=2"], "1"),
        (["b=2;a=1 "], "1"),
        (["b=2", "a=1"], "1"),
        (["aa=1; xa=2; b=a=3"], ""),
        (["a"], ""),
        (["a=x=y"], "x=y"),
    ],
)
def test_a_cookie_is_found_by_its_name(headers: list[str], value: str) -> None:
    assert cookie(headers, "a") == value


@pytest.mark.parametrize("headers", [["a=1; a=2"], ["a=1", "a=1"], ["a=; a=1"]])
def test_a_cookie_that_is_there_twice_is_refused(headers: list[str]) -> None:
    with pytest.raises(NotAllowed):
        cookie(headers, "a")


def test_the_account_does_not_give_the_token_away() -> None:
    token = new_token()
    assert len(account(token)) == 64
    assert token not in account(token)
    assert account(token) == account(token) != account(new_token())


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("de-CH,de;q=0.9,en;q=0.8", "de-CH"),
        ("en;q=0.1, ar ; q=0.9", "ar"),
        ("zh-Hant-TW;q=1", "zh-Hant-TW"),
        ("<script>, fr;q=0.2", "fr"),
        ("fr;q=zero", "en"),
        ("fr;x=1", "en"),
        ("fr;q=0", "en"),
    ],
)
def test_the_language_is_the_one_the_browser_likes_best(header: str, language: str) -> None:
    assert preferred(header) == language
