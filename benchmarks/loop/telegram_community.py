"""The simulated people on their platform: a Telegram on this machine, with one group, and a private chat for each.

Their actions go through the real library and adapter into `parley run`, and they see only the text of an answer's
message.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from benchmarks.loop.installation import Installation
from core.models.embedded.supervisor import cores
from tests.telegram.living import actions, answers, buttons
from tests.telegram.server.server import Account, Chat, Message, Person, Telegram, telegram_server

PATIENCE = 300.0
"""Seconds that an answer may take on a busy machine."""

TRIES = 3
"""How often somebody asks again for each answer that they want."""

KEEPER, MEMBERS, GROUP = 9_999, 10_000, -1_000_000_001_000
"""The ids of the group's admin, of its first member, and of the group. They are the same in every run."""

NUMBERS_PER_RUN = 100_000_000
"""The distance between the first message and update numbers of two runs of the program, so that none repeats."""

UNFINISHED = "SELECT count(*) FROM inbox WHERE state <> 'done'"
"""Counts the events that the program has not finished yet."""

KEPT = 60
"""The number of newest messages in the group that are kept."""

NOTES = re.compile(r"\n\n(Answer [AB]|The answer was cut off at its greatest length\.[^\n]*)$")
"""Notes that a surface shows below an answer."""

SIGN = re.compile(r"^[^\w]+\s+")
"""The emoji before the words of a button."""

PRESET = "nucleus9"
"""The preset with which everybody is answered: answers that are to be compared must differ."""


@dataclass(frozen=True, slots=True)
class ComparedAnswers:
    """Two answers as somebody sees them, and the message with the buttons below them."""

    a: str
    b: str
    below: Message


@dataclass(slots=True)
class TelegramCommunity:
    """A Telegram group and its members during one run of the program, with the actions that members can take."""

    world: Telegram
    group: Chat
    keeper: Person

    def person(self, number: int) -> Person:
        """The member with this number."""
        account = Account(MEMBERS + number, f"Member {number}")
        return Person(self.world, self.world.accounts.setdefault(account.id, account))

    async def join(self, number: int) -> None:
        """Have a member agree to the terms and choose the preset."""
        person = self.person(number)
        await self.command_privately(person, "/privacy")
        await self._press(person, person.dm().messages[-1], "agree")
        await self.command_privately(person, f"/preset {PRESET} me")

    async def command_privately(self, person: Person, line: str) -> str:
        """Send a command in a private chat; returns the text of the answer."""
        chat = person.dm()
        sent = await person.says(chat, line)
        await self._until(lambda: any(one.id > sent.id for one in answers(chat)), f"{line!r}")
        return answers(chat)[-1].text

    async def command_in_group(self, line: str) -> str:
        """Send a command in the group as its admin; returns the text of the answer."""
        sent = await self.keeper.says(self.group, line)
        await self._until(lambda: any(one.id > sent.id for one in answers(self.group)), f"{line!r}")
        self._forget()
        return answers(self.group)[-1].text

    async def ask(self, number: int, question: str, times: int) -> Sequence[Message]:
        """Ask a question in private, and retry until there are `times` answers.

        There may be fewer, since a model may fail or say nothing.
        """
        person = self.person(number)
        chat = person.dm()
        chat.messages.clear()
        await self.command_privately(person, "/new")
        sent = await person.says(chat, question)
        found: Sequence[Message] = []
        for tried in range(1, TRIES * times + 1):
            await self._until(lambda tried=tried: len(_ended(chat, sent)) >= tried, question)  # type: ignore[misc]
            ended = _ended(chat, sent)
            found = [one for one in ended if "up" in buttons(one)]
            if len(found) == times:
                break
            await self._press(person, ended[-1], "retry")
        return found

    async def rate(self, number: int, answer: Message, value: int) -> None:
        """Give an answer a thumb."""
        await self._press(self.person(number), answer, "up" if value > 0 else "down")

    async def compare(self, number: int, question: str) -> ComparedAnswers | None:
        """Ask in the group, where every question gets two answers to compare; None if there is nothing to compare."""
        sent = await self.person(number).says(self.group, question, mention=True)

        def told() -> list[Message]:
            return [one for one in answers(self.group) if one.reply_to is sent]

        def ended() -> bool:
            last = told()[-1:]
            return any("arena-vote" in buttons(one) or "nothing to compare" in one.text for one in last)

        await self._until(ended, question)
        *shown, below = told()
        self._forget()
        if "arena-vote" not in buttons(below):
            return None
        texts = {one.text[-1]: seen(one.text) for one in shown if NOTES.search(one.text)}
        return ComparedAnswers(texts["A"], texts["B"], below) if texts.keys() >= {"A", "B"} else None

    async def vote(self, number: int, below: Message, choice: str) -> None:
        """Vote for one of two compared answers."""
        action = next(one for one in actions(below) if one.startswith("arena-vote") and one.endswith(f":{choice}"))
        await self._press(self.person(number), below, action)

    async def reply(self, person: Person, above: Message, text: str) -> None:
        """Reply to a message in private, and wait for an answer."""
        sent = await person.says(above.chat, text, reply_to=above)
        await self._until(lambda: any(one.id > sent.id for one in answers(above.chat)), text)

    async def tap(self, number: int, message: Message, label: str) -> None:
        """Press a button by its label, and wait until the message changes."""
        labels = self.labels(message)
        if label not in labels:
            raise LookupError(f"there is no {label!r} below {message.text!r}, but {list(labels)}")
        action = labels[label]
        before = (message.text, str(message.keyboard), len(message.chat.messages))

        def changed() -> bool:
            return (message.text, str(message.keyboard), len(message.chat.messages)) != before

        await self._press(self.person(number), message, action)
        await self._until(changed, label)

    @staticmethod
    def labels(message: Message) -> Mapping[str, str]:
        """The labels of the buttons below a message, without emoji, each with its action."""
        found = [button for row in message.keyboard for button in row]
        return {SIGN.sub("", str(one["text"])): str(one["callback_data"]) for one in found}

    async def _press(self, person: Person, message: Message, data: str) -> None:
        pressed = await person.presses(message, data)
        await self._until(lambda: pressed.answer is not None, data)

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        try:
            await self.world.until(true, PATIENCE)
        except TimeoutError:
            raise TimeoutError(f"nothing came of {what} in {PATIENCE:.0f} s") from None

    def _forget(self) -> None:
        del self.group.messages[:-KEPT]


