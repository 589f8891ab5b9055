"""/privacy, /mydata and /forgetme: what people can learn and decide about their data."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.messages import Button, File
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.store import people, plugins, private_conversations
from core.store.tables import PersonRow


@dataclass(frozen=True, slots=True)
class DataTerms:
    """The terms under which people give their data: a version, a summary, and where the full text can be read."""

    version: str
    text: str
    link: str = ""


async def nothing_elsewhere(person_id: str) -> None:
    """Do nothing: no other service holds anything for this person."""


@dataclass(frozen=True, slots=True)
class PrivacyCommands:
    """The privacy commands. Consent comes first and is versioned; people can see, export and erase their own data.

    `stop` stops an answer that is being written, given its id. `leaving` is called before a person is forgotten, and
    gives back what other services gave us for them. `others` hear that there is one person less.
    """

    terms: DataTerms
    stop: Callable[[str], Awaitable[bool]]
    leaving: Callable[[str], Awaitable[None]] = nothing_elsewhere
    others: OtherProcesses = NO_OTHERS

    def feature(self) -> CommandGroup:
        """Return /privacy with its buttons, /mydata, and /forgetme with its confirmation."""
        return CommandGroup(
            commands=(
                Command("privacy", "data", self.explain, portable=True),
                Command("mydata", "data", self.hand_over, portable=True),
                Command("forgetme", "data", self.confirm_forgetting, portable=True),
            ),
            presses={
                Verb.AGREE: self.agree,
                Verb.WITHDRAW: self.withdraw,
                Verb.ASK_AGAIN: self.ask_again,
                Verb.FORGET: self.forget,
                Verb.KEEP: self.keep,
            },
        )

    async def explain(self, call: CommandCall) -> None:
        """Say what is stored, what it is used for and what is sent out without asking; offer to change consent."""
        scene = await call.scene()
        agreed = await call.store.read(lambda session: session.get_one(PersonRow, scene.person_id).terms)
        current = agreed == self.terms.version
        state = "privacy-agreed" if current else "privacy-outdated" if agreed else "privacy-not-agreed"
        paragraphs = [call.text("privacy-stored"), self.terms.text, self.terms.link]
        paragraphs += [call.text(state, version=self.terms.version), call.text("privacy-commands")]
        left_out, here = await call.store.read(
            lambda session: (
                private_conversations.number(session, scene.person_id),
                private_conversations.is_private(session, scene.person_id, scene.conversation_id),
            )
        )
        if left_out:
            paragraphs.append(call.text("privacy-private-here" if here else "privacy-private", number=left_out))
        verb, key = (Verb.WITHDRAW, "button-withdraw") if current else (Verb.AGREE, "button-agree")
        allowed = await call.store.read(lambda session: plugins.allowed_hosts(session, scene.person_id))
        if allowed:
            hosts = ", ".join(f"{row.plugin} → `{row.host}`" for row in allowed)
            paragraphs.append(call.text("privacy-hosts", hosts=hosts))
        names = dict.fromkeys(row.plugin for row in allowed)
        again = [
            Button(button_action(Verb.ASK_AGAIN, name), call.text("button-ask-again", name=name), "🔒", row=1)
            for name in names
        ]
        await call.tell(
            "\n\n".join(filter(None, paragraphs)),
            buttons=[Button(button_action(verb, self.terms.version), call.text(key)), *again],
        )

    async def agree(self, call: CommandCall) -> None:
        """Record consent to the version that was shown; an outdated button shows the current terms instead."""
        if call.target != self.terms.version:
            await self.explain(call)
            return
        await self._decide(call, agreed=True)
        await call.tell(call.text("privacy-thanks", version=self.terms.version))

    async def withdraw(self, call: CommandCall) -> None:
        """Withdraw consent: from now on, nothing of this person's is exported."""
        await self._decide(call, agreed=False)
        await call.tell(call.text("privacy-withdrawn"))

    async def ask_again(self, call: CommandCall) -> None:
        """Make plugins ask again before they send the person's words anywhere."""
        scene = await call.scene()
        await call.store.write(lambda session: plugins.ask_again(session, scene.person_id, call.target))
        await self.explain(call)

    async def hand_over(self, call: CommandCall) -> None:
        """Send everything stored about the caller, as a JSON file that only they see."""
        scene = await call.scene()
        everything = await call.store.read(lambda session: people.everything_about(session, scene.person_id))
        content = json.dumps(everything, ensure_ascii=False, indent=2).encode()
        await call.tell(call.text("mydata"), files=[File("parley-mydata.json", "application/json", content)])

    async def confirm_forgetting(self, call: CommandCall) -> None:
        """Ask before anything is erased, since it cannot be undone."""
        buttons = [
            Button(button_action(Verb.FORGET, "me"), call.text("button-forget")),
            Button(button_action(Verb.KEEP, "me"), call.text("button-keep")),
        ]
        await call.tell(call.text("forgetme-confirm"), buttons=buttons)

    async def forget(self, call: CommandCall) -> None:
        """Erase or anonymise everything about the caller. The notice that confirms this is stored for nobody."""
        scene = await call.scene()
        await self.leaving(scene.person_id)

        def unit(session: Session) -> people.ErasureCounts:
            self.others.tell(session, "people")
            return people.forget(session, scene.person_id)

        forgotten = await call.store.write(unit)
        for answer_id in forgotten.underway:
            await self.stop(answer_id)
        await call.chat.refresh(call.event.place)
        await call.tell(call.text("forgetme-done", messages=forgotten.messages, ratings=forgotten.ratings))

    async def keep(self, call: CommandCall) -> None:
        """Cancel the erasure: the person changed their mind."""
        await call.tell(call.text("forgetme-kept"))

    async def _decide(self, call: CommandCall, *, agreed: bool) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            people.agree(session, scene.person_id, self.terms.version, agreed)

        await call.store.write(unit)
