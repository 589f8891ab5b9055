"""The data that outlives a killed program: people's actions, and the content of their chats. All of it is one file."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.messages import EVENT, AnyEvent, Form, Place, Press, Reply, Submission
from core.ports.chat import ChatCapabilities
from tests.journeys.crash_program import Fate
from tests.silent import SilentChat

Line = dict[str, Any]


@dataclass(slots=True)
class Handed:
    """An event as its person saw it: `about` is what it is for, `accepted` that `handle` has returned."""

    event: AnyEvent
    who: str
    about: str
    number: int
    accepted: bool = False

    @property
    def verb(self) -> str:
        """An action on a task or on a vote."""
        match self.event:
            case Press(action=action):
                return action.split(":")[2] if action.count(":") >= 2 else action.partition(":")[0]
            case Submission(form=form):
                return f"form-{form.split(':')[-1]}"
        return self.event.kind

    @property
    def argument(self) -> str:
        """The part of a press after its verb."""
        return ":".join(self.event.action.split(":")[3:]) if isinstance(self.event, Press) else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a chat shows it."""

    id: str
    text: str
    actions: tuple[str, ...]


@dataclass(slots=True)
class PlatformJournal:
    """The state of a platform, kept in a file of lines. The parent process reads the lines of a child that has died.

    A line is whole once it is written: the kernel keeps it, whatever becomes of the process. `notes` is what was sent
    under each key of an outbox, `forms` what opened after each event, `finished` what is done for certain.
    """

    path: Path
    events: dict[str, Handed] = field(default_factory=dict)
    by_person: dict[str, list[Handed]] = field(default_factory=dict)
    shown: dict[tuple[str, str], dict[str, Shown]] = field(default_factory=dict)
    forms: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    sends: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)
    again: int = 0
    stuck: list[str] = field(default_factory=list)
    _read: int = 0
    _file: int = -1

    def __post_init__(self) -> None:
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hand(self, event: AnyEvent, who: str, about: str) -> None:
        """Somebody is about to hand an event in."""
        self._write({"do": "hand", "who": who, "about": about, "event": EVENT.dump_json(event).decode()})

    def accept(self, key: str) -> None:
        """`handle` has returned: the platform gets its acknowledgement."""
        self._write({"do": "accept", "key": key})

    def show(self, place: Place, id: str, reply: Reply, key: str = "") -> None:
        """A message is posted under a key, or an earlier one shows something else."""
        actions = [button.action for button in reply.buttons]
        place_of = [place.platform, place.channel]
        self._write({"do": "show", "place": place_of, "id": id, "text": reply.text, "actions": actions, "key": key})

    def open(self, form: Form, key: str) -> None:
        """A form opens for who caused an event."""
        self._write({"do": "open", "key": key, "action": form.action, "fields": [one.name for one in form.fields]})

    def finish(self, key: str) -> None:
        """The program has said that it is done with an event."""
        self._write({"do": "finish", "key": key})

    def redelivered(self, key: str) -> None:
        """An event is handed in once more, under the same key."""
        self._write({"do": "again", "key": key})

    def complain(self, key: str) -> None:
        """Nothing came of an event for too long."""
        self._write({"do": "stuck", "key": key})

    def unaccepted(self, who: str) -> list[AnyEvent]:
        """The events that the platform delivers again, in order."""
        return [one.event for one in self.of(who) if not one.accepted]

    def of(self, who: str) -> Sequence[Handed]:
        """Everything that somebody did, in order."""
        return self.by_person.get(who, [])

    def at(self, place: Place) -> Iterator[Shown]:
        """The messages at a place; what changed last comes first."""
        return reversed(self.shown.get((place.platform, place.channel), {}).values())

    def catch_up(self) -> None:
        """Read what a child has written. What it was writing when it died did not happen."""
        whole = self.path.read_bytes()
        end = whole.rfind(b"\n") + 1
        if end < len(whole):
            os.truncate(self.path, end)
        for line in whole[self._read : end].splitlines():
            self._apply(json.loads(line))
        self._read = end

    def _write(self, line: Line) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")
        self._apply(line)

    def _apply(self, line: Line) -> None:
        match line["do"]:
            case "hand":
                event = EVENT.validate_json(line["event"])
                handed = Handed(event, line["who"], line["about"], len(self.events))
                self.events[event.key] = handed
                self.by_person.setdefault(handed.who, []).append(handed)
            case "accept":
                self.events[line["key"]].accepted = True
            case "show":
                there = self.shown.setdefault((line["place"][0], line["place"][1]), {})
                there.pop(line["id"], None)
                there[line["id"]] = Shown(line["id"], line["text"], tuple(line["actions"]))
                if line["key"]:
                    self.notes[line["key"]] = line["text"]
                    self.sends[line["key"]] += 1
            case "open":
                self.forms[line["key"]] = line["action"], tuple(line["fields"])
            case "finish":
                self.finished.add(line["key"])
            case "again":
                self.again += 1
            case "stuck":
                self.stuck.append(line["key"])


@dataclass(slots=True)
class JournalChat(SilentChat):
    """A platform whose state is in the journal. A request takes two steps; `settle` is told of finished events."""

    journal: PlatformJournal
    fate: Fate
    capabilities: ChatCapabilities
    settle: Callable[[str], None]

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        self.fate.tick()
        id = reply.replaces or (key if self.capabilities.idempotent_send else f"{key}/{self.journal.sends[key]}")
        self.journal.show(place, id, reply, key)
        self.fate.tick()
        return id

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        self.fate.tick()
        self.journal.show(place, message_id, reply)
        self.fate.tick()

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        self.fate.tick()
        self.journal.open(form, cause.key)

    async def done(self, event: AnyEvent) -> None:
        self.journal.finish(event.key)
        self.settle(event.key)
