"""/ask, questions about a message, and follow-up questions: answers for one person alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Verb, form_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import AnyEvent, Field, Form, Invocation, Message, origin_of
from core.outside_text import marked
from core.ports.chat import Chat
from core.store import conversations, hot_path, outbox, visibility
from core.store.identities import ASIDE, EventScene
from core.store.tables import ConversationRow

Answer = Callable[[AnyEvent, Chat], Awaitable[None]]
"""Answers a message, as the assistant does."""


ASIDES = frozenset({"ask", "explain", "summarise", "translate", Verb.FOLLOW_UP})
"""The commands and the action that ask for an answer for one person alone."""


@dataclass(frozen=True, slots=True)
class AsideCommands:
    """Commands whose answer only the person who used them sees.

    It appears beside the conversation if the platform can show that, and otherwise in their direct messages.
    """

    answer: Answer

    def feature(self) -> CommandGroup:
        """Return /ask, and the three commands that are also in the menu of a message."""
        question, text = CommandOption("question", required=True), CommandOption("text")
        language = CommandOption("language")

        def on_message(name: str, rank: int, *options: CommandOption) -> Command:
            return Command(name, "talk", self.about, options, on_message=True, rank=rank, portable=True, asks=True)

        return CommandGroup(
            commands=(
                Command("ask", "talk", self.ask, (question,), portable=True, asks=True),
                on_message("explain", 1, text),
                on_message("summarise", 2, text),
                on_message("translate", 3, language, text),
            ),
            presses={Verb.FOLLOW: self.open_form},
            forms={Verb.FOLLOW_UP: self.ask_more},
            ordered=frozenset({Verb.FOLLOW_UP}),
            asides=ASIDES,
            afterwards=dict.fromkeys(ASIDES, self.say_where),
        )

    async def ask(self, call: CommandCall) -> None:
        """Answer a question for the person alone."""
        await self._put(call, call.arguments["question"], outside=False)

    async def open_form(self, call: CommandCall) -> None:
        """Open the form for a further question about an answer that one person alone sees."""
        scene = await call.scene()
        if await call.store.read(lambda session: _own_aside(session, call, scene)) is None:
            raise UserError("answer-gone")
        field = Field("question", call.text("follow-question"), required=True)
        form = Form(
            form_action(Verb.FOLLOW_UP, call.target), call.text("button-follow"), (field,), call.text("rate-why-send")
        )
        await call.chat.show(call.event.place, form, call.event)

    async def ask_more(self, call: CommandCall) -> None:
        """Answer a follow-up question, which continues from that answer."""
        scene = await call.scene()

        def unit(session: Session) -> bool:
            conversation_id = _own_aside(session, call, scene)
            if conversation_id:
                hot_path.follow(session, conversation_id, call.target)
            return conversation_id is not None

        if not await call.store.write(unit):
            raise UserError("answer-gone")
        await self._put(call, call.arguments.get("question", ""), outside=False, fresh=False)

    async def about(self, call: CommandCall) -> None:
        """Explain, summarise or translate a message or a text; without either, the last answer here."""
        event = call.event
        assert isinstance(event, Invocation)
        words = call.arguments.get("text") or await self._meant(call, event)
        if not words.strip():
            raise UserError("aside-nothing", command=event.command)
        language = call.arguments.get("language") or call.text("aside-language")
        task = call.text(f"{event.command}-asks", language=language[:40])
        await self._put(call, f"{task}\n\n{marked(words, call.text('aside-outside'), event.key)}", outside=True)

    async def _meant(self, call: CommandCall, event: Invocation) -> str:
        """The words of the message that the command was called on; ours as we wrote them, before any markup."""
        scene = await call.scene()

        def unit(session: Session) -> str:
            shown = outbox.shown_by(session, event.place, event.message) if event.message else None
            newest = (
                None if event.message or event.quoted else conversations.newest_answer(session, scene.conversation_id)
            )
            return _text(session, event, scene, shown or newest)

        return await call.store.read(unit) or (event.quoted.text if event.quoted else "")

    async def _put(self, call: CommandCall, text: str, *, outside: bool, fresh: bool = True) -> None:
        event, chat = call.event, call.chat
        place, aside = event.place, not event.place.private
        if aside and not chat.capabilities.personal:
            direct = await chat.direct(place, event.user)
            if direct is None:
                raise UserError("aside-nowhere")
            place, aside = direct, False
        said = Message(
            **origin_of(event), id="", text=text, fresh=aside and fresh, outside=outside, aside=aside, source="command"
        )
        await self.answer(replace(said, place=place), chat)
        await self.say_where(call)

    async def say_where(self, call: CommandCall) -> None:
        """Say in a place where everybody reads that the answer is in the person's direct messages."""
        if not call.confidential:
            await call.tell(call.text("aside-sent"))


def _own_aside(session: Session, call: CommandCall, scene: EventScene) -> str | None:
    """The conversation of the answer that a button or a form names, if the caller alone sees it; otherwise None."""
    answer = visibility.answer(session, call.event, scene, call.target)
    talk = session.get_one(ConversationRow, answer.conversation_id) if answer else None
    return talk.id if talk and talk.thread.startswith(ASIDE) else None


def _text(session: Session, event: Invocation, scene: EventScene, answer_id: str | None) -> str:
    answer = visibility.answer(session, event, scene, answer_id) if answer_id else None
    return answer.text if answer else ""
