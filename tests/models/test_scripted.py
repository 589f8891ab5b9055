"""The scripted model does what a real one does, when it is told to."""

import asyncio
from contextlib import aclosing

import pytest

from core.errors import ModelUnavailable, PromptTooLong
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings
from tests.models.standin import ASK, FEW, pieces, said


async def test_answers_by_a_function_of_the_prompt() -> None:
    model = ScriptedModel(lambda lines: f"You said {lines[-1].text}.")
    assert await said(model) == "You said hello."


async def test_answers_in_order_and_repeats_the_last() -> None:
    model = ScriptedModel(["one", "two"])
    assert [await said(model) for _ in range(3)] == ["one", "two", "two"]


async def test_speaks_in_words_and_counts_them() -> None:
    spoken = await pieces(ScriptedModel(["  Hello  dear Ana\n"]))
    assert [piece.text for piece in spoken] == ["  Hello", "  dear", " Ana", "\n", ""]
    assert spoken[-1] == AnswerPiece(finish="stop", prompt_tokens=1, completion_tokens=4)


async def test_is_cut_by_the_limit() -> None:
    spoken = await pieces(ScriptedModel(["one two three"]), sampling=SamplingSettings(max_new_tokens=2))
    assert "".join(piece.text for piece in spoken) == "one two"
    assert spoken[-1].finish == "length"


async def test_remembers_what_it_was_asked() -> None:
    model = ScriptedModel(["x"])
    await said(model)
    (request,) = model.requests
    assert (request.lines, request.sampling, request.session) == (tuple(ASK), FEW, "conversation")


async def test_fails_after_what_it_had_to_say() -> None:
    model = ScriptedModel([ScriptedAnswer("half an", error=ModelUnavailable("model-unavailable"))])
    answer = model.stream(ASK, FEW)
    assert [(await anext(answer)).text for _ in range(2)] == ["half", " an"]
    with pytest.raises(ModelUnavailable):
        await anext(answer)
    assert model.open == 0


async def test_hangs_until_somebody_closes_it() -> None:
    model = ScriptedModel([ScriptedAnswer("half", hangs=True)])
    async with aclosing(model.stream(ASK, FEW)) as answer:
        assert (await anext(answer)).text == "half"
        assert model.open == 1
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await anext(answer)
    assert model.open == 0


async def test_keeps_the_pace_that_it_is_given() -> None:
    beat = asyncio.Event()
    model = ScriptedModel(["one two"], pace=beat.wait)
    answer = asyncio.create_task(said(model))
    await asyncio.sleep(0)
    assert (answer.done(), model.open) == (False, 1)
    beat.set()
    assert await answer == "one two"


async def test_refuses_a_prompt_beyond_its_window() -> None:
    model = ScriptedModel(["x"], window=2)
    with pytest.raises(PromptTooLong) as refused:
        await said(model, [PromptLine("user", "one two three")])
    assert refused.value.values == {"tokens": 3, "window": 2}
