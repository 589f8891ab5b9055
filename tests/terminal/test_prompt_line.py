"""bots.terminal.prompt_line and completion: what a person types, and what is offered while they type."""

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bots.terminal.completion import CommandCompleter
from bots.terminal.prompt_line import is_open, said
from bots.terminal.receive import fresh_place
from core.messages import User
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.core.conftest import echo


@pytest.mark.parametrize(
    ("text", "open_", "words"),
    [
        ("Hello", False, "Hello"),
        ('"""', True, '"""'),
        ('"""one', True, '"""one'),
        ('"""one\ntwo"""', False, "one\ntwo"),
        ('"""\none\n"""\n', False, "one"),
        ('""""""', False, ""),
        ('He said """no"""', False, 'He said """no"""'),
    ],
)
def test_a_text_of_several_lines_stands_between_quotation_marks(text: str, *, open_: bool, words: str) -> None:
    assert (is_open(text), said(text)) == (open_, words)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/mod", ["/model"]),
        ("/model ", ["large", "small", "default"]),
        ("/model sm", ["small"]),
        ("/model small ", ["me", "channel", "community"]),
        ("/model small c", ["channel", "community"]),
        ("/model l", ["large"]),
        ("/model all", ["small"]),
        ("/instructions ab", ["about"]),
        ("/stop ", []),
        ("/nothing ", []),
        ("model", []),
        ("/model\nsm", []),
    ],
)
async def test_commands_and_their_arguments_are_completed(sqlite_url: str, typed: str, offered: list[str]) -> None:
    store = connect(sqlite_url)
    records = core_over(store, echo("large"), echo("small")).records
    completer = CommandCompleter(records, User("ana", "Ana"), fresh_place)
    found = completer.get_completions_async(Document(typed), CompleteEvent())
    assert [one.text async for one in found] == offered
    await store.close()
