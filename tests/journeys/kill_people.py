"""People who do tasks as chance has it: they press what they see, write, vote, take back, and press twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from core.labeling.chat.card_view import REASONS
from core.labeling.chat.label_pages import TONES
from core.labeling.rules.review_modes import ALL_FLAGS
from core.labeling.rules.vocabulary import BOTH, KINDS
from core.messages import AnyEvent, Invocation, Message, Place, Press, Submission, User
from tests.journeys.kill_journal import Handed, PlatformJournal, Shown

PATIENCE = 20.0
"""Seconds after which somebody complains that nothing has come of what they did."""

WEIGHTS: Mapping[str, float] = {
    **{
        "good": 6,
        "ok": 2,
        "bad": 2,
        "spam": 0.4,
        "foreign": 0.3,
        "more": 1.5,
        "l": 0.6,
        "p": 0.3,
        "save": 4,
        "show": 0.5,
    },
    **{"r": 4, "tie": 2, "back": 1, "same": 1, "none": 0.3, "write": 6, "send": 6, "hold": 3, "fresh": 0.3, "end": 1},
    **{"later": 0.7, "skip": 0.5, "report": 0.5, "because": 0.5, "on": 0.5, "guide": 0.2, "all": 0.2, "undo": 2},
}
"""How likely it is that each button of a card is pressed."""

ENDS = frozenset({"send", "hold", "skip", "later", "end"})
EMAIL, CARD = "ana.lopez@gmail.com", "4012 8888 8888 1881"
"""Texts that are questioned, and those that must not be published."""


@dataclass(slots=True)
class ProgramRun:
    """The state that people share during one run of the program: what handles events, and which events are finished."""

    journal: PlatformJournal
    handle: Callable[[AnyEvent], Awaitable[None]]
    settled: set[str]
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)

    def settle(self, key: str) -> None:
        """An event is done with."""
        self.settled.add(key)
        if key in self.waiting:
            self.waiting[key].set()

    async def until_settled(self, key: str) -> None:
        """Wait until an event is done with, and complain after a while."""
        if key in self.settled:
            return
        waiting = self.waiting.setdefault(key, asyncio.Event())
        try:
            await asyncio.wait_for(waiting.wait(), PATIENCE)
        except TimeoutError:
            self.journal.complain(key)

    async def hand_in(self, event: AnyEvent) -> None:
        """Deliver as a platform does: the event is acknowledged when `handle` returns."""
        await self.handle(event)
        self.journal.accept(event.key)


@dataclass(slots=True)
class Somebody:
    """A simulated person with a private chat on a platform, with or without forms. A talker writes no texts."""

    name: str
    platform: str
    forms: bool
    talker: bool
    program_run: ProgramRun
    chance: Random
    _number: int = 0

    @property
    def desk(self) -> Place:
        return Place(self.platform, "town", f"desk of {self.name}", private=True)

    @property
    def square(self) -> Place:
        return Place(self.platform, "town", "square")

    async def redeliver(self) -> None:
        """The platform hands in what was not acknowledged, in order, and now and then what was."""
        for event in self.program_run.journal.unaccepted(self.name):
            self.program_run.journal.redelivered(event.key)
            await self.program_run.hand_in(event)
        mine = self.program_run.journal.of(self.name)
        if mine and self.chance.random() < 0.3:
            await self._again(self.chance.choice(mine[-5:]).event)

    async def live(self) -> None:
        """Do one thing after another. Most of the time people wait to see what comes of it."""
        await self.redeliver()
        while True:
            last = next(reversed(self.program_run.journal.of(self.name)), None)
            # Nobody submits a text before they have seen it: messages and presses are in lanes of their own.
            hasty = last is not None and isinstance(last.event, Press) and self.chance.random() < 0.15
            if last and not hasty:
                await self.program_run.until_settled(last.event.key)
            events = self._next(last)
            for event, about in events:
                self.program_run.journal.hand(event, self.name, about)
            await asyncio.gather(*(self.program_run.hand_in(event) for event, _ in events))
            if self.chance.random() < 0.03:
                await self._again(events[0][0])
            await asyncio.sleep(self.chance.random() * 0.01)

    async def _again(self, event: AnyEvent) -> None:
        self.program_run.journal.redelivered(event.key)
        await self.program_run.handle(event)

    def _next(self, last: Handed | None) -> Sequence[tuple[AnyEvent, str]]:
        """The next action and its task; two actions if somebody presses twice."""
        journal = self.program_run.journal
        newest = next(journal.at(self.desk), None)
        if last is None or newest is None:
            return [self._types(f"tasks {self._kind()}")]
        if newest.actions and newest.actions[0].startswith("consent:"):
            return [self._press(newest, newest.actions[0])]
        if newest.actions and newest.actions[0].startswith("contribute:") and self.chance.random() < 0.8:
            return [self._press(newest, newest.actions[0])]
        if last.event.key in journal.forms and self.chance.random() < 0.95:
            return [self._submits(last.event, *journal.forms[last.event.key])]
        if part := self._part(last):
            return [part]
        return self._something(last)

    def _something(self, last: Handed) -> Sequence[tuple[AnyEvent, str]]:
        what = self.chance.random()
        poll = next((one for one in self.program_run.journal.at(self.square) if _can(one, "v:")), None)
        card = next((one for one in self.program_run.journal.at(self.desk) if _can(one, "t:")), None)
        if what < 0.02:
            return [self._types("together", self.square)]
        if what < 0.1 and poll:
            return [self._press(poll, self.chance.choice(poll.actions), self.square)]
        if what < 0.3 and self.talker:
            return [self._types("contribute") if what < 0.15 else self._says(self._text())]
        stuck = f"{last.event.key}#error" in self.program_run.journal.notes
        if what < 0.2 or card is None or (stuck and what < 0.8):
            return [self._types(f"tasks {self._kind()}")]
        if self.forms and what < 0.25 and any(":write" in action for action in card.actions):
            return [self._says(self._text(), card.id, card.actions[0].split(":")[1])]
        twice = 2 if self.chance.random() < 0.05 else 1
        return [self._taps(card) for _ in range(twice)]

    def _part(self, last: Handed) -> tuple[AnyEvent, str] | None:
        """The text of a task as messages, if somebody has pressed Write and there are no forms."""
        if self.forms or f"{last.event.key}#error" in self.program_run.journal.notes:
            return None
        if last.verb == "write" and f"{last.event.key}#ask" in self.program_run.journal.notes:
            return self._says(self._text(), about=last.about)
        more = self.chance.random() < (0.95 if f"{last.event.key}#ask" in self.program_run.journal.notes else 0.3)
        if isinstance(last.event, Message) and last.about and more:
            return self._says(self._text(), about=last.about)
        return None

    def _kind(self) -> str:
        return self.chance.choice(["random"] * 8 + list(KINDS) + [BOTH])

    def _taps(self, card: Shown) -> tuple[AnyEvent, str]:
        actions = [action for action in card.actions if action.startswith("t:")]
        if self.talker and not self.forms:
            actions = [action for action in actions if not action.endswith(":write")] or actions[-1:]
        weights = [WEIGHTS.get(action.split(":")[2], 0.5) for action in actions]
        return self._press(card, self.chance.choices(actions, weights)[0])

    def _press(self, shown: Shown, action: str, place: Place | None = None) -> tuple[AnyEvent, str]:
        verb, _, rest = action.partition(":")
        about = rest.partition(":")[0] if verb in ("t", "v") else ""
        return Press(**self._event(place), action=action, id=shown.id), about

    def _types(self, line: str, place: Place | None = None) -> tuple[AnyEvent, str]:
        name, _, rest = line.partition(" ")
        return Invocation(**self._event(place), command=name, arguments={"": rest}), ""

    def _says(self, text: str, reply_to: str | None = None, about: str = "") -> tuple[AnyEvent, str]:
        event = self._event(None)
        return Message(**event, id=event["key"], text=text, reply_to=reply_to, source="direct"), about

    def _submits(self, press: AnyEvent, form: str, fields: Sequence[str]) -> tuple[AnyEvent, str]:
        choose = self.chance.choice
        if form.endswith(":whole"):
            values = {"verdict": choose(["fine", "fine", "fine", "spam"]), "quality": str(self.chance.randint(1, 5))}
            values |= {"flags": choose(["", *ALL_FLAGS])}
        elif form.endswith(":tone"):
            values = {name: choose(["", "1", "4"]) for name in TONES}
        elif form.endswith(":report"):
            values = {"labels": choose(REASONS), "comment": "look"}
            values |= {"message": choose(["0", "1", "question"])} if "message" in fields else {}
        else:
            values = {name: self._text() for name in fields}
        given = {name: value for name, value in values.items() if value}
        about = form.split(":")[1]
        return Submission(**self._event(None), form=form, id=getattr(press, "id", None), values=given), about

    def _text(self) -> str:
        """A text that is like no other. Now and then there is something odd in it."""
        words = ["".join(self.chance.choices("abcdefghilmnoprstu", k=self.chance.randint(4, 8))) for _ in range(9)]
        odd = self.chance.random()
        marks = [EMAIL] if odd < 0.06 else [f"pay {CARD} now"] if odd < 0.1 else []
        return " ".join([*words, *marks])

    def _event(self, place: Place | None) -> dict[str, Any]:
        number = self._number = max(self._number, len(self.program_run.journal.of(self.name))) + 1
        user = User(self.name.lower(), self.name)
        key = f"{self.platform}:{self.name}-{number}"
        return {"key": key, "place": place or self.desk, "user": user, "at": datetime.now(UTC)}


def _can(shown: Shown, start: str) -> bool:
    return any(action.startswith(start) for action in shown.actions)
