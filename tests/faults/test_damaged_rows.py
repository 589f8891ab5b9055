"""Bits of stored rows are turned over: whoever comes to such a row is told so, and nobody else notices."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import cast
from uuid import uuid4

import pytest

from tests.journeys.stages.every import stage_of
from tests.journeys.stages.web import WebGuest
from tests.sweeping import mostly_swept
from tests.telegram.living import answers, finished, living
from tests.telegram.server.server import telegram_server

SHARE = 0.03
"""The share of all stored values in which a bit is turned over."""

TOLD = 503
"""The status of a page that cannot be shown now, and says so in words."""


def damage(database: Path, chance: Random) -> None:
    """Turn over a bit in some values of each table, but not in those by which rows are found."""
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.text_factory = bytes
        opened.execute("PRAGMA ignore_check_constraints = ON")
        for table, column in list(columns(opened)):
            for rowid, value in opened.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
                if value is not None and chance.random() < SHARE:
                    update = f"UPDATE OR IGNORE {table} SET {column} = {flipped(value, chance)} WHERE rowid = ?"
                    opened.execute(update, (rowid,))


def columns(opened: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """The tables of ours, with their columns that are neither keys nor point to other rows."""
    for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"):
        name = table.decode()
        if name.startswith(("sqlite_", "alembic_")) or "search" in name:
            continue
        for _, column, *_, key in opened.execute(f"PRAGMA table_info({name})"):
            if not key and column != b"id" and not column.endswith(b"_id"):
                yield name, f'"{column.decode()}"'


def flipped(value: bytes | int | float, chance: Random) -> str:
    """A value with one bit turned over, in SQL."""
    if isinstance(value, int):
        return str(value ^ (1 << chance.randrange(31)))
    if isinstance(value, float):
        return str(-value)
    content = bytearray(value or b" ")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return f"CAST(x'{content.hex()}' AS TEXT)"


@pytest.mark.slow
@pytest.mark.parametrize("seed", mostly_swept(range(40), now=(4, 11)))
async def test_pages_are_served_or_say_that_they_cannot_be(sqlite_url: str, sqlite_path: Path, seed: int) -> None:
    async with stage_of("web", sqlite_url) as stage:
        async with stage.open() as guest:
            await guest.says("Hello")
            await guest.answered()
            await guest.rates(1)
            await guest.says("And now **this**?")
            await guest.answered(2)
            await guest.commands("instructions", text="Be short")
            await guest.commands("stats")
        damage(sqlite_path, Random(seed))
        async with stage.open() as guest:
            # A request that ends in an exception would raise it here.
            web = cast(WebGuest, guest)
            for path in ("/", web.address):
                await served(web, path)
            for said in ("What now?", "/stats", "/mydata", "/retry"):
                await served(web, f"{web.address}/messages", once=uuid4().hex, text=said)
            other = await web.another("Bo")
            await other.says("Hello you")
            assert "Hello you" in (await other.answered()).text


async def served(web: WebGuest, path: str, **fields: str) -> None:
    """Send a request, which is served or refused in words."""
    answer = await (web.visitor.post(path, fields) if fields else web.visitor.http.get(path))
    assert answer.status_code < 500 or answer.status_code == TOLD, answer.text
    assert answer.status_code != TOLD or "<h1" in answer.text


async def test_the_person_is_told_and_others_are_answered(sqlite_url: str, sqlite_path: Path) -> None:
    async with telegram_server() as world:
        ana, ben = world.person("Ana"), world.person("Ben")
        async with living(world, sqlite_url):
            await ana.says(ana.dm(), "Hello")
            await world.until(lambda: finished(ana.dm()))
        change(sqlite_path, "UPDATE message SET text = CAST(x'ff41' AS TEXT)")
        async with living(world, sqlite_url):
            await ana.says(ana.dm(), "Are you there?")
            await world.until(lambda: "went wrong" in answers(ana.dm())[-1].text)
            await ben.says(ben.dm(), "Hello")
            await world.until(lambda: finished(ben.dm()))


async def test_what_cannot_be_accepted_holds_nobody_up(sqlite_url: str, sqlite_path: Path) -> None:
    async with telegram_server() as world:
        ana, ben = world.person("Ana"), world.person("Ben")
        async with living(world, sqlite_url):
            await ana.says(ana.dm(), "Hello")
            await world.until(lambda: finished(ana.dm()))
        for table in ("community", "person", "conversation"):
            change(sqlite_path, f"UPDATE {table} SET created_at = 'x'")
        async with living(world, sqlite_url):
            await ana.says(ana.dm(), "Are you there?")
            await ben.says(ben.dm(), "Hello")
            await world.until(lambda: finished(ben.dm()))


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute(statement)
