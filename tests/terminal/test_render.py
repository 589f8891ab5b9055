"""bots.terminal.receive and render: pure, line by line."""

from datetime import UTC, datetime
from io import StringIO
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bots.terminal.output import ScreenOutput
from bots.terminal.receive import fresh_place, numbers, typed
from bots.terminal.render import choices, lined, listed, printable, question, recalled, tail, with_status
from core.messages import Button, Field, Invocation, Message, Reply, Select, Turn, User

ANA = User("ana", "Ana")


def test_a_line_is_a_message_and_a_slash_begins_a_command() -> None:
    place = fresh_place()
    said = typed("Hello", place, ANA)
    assert isinstance(said, Message)
    assert (said.text, said.source, said.place.private) == ("Hello", "terminal", True)
    called = typed("/rate up very good", place, ANA)
    assert isinstance(called, Invocation)
    assert (called.command, called.arguments) == ("rate", {"": "up very good"})
    assert isinstance(typed("//not a command", place, ANA), Message)


def test_two_lines_are_two_events() -> None:
    place = fresh_place()
    assert typed("same", place, ANA).key != typed("same", place, ANA).key


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://evil\x1b\\click", "click"),
        ("bell\x07 back\x08 c1\x9b31m", "bell back c131m"),
        ("line\nand\ttab", "line\nand\ttab"),
        ("emoji 🎉 مرحبا", "emoji 🎉 مرحبا"),
    ],
)
def test_no_text_commands_the_terminal(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


@given(st.text())
def test_no_control_character_is_ever_left(text: str) -> None:
    left = {character for character in printable(text) if ord(character) < 32 or 127 <= ord(character) < 160}
    assert left <= {"\n", "\t"}


def test_a_status_stands_beneath_the_text() -> None:
    assert with_status("Half an", "Stopped.") == "Half an\n\n*Stopped.*"
    assert with_status("", "You are next.") == "*You are next.*"


def test_a_long_answer_shows_its_end() -> None:
    assert tail("1\n2\n3\n4\n5", 3) == "…\n\n3\n4\n5"
    assert tail("1\n2", 3) == "1\n2"
    assert tail("```py\n1\n2\n3\n```", 3) == "…\n\n```py\n2\n3\n```"
    screen = StringIO()
    output = ScreenOutput(Console(file=screen, force_terminal=True, width=40, height=12))
    output.answer(" ".join(f"word{number}" for number in range(200)), "", last=False)
    assert "word199" in screen.getvalue()


def test_choices_stand_in_the_rows_that_they_ask_for() -> None:
    few = (Button("a", "A"), Button("b", "B"), Button("c", "Later", row=1))
    assert listed(choices(Reply("", buttons=few))) == "[1] A  [2] B\n[3] Later"
    many = tuple(Button(f"{at}", f"{at}", row=at > 6) for at in range(1, 9))
    assert listed(choices(Reply("", buttons=many))) == "[1] 1  [2] 2  [3] 3\n[4] 4  [5] 5  [6] 6\n[7] 7  [8] 8"
    wide = tuple(Button(f"{at}", "wide" * 5, row=1) for at in range(5))
    assert [line.count("[") for line in listed(choices(Reply("", buttons=wide))).split("\n")] == [3, 2]
    select = Select("set:persona", "Persona", options=(("p", "Parley"), ("q", "Pirate")))
    offered = listed(choices(Reply("", buttons=few, selects=(select,))))
    assert offered == "[1] Persona: Parley\n[2] Persona: Pirate\n[3] A  [4] B\n[5] Later"


def test_a_question_has_its_options_below_it() -> None:
    options = tuple((f"{at}", f"Number {at}") for at in range(7))
    asked = question(Field("flags", "Does any apply?", "choices", options))
    head, *lines = asked.split("\n")
    assert (head, [line.count("[") for line in lines]) == ("Does any apply?", [4, 3, 0])
    assert question(Field("words", "Your words", value="So be it")) == "Your words (So be it)"


def test_a_question_says_what_leaves_it_open() -> None:
    options = (("1", "Poor"), ("2", "Fair"), ("3", "Good"))

    def asked(kind: Literal["choice", "choices"], value: str = "", required: bool = False) -> list[str]:
        return question(Field("scale", "How is it?", kind, options, value=value, required=required)).split("\n")[1:]

    assert asked("choice") == ["[1] Poor  [2] Fair  [3] Good", "1-3, or Enter for none"]
    assert asked("choice", required=True)[-1] == "1-3"
    assert asked("choice", "2") == ["[1] Poor  [2] Fair ✓  [3] Good", "1-3, 0 for none, or Enter to keep ✓"]
    assert asked("choices", "1,3", required=True) == ["[1] Poor ✓  [2] Fair  [3] Good ✓", "1-3, or Enter to keep ✓"]


def test_the_lines_of_a_notice_stay_lines() -> None:
    assert lined("**Assistant** · to judge\nIt is.\n\nMore") == "**Assistant** · to judge  \nIt is.\n\nMore"
    assert lined("```\na\nb\n```\nc\nd") == "```\na\nb\n```\nc  \nd"


def test_choices_are_numbered_and_only_possible_numbers_count() -> None:
    select = Select("set:persona", "Persona", options=(("p", "Parley"), ("q", "Pirate")), chosen=("q",))
    buttons = (Button("a", "Yes"), Button("b", "No"))
    assert listed(choices(Reply("", buttons=buttons))) == "[1] Yes  [2] No"
    offered = choices(Reply("", buttons=buttons, selects=(select,)))
    assert [choice.label for choice in offered] == ["Persona: Parley", "Persona: Pirate ✓", "Yes", "No"]
    assert (offered[0].action, offered[0].values) == ("set:persona", ("p",))
    assert numbers("2, 1 2 9 x", 2) == [2, 1]


def test_a_link_shows_where_it_leads() -> None:
    written = StringIO()
    screen = ScreenOutput(Console(file=written, force_terminal=True, width=80))
    screen.answer("[my bank](https://evil.example)", "", last=False)
    screen.answer("[my bank](https://evil.example)", "", last=True)
    screen.note("[my bank](https://evil.example)")
    assert written.getvalue().count("https://evil.example") >= 3
    assert "\x1b]8" not in written.getvalue()


@pytest.mark.parametrize("link", ["https://example.org/a", "ana@example.org"])
def test_an_address_that_is_its_own_words_is_written_once(link: str) -> None:
    written = StringIO()
    ScreenOutput(Console(file=written, force_terminal=False, width=80)).answer(f"See <{link}> **now**", "", last=True)
    assert written.getvalue().split() == ["See", link, "now"]


def test_a_question_that_is_shown_again_is_quoted_whole() -> None:
    turn = Turn("1", "prompter", "Summarise\n\nnotes\nmore notes", "Ana", datetime.now(UTC), "complete")
    assert recalled(turn) == "> Summarise\n> \n> notes  \n> more notes"


WRITTEN = [
    (r"so \(a_1 * b_1 * c_1\) is", r"so \(a_1 * b_1 * c_1\) is"),
    ("- [x] done", "☑ done"),
    ("known[^1]\n\n[^1]: Source", "[1]: Source"),
    ("\\[\n- a_1\n\\]", "\\[ - a_1 \\]"),
    ("| a | b |\n|---|---|\n| \\(x_1\\) | 2 |", r"\(x_1\)"),
]


@pytest.mark.parametrize(("text", "shown"), WRITTEN)
def test_formulas_tasks_and_footnotes_are_shown(text: str, shown: str) -> None:
    screen = StringIO()
    ScreenOutput(Console(file=screen, width=80)).answer(text, "", last=True)
    assert shown in screen.getvalue()


@pytest.mark.parametrize("across", [40, 80, 120])
@pytest.mark.parametrize("columns", [2, 5, 12])
@pytest.mark.parametrize("lead", ["", "> "])
def test_no_word_of_a_wide_table_is_cut(columns: int, across: int, lead: str) -> None:
    rows = [[f"Head{row}-{column}" if row else f"The {column}th" for column in range(columns)] for row in range(4)]
    rows[1][0] = "1,234,567.89 " * 10
    rows[2][1] = "x" * 35
    lines = [f"| {' | '.join(row)} |" for row in rows]
    screen = StringIO()
    table = "\n".join(lead + line for line in [lines[0], "|---" * columns + "|", *lines[1:]])
    ScreenOutput(Console(file=screen, width=across)).answer(f"Before\n\n{table}\n\nAfter", "", last=True)
    shown = screen.getvalue()
    assert "…" not in shown
    assert {word for row in rows for cell in row for word in cell.split()} <= set(shown.replace(":", " ").split())
