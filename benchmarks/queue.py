"""Handing out tasks, by how much is stored: `python -m benchmarks.queue [--sqlite N …] [--postgres N …] FOLDER`.

A database holds N messages in trees of six, an item of work for each message, and what people have done with the items.
Three items in a hundred are open. Everything is measured through the store as the product opens it, with its commits.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from json import dumps
from math import floor
from pathlib import Path
from random import Random
from sqlite3 import connect as open_sqlite
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import bindparam, select, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from benchmarks.figures import Figure, printed
from config.gold import gold
from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.rules.task_answer import TaskPlace
from core.labeling.rules.vocabulary import RANDOM, TaskKind, TaskRequest
from core.labeling.service.assignment import NoTask, TaskAssigner, TaskPerson
from core.labeling.service.gold_items import plant
from core.labeling.service.labeling_activity import LabelingActivity
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Place
from core.store import labeling_queue as queue
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.gold_queue import GOLD
from core.store.labeling_queue import ITEM, TASK, TaskOffer, TaskTaker, TaskWish
from core.store.labeling_tables import OPEN, TaskRow
from core.store.tables import KeptRow, new_id, now
from tests import postgres

SIZES = (10_000, 100_000, 1_000_000)
LARGEST = 10_000_000
MOST = 10.0
"""The limit for handing out a task, in milliseconds, at the 99th percentile."""

KINDS: tuple[TaskKind, ...] = (
    "label_assistant_reply",
    "rank_assistant_replies",
    "assistant_reply",
    "label_prompter_reply",
)
LANGS = ("en", "es")
USUAL, BUSY, NEW = 500, 5, 500
"""How many people of each group ask: with some tasks done, with everything open already done, and with none done."""

WARM_UP = 20
CHOICES = 20
"""How often all items are listed to choose one from them, which is slow."""

DURABLE = {
    # The settings that the tests switch off, and room for the load, which would otherwise go through the log.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
}

Handing = Callable[[Session, str, int], object]
"""Hands something out to a person by their id; the number counts the calls."""


@dataclass(frozen=True, slots=True)
class Series:
    """How long something took each time, in milliseconds: wall-clock time, and time without waiting for a processor."""

    database: str
    size: int
    what: str
    who: str
    clock: Sequence[float]
    alone: Sequence[float]

    @property
    def p99(self) -> float:
        """The 99th percentile of the time without waiting: other work on the machine is not what is measured."""
        return at(99, self.alone)

    def __str__(self) -> str:
        where = f"{self.database:<10} {self.size:>10,}  {self.what:<22} {self.who:<8}"
        figures = [f(values) for values in (self.alone, self.clock) for f in (median, partial(at, 95), partial(at, 99))]
        verdict = "ok" if self.p99 <= MOST else "short"
        return "".join([where, *(f"{value:>8.2f}" for value in figures), f"  {verdict}"])


HEAD = f"""{"milliseconds":<56}{"alone":>6}{"by the clock":>31}
{"":<54}{"median":>8}{"p95":>8}{"p99":>8}{"median":>8}{"p95":>8}{"p99":>8}"""


def at(percent: int, values: Sequence[float]) -> float:
    """Return a percentile."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


async def main(folder: Path, sqlite_sizes: Sequence[int], postgres_sizes: Sequence[int], calls: int) -> None:
    found: list[Series] = []
    for size in sqlite_sizes:
        file = folder / f"queue-{size}.sqlite3"
        found += await measured(f"sqlite:///{file}", "SQLite", size, calls)
        await asyncio.to_thread(file.unlink)
    if postgres_sizes and postgres.binaries():
        with patch.dict(postgres.SPEED, DURABLE), postgres.cluster() as cluster:
            for size in postgres_sizes:
                name = cluster.create()
                found += await measured(cluster.url(name), "PostgreSQL", size, calls)
                cluster.drop(name)
    say(curve(found))


