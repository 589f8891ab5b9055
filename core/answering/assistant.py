"""Answers questions. `respond` is the function to read first."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from time import perf_counter

import structlog

from core.answering import attachments
from core.answering.answer_buttons import ButtonFacts, FinishedAnswer, answer_buttons
from core.answering.prompt import PromptWindow, system_text
from core.answering.turns import OpenTurn, offer_turn, open_turn, reopen_turn
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.delivery.splitting import parts
from core.delivery.streaming import FIRST_PAUSE, PacedReply
from core.errors import BusyError, ModelError, ModelTimeout, UserError
from core.limits import AnswerLimits, check_text
from core.messages import AnyEvent, Button, Edit, Message, Reply
from core.metrics import Metrics
from core.models.registry import ModelRegistry, ServedModel
from core.outside_text import storable
from core.ports.chat import Chat
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings, ToolSpec
from core.ports.plugins import AssistantToolbox, ChatHooks, QuestionBriefing, ToolSuggestion
from core.ports.store import Store
from core.store import conversations
from core.store import outbox as posts
from core.texts import LocalizedTexts

log = structlog.get_logger()

MOST_ATTEMPTS = 2
"""How often an answer is resumed after a crash before it is shown as interrupted: it may itself be the cause."""

LARGEST_SHARE = 3
"""An answer may take at most a third of the model's window: the conversation needs the rest."""

MOST_ROUNDS, MOST_CALLS = 4, 5
"""How often a model may call tools in one answer, and how many at once."""

LARGEST_SHARE_OF_TOOLS, CHARACTERS_OF_A_TOKEN = 8, 3
"""The descriptions of the offered tools may take an eighth of the window, at about three characters to a token."""

KEPT_RESULT = 1500
"""How many characters of a tool's result are kept with the answer, for anybody who wants to see it."""

FILE_CHARACTERS = 1.5
"""Characters of files for each token of the model's window. Code has about three to a token, so this leaves room for
the rest."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A character of the assistant: a name for people to see, and the text that the model reads first."""

    name: str
    text: str


