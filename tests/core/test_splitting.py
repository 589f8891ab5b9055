"""Long texts in parts."""

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.slack.capabilities import CAPABILITIES as SLACK
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from core.delivery.splitting import part_key, parts, split
from core.messages import Button, Reply
from core.ports.chat import ChatCapabilities


def test_a_short_text_stays_whole() -> None:
    assert split("Hello", 10) == ["Hello"]
    assert split("", 10) == [""]
    assert split("x" * 50, 0) == ["x" * 50]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two three four", 10, ["one two", "three four"]),
        ("First thing.\n\nSecond thing.", 20, ["First thing.", "Second thing."]),
        ("One is here. Two is there.", 18, ["One is here.", "Two is there."]),
        ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
    ],
)
def test_it_is_cut_where_a_reader_would_pause(text: str, limit: int, expected: list[str]) -> None:
    assert split(text, limit) == expected


def test_a_code_block_that_is_cut_is_closed_and_opened_again() -> None:
    text = "Look:\n```python\n" + "print(1)\n" * 10 + "```\nDone."
    found = split(text, 60)
    assert all(part.count("```") == 2 for part in found[:-1])
    assert found[1].startswith("```python\nprint(1)")
    assert "".join(found).count("print(1)") == 10


def test_a_block_that_begins_late_goes_to_the_next_part() -> None:
    text = "words " * 8 + "\n```\ncode\ncode\ncode\ncode\n```"
    assert split(text, 70)[0] == ("words " * 8).rstrip()


def test_a_flag_or_a_family_is_not_parted() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert all(part.count("\u200d") % 2 == 0 for part in split(family * 6, 12))


@pytest.mark.parametrize("limit", [31, 60, 61])
def test_many_flags_in_a_row_are_parted_between_two(limit: int) -> None:
    flags = "\U0001f1e9\U0001f1ea" * 200
    found = split(flags, limit)
    assert "".join(found) == flags
    assert all(len(part) % 2 == 0 for part in found)
    assert all(len(part) % 2 == 1 for part in split(f"a{flags}", limit)[:1])


@given(st.text(alphabet="ab \n`~.\U0001f44d\u0301", max_size=300), st.integers(20, 60))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    found = split(text, limit)
    assert all(len(part) <= limit for part in found)
    letters = [character for character in text if character in "ab\U0001f44d"]
    assert [character for part in found for character in part if character in "ab\U0001f44d"] == letters


@given(st.text(alphabet="ab \n`.", max_size=300), st.integers(20, 60))
@example("```.```.``\n.````````\n`", 20)
def test_while_a_text_grows_the_parts_before_the_last_stay(text: str, limit: int) -> None:
    whole = split(text, limit)
    for end in range(0, len(text), 7):
        so_far = split(text[:end], limit)
        assert so_far[:-1] == whole[: len(so_far) - 1]


def test_the_last_part_has_the_buttons_and_the_first_the_reply() -> None:
    button = Button("up:1", "Good")
    reply = Reply("one two three four", answer="1", status="S", underway=True, buttons=(button,), reply_to="q")
    short = ChatCapabilities(text_limit=10)
    first, *_, last = parts(reply, short)
    assert (first.reply_to, first.buttons, first.status, first.underway) == ("q", (), "", False)
    assert (last.reply_to, last.buttons, last.status, last.underway) == (None, (button,), "S", True)
    assert {part.answer for part in parts(reply, short)} == {"1"}


def test_each_part_has_a_key_of_its_own() -> None:
    assert [part_key("k", number) for number in range(3)] == ["k", "k/1", "k/2"]


def test_only_the_first_part_takes_the_place_of_another_message() -> None:
    shown = parts(Reply("word " * 1000, replaces="m1"), ChatCapabilities(text_limit=1000))
    assert len(shown) > 3
    assert [part.replaces for part in shown] == ["m1"] + [None] * (len(shown) - 1)


WORDS = " ".join(f"word{number}" for number in range(80))


@pytest.mark.parametrize(
    "below",
    [
        f"| a | b |\n|---|---|\n| {WORDS} | x |\n| c | d |\n\nEnd.",
        f"| a | b |\n|---|---|\n| c | d |\n| {WORDS} | x |\n| e | f |\n\nEnd.",
        f"> | a | b |\n> |---|---|\n> | c | d |\n> | {WORDS} | x |\n",
        f"{WORDS}\n\nEnd.",
    ],
)
def test_a_long_row_or_line_leaves_no_message_nearly_empty(below: str) -> None:
    text = f"Intro:\n\n{below}"
    found = split(text, 400)
    assert len(found[0]) > 200
    assert found[0].startswith("Intro:")
    words = [word for part in found for word in part.replace("*", " ").split() if word.startswith("word")]
    assert words == WORDS.split()
    for end in range(0, len(text), 11):
        so_far = split(text[:end], 400)
        assert so_far[:-1] == found[: len(so_far) - 1]


def test_deep_lists_are_cut_in_no_time() -> None:
    began = process_time()
    found = split("\n".join("  " * (number % 39) + f"- item {number}" for number in range(300)), 2000)
    assert sum(part.count("item") for part in found) == 300
    assert process_time() - began < 2


@given(
    st.lists(st.sampled_from(["word", "Well", "1", "42", "www", *".!?,;'-\n", ": ", " ", "… "]), max_size=30),
    st.booleans(),
    st.sampled_from([DISCORD, TELEGRAM, SLACK]),
)
@example(["word", "!"], True, DISCORD)
def test_words_alone_are_split_as_anything_else_is(pieces: list[str], underway: bool, able: ChatCapabilities) -> None:
    reply = Reply("".join(pieces), answer="1", underway=underway)
    quick = parts(reply, able)
    # A text below is not looked at for being short.
    with_literal = parts(replace(reply, literal="x"), able)
    assert [part.text for part in quick] == [part.text for part in with_literal]
    assert [part.firm for part in quick] == [part.firm for part in with_literal]
