"""core.store.stored_secrets: no token lies readable in a database, and no key is lost on the way to a newer one."""

import sqlite3
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.errors import SecretUnreadable, StoreError
from core.store import connections
from core.store.engine.backup import backup
from core.store.engine.database import NO_KEYS, Database, connect
from core.store.plugin_tables import ConnectionRow, SignInRow
from core.store.secret_keyring import MARK, SecretKeyring, keyring_from, new_key
from core.store.stored_secrets import EncryptionReport, encrypt_stored
from core.store.tables import KeptRow, PersonRow
from core.surface_queries import StoredKeep
from tests.keys import KEY, KEYRING

CANARY = "canary-token-0123456789"
OTHER = new_key()


def person(session: Session) -> str:
    human = PersonRow()
    session.add(human)
    session.flush()
    return human.id


async def filled(store: Database) -> str:
    """Everything that is a secret, written the way in which it is written. Returns the person's id."""
    ana = await store.write(person)
    tokens = {"access": f"{CANARY}-a", "refresh": f"{CANARY}-r"}
    connection = ConnectionRow(person_id=ana, plugin="c", access=f"{CANARY}-a", refresh=f"{CANARY}-r", flow={})
    await store.write(lambda session: connections.connect(session, connection))
    begun = SignInRow(
        person_id=ana,
        plugin="d",
        platform="paper",
        name="Ana",
        state_hash="s",
        verifier=f"{CANARY}-v",
        redirect="",
        flow={},
    )
    await store.write(lambda session: connections.begin(session, begun))
    assert await store.write(lambda session: connections.signed_in(session, begun.id, tokens, "ana", "code"))
    await StoredKeep(store, "slack").remember_secret("workspace:T1", f'{{"token": "{CANARY}-s"}}')
    return ana


async def read_back(store: Database, ana: str) -> list[str]:
    found = await store.read(partial(connections.find, person_id=ana, plugin="c"))
    (begun,) = await store.read(partial(connections.waiting, person_id=ana))
    assert found
    assert begun.tokens
    kept = await StoredKeep(store, "slack").recall_secret("workspace:T1")
    return [found.access, found.refresh, begun.verifier, begun.tokens["access"], kept]


ALL = [f"{CANARY}-a", f"{CANARY}-r", f"{CANARY}-v", f"{CANARY}-a", f'{{"token": "{CANARY}-s"}}']


def plain_rows(session: Session) -> None:
    """What an earlier version left: everything as it is."""
    ana = person(session)
    session.add(ConnectionRow(person_id=ana, plugin="c", access=f"{CANARY}-a", refresh=f"{CANARY}-r", flow={}))
    session.add(
        SignInRow(
            person_id=ana,
            plugin="d",
            platform="p",
            name="",
            verifier=f"{CANARY}-v",
            redirect="",
            flow={},
            tokens={"access": f"{CANARY}-a"},
        )
    )
    session.add(KeptRow(name="slack:workspace:T1", value=f'{{"token": "{CANARY}-s"}}'))
    session.add(KeptRow(name="slack:well", value="2026-01-01"))


def raw(session: Session) -> str:
    """All that the tables hold."""
    return repr(
        [row.model_dump() for table in (ConnectionRow, SignInRow, KeptRow) for row in session.exec(select(table)).all()]
    )


@asynccontextmanager
async def reopened(url: str, keyring: SecretKeyring) -> AsyncIterator[Database]:
    store = connect(url, keyring)
    try:
        yield store
    finally:
        await store.close()


async def test_secrets_are_stored_encrypted_and_read_back(store: Database) -> None:
    ana = await filled(store)
    assert await read_back(store, ana) == ALL
    assert CANARY not in await store.read(raw)


async def test_a_stolen_backup_tells_no_token(store: Database, database_url: str, tmp_path: Path) -> None:
    ana = await filled(store)
    assert await read_back(store, ana) == ALL
    await store.close()
    if not database_url.startswith("sqlite"):
        return
    await backup(database_url, tmp_path / "stolen.zip")
    assert readable_in(tmp_path, CANARY, KEY) == []


def readable_in(folder: Path, *words: str) -> list[str]:
    """The files, and what is in the archives, that hold one of the words as it is."""
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    with zipfile.ZipFile(folder / "stolen.zip") as packed:
        contents |= {name: packed.read(name) for name in packed.namelist()}
    assert "database.sqlite3" in contents
    return [name for name, content in contents.items() if any(word.encode() in content for word in words)]


async def test_what_an_earlier_version_stored_is_readable_and_then_encrypted(store: Database) -> None:
    await store.write(plain_rows)
    assert await StoredKeep(store, "slack").recall_secret("workspace:T1") == ALL[-1]
    report = await store.write(encrypt_stored)
    assert (report.encrypted, report.unreadable) == (3, {})
    found = await store.read(raw)
    assert CANARY not in found
    assert "2026-01-01" in found
    assert (await store.write(encrypt_stored)).encrypted == 0
    assert await StoredKeep(store, "slack").recall_secret("workspace:T1") == ALL[-1]


async def test_no_trace_of_what_was_plain_stays_in_the_file(sqlite_path: Path, sqlite_url: str) -> None:
    async with reopened(sqlite_url, KEYRING) as store:
        await store.write(plain_rows)
        await store.write(encrypt_stored)
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in sqlite_path.parent.glob("*.sqlite3*"))


