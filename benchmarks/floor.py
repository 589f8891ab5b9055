"""The floor under the core: the cost of its promises alone, with plain asyncio, sqlite3 and aiohttp.

An event is accepted once, by its key, and that is committed before it would be acknowledged. The question, an answer to
be written and the intent to send it are committed before the model is asked; the whole answer before it is sent; the
platform's id after that, before the next event of the conversation. SQLite keeps all of it as Parley's does: a log that
is written ahead (WAL), flushed at each commit (FULL), and one commit for all waiting work. It has no people, rights,
choices, limits, languages, plugins or retries.
"""

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp

from benchmarks.plain_model import asked

T = TypeVar("T")
Work = Callable[[sqlite3.Cursor], Any]

IN_PROMPT = 60
"""Messages of a conversation in a prompt: about as many as Parley fits into the same window."""

TABLES = """
CREATE TABLE inbox (key TEXT PRIMARY KEY, payload TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE message (
    id TEXT PRIMARY KEY, talk TEXT NOT NULL, depth INTEGER NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX message_by_talk ON message (talk, depth);
CREATE TABLE post (
    key TEXT PRIMARY KEY, message TEXT NOT NULL REFERENCES message (id), state TEXT NOT NULL, platform_id TEXT
) WITHOUT ROWID;
"""
ACCEPT = "INSERT INTO inbox VALUES (?, ?, 'accepted') ON CONFLICT DO NOTHING"
DEPTH = "SELECT coalesce(max(depth), 0) FROM message WHERE talk = ?"
RECENT = "SELECT role, text FROM message WHERE talk = ? AND depth > ? AND text != '' ORDER BY depth"
SAY = "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)"
PLAN = "INSERT INTO post VALUES (?, ?, 'planned', NULL)"
FINISH = "UPDATE message SET text = ?, state = 'complete' WHERE id = ?"
SENDING = "UPDATE post SET state = 'sending' WHERE key = ?"
SENT = "UPDATE post SET state = 'sent', platform_id = ? WHERE key = ?"
OPENED = "UPDATE inbox SET state = 'opened' WHERE key = ?"
DONE = "UPDATE inbox SET state = 'done', payload = '' WHERE key = ?"


class Writer:
    """One thread that commits whatever waits for it in one transaction."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._jobs: SimpleQueue[tuple[Work, asyncio.Future[Any]] | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def do(self, work: Callable[[sqlite3.Cursor], T]) -> "asyncio.Future[T]":
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((work, done))
        return done

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        with closing(opened(self._file)) as database:
            while job := self._jobs.get():
                jobs = [job]
                while not self._jobs.empty() and (more := self._jobs.get()):
                    jobs.append(more)
                cursor = database.cursor()
                cursor.execute("BEGIN IMMEDIATE")
                results = [(done, work(cursor)) for work, done in jobs]
                cursor.execute("COMMIT")
                self._loop.call_soon_threadsafe(told, results)


def opened(file: Path) -> sqlite3.Connection:
    """A connection that makes the same promises as Parley's writer."""
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    return database


def told(results: Sequence[tuple["asyncio.Future[Any]", object]]) -> None:
    for done, result in results:
        done.set_result(result)


class Floor:
    """A minimal bot that keeps the same promises as Parley and does nothing else; its platform displays nothing."""

    def __init__(self, writer: Writer, http: aiohttp.ClientSession, url: str) -> None:
        self._writer, self._http, self._url = writer, http, url
        self.shown: list[str] = []

    async def ask(self, talk: str, text: str) -> None:
        """Accept a message, answer it, and return when it is done. A conversation's messages come one by one."""
        key, payload = f"floor:{uuid4().hex}", json.dumps({"place": talk, "text": text, "user": f"user of {talk}"})
        if not await self._writer.do(lambda cursor: cursor.execute(ACCEPT, (key, payload)).rowcount):
            return
        answer_id, path = await self._writer.do(lambda cursor: begun(cursor, key, talk, text))
        answer = await asked(self._http, self._url, path)
        await self._writer.do(lambda cursor: kept(cursor, key, answer_id, answer))
        self.shown.append(answer)
        await self._writer.do(lambda cursor: sent(cursor, key, str(len(self.shown))))


def begun(cursor: sqlite3.Cursor, key: str, talk: str, text: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """Keep a question, an answer to be written and the intent to send it; returns the answer's id and the path."""
    [depth] = cursor.execute(DEPTH, (talk,)).fetchone()
    answer_id = uuid4().hex
    cursor.execute(SAY, (uuid4().hex, talk, depth + 1, "user", text, "manual"))
    cursor.execute(SAY, (answer_id, talk, depth + 2, "assistant", "", "pending"))
    cursor.execute(PLAN, (key, answer_id))
    cursor.execute(OPENED, (key,))
    return answer_id, cursor.execute(RECENT, (talk, depth - IN_PROMPT)).fetchall()


def kept(cursor: sqlite3.Cursor, key: str, answer_id: str, text: str) -> None:
    cursor.execute(FINISH, (text, answer_id))
    cursor.execute(SENDING, (key,))


def sent(cursor: sqlite3.Cursor, key: str, platform_id: str) -> None:
    cursor.execute(SENT, (platform_id, key))
    cursor.execute(DONE, (key,))


def fill(file: Path, talks: Sequence[str], said: Sequence[tuple[str, str]]) -> None:
    """Give each conversation the same messages, of a role and a text."""
    with closing(opened(file)) as database:
        database.execute("BEGIN")
        for talk in talks:
            rows = (
                (uuid4().hex, talk, depth, role, text, "complete") for depth, (role, text) in enumerate(said, start=1)
            )
            database.executemany(SAY, rows)
        database.execute("COMMIT")


def prepare(file: Path) -> None:
    """Make the tables of a new database."""
    with closing(opened(file)) as database:
        database.executescript(TABLES)


@asynccontextmanager
async def floor(file: Path, url: str) -> AsyncIterator[Floor]:
    """Run the bot over a prepared database, with the model at an address."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        writer = Writer(file)
        try:
            yield Floor(writer, http, url)
        finally:
            await writer.close()
