"""core.store.tool_records: the tools of an answer, in the column as before."""

import json

from sqlalchemy import text
from sqlmodel import Session

from core.messages import Place, User
from core.ports.plugins import ToolSuggestion
from core.store import conversations
from core.store.engine.database import Database
from core.store.tables import MessageRow
from core.store.tool_records import ToolCallRecord
from tests.store.ana_and_ben import Talk

HERE = Place("paper", "server", "room")
ANA = User("ana", "Ana")
CALL = ToolCallRecord("count", '{"what": "crows"}', "counted crows", "one")
CHOICE = ToolSuggestion("tool:count", "Count")
OLD = '[{"name": "count", "arguments": "{}", "line": "counted"}]'


def columns(session: Session, answer_id: str) -> list[object]:
    """The two columns as they are in the database."""
    found = session.connection().execute(
        text("SELECT CAST(calls AS TEXT), CAST(suggestions AS TEXT) FROM message WHERE id = :id"), {"id": answer_id}
    )
    return [json.loads(column) if column else None for column in found.one()]


async def test_tools_are_objects_in_a_list_and_nothing_where_there_are_none(store: Database) -> None:
    def unit(session: Session) -> None:
        talk = Talk(session, HERE, ANA)
        plain, rich = talk.asks("Hi", "Hello"), talk.asks("How many?", "One")
        conversations.note_tools(session, rich, [CALL], [CHOICE])
        session.flush()
        assert columns(session, plain) == [None, None]
        assert columns(session, rich) == [
            [{"name": "count", "arguments": '{"what": "crows"}', "line": "counted crows", "result": "one"}],
            [{"action": "tool:count", "label": "Count"}],
        ]
        session.expire_all()
        assert session.get_one(MessageRow, plain).calls == ()
        assert session.get_one(MessageRow, rich).calls == (CALL,)
        assert session.get_one(MessageRow, rich).suggestions == (CHOICE,)
        conversations.delete(session, rich)
        session.flush()
        assert columns(session, rich) == [None, None]

    await store.write(unit)


async def test_a_call_of_before_results_were_kept_can_be_read(store: Database) -> None:
    def unit(session: Session) -> None:
        answer = Talk(session, HERE, ANA).asks("Hi", "Hello")
        session.connection().execute(text("UPDATE message SET calls = :old WHERE id = :id"), {"old": OLD, "id": answer})
        session.expire_all()
        assert session.get_one(MessageRow, answer).calls == (ToolCallRecord("count", "{}", "counted"),)

    await store.write(unit)


async def test_an_answer_that_was_erased_while_it_was_written_gets_no_tools_again(store: Database) -> None:
    def unit(session: Session) -> None:
        answer = Talk(session, HERE, ANA).asks("Hi", "Hello")
        conversations.delete(session, answer)
        conversations.note_tools(session, answer, [CALL], [CHOICE], outside=True)
        session.flush()
        assert columns(session, answer) == [None, None]

    await store.write(unit)


async def test_an_answer_that_is_gone_gets_no_tools(store: Database) -> None:
    await store.write(lambda session: conversations.note_tools(session, "gone", [CALL], [CHOICE]))
