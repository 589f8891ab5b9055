"""Fills a database with messages, as many years of a busy community would."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

TURNS = 20
"""Messages in one conversation."""

PEOPLE = 10_000
AT = "2026-01-01 00:00:00.000000"


def fill(file: Path, messages: int) -> None:
    """Add `messages` messages, in conversations of twenty, to a migrated SQLite file that has none."""
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("INSERT INTO community VALUES ('c', 'bench', 'other server', ?)", (AT,))
        database.executemany(
            "INSERT INTO person (id, created_at) VALUES (?, ?)", ((f"p{n}", AT) for n in range(PEOPLE))
        )
        database.executemany(
            "INSERT INTO conversation (id, community_id, platform, channel, thread, title, created_at, used_at)"
            " VALUES (?, 'c', 'bench', ?, '', 'talk', ?, ?)",
            ((f"v{n}", f"filled{n}", AT, AT) for n in range(messages // TURNS)),
        )
        columns = "id, community_id, conversation_id, parent_id, person_id, role, state, text, lang, depth, source,"
        columns += " model, persona, preset, finish, prompt_tokens, completion_tokens, edited, deleted, created_at"
        marks = ", ".join("?" * 20)
        database.executemany(f"INSERT INTO message ({columns}) VALUES ({marks})", rows(messages))
    database.close()


def rows(messages: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the message table, a person's message and an answer in turns."""
    for number in range(messages):
        talk, depth = divmod(number, TURNS)
        parent = f"m{number - 1:08}" if depth else None
        role, state = ("assistant", "complete") if depth % 2 else ("prompter", "manual")
        text = f"Message {number} of a long history that nobody reads any more."
        yield (f"m{number:08}", "c", f"v{talk}", parent, f"p{talk % PEOPLE}", role, state, text, "en", depth, "direct",
               "", "", "", "", 0, 0, False, False, AT)  # fmt: skip
