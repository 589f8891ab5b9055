"""The conversations in which the core's cost is measured are real, and the floor keeps the promises that it names."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from benchmarks import floor
from benchmarks.bench_core import bench
from benchmarks.long_talks import ANSWER, QUESTION, grow
from benchmarks.model_server import WINDOW, model_server
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.scripted import ScriptedModel
from core.ports.model import PromptLine, SamplingSettings


@pytest.mark.slow
async def test_a_conversation_that_was_made_longer_goes_on_where_it_ends(tmp_path: Path) -> None:
    file, model = tmp_path / "long.sqlite3", ScriptedModel(["A short answer."])
    async with bench(file, model) as running:
        await (await running.ask("one", "Hello")).done.wait()
        await running.core.store.write(partial(grow, exchanges=4, channels=["one"]))
        await (await running.ask("one", "And now?")).done.wait()
    said = [line.text for line in model.requests[-1].lines][1:]
    assert said == ["Hello", "A short answer.", *[QUESTION, ANSWER] * 3, "And now?"]


async def test_what_was_short_stays_short(tmp_path: Path) -> None:
    file, model = tmp_path / "short.sqlite3", ScriptedModel(["A short answer."])
    async with bench(file, model) as running:
        await (await running.ask("one", "Hello")).done.wait()
        await running.core.store.write(partial(grow, exchanges=2, channels=["one"], usual=False))
        await (await running.ask("one", "And now?")).done.wait()
    assert [line.text for line in model.requests[-1].lines][1:] == ["Hello", "A short answer."] * 2 + ["And now?"]


@pytest.mark.slow
async def test_the_floor_keeps_a_question_its_answer_and_where_that_was_shown(tmp_path: Path) -> None:
    file = tmp_path / "floor.sqlite3"
    floor.prepare(file)
    floor.fill(file, ["one"], [("user", "Earlier"), ("assistant", "Indeed")])
    async with model_server() as url, floor.floor(file, url) as running:
        await running.ask("one", "Hello")
        assert running.shown == ["A short answer of a few words."]
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT depth, role, text, state FROM message ORDER BY depth").fetchall()
        assert rows[2:] == [(3, "user", "Hello", "manual"), (4, "assistant", running.shown[0], "complete")]
        assert database.execute("SELECT state, platform_id FROM post").fetchall() == [("sent", "1")]
        assert database.execute("SELECT state, payload FROM inbox").fetchall() == [("done", "")]


async def test_the_model_server_is_asked_by_our_own_client() -> None:
    async with model_server("llamacpp") as url:
        model = OpenAIModel(ModelEndpoint(url))
        try:
            lines = [PromptLine("user", "Hello")]
            pieces = [piece async for piece in model.stream(lines, SamplingSettings())]
            assert "".join(piece.text for piece in pieces) == "A short answer of a few words."
            assert pieces[-1].finish == "stop"
            assert 0 < await model.count(lines) < WINDOW == model.window
        finally:
            await model.aclose()
