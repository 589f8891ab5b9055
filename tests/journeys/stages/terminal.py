"""The terminal, with somebody who types."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bots.terminal.adapter import TerminalChat
from bots.terminal.files import attached
from bots.terminal.output import PipeOutput
from bots.terminal.receive import fresh_place, pressed, typed
from bots.terminal.render import choices
from core.messages import AnyEvent, Field, Form, Place, Reply, User
from core.ports.chat import Chat
from core.ports.model import LanguageModel
from core.store.engine.database import connect
from core.wiring import LabelingParts
from tests.journeys.stages.guest import (
    THUMBS,
    Card,
    Guest,
    HeardChat,
    NamedFile,
    Seen,
    Stage,
    Waiting,
    fitting,
    line,
    verbs,
)
from tests.living import HeardStore, Ledger, echo


@dataclass(slots=True)
class TerminalGuest(Guest):
    """`shown` is what has been shown, by its key; `asked` are the questions that wait for a line, `form` what they fill
    in."""

    terminal: TerminalChat
    shown: dict[str, Reply] = field(default_factory=dict)
    asked: "list[asyncio.Future[str]]" = field(default_factory=list)
    form: Form | None = None

    async def says(self, text: str) -> None:
        self._leave()
        await self.terminal.say(typed(text, self.terminal.where, self.terminal.user))

    async def hands(self, text: str, *files: NamedFile) -> None:
        self._leave()
        paths = [self.terminal.folder / name for name, _ in files]
        for path, (_, content) in zip(paths, files, strict=True):
            path.write_bytes(content)
        where, user = self.terminal.where, self.terminal.user
        await self.terminal.say(typed(text, where, user, files=tuple(attached(path) for path in paths)))

    async def commands(self, name: str, /, **options: str) -> None:
        await self.says(f"/{line(name, options)}")

    async def presses(self, wanted: str) -> None:
        if wanted == "stop":
            assert self.terminal.stop_button
            where, user = self.terminal.where, self.terminal.user
            await self.terminal.say(pressed(self.terminal.stop_button.action, where, user))
            return
        await self._picks(lambda action, values: bool(fitting([action], wanted)))

    async def chooses(self, action: str, value: str) -> None:
        await self._picks(lambda known, values: (known, values) == (action, (value,)))

    async def fills(self, **values: str) -> None:
        await self.until(lambda: self.form is not None)
        assert self.form
        for question in self.form.fields:
            await self._types(_as_typed(question, values.get(question.name, "")))
        self.form = None

    async def rates(self, value: int) -> None:
        await self.commands("rate", thumb=THUMBS[value][0])

    async def unrates(self, value: int) -> None:
        await self.commands("rate", thumb="off")

    def answers(self) -> Sequence[Seen]:
        found = [reply for reply in self.shown.values() if reply.answer]
        return [Seen(one.text, verbs([button.action for button in one.buttons]), one.underway) for one in found]

    def own_answer(self) -> Seen | None:
        return self.answers()[-1] if self.answers() else None

    def notices(self) -> Sequence[str]:
        return [reply.text for reply in self.shown.values() if not reply.answer]

    def cards(self) -> Sequence[Card]:
        found = [reply for reply in self.shown.values() if reply.buttons]
        return [Card(one.text, [(button.label, button.action) for button in one.buttons]) for one in found]

    async def ask(self, question: str) -> str:
        """The function with which the terminal asks something."""
        self.asked.append(asyncio.get_running_loop().create_future())
        self.ledger.world.note()
        return await self.asked[-1]

    async def _picks(self, fits: object) -> None:
        assert callable(fits)
        await self.until(lambda: bool(self.asked))
        offered = choices([reply for reply in self.shown.values() if choices(reply) and not reply.answer][-1])
        number = next(number for number, one in enumerate(offered, 1) if fits(one.action, one.values))
        await self._types(str(number))

    async def _types(self, text: str) -> None:
        await self.until(lambda: bool(self.asked))
        self.asked.pop(0).set_result(text)

    def _leave(self) -> None:
        """Press Enter at whatever is still asked."""
        while self.asked:
            self.asked.pop(0).set_result("")


def _as_typed(question: Field, given: str) -> str:
    """An answer to a question: words, or the numbers of what is chosen."""
    numbers = {value: str(number) for number, (value, _) in enumerate(question.options, 1)}
    return given if question.kind == "text" else " ".join(numbers[one] for one in given.split(",") if one)


class Watched(HeardChat):
    """A terminal; the guest sees what it is given."""

    def __init__(self, guest: TerminalGuest) -> None:
        super().__init__(guest.terminal, guest.ledger.world)
        self._guest = guest

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        sent = str(await self.__getattr__("send")(place, reply, key, cause))
        await self._seen(key, reply)
        return sent

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        self._guest.form = form
        await self.__getattr__("show")(place, form, cause)

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        await self.__getattr__("edit")(place, message_id, reply)
        await self._seen(message_id, reply)

    async def _seen(self, key: str, reply: Reply) -> None:
        # A reply's question is printed below it, so anybody who sees the reply sees the question.
        await asyncio.sleep(0)
        self._guest.shown[key] = reply
        self._world.note()


class TerminalStage(Stage):
    """A terminal that is opened again continues the conversation that it had (`--resume`)."""

    def __init__(self, url: str, work: LabelingParts | None = None) -> None:
        super().__init__(url, work)
        self.where = fresh_place()

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        world = Waiting()
        store = connect(self.url)
        core = self.make(HeardStore(store, world), *(models or (echo(),)), work=self.work)
        folder = Path(self.url.removeprefix("sqlite:///")).parent
        pipe = PipeOutput(io.StringIO(), io.StringIO())
        terminal = TerminalChat(pipe, User("ana", "Ana", admin=True), self.where, folder, handle=core.router.handle)
        guest = TerminalGuest(terminal.capabilities, Ledger(world, self.url), terminal)
        terminal.ask = guest.ask
        guest.capabilities = terminal.capabilities
        core.router.attach("terminal", cast(Chat, Watched(guest)))
        await core.router.recover("terminal")
        yield guest
        guest._leave()
        await core.router.drain(20)
        self.where = terminal.where
        await store.close()
