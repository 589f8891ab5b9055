"""A person can see, take along and erase what is theirs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, text
from sqlmodel import Session, col, select

from core.messages import Place, User
from core.store import hot_path, identities, inbox, people
from core.store.engine.database import Database, connect, take_time
from core.store.hot_path import AnswerChoices, NewQuestion
from core.store.schema import METADATA
from core.store.tables import ConversationRow, MessageRow, PersonRow, now
from tests.keys import KEYRING
from tests.store.ana_and_ben import AnaAndBen, populate
from tests.store.rows import number


def rows(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table."""
    for table in METADATA.sorted_tables:
        for row in session.connection().execute(table.select()).mappings():
            yield table.name, dict(row)


def found(session: Session, *needles: str) -> list[tuple[str, dict[str, Any]]]:
    """The rows that have one of the needles in any column."""
    return [(table, row) for table, row in rows(session) if any(needle in repr(row) for needle in needles)]


def references() -> set[tuple[str, str]]:
    """The columns of all tables that say whose a row is."""
    telling = {"person", "account", "user", "owner"}
    return {
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if telling & set(column.name.split("_"))
        or any(key.column.table.name in ("person", "account") for key in column.foreign_keys)
    }


async def test_consent_is_kept_with_every_change(store: Database) -> None:
    ids = await store.write(populate)
    await store.write(lambda session: people.agree(session, ids.ana, "2", True))
    assert await store.read(lambda session: session.get_one(PersonRow, ids.ana).terms) == "2"
    await store.write(lambda session: people.agree(session, ids.ana, "2", False))
    assert await store.read(lambda session: session.get_one(PersonRow, ids.ana).terms) is None
    everything = await store.read(lambda session: people.everything_about(session, ids.ana))
    decisions = [(consent["terms"], consent["agreed"]) for consent in everything["consents"]]
    assert decisions == [("1", True), ("2", True), ("2", False)]


async def test_a_person_gets_everything_about_them_and_nothing_of_others(store: Database) -> None:
    ids = await store.write(populate)
    everything = await store.read(lambda session: people.everything_about(session, ids.ana))
    written = json.dumps(everything)
    assert json.loads(written) == everything
    for own in ("My CANARY is ill.", "What has your CANARY?", "Secret CANARY", "a CANARY breeder", "CANARY likes it"):
        assert own in written
    for foreign in ("How are you?", "Do birds fly?", "I did not ask", "a postman", "Tell me about", ids.ben):
        assert foreign not in written
    assert {account["name"] for account in everything["accounts"]} == {"Ana CANARY", "CANARY-name"}
    assert [len(conversation["messages"]) for conversation in everything["conversations"]] == [2, 4, 4]
    assert len(everything["ratings"]) == len(everything["rating_events"]) == 3
    assert len(everything["reports"]) == len(everything["labels"]) == 1


async def test_everything_has_each_row_that_is_theirs(store: Database) -> None:
    def own(session: Session, person_id: str) -> set[str]:
        return {str(row.get("id") or row.get("message_id")) for _, row in found(session, person_id)}

    ids = await store.write(populate)
    written = json.dumps(await store.read(lambda session: people.everything_about(session, ids.ana)))
    for row_id in await store.read(lambda session: own(session, ids.ana)) - {"None"}:
        assert row_id in written


async def test_nothing_of_a_forgotten_person_is_in_any_table(store: Database) -> None:
    ids = await store.write(populate)
    forgotten = await store.write(lambda session: people.forget(session, ids.ana))
    assert await store.read(lambda session: found(session, "CANARY", ids.ana)) == []
    assert (forgotten.messages, forgotten.conversations, forgotten.ratings) == (8 + 3 + 1, 2, 3)
    assert (forgotten.consents, forgotten.accounts) == (1, 2)


async def test_each_table_that_tells_people_apart_takes_part_in_the_test(store: Database) -> None:
    ids = await store.write(populate)
    theirs = await store.read(lambda session: found(session, ids.ana, "CANARY-ana"))
    marked = {
        (table, column) for table, row in theirs for column, value in row.items() if value in (ids.ana, "CANARY-ana")
    }
    missing = references() - marked
    assert not missing, "let Ana have such a row (tests/store/ana_and_ben.py), and let `forget` erase it"


async def test_the_words_of_others_keep_their_place(store: Database) -> None:
    def room(session: Session) -> list[tuple[str, str, bool]]:
        spoken = select(MessageRow).join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        found = session.exec(spoken.where(ConversationRow.channel == "room").order_by(col(MessageRow.id))).all()
        return [(message.role, message.text, message.deleted) for message in found]

    ids = await store.write(populate)
    before = await store.read(lambda session: found(session, ids.ben))
    await store.write(lambda session: people.forget(session, ids.ana))
    assert await store.read(room) == [
        ("prompter", "How are you?", False),
        ("assistant", "Fine, Ben.", False),
        ("prompter", "", True),
        ("assistant", "", True),
        # Ben asked for this one, but it repeats what Ana said.
        ("assistant", "", True),
        ("prompter", "Do birds fly?", False),
        ("assistant", "Most do.", False),
    ]
    after = await store.read(lambda session: found(session, ids.ben))
    # Ben's note about her goes with her.
    assert len(before) - len(after) == 1
    assert "CANARY" not in repr(after)
    assert any("notice for Ben" in row.values() for _, row in await store.read(lambda session: list(rows(session))))


