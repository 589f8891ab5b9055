import pytest

from bots.web.identity import account, known_token, new_token, preferred


def test_each_token_is_new_and_known() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(known_token(token) == token for token in tokens)


@pytest.mark.parametrize("cookie", [None, "", "short", "a" * 42, "a" * 44, "a" * 42 + "!", "a" * 42 + "\n"])
def test_another_cookie_is_no_token(cookie: str | None) -> None:
    assert known_token(cookie) is None


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
