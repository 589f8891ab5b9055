"""core.answering.prompt: whole messages, in whole blocks, within the model's own count."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answering.prompt import BLOCK, fit, prompt, system_text
from core.errors import PromptTooLong
from core.ports.model import PromptLine
from core.store.hot_path import PathMessage
from tests.counting import CountingModel


def talk(*texts: str) -> list[PathMessage]:
    """A path of alternating messages, the first a person's."""
    roles = ("prompter", "assistant")
    return [PathMessage(str(depth), roles[depth % 2], text, depth) for depth, text in enumerate(texts)]


def leaving(tokens: int) -> Callable[[int], int]:
    """Leaves so many tokens of any window for the answer."""
    return lambda window: tokens


class LateModel(CountingModel):
    """A model that turns out to have a smaller window once it has started."""

    async def count(self, lines: Sequence[PromptLine]) -> int:
        self.window = 40
        return await super().count(lines)


async def test_a_model_that_loads_at_the_first_question_is_asked_within_its_real_window() -> None:
    fitted = await fit("system", talk(*["word more"] * 40), LateModel(window=1000), lambda window: window // 4)
    assert fitted.tokens <= 30


def test_a_short_conversation_is_kept_whole() -> None:
    assert prompt("Be kind.", talk("Hi", "Hello", "How are you?")) == [
        PromptLine("system", "Be kind."),
        PromptLine("user", "Hi"),
        PromptLine("assistant", "Hello"),
        PromptLine("user", "How are you?"),
    ]


def test_an_answer_that_never_came_leaves_its_questions_side_by_side() -> None:
    assert prompt("", talk("Hi", "", "Anyone?")) == [PromptLine("user", "Hi\n\nAnyone?")]


def test_a_cut_answer_stays_last_so_that_it_is_carried_on() -> None:
    assert prompt("", talk("Count", "one two"))[-1] == PromptLine("assistant", "one two")


def test_instructions_follow_the_persona() -> None:
    text = system_text("You are Parley.", {"about": "I am a baker.", "style": "Short."})
    assert text.index("Parley") < text.index("baker") < text.index("Short.")


async def test_old_turns_go_in_blocks_so_that_the_beginning_stays_the_same() -> None:
    model = CountingModel(window=60)
    path = talk(*[f"word{number} more" for number in range(60)])
    kept: list[PathMessage] = []
    starts = []
    for end in range(1, 60, 2):
        fitted = await fit("system", [*kept, *path[end - 2 if end > 1 else 0 : end]], model, leaving(20))
        assert fitted.tokens <= 40
        assert fitted.lines[-1].text == path[end - 1].text
        starts.append(next(line.text for line in fitted.lines if line.role == "user"))
        kept = list(fitted.path)
    changes = sum(before != after for before, after in zip(starts, starts[1:], strict=False))
    assert changes <= len(starts) / (BLOCK / 2) + 1


async def test_the_same_conversation_gives_the_same_prompt_after_a_restart() -> None:
    model = CountingModel(window=60)
    path = talk(*[f"word{number} more" for number in range(41)])
    for end in range(1, 41):
        kept: list[PathMessage] = []
        for at in range(end):
            warm = await fit("system", [*kept, path[at]], model, leaving(20))
            kept = list(warm.path)
        assert warm == await fit("system", path[:end], model, leaving(20))


async def test_after_a_restart_few_beginnings_are_tried() -> None:
    model = CountingModel(window=60)
    fitted = await fit("system", talk(*["word more"] * 400), model, leaving(20))
    assert fitted.tokens <= 40
    assert model.counted <= 14


async def test_a_message_that_alone_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(PromptTooLong) as refused:
        await fit("system", talk("word " * 50), CountingModel(window=40), leaving(10))
    assert refused.value.values == {"tokens": 51, "window": 30}


@given(
    st.lists(st.text("ab ", min_size=1, max_size=40).filter(str.strip), min_size=1, max_size=40),
    st.integers(min_value=12, max_value=80),
)
async def test_no_message_is_ever_cut(texts: list[str], window: int) -> None:
    path = talk(*texts)
    try:
        fitted = await fit("s", path, CountingModel(window=window), leaving(4))
    except PromptTooLong:
        return
    assert fitted.tokens <= window - 4
    whole = "\n\n".join(message.text for message in path)
    kept = "\n\n".join(line.text for line in fitted.lines if line.role != "system")
    assert whole.endswith(kept)