@pytest.mark.parametrize("way", ["another row", "another column"])
async def test_a_secret_that_was_moved_is_not_read(store: Database, way: str) -> None:
    ana, ben = await filled(store), await store.write(person)

    def move(session: Session) -> None:
        row = session.get_one(ConnectionRow, (ana, "c"))
        if way == "another row":
            session.add(ConnectionRow(person_id=ben, plugin="c", access=row.access, refresh=row.refresh, flow={}))
        else:
            row.access, row.refresh = row.refresh, row.access

    await store.write(move)
    whose = ben if way == "another row" else ana
    assert await store.read(partial(connections.find, person_id=whose, plugin="c")) is None


async def test_with_a_wrong_key_people_sign_in_again_and_nothing_else_fails(store: Database, database_url: str) -> None:
    ana = await filled(store)
    await store.close()
    async with reopened(database_url, keyring_from(OTHER)) as later:
        report = await later.write(encrypt_stored)
        assert (report.encrypted, sorted(report.unreadable)) == (0, ["connection", "kept", "sign_in"])
        assert await later.read(partial(connections.find, person_id=ana, plugin="c")) is None
        assert [row.access for row in await later.read(partial(connections.connected, person_id=ana))] == [""]
        with pytest.raises(SecretUnreadable):
            await StoredKeep(later, "slack").recall_secret("workspace:T1")
        again = ConnectionRow(person_id=ana, plugin="c", access="new", flow={})
        await later.write(lambda session: connections.connect(session, again))
        found = await later.read(partial(connections.find, person_id=ana, plugin="c"))
        assert found
        assert found.access == "new"
    async with reopened(database_url, keyring_from(f"{OTHER}\n{KEY}")) as fixed:
        assert (await fixed.write(encrypt_stored)).unreadable == {}
        assert await StoredKeep(fixed, "slack").recall_secret("workspace:T1") == ALL[-1]


async def test_without_a_key_nothing_is_stored_as_it_is(store: Database, database_url: str) -> None:
    await filled(store)
    await store.close()
    async with reopened(database_url, NO_KEYS) as bare:
        with pytest.raises(StoreError, match="no secret can be stored"):
            await StoredKeep(bare, "slack").remember_secret("workspace:T2", "token")
        assert set((await bare.write(encrypt_stored)).unreadable) == {"connection", "kept", "sign_in"}


async def test_a_new_key_encrypts_everything_anew(store: Database, database_url: str) -> None:
    ana = await filled(store)
    await store.close()
    both = keyring_from(f"{OTHER},{KEY}")
    async with reopened(database_url, both) as rotating:
        assert await read_back(rotating, ana) == ALL
        assert (await rotating.write(encrypt_stored)).encrypted == 3
    async with reopened(database_url, keyring_from(OTHER)) as later:
        assert await read_back(later, ana) == ALL
        assert (await later.read(raw)).count(MARK) == (await later.read(raw)).count(both.newest)


async def test_a_rotation_that_is_killed_leaves_everything_readable(store: Database, database_url: str) -> None:
    ana = await filled(store)
    await store.close()
    both = keyring_from(f"{OTHER},{KEY}")

    def killed(session: Session) -> EncryptionReport:
        report = encrypt_stored(session)
        session.flush()
        assert report.encrypted == 3
        raise KeyboardInterrupt

    async with reopened(database_url, both) as dying:
        with pytest.raises((KeyboardInterrupt, RuntimeError)):
            await dying.write(killed)
    for keyring in (both, KEYRING):
        async with reopened(database_url, keyring) as later:
            assert await read_back(later, ana) == ALL


async def test_renewing_and_joining_two_people_keep_the_tokens_encrypted_and_readable(store: Database) -> None:
    ana, ben = await filled(store), await store.write(person)
    before = await store.read(partial(connections.find, person_id=ana, plugin="c"))
    assert before
    assert await store.write(lambda session: connections.claim(session, before))
    assert await store.write(lambda session: connections.renew(session, before, f"{CANARY}-2", "", None))
    await store.write(lambda session: connections.merge(session, ben, ana))
    moved = await store.read(partial(connections.find, person_id=ben, plugin="c"))
    assert moved
    assert moved.access == f"{CANARY}-2"
    assert CANARY not in await store.read(
        lambda session: repr([r.model_dump() for r in session.exec(select(ConnectionRow)).all()])
    )


@pytest.mark.parametrize("written", ["", "short", f"{KEY} nonsense", "g" * 64])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        keyring_from(written)


def test_two_encryptions_of_one_text_differ_and_a_changed_one_is_refused() -> None:
    first, second = KEYRING.encrypt("secret", "place"), KEYRING.encrypt("secret", "place")
    assert first != second
    with pytest.raises(SecretUnreadable):
        KEYRING.decrypt(first[:-6] + ("A" if first[-6] != "A" else "B") + first[-5:], "place")


def test_no_column_that_is_called_a_token_is_forgotten(sqlite_path: Path) -> None:
    from core.store.stored_secrets import SECRET_COLUMNS

    with closing(sqlite3.connect(sqlite_path)) as connection:
        columns = connection.execute(
            "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
        ).fetchall()
    known = {(str(table.__tablename__), column) for table, names in SECRET_COLUMNS.items() for column in names}
    counts = {("message", "prompt_tokens"), ("message", "completion_tokens")}
    words = ("token", "secret", "password", "access", "refresh", "verifier", "credential")
    named = {(table, column) for table, column in columns if any(word in column for word in words)}
    assert named - counts <= known
