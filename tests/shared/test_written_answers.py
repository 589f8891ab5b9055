"""What a model writes arrives whole on every platform, in messages that each platform takes."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord import render as discord
from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.slack import render as slack
from bots.slack.capabilities import CAPABILITIES as SLACK
from bots.slack.markdown import to_slack
from bots.telegram import render as telegram
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from core.delivery.splitting import PartCuts, parts
from core.messages import Reply
from core.ports.chat import ChatCapabilities
from tests.discord.server.rules import content_fault
from tests.shared.written_answers import HOST, Writer, at_limits, seen, words_of
from tests.shared.written_screens import SCREENS
from tests.slack.server.shapes import wrong_blocks
from tests.sweeping import mostly_swept
from tests.telegram.server.entities import entities, plain

pytestmark = pytest.mark.slow

STATUS = "Interrupted. Press the button to go on."


@dataclass(frozen=True, slots=True)
class Surface:
    """A platform: what it can do, why it would refuse a message, and the words that people see of it."""

    able: ChatCapabilities
    limit: int
    fault: Callable[[Reply], str]
    words: Callable[[Reply], list[str]]

    def __repr__(self) -> str:
        return f"{self.limit}"


def telegram_fault(reply: Reply) -> str:
    html = telegram.html(reply)
    units = len(plain(html).encode("utf-16-le")) // 2
    return f"{units} characters, {entities(html)} entities" if units > 4096 or entities(html) > 100 else ""


def slack_fault(reply: Reply) -> str:
    shown = slack.blocks(reply)
    long = any(len(block["text"]) > 12_000 for block in shown if block["type"] == "markdown")
    return wrong_blocks(shown) or ("a block too long" if long else "")


SURFACES = [
    Surface(
        DISCORD,
        2000,
        lambda reply: content_fault({"content": discord.content(reply)}, new=True),
        lambda reply: seen(discord.to_discord(reply.text)),
    ),
    Surface(TELEGRAM, 4096, telegram_fault, lambda reply: words_of(plain(telegram.html(Reply(reply.text))))),
    Surface(SLACK, 12_000, slack_fault, lambda reply: seen(to_slack(reply.text))),
]


def check(surface: Surface, text: str, *, step: int) -> None:
    """Show an answer as it grows, a few characters more each time, and its end, and look at every frame."""
    cuts, shown = PartCuts(), list[Reply]()
    for end in range(step, len(text), step):
        frame = Reply(text[:end], answer="1", status=STATUS, underway=True)
        shown = parts(frame, surface.able, cuts)
        assert [fault for part in shown if (fault := surface.fault(part))] == []
        assert [part.text for part in shown if part.text.count("```") % 2] == []
    whole = parts(Reply(text, answer="1", status=STATUS), surface.able, cuts)
    assert whole == parts(Reply(text, answer="1", status=STATUS), surface.able)
    if "]: https://" not in text:
        # An address that comes at last changes what was shown before it.
        assert [part.text for part in whole[: max(len(shown) - 1, 0)]] == [part.text for part in shown[:-1]]
    assert [fault for part in whole if (fault := surface.fault(part))] == []
    found = [word for part in whole for word in surface.words(part)]
    hosts = text.count(f"({HOST}") + text.count(f"https://{HOST}")
    assert _without_hosts(found) == _without_hosts(seen(text))
    assert _hosts(found) == hosts


def _without_hosts(words: list[str]) -> list[str]:
    return [word for word in words if word not in ("https", "example", "org") and not word.isdecimal()]


def _hosts(words: list[str]) -> int:
    return sum(pair == ("example", "org") for pair in zip(words, words[1:], strict=False))


SEEDS = [range(2), range(2, 25), *(range(first, first + 25) for first in range(25, 500, 25))]
# The first answer is a long one, the second is not. A test for each would be 3,000 tests to collect.
some_seeds = pytest.mark.parametrize("seeds", mostly_swept(SEEDS, SEEDS[:1]), ids=str)


@some_seeds
@pytest.mark.parametrize("surface", SURFACES, ids=str)
def test_every_frame_of_an_answer_fits_and_is_whole(seeds: range, surface: Surface) -> None:
    for seed in seeds:
        text = Writer(seed).answer(30 if seed % 5 == 0 else 8)
        check(surface, text, step=1 if seed % 50 == 49 else 97)
        for padded in at_limits(text, surface.limit):
            check(surface, padded, step=1009)


@some_seeds
@pytest.mark.parametrize("name", SCREENS)
def test_every_frame_of_an_answer_is_whole_where_messages_have_no_limit(seeds: range, name: str) -> None:
    for seed in seeds:
        check_screen(seed, name)


def check_screen(seed: int, name: str) -> None:
    text, screen, step = Writer(seed).answer(30 if seed % 5 == 0 else 8), SCREENS[name](), 1 if seed % 50 == 49 else 97
    for end in range(step, len(text), step):
        (frame,) = parts(Reply(text[:end], answer="1", underway=True), screen.able)
        assert screen.show(frame) == []
    (whole,) = parts(Reply(text, answer="1"), screen.able)
    assert screen.show(whole) == []
    assert screen.lost(whole.text) == []
    assert _without_hosts(seen(whole.text)) == _without_hosts(seen(text))


@given(st.integers(min_value=1000), st.integers(40, 400))
def test_the_words_of_all_parts_are_the_words_of_the_answer(seed: int, limit: int) -> None:
    text = Writer(seed).answer()
    shown = parts(Reply(text, answer="1"), ChatCapabilities(text_limit=limit))
    assert all(len(part.text) <= limit for part in shown)
    # What is longer than a whole message is cut, even a word.
    assert "".join(word for part in shown for word in seen(part.text)) == "".join(seen(text)) or limit < 120
    if limit >= 250:
        assert [word for part in shown for word in seen(part.text)] == seen(text)
