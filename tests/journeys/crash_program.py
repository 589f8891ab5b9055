"""A program that serves one conversation and dies at a given step, again and again, each time at the next step.

`python -m tests.journeys.crash_program TEMPLATE FOLDER keyed|unkeyed`. A step is a moment just before or just after
something that outlives us: a commit, or a request to the platform. The platform is a file to which every request is
appended; `keyed` is one where a key that was sent before makes no second message.
"""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from core.messages import AnyEvent, Message, Place, Press, Reaction, Reply, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.ports.store import Store
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.silent import SilentChat

T = TypeVar("T")
HERE = Place("paper", "server", "room", private=True)
ANA = User("ana", "Ana")


@dataclass(slots=True)
class Fate:
    """Counts the steps, and kills the process without warning at the chosen one."""

    fatal: int
    step: int = 0

    def tick(self) -> None:
        self.step += 1
        if self.step == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class MortalStore:
    """A store whose commits are steps; so are, with `within`, the moments before them."""

    store: Store
    fate: Fate
    within: bool = False

    async def write(self, unit: Callable[[Session], T]) -> T:
        def mortal(session: Session) -> T:
            result = unit(session)
            if self.within:
                self.fate.tick()
            return result

        self.fate.tick()
        result: T = await self.store.write(mortal)
        self.fate.tick()
        return result

    async def read(self, unit: Callable[[Session], T]) -> T:
        found: T = await self.store.read(unit)
        return found


@dataclass(slots=True)
class FileChat(SilentChat):
    """A platform in a file. With `keyed`, a key that was sent before makes no second message."""

    path: Path
    fate: Fate
    capabilities: ChatCapabilities

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self.fate.tick()
        posted = [line for line in read(self.path) if line["do"] == "send" and line["key"] == key]
        message_id = key if self.capabilities.idempotent_send else f"{key}/{len(posted)}"
        if not posted or not self.capabilities.idempotent_send:
            self._append({"do": "send", "key": key, "id": message_id, **shown(reply)})
        self.fate.tick()
        return message_id

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self.fate.tick()
        self._append({"do": "edit", "id": message_id, **shown(reply)})
        self.fate.tick()

    def _append(self, line: dict[str, object]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()


def shown(reply: Reply) -> dict[str, object]:
    return {"text": reply.text, "status": reply.status, "underway": reply.underway, "answer": reply.answer}


def read(path: Path) -> list[dict[str, object]]:
    """The requests that a platform file has seen."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def serve(home: Path, fatal: int, keyed: bool) -> None:
    """One life of the program: take up what is left, deliver what was not confirmed, finish."""
    fate = Fate(fatal)
    store = connect(f"sqlite:///{home}/parley.sqlite3")
    chat = FileChat(home / "platform", fate, ChatCapabilities(edit_interval=0, idempotent_send=keyed))
    core = core_over(MortalStore(store, fate), ScriptedModel(["one two three"]))
    core.router.attach("paper", chat)
    await core.router.recover("paper")
    await deliver(home, core.router.handle)
    await core.router.drain(20)
    await deliver(home, core.router.handle)
    await core.router.drain(20)
    await store.close()


async def deliver(home: Path, handle: Callable[[AnyEvent], Awaitable[None]]) -> None:
    """Deliver what was not confirmed, as platforms do: a question, then a thumb on its answer and a retry."""
    confirmed = home / "confirmed"
    done = set(confirmed.read_text().splitlines()) if confirmed.exists() else set()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    question = Message(key="paper:q", place=HERE, user=ANA, at=at, id="q", text="Count to three", source="direct")
    for event in (question, *following(home, at)):
        if event.key in done:
            continue
        await handle(event)
        with confirmed.open("a") as file:
            file.write(event.key + "\n")


def following(home: Path, at: datetime) -> list[AnyEvent]:
    """The person's next action, once they see a finished answer."""
    seen = read(home / "platform")
    posted = [line for line in seen if line["do"] == "send" and line["answer"]]
    finished = [line for line in seen if line["answer"] and not line["underway"]]
    if not posted or not finished:
        return []
    shown, answer = str(posted[0]["id"]), str(posted[0]["answer"])
    return [
        Reaction(key="paper:r", place=HERE, user=ANA, at=at, id=shown, emoji="👍", added=True),
        Press(key="paper:p", place=HERE, user=ANA, at=at, action=f"retry:{answer}", id=shown),
    ]


def in_a_child(home: Path, fatal: int, keyed: bool) -> int:
    """Run one life in a process of its own. Returns how it ended: 0, or the negative number of the signal."""
    pid = os.fork()
    if pid == 0:
        asyncio.run(serve(home, fatal, keyed))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def outcome(home: Path) -> dict[str, object]:
    """The final content of the platform and the database."""
    seen = read(home / "platform")
    final = {line["id"]: line for line in seen if line["do"] in ("send", "edit") and line["answer"]}
    with sqlite3.connect(home / "parley.sqlite3") as database:

        def rows(query: str) -> list[list[object]]:
            return [list(row) for row in database.execute(query)]

        return {
            "sends": [line["key"] for line in seen if line["do"] == "send"],
            "final": [[line["text"], line["status"], line["underway"]] for line in final.values()],
            "messages": rows("SELECT role, state, text FROM message ORDER BY id"),
            "ratings": rows("SELECT value FROM rating"),
            "steps": rows("SELECT value FROM rating_event"),
            "open": rows("SELECT key, state FROM inbox WHERE state != 'done'"),
            "posts": dict(database.execute("SELECT key, state FROM post")),
        }


def sweep(template: Path, folder: Path, keyed: bool) -> None:
    """Die at the first step, at the second, and so on until there is none left. Prints an outcome a line."""
    # Every life begins with what is loaded by this one.
    born = folder / "born"
    born.mkdir()
    shutil.copy(template, born / "parley.sqlite3")
    asyncio.run(serve(born, 0, keyed))
    for fatal in count(1):
        home = folder / str(fatal)
        home.mkdir()
        shutil.copy(template, home / "parley.sqlite3")
        died = in_a_child(home, fatal, keyed)
        for _ in range(2):
            assert in_a_child(home, 0, keyed) == 0
        print(json.dumps({"step": fatal, "died": died, **outcome(home)}), flush=True)  # noqa: T201
        if died == 0:
            return


if __name__ == "__main__":
    sweep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "keyed")