async def measured(url: str, database: str, size: int, calls: int) -> list[Series]:
    """Build a database, measure it, and print the results."""
    await migrate(url)
    began = perf_counter()
    people = max(1000, size // 1000)
    await asyncio.to_thread(fill, url, size, people)
    store = connect(url)
    trial = Trial(store, people)
    await store.write(lambda session: teach(session, [*trial.people["usual"], *trial.people["busy"]]))
    say(f"{database}, {size:,} messages: built in {perf_counter() - began:.0f} s\n")
    found = [
        Series(database, size, what, who, *zip(*spent, strict=True))
        for who in trial.people
        for what, spent in (await trial.by_turns(who, calls)).items()
    ]
    found.sort(key=lambda one: one.what)
    say("".join(f"{line}\n" for line in (HEAD, *found)))
    printed(await trial.figures(f"{database}, {size:,}"))
    await store.close()
    return found


@dataclass(slots=True)
class Trial:
    """People who ask for tasks, one after another. Each task is given back at once, outside the timed part."""

    store: Database
    size: int
    people: dict[str, Sequence[str]] = field(init=False)
    chance: Random = field(default_factory=lambda: Random(1))
    assigner: TaskAssigner = field(init=False)
    processes: Sequence[int] = ()

    def __post_init__(self) -> None:
        # No prompts are wanted: people who have done everything that is open are to get nothing.
        rules = LabelingRules(max_prompt_lottery_waiting=0)
        self.assigner = TaskAssigner(TreeLifecycle(rules, self.chance), self.chance)
        names = [f"p{number:031}" for number in range(self.size + BUSY + NEW)]
        self.people = {
            "usual": names[: self.size : self.size // USUAL],
            "busy": names[self.size : self.size + BUSY],
            "newcomer": names[self.size + BUSY :],
        }

    async def by_turns(self, who: str, calls: int) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Time everything `calls` times, in turns. "A row and its commit" is what any write costs at the time."""
        handings: dict[str, Handing] = {
            "a row and its commit": lambda s, id, n: s.add(KeptRow(name=new_id(), value=id)),
            "assign, a kind": lambda s, id, n: self.assign(s, id, KINDS[n % len(KINDS)]),
            "assign, any kind": lambda s, id, n: self.assign(s, id, RANDOM),
            "claim": lambda s, id, n: self.claim(s, id, KINDS[n % len(KINDS)]),
            "what there is (/tasks)": lambda s, id, n: self.assigner.available(s, self.person(id)),
        }
        spent: dict[str, list[tuple[float, float]]] = {what: [] for what in handings}
        for number in range(calls + WARM_UP):
            for what, hand_out in handings.items():
                spent[what].append(await self.timed(who, hand_out, number))
            if number < WARM_UP:
                self.processes = [os.getpid(), *await self.store.read(servers)]
        return {what: each[WARM_UP:] for what, each in spent.items()}

    def person(self, id: str) -> TaskPerson:
        """Return somebody who does tasks in two languages, in a community that has a pool of its own."""
        place = TaskPlace(Place("bench", "c", "c"))
        return TaskPerson(TaskTaker(id, "c", "bench", now(), "form", place), LANGS, ("", "c"))

    def claim(self, session: Session, id: str, kind: TaskKind) -> TaskRow | None:
        claimed = queue.claim(session, [TaskWish(kind, "", LANGS[0])], id, self.chance)
        until = now() + timedelta(minutes=10)
        offer = TaskOffer(claimed[0], until, claimed[1]) if claimed else None
        return queue.hand_out(session, self.person(id).taker, offer) if offer else None

    def assign(self, session: Session, id: str, kind: TaskRequest) -> TaskRow | NoTask:
        return self.assigner.assign(session, self.person(id), kind)

    def choose(self, session: Session, id: str, kind: TaskKind) -> TaskRow:
        """Choose as Open Assistant did: list everything that somebody may take, and choose one item."""
        had = select(TASK.c.id).where(TASK.c.person_id == id, TASK.c.item_id == ITEM.c.id)
        open_ones = select(ITEM.c.id).where(OPEN, ITEM.c.pool == "", ITEM.c.kind == kind, ITEM.c.lang == LANGS[0])
        chosen = self.chance.choice(session.execute(open_ones.where(~had.exists())).scalars().all())
        assert queue.take(session, chosen)
        until = now() + timedelta(minutes=10)
        return queue.hand_out(session, self.person(id).taker, TaskOffer(TaskWish(kind, "", LANGS[0]), until, chosen))

    def shares(self, session: Session, id: str) -> bool:
        """Look up again whether this person does too large a share."""
        return LabelingActivity().dominates(session, self.assigner.keeper.rules, id, LANGS[0], now())

    async def timed(self, who: str, hand_out: Handing, number: int) -> tuple[float, float]:
        """Return milliseconds by the clock, and without waiting for a processor (at least those of the work itself)."""
        id = self.chance.choice(self.people[who])
        (ran, waited), began = worked(self.processes), perf_counter()
        task = await self.store.write(lambda session: hand_out(session, id, number))
        clock = (perf_counter() - began) * 1000
        ran_then, waited_then = worked(self.processes)
        if isinstance(task, TaskRow):
            await self.store.write(lambda session: take_back(session, task))
        return clock, max(clock - (waited_then - waited), ran_then - ran)

    async def figures(self, where: str) -> list[Figure]:
        """Return what a claim saves, measured in turns with what it replaced, and what is looked up once a minute."""
        handings: dict[str, Handing] = {
            "choose": lambda s, id, n: self.choose(s, id, KINDS[0]),
            "claim": lambda s, id, n: self.claim(s, id, KINDS[0]),
            "shares": lambda s, id, n: self.shares(s, id),
        }
        spent: dict[str, list[float]] = {what: [] for what in handings}
        for number in range(CHOICES):
            for what, hand_out in handings.items():
                spent[what].append((await self.timed("usual", hand_out, number))[1])
        ratio = median(spent["choose"]) / median(spent["claim"])
        return [
            Figure(f"{where}: list all and choose / claim", ratio, "x"),
            Figure(f"{where}: shares, once a minute", median(spent["shares"]), "ms"),
        ]


def worked(processes: Sequence[int]) -> tuple[float, float]:
    """Return the milliseconds that some processes' threads have run, and have waited for a processor.

    Linux reports both; elsewhere they are 0.
    """
    threads = [file.read_text().split() for id in processes for file in Path(f"/proc/{id}/task").glob("*/schedstat")]
    return sum(int(ran) for ran, *_ in threads) / 1e6, sum(int(waited) for _, waited, _ in threads) / 1e6


def servers(session: Session) -> Sequence[int]:
    """Return the ids of PostgreSQL's processes that work for us."""
    if session.get_bind().dialect.name == "sqlite":
        return []
    ours = text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
    return session.connection().scalars(ours).all()


def take_back(session: Session, task: TaskRow) -> None:
    connection = session.connection()
    connection.execute(TASK.delete().where(TASK.c.id == task.id))
    item = ITEM.update().where(ITEM.c.id == task.item_id, ITEM.c.pool != GOLD)
    connection.execute(item.values(taken=ITEM.c.taken - 1, open=True))


def teach(session: Session, people: Sequence[str]) -> None:
    """Add the items to learn on, as every installation has them. Everybody except the newcomers has done them."""
    for lang in LANGS:
        plant(session, lang, gold(lang))
    session.flush()
    session.connection().execute(LEARNT, {"people": people})


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def curve(found: Sequence[Series]) -> str:
    """Draw the 99th percentiles against the number of messages, for the group that waits longest."""
    lines = []
    for what in dict.fromkeys(one.what for one in found):
        lines.append(f"\n{what}: p99 in ms; the frame ends at {MOST:g}\n")
        for place in dict.fromkeys((one.database, one.size) for one in found):
            worst = max((s for s in found if (s.database, s.size, s.what) == (*place, what)), key=lambda s: s.p99)
            bar = "#" * min(round(worst.p99 / MOST * 40), 41)
            lines.append(f"{worst.database:<10} {worst.size:>10,} |{bar:<40}| {worst.p99:.1f} ({worst.who})\n")
    return "".join(lines)


# The rest fills a database, with statements that both kinds of database understand.

PRIMES = (2654435761, 2246822519, 3266489917, 668265263, 374761393, 2860486313, 3367900313)
SHARES = ", ".join(f"CAST(n * {prime} % 4294967296 AS FLOAT) / 4294967296 AS u{at}" for at, prime in enumerate(PRIMES))
VIEWS = (
    f"CREATE TEMP VIEW drawn AS SELECT n, n - n % 6 AS tree, n % 6 AS place, {SHARES},"
    " CAST((n - n % 6) * 2654435761 % 4294967296 AS FLOAT) / 4294967296 AS t0,"
    " CAST((n - n % 6) * 2246822519 % 4294967296 AS FLOAT) / 4294967296 AS t1 FROM series",
    """CREATE TEMP VIEW known AS SELECT n, tree, place, u4, u5, u6,
        t0 < 0.05 AS grows, t0 < 0.05 AND u1 < 0.6 AS wanted,
        CASE WHEN t1 < 0.7 THEN 'en' WHEN t1 < 0.9 THEN 'es' ELSE 'de' END AS tongue,
        CASE place
            WHEN 0 THEN CASE WHEN u2 < 0.4 THEN 'label_initial_prompt'
                WHEN u2 < 0.6 THEN 'assistant_reply' ELSE 'rank_assistant_replies' END
            WHEN 3 THEN CASE WHEN u2 < 0.5 THEN 'label_prompter_reply'
                WHEN u2 < 0.7 THEN 'assistant_reply' ELSE 'rank_assistant_replies' END
            ELSE CASE WHEN u2 < 0.8 THEN 'label_assistant_reply' ELSE 'prompter_reply' END
        END AS what,
        CASE place WHEN 0 THEN NULL WHEN 1 THEN tree WHEN 2 THEN tree WHEN 3 THEN n - 2 ELSE tree + 3 END AS above,
        CAST(floor(:people * u3 * u3) AS BIGINT) AS somebody
        FROM drawn""",
    """CREATE TEMP VIEW message AS SELECT *,
        CASE WHEN wanted THEN CAST(floor(u4 * 3) AS INTEGER) WHEN u4 < 0.5 THEN 2 ELSE 1 END AS done,
        (somebody + 1 + CAST(floor(u5 * (:people / 2 - 1)) AS BIGINT)) % :people AS another
        FROM known""",
)
"""The properties of each message, by its number: its tree, the work that is wanted, and the people who have done it."""

GIVEN = """INSERT INTO task (id, person_id, item_id, community_id, kind, pool, lang, topic, platform, source, state,
    shown, answer, draft, writing, warned, place, card, given_at, expires_at, done_at)
    SELECT key(n + {salt}), who({who}), key(n), 'c', what, '', tongue, '', 'bench', 'form', '{state}', '[]',
    '{{"mode": "full"}}', '', FALSE, FALSE, '{{"channel": "c"}}', '', moment(n), moment(n), moment(n)
    FROM message WHERE {which}"""
TABLES: dict[str, Sequence[str]] = {
    "task": [
        GIVEN.format(salt=0, who="somebody", state="done", which="done > 0"),
        GIVEN.format(salt=1 << 40, who="another", state="done", which="done > 1"),
        *(
            GIVEN.format(salt=(busy + 2) << 40, who=f":people + {busy}", state="skipped", which="wanted")
            for busy in range(BUSY)
        ),
    ],
    "tree_message": [
        """INSERT INTO tree_message (id, tree_id, parent_id, person_id, community_id, author, platform, source, role,
        text, lang, depth, review_count, review_result, extra, ranking_count, ended, deleted, edited, synthetic, model,
        digest, created_at)
        SELECT key(n), key(tree), key(above), who(somebody), 'c', '', 'bench', 'form',
        CASE WHEN n % 3 = 0 THEN 'prompter' ELSE 'assistant' END,
        'Some words about something that somebody wanted to know, and a few more of them.', tongue, (place + 1) / 2, 2,
        TRUE, 0, 0, FALSE, FALSE, FALSE, FALSE, '', key(n), moment(n) FROM message"""
    ],
    "work_item": [
        """INSERT INTO work_item (id, tree_id, message_id, kind, pool, lang, topic, need, taken, prio, rnd, open,
        created_at)
        SELECT key(n), key(tree), key(n), what, '', tongue, '', CASE WHEN wanted THEN 3 ELSE done END, done,
        CASE WHEN done = 2 THEN 0 ELSE 1 END, u6, wanted, moment(n) FROM message"""
    ],
    "message_tree": [
        f"""INSERT INTO message_tree (id, community_id, pool, lang, topic, state, origin, limits, stale, created_at,
        changed_at)
        SELECT key(n), 'c', '', tongue, '', CASE WHEN grows THEN 'growing' ELSE 'ready_for_export' END, '',
        '{dumps(asdict(TreeLimits()))}', FALSE, moment(n), moment(n) FROM message WHERE place = 0"""
    ],
    "tally": [
        f"""INSERT INTO tally (person_id, day, community_id, lang, name, value)
        SELECT who(n), day({ago}), 'c', 'en', 'labels_full', 7 FROM drawn
        WHERE n < :people AND (u3 + {ago} * 0.618) - floor(u3 + {ago} * 0.618) < 0.3"""
        for ago in range(30)
    ],
    "person": ["INSERT INTO person (id, created_at) SELECT who(n), moment(n) FROM series WHERE n < :people + :others"],
    "labeler": [
        """INSERT INTO labeler (person_id, langs, reliability, items, gold_seen, gold_right, hidden, banned, streak)
        SELECT who(n), '["en"]', 0.8, 100, 5, 5, FALSE, FALSE, 1 FROM series WHERE n < :people"""
    ],
}
LEARNT = text("""INSERT INTO task (id, person_id, item_id, kind, pool, lang, topic, platform, source, state, shown,
    answer, draft, writing, warned, place, card, given_at)
    SELECT person.id || item.id, person.id, item.id, item.kind, item.pool, item.lang, '', '', '', 'done', '[]',
    '{}', '', FALSE, FALSE, '{}', '', person.created_at
    FROM person JOIN work_item AS item ON item.pool = 'gold' WHERE person.id IN :people""").bindparams(
    bindparam("people", expanding=True)
)
COMMUNITY = "INSERT INTO community VALUES ('c', 'bench', 'c', '2025-01-01 00:00:00.000000')"

SQLITE: dict[str, Callable[[Any], Any]] = {
    "key": lambda n: None if n is None else f"{n:032x}",
    "who": lambda n: f"p{n:031}",
    "moment": lambda n: f"{datetime.fromtimestamp(1735689600 + 3 * n, UTC):%Y-%m-%d %H:%M:%S.%f}",
    "day": lambda ago: f"{now().date() - timedelta(days=ago)}",
    "floor": floor,
}
POSTGRES = (
    "CREATE FUNCTION key(n bigint) RETURNS text IMMUTABLE RETURN lpad(to_hex(n), 32, '0')",
    "CREATE FUNCTION who(n bigint) RETURNS text IMMUTABLE RETURN 'p' || lpad(n::text, 31, '0')",
    "CREATE FUNCTION moment(n bigint) RETURNS timestamptz IMMUTABLE RETURN to_timestamp(1735689600 + 3 * n)",
    "CREATE FUNCTION day(ago integer) RETURNS date STABLE RETURN current_date - ago",
)
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('p', 'u', 'f') AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))
    ORDER BY contype"""
INDEXES = """SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"""


def fill(url: str, size: int, people: int) -> None:
    """Add `size` messages, and what belongs to them, to an empty migrated database."""
    views = [statement.replace(":people", str(people)) for statement in VIEWS]
    rows = {
        table: [one.replace(":people", str(people)).replace(":others", str(BUSY + NEW)) for one in statements]
        for table, statements in TABLES.items()
    }
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        fill_sqlite(str(address.database), size, views, rows)
    else:
        fill_postgres(url, size, views, rows)


def fill_sqlite(file: str, size: int, views: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Fill an SQLite file. Indexes are made last. There are no statistics, because the product has none on SQLite."""
    with closing(open_sqlite(file, isolation_level=None)) as database:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "foreign_keys=OFF"):
            database.execute(f"PRAGMA {pragma}")
        for name, function in SQLITE.items():
            database.create_function(name, 1, function, deterministic=True)
        database.execute("CREATE TEMP TABLE series (n INTEGER PRIMARY KEY)")
        database.executemany("INSERT INTO series VALUES (?)", ((number,) for number in range(size)))
        found = database.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''")
        indexes = [index for index in found.fetchall() if index[0] in rows]
        drops = [f"DROP INDEX {name}" for _, name, _ in indexes]
        filling = [statement for statements in rows.values() for statement in statements]
        for statement in (*views, *drops, "BEGIN", COMMUNITY, *filling, *(made for *_, made in indexes), "COMMIT"):
            database.execute(statement)
        database.execute("PRAGMA journal_mode=WAL")


