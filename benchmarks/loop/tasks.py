"""Simulated people at the tasks: they write prompts, judge and answer them, and rank the answers, the model's too."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks.loop.installation import Installation
from benchmarks.loop.questions import reply_to
from benchmarks.loop.taste import SimulatedPerson
from benchmarks.loop.town import Town
from tests.telegram.server.server import Message

OPEN = """\
SELECT (SELECT count(*) FROM work_item WHERE open AND gold IS NULL AND kind = :kind)
+ (SELECT count(*) FROM task WHERE state = 'leased' AND item_id IS NOT NULL AND kind = :kind)"""
"""The tasks of a kind that somebody may get, or has got: whoever has done one is given the next."""

BEGUN = "SELECT count(*) FROM message_tree"
UNFINISHED = f"{BEGUN} WHERE state NOT IN ('ready_for_export', 'aborted_low_grade', 'halted_by_moderator')"
LACKING = """\
SELECT count(*) FROM work_item WHERE open AND kind = 'assistant_reply' AND :most > (
SELECT count(*) FROM tree_message WHERE synthetic AND parent_id = work_item.message_id)"""
"""The prompts to which the model has not yet written as many answers as it will."""

CARD = re.compile(r"User: (?P<question>[^\n]*)\n\n(?P<answers>A .*)\n\n[^\n]*$", re.DOTALL)
LETTERS = "ABCDEFGH"
PATIENCE = 60
"""Seconds for which nothing may happen: the model writes its answers while it is idle, and trees wait for a clock."""


class NobodyCan(Exception):
    """A task is open, and nobody gets it."""


@dataclass(frozen=True, slots=True)
class TaskWork:
    """People at work in a town, by turns."""

    town: Town
    people: Sequence[SimulatedPerson]
    installation: Installation

    async def trees(self, number: int, prompts: Sequence[str]) -> None:
        """Have so many trees in all, each with its prompt and its ranking. After a kill it can be done again."""
        begun = self.installation.count(BEGUN)
        for prompt, one in zip(prompts[begun:number], cycle(self.people), strict=False):
            card = await self._given(one, "initial_prompt")
            if card is None:
                raise NobodyCan(f"{one.number} may not write a prompt")
            await self._writes(one, card, prompt)
        # A model that nobody has used yet writes nothing on its own.
        await self.town.asks(self.people[0].number, "Are you there?", 1)
        waited = 0
        while left := self.installation.count(UNFINISHED):
            done = await self._round(late=waited > PATIENCE)
            waited = 0 if done else waited + 1
            if waited > 2 * PATIENCE:
                raise NobodyCan(f"{left} trees do not go on")
            if not done:
                await asyncio.sleep(1.0)

    async def _round(self, *, late: bool) -> int:
        """Have all done that can be done now, and return how much that was. People reply to a prompt once the model has
        done so, or when it is late.
        """
        done = await self._all("label_initial_prompt", self._praises)
        if late or not self.installation.count(LACKING, most=self.installation.alternatives):
            done += await self._all("assistant_reply", self._replies)
        done += await self._all("label_assistant_reply", self._praises)
        return done + await self._all("rank_assistant_replies", self._ranks)

    async def _all(self, kind: str, work: Callable[[SimulatedPerson, Message], Awaitable[None]]) -> int:
        """Have all tasks of a kind done, one by each person in turn, and return how many."""
        done, idle, hands = 0, 0, cycle(self.people)
        while left := self.installation.count(OPEN, kind=kind):
            one = next(hands)
            card = await self._given(one, kind)
            idle = 0 if card else idle + 1
            if card:
                await work(one, card)
                done += 1
            elif idle > len(self.people):
                raise NobodyCan(f"{left} tasks of the kind {kind} are open")
        return done

    async def _given(self, one: SimulatedPerson, kind: str) -> Message | None:
        """The card of a task that somebody gets; None if there is none for them."""
        person = self.town.person(one.number)
        person.dm().messages.clear()
        await self.town.tells(person, f"/tasks {kind}")
        card = person.dm().messages[-1]
        return card if "Not for me" in self.town.labels(card) or kind == "initial_prompt" else None

    async def _praises(self, one: SimulatedPerson, card: Message) -> None:
        await self.town.taps(one.number, card, "👍")

    async def _replies(self, one: SimulatedPerson, card: Message) -> None:
        await self._writes(one, card, reply_to(card.text))

    async def _writes(self, one: SimulatedPerson, card: Message, text: str) -> None:
        """Reply to a card, and submit the text, whatever the program finds doubtful about it."""
        person = self.town.person(one.number)
        await self.town.replies(person, card, text)
        shown = person.dm().messages[-1]
        # It says so if it finds something doubtful.
        label = "Submit as it is" if "Submit as it is" in self.town.labels(shown) else "Submit"
        await self.town.taps(one.number, shown, label)

    async def _ranks(self, one: SimulatedPerson, card: Message) -> None:
        found = CARD.search(card.text)
        if found is None:
            raise NobodyCan(f"this is no card with answers: {card.text}")
        shown = lettered(found["answers"])
        order = one.ranks(found["question"], list(shown.values()))
        # The last one is filled in.
        for place in order[:-1]:
            await self.town.taps(one.number, card, list(shown)[place])


def lettered(text: str) -> dict[str, str]:
    """The answers on a card by their letters, each in paragraphs of its own."""
    found, rest = {}, text
    for letter, following in zip(LETTERS, [*LETTERS[1:], ""], strict=True):
        answer, cut, behind = rest.removeprefix(f"{letter} ").partition(f"\n\n{following} ")
        found[letter] = answer
        if not cut or not following:
            break
        rest = f"{following} {behind}"
    return found
