"""Answers questions. `respond` is the function to read first."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

import structlog

from core.actions import Action, Verb, button_action
from core.answering.answer_buttons import ButtonFacts, answer_buttons, aside_buttons
from core.answering.answer_options import AnswerOptions
from core.answering.best_of import BestOf
from core.answering.edit_offers import offer_turn
from core.answering.enclosures import EnclosureReading
from core.answering.model_requests import ModelRequests
from core.answering.plugin_steps import PluginSteps
from core.answering.prompt_paths import PromptPaths
from core.answering.reasoning import ThinkingHabits
from core.answering.running_answers import AnswerStopped, RunningAnswers
from core.answering.surroundings import ChannelReading
from core.answering.tool_rounds import ToolRounds
from core.answering.turns import OpenTurn, as_answered, open_turn, reopen_turn, unseen_turn
from core.answering.unseen_answers import UnseenAnswers
from core.answering.written_answer import WrittenAnswer, ending_remark, keep
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.refused_reply import mark_refused
from core.delivery.splitting import PartCuts
from core.delivery.streaming import FIRST_PAUSE, PacedReply, in_parts
from core.delivery.typing import TypingSigns
from core.errors import (
    BusyError,
    EditRefused,
    ModelError,
    ModelTimeout,
    UncertainDelivery,
    UserError,
    WriteRefused,
)
from core.limits import AnswerLimits, check_text
from core.messages import UNDERWAY, AnyEvent, Button, Edit, Message, MessageState, Reply, origin_of
from core.metrics import Metrics
from core.ports.chat import Chat
from core.ports.model import AnswerPiece
from core.ports.plugins import QuestionBriefing
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.store import Store
from core.ports.tracing import UNTRACED, Tracing
from core.store import outbox
from core.texts import LocalizedTexts

log = structlog.get_logger()

MOST_ATTEMPTS = 2
"""How often an answer is resumed after a crash before it is shown as interrupted: it may itself be the cause."""

FILE_CHARACTERS = 1.5
"""Characters of files for each token of the model's window: code has about three, so half of it is for the rest."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers events. An answer that could not be shown to its end is tried again after `first_pause` seconds.

    A `letter` is all that is told of an answer that people compare with another. `best_of` is for communities that want
    the best of several answers.
    """

    store: Store
    texts: LocalizedTexts
    options: AnswerOptions
    limits: AnswerLimits
    metrics: Metrics
    communities: CommunitySettingsStore
    plugins: PluginSteps
    requests: ModelRequests
    paths: PromptPaths
    enclosures: EnclosureReading
    channels: ChannelReading
    tracing: Tracing = UNTRACED
    others: OtherProcesses = NO_OTHERS
    typing: TypingSigns = field(default_factory=TypingSigns)
    first_pause: float = FIRST_PAUSE
    habits: ThinkingHabits = field(default_factory=ThinkingHabits)
    running: RunningAnswers = field(default_factory=RunningAnswers)
    letter: str = ""
    best_of: BestOf | None = None
    unseen: UnseenAnswers = field(init=False)

    def __post_init__(self) -> None:
        # The dataclass is frozen; this part needs two of its fields.
        object.__setattr__(self, "unseen", UnseenAnswers(self.store, self.texts))

    async def answer(self, event: AnyEvent, chat: Chat) -> None:
        """Answer an event that asks for an answer: a message, an edit, a press of retry or of continue.

        Raises UserError if it cannot be answered; the question is not kept then.
        """
        settings = await self.communities.settings(event.place)
        limits = settings.limits(self.limits, event.user)
        limits = limits.unlimited if chat.capabilities.own_machine(event.user) else limits
        # Everybody in a place sees that we type, also for what is one person's alone.
        shown = not (isinstance(event, Message) and event.aside)
        with self.typing.during(chat, event.place, lambda: shown):
            if isinstance(event, Message):
                room = int(self.options.default_model().model.window * FILE_CHARACTERS)
                event = await self.enclosures.whole(event, chat, room)
            elif isinstance(event, Edit):
                check_text(event.text, self.limits)
            briefing = await self.plugins.briefed(event, event.text) if isinstance(event, Message | Edit) else None
            opening = await self.store.write(lambda session: open_turn(session, event, limits, self.options.settle))
        if opening is None:
            return
        if isinstance(opening, UserError):
            raise opening
        for answer_id in opening.owed:
            await self.unseen.offer_before(answer_id, event, chat, personal=opening.personal)
        await self.respond(opening, event, chat, briefing)

    async def ask(self, call: CommandCall, text: str) -> None:
        """Answer the text that a command stands for, as if the person had said it. The text counts as from outside, and
        stands in no message that the answer could reply to.
        """
        event = call.event
        settings = await self.communities.settings(event.place)
        fresh = not settings.together(event.place)
        said = Message(**origin_of(event), id="", text=text, fresh=fresh, outside=True, source="command")
        await self.answer(said, call.chat)

    async def offer(self, edit: Edit, call: CommandCall) -> None:
        """Keep the new words of an edited question, and put a button under its answer that asks for a new one."""
        check_text(edit.text, self.limits)
        offer = await self.store.write(lambda session: offer_turn(session, edit))
        if offer is None:
            return
        again = Button(button_action(Verb.AGAIN, offer.question_id), call.text("button-again"), "🔁")
        status = call.text("question-edited")
        if offer.answer is None or not offer.posted:
            await call.tell(status, buttons=[again])
            return
        kept = [b for b in await self._buttons(edit, offer.answer) if Action.parse(b.action).verb != Verb.RETRY]
        reply = Reply(offer.answer.text, offer.answer.id, status, buttons=(again, *kept), reply_to=edit.id)
        last = (await in_parts(reply, call.chat.capabilities, PartCuts()))[-1]
        try:
            await call.chat.edit(edit.place, offer.posted[-1], last)
        except EditRefused:
            await call.tell(status, buttons=[again])

    async def resume(self, event: AnyEvent, chat: Chat, attempts: int) -> None:
        """Resume an event that was being answered when the process died: answer it again, in the same message.

        If that has failed before, the answer is marked as interrupted instead, with a retry button. If it is unknown
        whether the message was sent, the answer is offered as it is.
        """
        opening = await self.store.write(lambda session: reopen_turn(session, event, self.options.settle))
        if opening is None or opening.came_whole(chat.capabilities):
            return
        answer = WrittenAnswer(opening.answer_id, opening.begun, reasoning=opening.thought)
        unsure = opening.unsure and not chat.capabilities.sends_once(personal=opening.personal)
        if opening.state == "complete" and not unsure:
            await self._end(replace(answer, last=AnswerPiece(finish=opening.finish)), opening, event, chat)
            return
        if not unsure and attempts < MOST_ATTEMPTS:
            await self.respond(opening, event, chat)
            return
        if not unsure or opening.state in UNDERWAY:
            status = self.texts(event.user.language, "answer-interrupted")
            answer = replace(answer, state="aborted_by_worker", status=status)
            await self.store.write(partial(keep, answer=answer))
        if not unsure:
            await self._end(answer, opening, event, chat)
            return
        if await self.store.write(lambda session: outbox.abandon(session, opening.answer_id)):
            self.metrics.outbox_ambiguous.inc()
        await self.unseen.offer(opening.answer_id, as_answered(event, opening), chat, personal=opening.personal)

    async def show(self, call: CommandCall) -> None:
        """Show an answer that may not have arrived, in place of the message that offered it.

        Raises UserError if there is no such answer in this conversation.
        """
        opening = await self.store.write(lambda session: unseen_turn(session, call.event, call.target))
        if isinstance(opening, UserError):
            raise opening
        status = "" if opening.state == "complete" else call.text("answer-interrupted")
        last = AnswerPiece(finish=opening.finish)
        answer = WrittenAnswer(opening.answer_id, opening.begun, opening.state, status, last, reasoning=opening.thought)
        await self._end(answer, opening, call.event, call.chat)

    async def respond(
        self, opening: OpenTurn, event: AnyEvent, chat: Chat, briefing: QuestionBriefing | None = None
    ) -> None:
        """Write an answer: wait for the model's turn, show the words as they come, and store the result."""
        began = perf_counter()
        answer = WrittenAnswer(opening.answer_id, opening.begun, reasoning=opening.thought)
        thinking = self.texts(event.user.language, "answer-thinking")
        judges = await self.plugins.judge(event)
        # Where nobody can change what one person alone sees, it is shown whole.
        whole = opening.personal and not chat.capabilities.personal_edits
        drafts = await self._drafts(opening, event)
        reply = self._paced(opening, event, chat, hold=judges or whole)
        try:
            with reply.thinking():
                async with (
                    self.running.stoppable(answer.id),
                    aclosing(self._written(answer, opening, event, briefing, reply, drafts)) as growing,
                ):
                    async for answer in growing:
                        if drafts == 1:
                            reply.grow(answer.text, thinking if answer.thinking else answer.status, answer.reasoning)
                answer = await self.plugins.judged(answer, event) if judges else answer
        except AnswerStopped as error:
            answer = replace(answer, state="cancelled", status=self._said(event, error))
        except (ModelError, BusyError) as error:
            state: MessageState = "timeout" if isinstance(error, ModelTimeout) else "aborted_by_worker"
            answer = replace(answer, state=state, status=self._said(event, error))
            self.metrics.model_failed(error)
            cause = error.cause if isinstance(error, ModelError) else ""
            log.warning("answer_failed", model=opening.choices["model"], key=error.key, cause=cause)
        except UserError as error:
            # A plugin refuses the question, or withholds the answer.
            answer = replace(answer, text=opening.begun, state="cancelled", status=self._said(event, error))
        finally:
            await reply.pause()
        if judges:
            # Plugins judge the text alone, and only a whole one. Nobody sees what they have not judged.
            judged = answer.text if answer.state == "complete" else opening.begun
            answer = replace(answer, text=judged, reasoning="")
        await reply.record(partial(keep, answer=replace(answer, seconds=perf_counter() - began)))
        if answer.path:
            tip, model = opening.tip, self.options.models.get(opening.choices["model"]).model.name
            self.paths.remember(answer.path, answer.spoken, tip, model)
        await self._end(answer, opening, event, chat, reply)
        self.metrics.answered(answer.ending, event.place.platform, opening.choices["model"], perf_counter() - began)

    async def stop(self, answer_id: str) -> bool:
        """Stop an answer, whichever process is writing it; its text so far stays. Returns whether one may be."""
        return self.running.stop(answer_id) or await self.others.announce("stop", answer_id)

    async def _written(
        self,
        answer: WrittenAnswer,
        opening: OpenTurn,
        event: AnyEvent,
        briefing: QuestionBriefing | None,
        reply: PacedReply,
        drafts: int,
    ) -> AsyncGenerator[WrittenAnswer, None]:
        """The answer as it grows. While it waits for the model, `reply` shows its position in the queue."""

        def waiting(position: int) -> None:
            reply.note(self.texts(event.user.language, "queue-position", position=position))

        model = self.options.models.get(opening.choices["model"]).model
        alone = opening.personal or event.place.private
        with self.tracing.step("prompt", {"gen_ai.conversation.id": opening.scene.conversation_id}):
            path = await self.paths.to(opening.tip, model.name, event.place.platform, alone=alone)
            around = await self.channels.before(opening, path, event, reply.chat, model.window)
            request = await self.requests.prepare(opening, path, event, briefing, around)
        answer = replace(answer, outside=request.outside, path=request.path)
        rounds = ToolRounds(event, request, self.plugins.toolbox, self.habits, self.tracing, alone=opening.personal)
        async with AsyncExitStack() as turn:
            with self.tracing.step("queue", {}):
                queue = request.served.queue
                await turn.enter_async_context(queue.turn(opening.scene.community_id, opening.scene.person_id, waiting))
            best = self.best_of if drafts > 1 else None
            writing = best.write(rounds, answer, drafts) if best else rounds.write(answer)
            growing = await turn.enter_async_context(aclosing(writing))
            async for answer in growing:
                yield answer
        if opening.personal:
            return
        suggestions = await self.plugins.suggested(event, path[-1], answer, request.served)
        if suggestions:
            yield replace(answer, suggestions=suggestions)

    async def _drafts(self, opening: OpenTurn, event: AnyEvent) -> int:
        """The number of answers to write before showing the best; one if the answer is compared or continued."""
        once = self.best_of is None or self.letter or opening.begun
        return 1 if once else (await self.communities.settings(event.place)).best_of

    def _paced(self, opening: OpenTurn, event: AnyEvent, chat: Chat, *, hold: bool = False) -> PacedReply:
        began = perf_counter()
        stop = Button(button_action(Verb.STOP, opening.answer_id), self.texts(event.user.language, "button-stop"), "⏹")
        first = Reply(
            opening.begun,
            opening.answer_id,
            underway=True,
            buttons=(stop,),
            reply_to=opening.reply_to,
            personal=opening.personal,
        )
        return PacedReply(
            chat,
            self.store,
            opening.spot,
            first,
            on_first=lambda: self.metrics.first_token_seconds.observe(perf_counter() - began),
            on_refused=lambda: self.running.stop(opening.answer_id),
            hold=hold or bool(self.letter),
            waiting=self.texts(event.user.language, "answer-thinking"),
            typing=self.typing,
            tracing=self.tracing,
            first_pause=self.first_pause,
        )

    async def _end(
        self, answer: WrittenAnswer, opening: OpenTurn, event: AnyEvent, chat: Chat, reply: PacedReply | None = None
    ) -> None:
        """Show an answer whose text is complete; `reply` has shown it so far. If it may not be there, say so."""
        reply = reply or self._paced(opening, event, chat)
        try:
            await reply.end(await self._final(answer, opening, event, chat))
        except (UncertainDelivery, EditRefused) as error:
            log.warning("answer_unsure", place=event.place.platform, error=error)
            self.metrics.delivery_uncertain()
            await self.unseen.offer(answer.id, as_answered(event, opening), chat, personal=opening.personal)
        except WriteRefused as error:
            await mark_refused(reply, self._said(event, error))
            raise

    async def _final(self, answer: WrittenAnswer, opening: OpenTurn, event: AnyEvent, chat: Chat) -> Reply:
        if self.letter and answer.state == "complete":
            letter = self.texts(event.user.language, "arena-answer", letter=self.letter)
            return Reply(answer.text, answer.id, letter, reply_to=opening.reply_to)
        buttons = await self._buttons(event, answer)
        if opening.personal:
            asks = chat.capabilities.forms and bool(answer.text)
            buttons = aside_buttons(self.texts, event.user.language, answer.id, buttons, asks=asks)
        remark = ending_remark(answer.text, answer.state, answer.finish, answer.reasoning)
        words = self.texts(event.user.language, remark) if remark else ""
        status = answer.status or " · ".join(filter(None, (answer.called, words)))
        return Reply(
            answer.text,
            answer.id,
            status,
            buttons=buttons,
            reply_to=opening.reply_to,
            reasoning=answer.reasoning if chat.capabilities.reasoning else "",
            personal=opening.personal,
        )

    async def _buttons(self, event: AnyEvent, answer: ButtonFacts) -> tuple[Button, ...]:
        settings = await self.communities.settings(event.place)
        return answer_buttons(self.texts, event.user.language, answer, rateable=settings.ratings)

    def _said(self, event: AnyEvent, error: UserError) -> str:
        return self.texts(event.user.language, error.key, **error.values)