def fill_postgres(url: str, size: int, views: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Fill PostgreSQL, two tables at a time. Keys and indexes are made last, and foreign keys are not checked."""
    with psycopg.connect(url, autocommit=True) as database:
        run(database, [*POSTGRES, COMMUNITY])
        keys = database.execute(CONSTRAINTS, [list(rows)] * 2).fetchall()
        indexes = database.execute(INDEXES, [list(rows)]).fetchall()
        run(database, [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, *_ in keys])
        run(database, [f'DROP INDEX "{name}"' for _, name, _ in indexes])

    def load(table: str) -> None:
        with psycopg.connect(url) as connection:
            series = f"CREATE TEMP VIEW series AS SELECT n FROM generate_series(0, {size - 1}::bigint) n"
            # Rows that fill a table emptied in the same transaction do not go through the log.
            run(connection, ["SET maintenance_work_mem = '1GB'", series, *views, f"TRUNCATE {table}", *rows[table]])
            run(connection, [made for at, _, made in indexes if at == table])
            run(connection, [again(*key) for key in keys if key[0] == table and key[2] != "f"])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(load, rows))
    with psycopg.connect(url, autocommit=True) as database:
        run(database, [f"{again(*key)} NOT VALID" for key in keys if key[2] == "f"])
        run(database, [f"VACUUM ANALYZE {', '.join(rows)}", "CHECKPOINT"])


def again(table: str, name: str, _: str, made: str) -> str:
    return f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}'


def run(connection: psycopg.Connection[Any], statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, nargs="*", default=SIZES, help="messages in SQLite")
    parser.add_argument("--postgres", type=int, nargs="*", default=(*SIZES, LARGEST), help="messages in PostgreSQL")
    parser.add_argument("--calls", type=int, default=1000, help="how often each thing is measured")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asyncio.run(main(asked.folder, asked.sqlite, asked.postgres, asked.calls))
