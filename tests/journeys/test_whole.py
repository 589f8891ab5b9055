"""How answers arrive: whole, as they were meant, and with a way on. The table's journeys of that."""

import asyncio
import re

import pytest

from core.models.scripted import ScriptedModel
from tests.journeys.stages.guest import Stage


async def test_who_gets_no_word_can_have_another_answer(stage: Stage, name: str) -> None:
    async with stage.open(ScriptedModel(["\u200b \n", "There you are"])) as guest:
        await guest.says("Hello")
        await guest.until(lambda: bool(guest.answers()) and "retry" in guest.answers()[-1].verbs)
        await (guest.commands("retry") if name == "terminal" else guest.presses("retry"))
        await guest.until(lambda: any("There you are" in one.text for one in guest.answers()))


async def test_what_a_model_thinks_is_kept_apart(stage: Stage, name: str) -> None:
    async with stage.open(ScriptedModel(["<think>Hm, a town.</think>Paris"])) as guest:
        await guest.says("France?")
        answer = await guest.answered()
        assert "Paris" in answer.text
        # The page shows it folded up.
        assert ("Hm, a town" in answer.text) == (name == "web")


async def test_an_answer_streams_and_can_be_stopped(stage: Stage) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with stage.open(ScriptedModel(["one two three"], pace=steps.get)) as guest:
        await guest.says("Count")
        steps.put_nowait(None)
        await guest.until(lambda: any(one.growing and one.text == "one" for one in guest.answers()))
        steps.put_nowait(None)
        await guest.until(lambda: any(one.growing and one.text == "one two" for one in guest.answers()))
        await guest.presses("stop")
        assert (await guest.answered()).text.startswith("one two")


@pytest.mark.slow
async def test_continue_goes_on_where_an_answer_was_cut(stage: Stage) -> None:
    async with stage.open(ScriptedModel(["word " * 600, "the end"], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: "continue" in guest.answers()[-1].verbs if guest.answers() else False)
        await guest.commands("continue")
        await guest.until(lambda: "the end" in guest.answers()[-1].text)


async def test_a_long_answer_is_whole(stage: Stage) -> None:
    words = [f"{number:03}{'word' * 15}" for number in range(400)]
    async with stage.open(ScriptedModel([" ".join(words)], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: bool(guest.answers()) and words[-1] in guest.answers()[-1].text)
        await guest.until(lambda: not guest.answers()[-1].growing)
        shown = guest.answers()
        assert " ".join(one.text for one in shown).split() == words
        limit = guest.capabilities.text_limit
        assert (len(shown) > 1) == bool(limit)


CELL = " ".join(f"{'cell' * 9}{number}" for number in range(400))
LINKS = " ".join(f"[link{number}](https://example.org/{number})" for number in range(150))
CODE = "\n".join(f"{'line' * 20}{number}" for number in range(300))


async def arrives(stage: Stage, answer: str, words: list[str]) -> None:
    """An answer arrives with all of its words, in messages that close every block of code that they open."""
    async with stage.open(ScriptedModel([answer], window=100_000)) as guest:
        await guest.says("Go")
        await guest.until(lambda: bool(guest.answers()) and words[-1] in guest.answers()[-1].text)
        await guest.until(lambda: not guest.answers()[-1].growing)
        shown = [word for one in guest.answers() for word in re.findall(r"\w+", one.text)]
        wanted = set(words)
        assert [word for word in shown if word in wanted] == words
        assert all(one.text.count("```") % 2 == 0 for one in guest.answers())


async def test_a_table_with_one_long_cell_is_whole(stage: Stage) -> None:
    table = f"| name | what |\n|---|---|\n| one | {CELL} |\n| two | done |"
    await arrives(stage, table, [*CELL.split(), "two", "done"])


@pytest.mark.slow
async def test_all_of_many_links_are_there(stage: Stage) -> None:
    await arrives(stage, LINKS, [f"link{number}" for number in range(150)])


async def test_an_answer_that_was_cut_in_code_is_closed(stage: Stage) -> None:
    await arrives(stage, f"Look:\n\n```python\n# count\n{CODE}", CODE.split())


async def test_a_formula_is_rendered_or_stays_as_it_was_written(stage: Stage, name: str) -> None:
    async with stage.open(ScriptedModel([r"So \(a^2 + b^2\) is it, $c$ too."])) as guest:
        await guest.says("Pythagoras?")
        answer = await guest.answered()
        if name == "web":
            assert [answer.text.count(mark) for mark in (r"\(", "$")] == [0, 0]
        else:
            # Where Markdown is sent, a second backslash keeps the first one.
            assert r"\(a^2 + b^2\)" in answer.text.replace(r"\\", "\\")
            assert "$c$" in answer.text