@dataclass(slots=True)
class AnswerEnding:
    """How an answer ended: its state (`core.store.tables.MESSAGE_STATES`), the last piece, and a line for the person.

    `calls` are the tool calls in it: name, arguments, result (cut), and the line that people see. `suggestions` are
    tools that a person may choose to use. `outside` says that the model has read words written by others.
    """

    state: str = "complete"
    last: AnswerPiece = AnswerPiece()
    status: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    suggestions: Sequence[ToolSuggestion] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A request to a model. `lines` grow by what the model says and by the results of its tools."""

    served: ServedModel
    lines: list[PromptLine]
    sampling: SamplingSettings
    session: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers events. The first persona and the first preset are the defaults.

    An answer that could not be shown to its end is tried again after `first_pause` seconds.
    """

    store: Store
    models: ModelRegistry
    texts: LocalizedTexts
    personas: Mapping[str, Persona]
    presets: Mapping[str, SamplingSettings]
    limits: AnswerLimits
    metrics: Metrics
    communities: CommunitySettingsStore
    toolbox: AssistantToolbox | None = None
    hooks: ChatHooks | None = None
    first_pause: float = FIRST_PAUSE
    _prompts: PromptWindow = field(default_factory=PromptWindow)
    _writing: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def answer(self, event: AnyEvent, chat: Chat) -> None:
        """Answer an event that asks for an answer: a message, an edit, a press of retry or of continue.

        Raises UserError if it cannot be answered; the question is not kept then.
        """
        if isinstance(event, Message) and event.attachments:
            event = await self._with_files(event, chat)
        elif isinstance(event, Message | Edit) and not only_quotes(event):
            check_text(event.text, self.limits)
        briefing = await self._briefed(event, event.text) if isinstance(event, Message | Edit) else None
        limits = (await self.communities.settings(event.place)).limits(self.limits)
        opening = await self.store.write(lambda session: open_turn(session, event, limits, self.settle))
        if isinstance(opening, UserError):
            raise opening
        await self.respond(opening, event, chat, briefing)

    async def ask(self, call: CommandCall, text: str) -> None:
        """Answer the text that a command stands for, as if the person had said it. The text counts as from outside."""
        event = call.event
        said = Message(
            key=event.key,
            place=event.place,
            user=event.user,
            at=event.at,
            ticket=event.ticket,
            id=event.key,
            text=text,
            outside=True,
            source="command",
        )
        await self.answer(said, call.chat)

    async def offer(self, edit: Edit, call: CommandCall) -> None:
        """Keep the new words of an edited question, and put a button under its answer that asks for a new one."""
        check_text(edit.text, self.limits)
        offer = await self.store.write(lambda session: offer_turn(session, edit))
        if offer is None:
            return
        again = Button(f"again:{offer.question_id}", call.text("button-again"), "🔁")
        status = call.text("question-edited")
        if offer.answer is None or not offer.posted:
            await call.tell(status, buttons=[again])
            return
        kept = [b for b in self._buttons(edit, offer.answer) if not b.action.startswith("retry:")]
        reply = Reply(offer.answer.text, offer.answer.id, status, buttons=(again, *kept), reply_to=edit.id)
        last = parts(reply, call.chat.capabilities)[-1]
        await call.chat.edit(edit.place, offer.posted[-1], last)

    async def resume(self, event: AnyEvent, chat: Chat, attempts: int) -> None:
        """Resume an event that was being answered when the process died: answer it again, in the same message.

        If that has failed before, or it is unknown whether the message was sent, the answer is marked as interrupted
        instead, with a retry button.
        """
        opening = await self.store.write(lambda session: reopen_turn(session, event, self.settle))
        if opening is None:
            return
        if opening.state == "complete":
            ending = AnswerEnding(last=AnswerPiece(finish=opening.finish))
            await self._paced(opening, event, chat).end(self._final(opening, event, ending, opening.begun))
            return
        unsure = opening.unsure and not chat.capabilities.idempotent_send
        if not unsure and attempts < MOST_ATTEMPTS:
            await self.respond(opening, event, chat)
            return
        ending = AnswerEnding("aborted_by_worker", status=self.texts(event.user.language, "answer-interrupted"))
        await self._keep(opening, ending, opening.begun)
        if unsure:
            await self.store.write(lambda session: posts.abandon(session, opening.answer_id))
            self.metrics.outbox_ambiguous.inc()
            return
        await self._paced(opening, event, chat).end(self._final(opening, event, ending, opening.begun))

    async def respond(
        self, opening: OpenTurn, event: AnyEvent, chat: Chat, briefing: QuestionBriefing | None = None
    ) -> None:
        """Write an answer: wait for the model's turn, show the words as they come, and store the result."""
        began = perf_counter()
        ending = AnswerEnding()
        paced = self._paced(opening, event, chat)
        paced.hold = self.hooks is not None and await self.hooks.judges(event)
        writing = asyncio.create_task(self._write(opening, event, paced, ending, briefing))
        thinking = asyncio.create_task(paced.think())
        self._writing[opening.answer_id] = writing
        try:
            await writing
            await self._judge(event, paced, ending)
        except asyncio.CancelledError:
            if not writing.cancelled() or _leaving():
                await paced.pause()
                raise
            ending.state, ending.status = "cancelled", self.texts(event.user.language, "answer-stopped")
        except (ModelError, BusyError) as error:
            ending.state = "timeout" if isinstance(error, ModelTimeout) else "aborted_by_worker"
            ending.status = self.texts(event.user.language, error.key, **error.values)
            log.warning("answer_failed", model=opening.choices["model"], key=error.key, cause=_cause(error))
        except UserError as error:
            # A plugin refuses the question, or withholds the answer.
            ending.state, paced.reply = "cancelled", replace(paced.reply, text=opening.begun)
            ending.status = self.texts(event.user.language, error.key, **error.values)
        finally:
            thinking.cancel()
            del self._writing[opening.answer_id]
        await paced.pause()
        await self._keep(opening, ending, paced.reply.text)
        await paced.end(self._final(opening, event, ending, paced.reply.text))
        self.metrics.answered(ending.state, perf_counter() - began)

    def stop(self, answer_id: str) -> bool:
        """Stop an answer that is being written; its text so far stays. Returns whether it was being written."""
        writing = self._writing.get(answer_id)
        return writing.cancel() if writing else False

    def settle(self, choices: Mapping[str, str]) -> Mapping[str, str]:
        """People's choices, with our defaults for what they did not choose and for what is no longer offered."""
        offered: Mapping[str, Sequence[str]] = {
            "model": self.models.names,
            "persona": list(self.personas),
            "preset": list(self.presets),
        }
        taken = dict(choices)
        for name, values in offered.items():
            if taken.get(name) not in values:
                taken[name] = values[0]
        return taken

    async def _briefed(self, event: AnyEvent, text: str) -> QuestionBriefing:
        """What plugins make of a question. Raises UserError if one refuses it."""
        return await self.hooks.before_answer(event, text) if self.hooks and text else QuestionBriefing(text)

    async def _judge(self, event: AnyEvent, paced: PacedReply, ending: AnswerEnding) -> None:
        """Let plugins check a whole answer that nobody has seen yet. Raises UserError if one withholds it.

        If a plugin changes it, the text is no longer the model's own: later turns treat it as text from outside.
        """
        if self.hooks and paced.hold and paced.reply.text:
            text = await self.hooks.before_send(event, paced.reply.text)
            ending.outside = ending.outside or text != paced.reply.text
            paced.reply = replace(paced.reply, text=text)

    async def _write(
        self,
        opening: OpenTurn,
        event: AnyEvent,
        paced: PacedReply,
        ending: AnswerEnding,
        briefing: QuestionBriefing | None,
    ) -> None:
        served = self.models.get(opening.choices["model"])
        window = served.model.window
        preset = self.presets[opening.choices["preset"]]
        most = min(preset.max_new_tokens, window // LARGEST_SHARE)
        system = system_text(self.personas[opening.choices["persona"]].text, opening.choices)

        def waiting(position: int) -> None:
            paced.note(self.texts(event.user.language, "queue-position", position=position))

        question = opening.path[-1]
        asked_text = event.text if briefing and isinstance(event, Message | Edit) else question.text
        if briefing is None:
            # It was resumed after a crash, or asked for again: the question's words are in the tree.
            briefing = await self._briefed(event, question.text if question.role == "prompter" else "")
        changed = bool(briefing.text) and briefing.text != asked_text
        ending.outside = opening.outside or bool(briefing.material) or changed
        told = (*opening.path[:-1], replace(question, text=briefed(question.text, asked_text, briefing)))
        tools = await self._tools(event, opening, served)
        # The results of tools must fit too.
        lines, _ = await self._prompts.fit(system, told, served.model, most + (window // 4 if tools else 0))
        async with served.queue.turn(opening.scene.community_id, opening.scene.person_id, waiting):
            asked = ModelRequest(
                served, list(lines), replace(preset, max_new_tokens=most), opening.scene.conversation_id
            )
            await self._with_tools(
                asked, tools, event, paced, ending, {address: title for title, address in briefing.links}
            )
        if self.hooks and not served.model.calls_tools and question.role == "prompter":
            ending.suggestions = await self.hooks.suggested(event, opening.answer_id, question.text)

    async def _tools(self, event: AnyEvent, opening: OpenTurn, served: ServedModel) -> Sequence[ToolSpec]:
        """The tools that fit the last message; none if the model cannot call tools."""
        if self.toolbox is None or not served.model.calls_tools:
            return ()
        room = served.model.window // LARGEST_SHARE_OF_TOOLS * CHARACTERS_OF_A_TOKEN
        return await self.toolbox.offered(event, opening.path[-1].text, room)

    async def _with_tools(
        self,
        asked: "ModelRequest",
        tools: Sequence[ToolSpec],
        event: AnyEvent,
        paced: PacedReply,
        ending: AnswerEnding,
        links: dict[str, str],
    ) -> None:
        """Write an answer. Whenever the model calls tools, run them all at once and let it go on with the results.

        `links` are titles by address; they are cited at the end, together with those that tools find.
        """
        for left in reversed(range(MOST_ROUNDS + 1)):
            before = len(paced.reply.text)
            await self._stream(asked, tools if left else (), paced, ending)
            if not ending.last.calls or self.toolbox is None or not left:
                break
            calls = ending.last.calls[:MOST_CALLS]
            said = paced.reply.text[before:]
            using = [self.toolbox.use(event, call, outside=ending.outside) for call in calls]
            outcomes = await asyncio.gather(*using)
            ending.outside = ending.outside or any(one.outside for one in outcomes)
            asked.lines.append(PromptLine("assistant", said, calls))
            asked.lines.extend(
                PromptLine("tool", one.text, call=call.id) for call, one in zip(calls, outcomes, strict=True)
            )
            for call, one in zip(calls, outcomes, strict=True):
                ending.calls.append(
                    {"name": call.name, "arguments": call.arguments, "line": one.line, "result": one.text[:KEPT_RESULT]}
                )
                links |= {address: title for title, address in one.links}
            paced.note(" · ".join(dict.fromkeys(call["line"] for call in ending.calls)))
            if said and not said.endswith("\n"):
                paced.write("\n\n")
        if links:
            paced.write("\n\n" + " · ".join(f"[{title}]({address})" for address, title in links.items()))
        ending.status = " · ".join(dict.fromkeys(call["line"] for call in ending.calls))

    async def _stream(
        self, asked: "ModelRequest", tools: Sequence[ToolSpec], paced: PacedReply, ending: AnswerEnding
    ) -> None:
        pieces = asked.served.model.stream(asked.lines, asked.sampling, asked.session, tools)
        try:
            async for piece in pieces:
                if piece.text:
                    paced.write(storable(piece.text))
                if piece.finish:
                    ending.last = piece
        finally:
            # Closing it at once frees the model's slot; the garbage collector would take its time.
            await pieces.aclose()

    async def _keep(self, opening: OpenTurn, ending: AnswerEnding, text: str) -> None:
        last = ending.last
        if ending.calls or ending.suggestions or ending.outside:
            chosen = [asdict(one) for one in ending.suggestions]
            note = partial(
                conversations.note_tools,
                answer_id=opening.answer_id,
                calls=ending.calls,
                suggestions=chosen,
                outside=ending.outside,
            )
            await self.store.write(note)
        await self.store.write(
            lambda session: conversations.finish(
                session,
                opening.answer_id,
                text,
                ending.state,
                last.finish,
                last.prompt_tokens,
                last.completion_tokens,
            )
        )

    async def _with_files(self, message: Message, chat: Chat) -> Message:
        """The message with the content of its files in its text. Raises UserError if there is nothing to read."""
        window = self.models.get(self.settle({})["model"]).model.window
        room = int(window * FILE_CHARACTERS)
        files = await attachments.read(chat, message.attachments, min(room, self.limits.characters or room))
        names = ", ".join(files.unread)
        if not files.text and not message.text.strip():
            raise UserError("attachments-unread", names=names)
        if message.text.strip():
            check_text(message.text, self.limits)
        if files.unread:
            words = self.texts(message.user.language, "attachments-unread", names=names)
            notice = Reply(words, reply_to=message.id, personal=True)
            await post(self.store, chat, message, notice, f"{message.key}#files")
        text = "\n\n".join(filter(None, (message.text, files.text)))
        return replace(message, text=text, attachments=(), outside=message.outside or bool(files.text))

    def _paced(self, opening: OpenTurn, event: AnyEvent, chat: Chat) -> PacedReply:
        began = perf_counter()
        stop = Button(f"stop:{opening.answer_id}", self.texts(event.user.language, "button-stop"), "⏹")
        first = Reply(
            opening.begun, answer=opening.answer_id, underway=True, buttons=(stop,), reply_to=opening.reply_to
        )
        return PacedReply(
            chat,
            self.store,
            opening.spot,
            first,
            on_first=lambda: self.metrics.first_token_seconds.observe(perf_counter() - began),
            first_pause=self.first_pause,
        )

    def _final(self, opening: OpenTurn, event: AnyEvent, ending: AnswerEnding, text: str) -> Reply:
        suggested = [asdict(one) for one in ending.suggestions]
        answer = FinishedAnswer(opening.answer_id, ending.state, ending.last.finish, text, ending.calls, suggested)
        return Reply(
            text,
            answer=opening.answer_id,
            status=ending.status,
            buttons=self._buttons(event, answer),
            reply_to=opening.reply_to,
        )

    def _buttons(self, event: AnyEvent, answer: ButtonFacts) -> tuple[Button, ...]:
        rateable = self.communities.known(event.place).ratings
        return answer_buttons(self.texts, event.user.language, answer, rateable=rateable)


def only_quotes(event: AnyEvent) -> bool:
    """Whether somebody called us under another person's message without adding a word: that message is the question."""
    return isinstance(event, Message) and bool(event.quoted) and not event.text.strip()


def briefed(line: str, asked: str, briefing: QuestionBriefing) -> str:
    """A question's line as the model reads it: plugins may have changed the `asked` words, and added material."""
    changed = briefing.text and briefing.text != asked
    words = line.replace(asked, briefing.text) if changed and asked in line else briefing.text if changed else line
    return "\n\n".join(filter(None, (words, briefing.material)))


def _leaving() -> bool:
    """Whether we ourselves are being cancelled, and not only the task that we wait for."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())


def _cause(error: UserError) -> str:
    return error.cause if isinstance(error, ModelError) else ""
