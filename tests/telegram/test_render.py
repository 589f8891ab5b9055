"""What an answer may not do to the people who read it on Telegram."""

import pytest

from bots.telegram.render import html
from core.messages import Reply


def test_no_link_in_a_text_mentions_somebody() -> None:
    assert html(Reply("[you](tg://user?id=5)")) == "you"


@pytest.mark.parametrize("words", ["https://microsoft.com", "at t.co.uk", "bank.com/t.co"])
def test_a_link_shows_its_host_unless_its_words_are_an_address_there(words: str) -> None:
    assert html(Reply(f"[{words}](https://t.co/x)")) == f'<a href="https://t.co/x">{words}</a> (t.co)'
