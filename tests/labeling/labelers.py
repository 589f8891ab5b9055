"""Several people who do tasks in one chat, each in a place of their own, for tests that read like what they do."""

from dataclasses import dataclass, field

from core.messages import User
from tests.dialogue import Dialogue, Heard


@dataclass(slots=True)
class Labelers:
    """`first` is the dialogue that the others are made from. People agree to the terms when they first appear."""

    first: Dialogue
    people: dict[str, Dialogue] = field(default_factory=dict)

    async def named(self, name: str) -> Dialogue:
        """A person, who has agreed to the terms."""
        if name not in self.people:
            talk = self.first.elsewhere(f"desk of {name}", User(name.lower(), name))
            self.people[name] = talk
            asked = await talk.types("/tasks")
            await talk.presses(asked, "consent")
        return self.people[name]

    async def card(self, name: str, kind: str = "random") -> Heard:
        """Ask for a task."""
        return await (await self.named(name)).types(f"/tasks {kind}")

    async def taps(self, name: str, card: Heard, label: str) -> Heard:
        """Tap the button of a card that is called so."""
        talk = await self.named(name)
        action = next(button.action for button in card.reply.buttons if label in button.label)
        return await talk.presses_action(card, action)

    async def writes(self, name: str, text: str, kind: str = "initial_prompt", **more: str) -> Heard:
        """Take a task and write a text in its form."""
        talk = await self.named(name)
        card = await self.card(name, kind)
        form = await self.form(name, card, "Write")
        return await talk.submits(form, id=card.id, text=text, **more)

    async def form(self, name: str, card: Heard, label: str) -> str:
        """Open a form by a button; returns its action."""
        talk = await self.named(name)
        before = len(talk.chat.forms)
        action = next(button.action for button in card.reply.buttons if label in button.label)
        await talk.send(talk.press_action(card, action))
        await talk.chat.until(lambda: len(talk.chat.forms) > before)
        return talk.chat.forms[-1].action

    async def accepted(self, kind: str, *names: str) -> None:
        """Let some people find the next message of a kind good."""
        for name in names:
            await self.taps(name, await self.card(name, kind), "Good")
