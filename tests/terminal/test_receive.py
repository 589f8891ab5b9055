"""bots.terminal.receive: what a typed line means."""

import pytest

from bots.terminal.receive import fresh_place, typed
from core.messages import Invocation, Message, User

ANA = User("ana", "Ana", admin=True)
COMMANDS = [
    ("/help", "help", ""),
    ("/Help", "help", ""),
    ("/ask\nWhat is it?\nAnd why?", "ask", "What is it?\nAnd why?"),
    ("/ask\tWhat is it?", "ask", "What is it?"),
    ("/ask  What Is it?", "ask", "What Is it?"),
    ("/", "", ""),
]


@pytest.mark.parametrize(("line", "name", "rest"), COMMANDS)
def test_a_command_ends_at_any_white_space(line: str, name: str, rest: str) -> None:
    event = typed(line, fresh_place(), ANA)
    assert isinstance(event, Invocation)
    assert (event.command, event.arguments) == (name, {"": rest})


@pytest.mark.parametrize("line", ["//help", "help", " /help"])
def test_anything_else_is_said(line: str) -> None:
    event = typed(line, fresh_place(), ANA)
    assert isinstance(event, Message)
    assert event.text == line
