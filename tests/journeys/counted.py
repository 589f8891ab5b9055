"""Somebody on a surface, whose actions are counted."""

from dataclasses import dataclass

from tests.journeys.stages.guest import Card, Guest


@dataclass(slots=True)
class Hand:
    """The actions that people take: a command, a press, opening a form and submitting it, a reply. Typing is free."""

    guest: Guest
    actions: int = 0

    async def tasks(self, kind: str = "") -> None:
        """Call /tasks."""
        self.actions += 1
        await self.guest.commands("tasks", **({"kind": kind} if kind else {}))

    async def commands(self, name: str, /, **options: str) -> None:
        self.actions += 1
        await self.guest.commands(name, **options)

    async def taps(self, *labels: str, on: str = "") -> None:
        """Press buttons, one after another, each as soon as it is there."""
        for label in labels:
            self.actions += 1
            await self.guest.taps(label, on)

    async def submits(self, **values: str) -> None:
        """Fill in the form that has opened, and submit it."""
        self.actions += 1
        await self.guest.fills(**values)

    async def replies(self, text: str) -> None:
        self.actions += 1
        await self.guest.replies(text)

    async def sees(self, *words: str) -> Card:
        return await self.guest.sees(*words)

    async def joins(self) -> None:
        """Agree to the terms, long ago."""
        await self.guest.commands("tasks")
        await self.guest.taps("I agree")
        await self.guest.sees("Tasks in")
