"""Simulated people do tasks: they write, review and answer prompts, and rank the answers, including the model's."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks.loop.installation import Installation
from benchmarks.loop.questions import reply_to
from benchmarks.loop.taste import SimulatedPerson
from benchmarks.loop.telegram_community import TelegramCommunity
from tests.telegram.server.server import Message

OPEN = """\
SELECT (SELECT count(*) FROM work_item WHERE open AND gold IS NULL AND kind = :kind)
+ (SELECT count(*) FROM task WHERE state = 'leased' AND item_id IS NOT NULL AND kind = :kind)"""
"""Counts the tasks of a kind that are open or already leased: whoever finishes a task is given the next one."""

BEGUN = "SELECT count(*) FROM message_tree"
UNFINISHED = f"{BEGUN} WHERE state NOT IN ('ready_for_export', 'aborted_low_grade', 'halted_by_moderator')"
LACKING = """\
SELECT count(*) FROM work_item WHERE open AND kind = 'assistant_reply' AND :most > (
SELECT count(*) FROM tree_message WHERE synthetic AND parent_id = work_item.message_id)"""
"""The prompts to which the model has not yet written as many answers as it will."""

CARD = re.compile(r"User: (?P<question>[^\n]*)\n\n(?P<answers>A .*)\n\n[^\n]*$", re.DOTALL)
LETTERS = "ABCDEFGH"
PATIENCE = 60
"""Seconds without progress that are normal: the model writes while it is idle, and trees wait for periodic work."""


class NobodyEligible(Exception):
    """Raised if a task is open, but none of the people can get it."""


@dataclass(frozen=True, slots=True)
class TaskWork:
    """Lets the members of a community do labeling tasks, taking turns."""

    telegram_community: TelegramCommunity
    people: Sequence[SimulatedPerson]
    installation: Installation

    async def trees(self, number: int, prompts: Sequence[str]) -> None:
        """Grow trees until there are `number` in all, each complete with rankings. It can be repeated after a kill."""
        begun = self.installation.count(BEGUN)
        for prompt, one in zip(prompts[begun:number], cycle(self.people), strict=False):
            card = await self._given(one, "initial_prompt")
            if card is None:
                raise NobodyEligible(f"{one.number} may not write a prompt")
            await self._write(one, card, prompt)
        # A model that nobody has used yet writes nothing on its own.
        await self.telegram_community.ask(self.people[0].number, "Are you there?", 1)
        waited = 0
        while left := self.installation.count(UNFINISHED):
            done = await self._round(late=waited > PATIENCE)
            waited = 0 if done else waited + 1
            if waited > 2 * PATIENCE:
                raise NobodyEligible(f"{left} trees do not go on")
            if not done:
                await asyncio.sleep(1.0)

    async def _round(self, *, late: bool) -> int:
        """Do all tasks that can be done now, and return their number.

        People reply to a prompt only after the model has, or if the model is `late`.
        """
        done = await self._all("label_initial_prompt", self._approve)
        if late or not self.installation.count(LACKING, most=self.installation.alternatives):
            done += await self._all("assistant_reply", self._reply)
        done += await self._all("label_assistant_reply", self._approve)
        return done + await self._all("rank_assistant_replies", self._rank)

    async def _all(self, kind: str, work: Callable[[SimulatedPerson, Message], Awaitable[None]]) -> int:
        """Do all tasks of a kind, with people taking turns, and return their number."""
        done, idle, hands = 0, 0, cycle(self.people)
        while left := self.installation.count(OPEN, kind=kind):
            one = next(hands)
            card = await self._given(one, kind)
            idle = 0 if card else idle + 1
            if card:
                await work(one, card)
                done += 1
            elif idle > len(self.people):
                raise NobodyEligible(f"{left} tasks of the kind {kind} are open")
        return done

    async def _given(self, one: SimulatedPerson, kind: str) -> Message | None:
        """The card of the task that a person is given; None if there is none for them."""
        person = self.telegram_community.person(one.number)
        person.dm().messages.clear()
        await self.telegram_community.command_privately(person, f"/tasks {kind}")
        card = person.dm().messages[-1]
        return card if "Not for me" in self.telegram_community.labels(card) or kind == "initial_prompt" else None

    async def _approve(self, one: SimulatedPerson, card: Message) -> None:
        await self.telegram_community.tap(one.number, card, "👍")

    async def _reply(self, one: SimulatedPerson, card: Message) -> None:
        await self._write(one, card, reply_to(card.text))

    async def _write(self, one: SimulatedPerson, card: Message, text: str) -> None:
        """Reply to a card, and submit the text, whatever the program finds doubtful about it."""
        person = self.telegram_community.person(one.number)
        await self.telegram_community.reply(person, card, text)
        shown = person.dm().messages[-1]
        # The label of the button says whether a check has found something doubtful.
        label = "Submit as it is" if "Submit as it is" in self.telegram_community.labels(shown) else "Submit"
        await self.telegram_community.tap(one.number, shown, label)

    async def _rank(self, one: SimulatedPerson, card: Message) -> None:
        found = CARD.search(card.text)
        if found is None:
            raise NobodyEligible(f"this is no card with answers: {card.text}")
        shown = lettered(found["answers"])
        order = one.rank(found["question"], list(shown.values()))
        # The last one is filled in.
        for place in order[:-1]:
            await self.telegram_community.tap(one.number, card, list(shown)[place])


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
