"""Guessing token counts, too high rather than too low."""

import pytest

from core.models.token_estimate import TokenEstimate
from core.ports.model import PromptLine

PROSE = [PromptLine("user", "The quick brown fox jumps over the lazy dog and runs away. " * 40)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        # Counted with SmolLM2's tokeniser and template, whose vocabulary is English.
        ("The quick brown fox jumps over the lazy dog. " * 10, 131),
        ("for (int i = 0; i < n; ++i) { x[i] += y[i] * 3.14159; }\n" * 10, 410),
        ("Привет, как дела? Сегодня хорошая погода. " * 10, 341),
        ("你好,今天天气很好。" * 10, 220),
        ("مرحبا بالعالم " * 10, 131),
        ("0123456789 " * 20, 250),
        ("¿Cuál es la capital de España? " * 10, 160),
    ],
)
def test_a_first_guess_is_not_too_low(text: str, tokens: int) -> None:
    assert TokenEstimate()([PromptLine("user", text)]) >= tokens


def test_follows_the_truth_from_the_first_answer_on() -> None:
    estimate = TokenEstimate()
    estimate.learn(PROSE, 500)
    assert 500 <= estimate(PROSE) <= 600


def test_trusts_the_worst_of_the_last_answers() -> None:
    estimate = TokenEstimate()
    for tokens in (900, 500, 500):
        estimate.learn(PROSE, tokens)
    assert estimate(PROSE) >= 900


def test_learns_nothing_from_a_silent_server() -> None:
    estimate = TokenEstimate()
    before = estimate(PROSE)
    estimate.learn(PROSE, 0)
    assert estimate(PROSE) == before


def test_every_message_counts_and_no_text_is_too_odd() -> None:
    estimate = TokenEstimate()
    assert estimate([PromptLine("user", "")] * 10) > estimate([PromptLine("user", "")])
    assert estimate([PromptLine("user", "\ud800 👩‍👩‍👧 \0")]) > 0