async def test_a_forgotten_person_leaves_no_event_to_take_up_again(store: Database) -> None:
    ids = await store.write(populate)
    await store.write(lambda session: people.forget(session, ids.ana))
    left = await store.write(lambda session: inbox.unfinished(session, "paper"))
    assert [unfinished.event.user.name for unfinished in left] == ["Ben"]


async def test_forgetting_names_the_answers_that_are_being_written(store: Database) -> None:
    def unfinish(session: Session) -> str:
        answer = session.exec(select(MessageRow).where(MessageRow.text == "Tell me about this CANARY.")).one()
        answer.state = "in_progress"
        return answer.id

    ids = await store.write(populate)
    underway = await store.write(unfinish)
    forgotten = await store.write(lambda session: people.forget(session, ids.ana))
    assert forgotten.underway == (underway,)


async def test_forgetting_nobody_is_harmless(store: Database) -> None:
    await store.write(populate)
    before = await store.read(lambda session: list(rows(session)))
    forgotten = await store.write(lambda session: people.forget(session, "nobody"))
    assert forgotten == people.ErasureCounts()
    assert await store.read(lambda session: list(rows(session))) == before


async def test_nothing_of_a_forgotten_person_is_in_the_files(sqlite_url: str, sqlite_path: Path) -> None:
    def grow(session: Session, ids: AnaAndBen) -> None:
        many_messages(session, ids.ana, 3000)
        # Texts that grow late are moved about, as those of answers are.
        words = text("UPDATE message SET text = text || ' CANARY' || hex(randomblob(40)) WHERE id LIKE 'm%7'")
        session.connection().execute(words)

    store = connect(sqlite_url, KEYRING)
    ids = await store.write(populate)
    await store.write(lambda session: grow(session, ids))
    await store.write(lambda session: people.forget(session, ids.ana))
    await store.write(number)
    content = b"".join(file.read_bytes() for file in sqlite_path.parent.glob(f"{sqlite_path.name}*"))
    await store.close()
    assert content.count(b"CANARY") == 0
    assert content.count(ids.ana.encode()) == 0
    assert b"Do birds fly?" in content


def many_messages(session: Session, person_id: str, count: int) -> None:
    """One long conversation of a person, half of it in a private place and half in a shared one."""
    session.connection().execute(
        text(
            """
            INSERT INTO message (id, community_id, conversation_id, parent_id, person_id, role, state, text, lang,
                depth, source, model, persona, preset, finish, prompt_tokens, completion_tokens, edited, deleted,
                created_at)
            WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)
            SELECT 'm' || i, place.community_id, place.id, CASE WHEN i > 2 THEN 'm' || (i - 2) END, :person,
                CASE WHEN i % 4 < 2 THEN 'prompter' ELSE 'assistant' END, 'manual', 'words of a CANARY', 'en',
                i, 'direct', '', '', '', '', 0, 0, false, false, :now
            FROM numbers JOIN conversation AS place
                ON place.channel = CASE WHEN i % 2 = 0 THEN 'room' ELSE 'CANARY-desk' END
            """
        ),
        {"count": count, "person": person_id, "now": now().isoformat()},
    )


@pytest.mark.slow
async def test_a_person_who_said_very_much_is_forgotten_too(store: Database) -> None:
    # PostgreSQL takes as many, but may have planned its checks of a row when there were none, and then reads them all.
    size = 100_000 if store.url.get_backend_name() == "sqlite" else 2_000

    def talk(session: Session, ids: AnaAndBen) -> None:
        take_time(session, 60)
        many_messages(session, ids.ana, size)

    ids = await store.write(populate)
    await store.write(lambda session: talk(session, ids))
    forgotten = await store.write(lambda session: people.forget(session, ids.ana))
    assert forgotten.messages == size + 12
    left = select(func.count()).select_from(MessageRow).where(col(MessageRow.text).contains("CANARY"))
    assert await store.read(lambda session: session.exec(left).one()) == 0


@pytest.mark.slow
@pytest.mark.parametrize("size", [2_000])
async def test_everything_of_a_talkative_person_comes_in_one_piece(store: Database, size: int) -> None:
    ids = await store.write(populate)
    await store.write(lambda session: many_messages(session, ids.ana, size))
    everything = await store.read(lambda session: people.everything_about(session, ids.ana))
    assert sum(len(conversation["messages"]) for conversation in everything["conversations"]) == size + 10


@pytest.mark.slow
async def test_a_private_conversation_goes_although_another_goes_on_from_it(store: Database) -> None:
    one, two = (Place("paper", "server", "desk", thread=name, private=True) for name in ("one", "two"))

    def unit(session: Session) -> tuple[int, list[str]]:
        first = identities.scene(session, one, User("ana", "Ana"))
        made = AnswerChoices("m", "p", "s")
        _, answer = hot_path.begin(session, first, NewQuestion("My number", "en", "direct", "m1", None), "en", made)
        second = identities.scene(session, two, User("ana", "Ana"))
        hot_path.begin(session, second, NewQuestion("Is it long?", "en", "direct", "m2", answer), "en", made)
        erased = people.forget_conversation(session, first.person_id, first.conversation_id).conversations
        return erased, [row.text for row in session.exec(select(MessageRow).order_by(MessageRow.id)).all()]

    assert await store.write(unit) == (1, ["Is it long?", ""])
