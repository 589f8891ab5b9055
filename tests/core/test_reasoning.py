"""core.answering.reasoning: what a model thinks is told from what it answers, however its text is cut into pieces."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.answering.reasoning import CLOSING, ENDS, PAIRS, START, CodeReading, ReasoningSplit, ThinkingHabits
from core.models.scripted import ScriptedModel
from core.ports.model import Finish

HARMONY = "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Paris<|return|>"


def split(text: str, finish: Finish = "stop", cuts: tuple[int, ...] = ()) -> tuple[str, str]:
    """The answer and the reasoning in a text that comes in pieces."""
    found = ReasoningSplit()
    for begin, end in pairwise((0, *sorted(cuts), len(text))):
        found.feed(text[begin:end])
    found.end(finish)
    return found.answer, found.thought


@pytest.mark.parametrize(
    ("text", "answer", "thought"),
    [
        ("Paris", "Paris", ""),
        ("<think>hm</think>Paris", "Paris", "hm"),
        ("<think>hm</think>\n\nParis\n", "Paris\n", "hm"),
        ("<think>\n\n</think>\n\nParis", "Paris", "\n\n"),
        ("<think></think>\nParis", "Paris", ""),
        (" \n<think>hm</think>Paris", " \nParis", "hm"),
        ("<Thinking>hm</THINKING>Paris", "Paris", "hm"),
        ("<thought>hm</thought>Paris", "Paris", "hm"),
        ("[THINK]hm[/THINK]Paris", "Paris", "hm"),
        ("◁think▷hm◁/think▷Paris", "Paris", "hm"),
        ("<|begin_of_thought|>hm<|end_of_thought|>Paris", "Paris", "hm"),
        ("It is <think>Lyon? no</think>Paris.", "It is Paris.", "Lyon? no"),
        ("<think>a</think>One. <think>b</think>Two.", "One. Two.", "ab"),
        # Nested, also with another mark inside.
        ("<think>a<think>b</think>c</think>Paris", "Paris", "abc"),
        ("<think>a<thinking>b</thinking>c</think>Paris", "Paris", "abc"),
        ("<think>a<thinking>b</think>Paris", "Paris", "ab"),
        ("<think>a</thinking>b</think>Paris", "Paris", "a</thinking>b"),
        # Opened more often than closed: the answer is behind the last one.
        ("<think>a<think>b</think>\nParis", "Paris", "ab"),
        # Never closed: at the beginning all of it is reasoning, later it was no mark.
        ("<think>hm, Paris", "", "hm, Paris"),
        ("Use <think> to begin", "Use <think> to begin", ""),
        ("<think>hm</think>Use <think> to begin", "Use <think> to begin", "hm"),
        # Never opened: the prompt has done that.
        ("hm</think>\n\nParis", "Paris", "hm"),
        ("Paris</think>", "Paris", ""),
        ("</think>Paris", "Paris", ""),
        ("<think>hm</think>Paris</think>", "Paris", "hm"),
        # In code, they are what the person asked about.
        ("Write `<think>` and `</think>`.", "Write `<think>` and `</think>`.", ""),
        ("```\n<think>a</think>\n```\nSo.", "```\n<think>a</think>\n```\nSo.", ""),
        ("a < b and [x] and <|", "a < b and [x] and <|", ""),
        ("<thin", "<thin", ""),
        (HARMONY, "Paris", "hm"),
        ("<|channel|>final<|message|>Paris", "Paris", ""),
        ("<|channel|>commentary to=x <|constrain|>json<|message|>{}<|call|>", "", "{}"),
        ("<|channel|><|message|>Paris", "Paris", ""),
        ("<|channel|>analysis<|message|>hm", "", "hm"),
        ("The mark <|end|> ends it.", "The mark <|end|> ends it.", ""),
        ("<|channel|>" + "x" * 300, "<|channel|>" + "x" * 300, ""),
    ],
)
def test_reasoning_is_told_from_the_answer(text: str, answer: str, thought: str) -> None:
    assert split(text) == (answer, thought)
    assert split(text, cuts=tuple(range(len(text)))) == (answer, thought)


@pytest.mark.parametrize(
    ("text", "answer", "thought"),
    [
        ("hm</think>Paris", "Paris", "hm"),
        ("`</think>` hm</think>\nParis", "Paris", "`</think>` hm"),
        ("Paris</think>", "Paris", ""),
        ("<think>hm</think>Paris", "Paris", "hm"),
        ("Paris", "Paris", ""),
        (HARMONY, "Paris", "hm"),
    ],
)
async def test_a_model_whose_template_begins_to_think_is_known_the_next_time(
    text: str, answer: str, thought: str
) -> None:
    habits, model = ThinkingHabits(), ScriptedModel([""])
    habits.learn(model, await habits.split(model))
    assert not (await habits.split(model)).begun
    first = await habits.split(model)
    first.feed("hm</think>Paris")
    first.end("stop")
    habits.learn(model, first)
    again = await habits.split(model)
    again.feed(text[:2])
    assert (again.answer, again.thinking) == ("", True)
    again.feed(text[2:])
    again.end("stop")
    assert (again.answer, again.thought) == (answer, thought)
    habits.learn(model, again)
    assert (await habits.split(model)).begun == again.unopened


async def test_a_thought_that_was_cut_says_nothing_about_the_next_one() -> None:
    habits, model = ThinkingHabits(), ScriptedModel([""])
    first = await habits.split(model)
    first.feed("hm</think>Paris")
    first.end("stop")
    habits.learn(model, first)
    cut = await habits.split(model)
    cut.feed("hm, what")
    cut.end("length")
    habits.learn(model, cut)
    assert (await habits.split(model)).begun


@pytest.mark.parametrize(
    ("text", "answer", "thought"), [("hm</think>", "", "hm"), ("It is <think>no, Ly", "It is ", "no, Ly")]
)
def test_what_was_cut_while_it_thought_stays_reasoning(text: str, answer: str, thought: str) -> None:
    assert split(text, "length") == (answer, thought)


MARKS = (*PAIRS, *CLOSING, *ENDS, START, "<|channel|>", "<|message|>", "<|channel|>final<|message|>", "<|channel|>x")
TEXTS = st.lists(
    st.one_of(st.sampled_from((*MARKS, "`", "```", "\n", " ", "\u200b", "İ", "<THINK>", "<")), st.text(max_size=6))
).map("".join)


@given(TEXTS, st.lists(st.integers(min_value=0, max_value=200)), st.sampled_from(["stop", "length"]))
@example("<|channel|>" + "x" * 60, [5, 30], "stop")
def test_the_pieces_make_no_difference(text: str, cuts: list[int], finish: Finish) -> None:
    inside = tuple(cut for cut in cuts if cut <= len(text))
    assert split(text, finish, inside) == split(text, finish)


@given(st.text(st.characters(exclude_characters="<[◁")))
def test_a_text_without_marks_stays_as_it_is(text: str) -> None:
    assert split(text) == (text, "")


@given(st.text(max_size=40), st.text(st.characters(exclude_characters="<[◁`"), max_size=40))
def test_no_word_is_lost(thought: str, answer: str) -> None:
    told, kept = split(f"<think>{thought.replace('<', '(').replace('[', '(').replace('◁', '(')}</think>{answer}")
    assert told == answer.lstrip()
    assert len(kept) == len(thought)


@given(st.text(st.sampled_from("`~\n x"), max_size=40), st.sets(st.integers(0, 40)))
def test_whether_code_is_open_does_not_depend_on_where_one_asked_before(text: str, places: set[int]) -> None:
    one = CodeReading()
    for at in sorted(place for place in places if place <= len(text)):
        assert one.reaches(text, at) == CodeReading().reaches(text[:at], at)


@pytest.mark.parametrize("text", ["```\n" + "<think> x\n" * 4000, "`<think>` " * 4000, "```\n" + "</think> x\n" * 4000])
def test_a_long_text_of_marks_in_code_is_read_in_a_moment(text: str) -> None:
    began = process_time()
    split = ReasoningSplit()
    split.feed(text)
    split.end("stop")
    assert process_time() - began < 1
    assert (split.answer, split.thought) == (text, "")