def seen(text: str) -> str:
    """The text of an answer without what the surface adds below it."""
    while (cut := NOTES.sub("", text)) != text:
        text = cut
    return text


def _ended(chat: Chat, question: Message) -> Sequence[Message]:
    """The answers to a question that are finished, including those that failed."""
    return [one for one in answers(chat) if one.reply_to is question and "retry" in buttons(one)]


@asynccontextmanager
async def telegram_community(installation: Installation, run: int, models: int) -> AsyncIterator[TelegramCommunity]:
    """Run the program with a community. `run` numbers the runs from 1; `models` is how many models answer at once."""
    async with telegram_server() as world:
        # What the program has sent in an earlier run is not here any more.
        world.forgive()
        world.numbers = count(run * NUMBERS_PER_RUN)
        keeper = Account(KEEPER, "Keeper")
        world.accounts[KEEPER] = keeper
        world.chats[GROUP] = group = Chat(GROUP, "supergroup", "Square", bot_is_admin=True, admins={KEEPER})
        settings = {
            "PARLEY_TELEGRAM__TOKEN": world.token,
            "PARLEY_TELEGRAM__BASE_URL": world.base_url,
            # The models may use every core. But with more threads than cores, they mostly wait for each other.
            "PARLEY_MODEL__EMBEDDED__THREADS": str(max(1, cores() // models)),
        }

        async def up() -> None:
            await world.until(lambda: any(one.method == "getUpdates" for one in world.requests), PATIENCE)

        async with installation.running(settings, up):
            # What a killed run left unfinished is finished first, or its late answers would be taken for new ones.
            for _ in range(round(PATIENCE)):
                if not installation.count(UNFINISHED):
                    break
                await asyncio.sleep(1.0)
            yield TelegramCommunity(world, group, Person(world, keeper))
