"""A round of the arena: one question, two answers one after the other, and the buttons to choose between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

import structlog
from sqlmodel import Session

from core.actions import Verb, button_action
from core.answering.answer_options import AnswerOptions
from core.answering.assistant import Assistant
from core.answering.turns import answer_key
from core.arena import sides
from core.arena.pairs import second_key, vote_buttons
from core.community_settings import CommunitySettings
from core.dataset.export.held_out import HeldOut
from core.delivery.call import CommandCall
from core.delivery.outbox import answered, post
from core.errors import UserError
from core.limits import AnswerLimits
from core.messages import AnyEvent, Button, Invocation, Message, Press, Reply, origin_of
from core.outside_text import MARKUP, cleaned_line
from core.ports.chat import Chat
from core.store import arena, choices, conversations, hot_path, identities, outbox
from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow
from core.store.private_conversations import is_private
from core.store.tables import MessageRow, now
from core.store.training_people import training_key

log = structlog.get_logger()

LETTERS = ("A", "B")
QUOTED = 60
"""So much of a question is quoted where answers cannot reply to it."""

LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DrawnRound:
    """A round whose answers are to be written: its id, what A and B are, and whether it was begun before a crash."""

    id: str
    sides: tuple[arena.Side, arena.Side]
    begun: bool = False


@dataclass(frozen=True, slots=True)
class ArenaRounds:
    """Holds rounds. `chance` draws the questions that are compared, and which answer is shown first."""

    assistant: Assistant
    chance: Random = field(default_factory=Random)

    async def takes(self, event: Message, call: CommandCall, settings: CommunitySettings) -> bool:
        """Hold a round for a question if it is its turn. Returns False if it is to be answered as usual."""
        if not settings.arena or event.aside or self.chance.random() * settings.arena >= 1:
            return False
        drawn = await self._draw(event, call, settings)
        if isinstance(drawn, UserError):
            return False
        await self._hold(drawn, event, call)
        return True

    async def ask(self, call: CommandCall, question: str) -> None:
        """Hold a round for a question that somebody wants compared. Raises UserError if that cannot be done here."""
        settings = await self.assistant.communities.settings(call.event.place)
        said = self._said(call.event, question, settings)
        drawn = await self._draw(said, call, settings)
        if isinstance(drawn, UserError):
            raise drawn
        await self._hold(drawn, said, call)

    async def resumes(self, event: AnyEvent, call: CommandCall, attempts: int) -> bool:
        """Go on with a round that was interrupted. Returns False if the event began none."""
        kept = await self.assistant.store.read(lambda session: arena.of_event(session, event.key))
        if kept is None:
            return False
        if isinstance(event, Invocation):
            event = self._said(event, "", await self.assistant.communities.settings(event.place))
        await self._hold(DrawnRound(kept.id, (kept.side_a, kept.side_b), begun=True), event, call, attempts)
        return True

    def _said(self, event: AnyEvent, question: str, settings: CommunitySettings) -> Message:
        fresh = not settings.together(event.place)
        return Message(**origin_of(event), id="", text=question, fresh=fresh, source="command")

    async def _draw(self, event: Message, call: CommandCall, settings: CommunitySettings) -> DrawnRound | UserError:
        """Decide what meets and which is A, and keep that, so that it stays so after a crash."""
        limits = settings.limits(self.assistant.limits, event.user)
        limits = limits.unlimited if call.chat.capabilities.own_machine(event.user) else limits
        options, first = self.assistant.options, self.chance.random() < 0.5

        def unit(session: Session) -> DrawnRound | UserError:
            scene = identities.scene(session, event.place, event.user)
            if kept := arena.of_event(session, event.key):
                return DrawnRound(kept.id, (kept.side_a, kept.side_b), begun=True)
            trial = arena.current(session, scene.community_id)
            if trial is None:
                return UserError("arena-nothing")
            if is_private(session, scene.person_id, scene.conversation_id):
                return UserError("arena-private")
            if not _room_for_two(session, scene, limits):
                return UserError("arena-quota")
            chosen = choices.choices(session, scene.community_id, scene.conversation_id, scene.person_id)
            meeting = _meeting(options, chosen, trial)
            if isinstance(meeting, UserError):
                return meeting
            candidate, baseline = meeting
            a, b = (candidate, baseline) if first else (baseline, candidate)
            kept = ArenaRoundRow(
                trial_id=trial.id,
                community_id=scene.community_id,
                conversation_id=scene.conversation_id,
                event_key=event.key,
                candidate_first=first,
                side_a=dict(a),
                side_b=dict(b),
            )
            session.add(kept)
            return DrawnRound(kept.id, (a, b))

        return await self.assistant.store.write(unit)

    async def _hold(self, drawn: DrawnRound, event: AnyEvent, call: CommandCall, attempts: int = 0) -> None:
        """Have both answers written, each held back until it is whole, so that its pace tells nothing. Then ask."""
        chat, store, asked = call.chat, self.assistant.store, _quoted(event)
        await self._answered(drawn, 0, event, chat, attempts, asked)
        first = await store.read(lambda session: _answer_to(session, event))
        if first and first.state == "complete":
            second = _once_more(event, first.id)
            await self._answered(drawn, 1, second, chat, attempts, asked)
            stands = await store.write(lambda session: _settle(session, drawn.id, event, second))
        else:
            stands = await store.write(lambda session: _settle(session, drawn.id, event, None))
        language, above = event.user.language, f"> {asked}\n\n" if asked else ""
        if not stands:
            reply = Reply(f"{above}{self.assistant.texts(language, 'arena-void')}", reply_to=answered(event))
            await post(store, chat, event, reply, f"{event.key}#arena")
            return
        ends = not (event.place.private or chat.capabilities.personal)
        buttons = [*vote_buttons(self.assistant.texts, language, drawn.id)]
        if ends:
            end = button_action(Verb.ARENA_END, drawn.id)
            buttons.append(Button(end, self.assistant.texts(language, "arena-vote-end"), row=1))
        which = f"{above}{self.assistant.texts(language, 'arena-which')}"
        reply = Reply(which, reply_to=answered(event), buttons=tuple(buttons))
        await post(store, chat, event, reply, f"{event.key}#arena")
        await chat.refresh(event.place)

    async def _answered(
        self, drawn: DrawnRound, number: int, event: AnyEvent, chat: Chat, attempts: int, asked: str
    ) -> None:
        """Have one of the answers written, or go on with it."""
        options = replace(self.assistant.options, fixed=drawn.sides[number])
        blind = replace(self.assistant, options=options, letter=" · ".join(filter(None, (LETTERS[number], asked))))
        known = await self.assistant.store.read(lambda session: _answer_to(session, event) is not None)
        if drawn.begun and known:
            await blind.resume(event, chat, attempts)
        else:
            await blind.answer(event, chat)


def _quoted(event: AnyEvent) -> str:
    """The beginning of a question, if that shows nowhere else whose answers these are: several people may compare in
    one channel at once, and a command is no message that answers could reply to. It is plain words, since it stands
    beside the letter of an answer, where platforms differ in what they take for markup.
    """
    if event.place.private or answered(event) or not isinstance(event, Message):
        return ""
    words = MARKUP.sub("", cleaned_line(event.text, 2 * QUOTED))
    return words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"


def _once_more(event: AnyEvent, answer_id: str) -> Press:
    """What asks for the second answer, as if somebody had wanted another one."""
    origin = replace(event, key=second_key(event.key), ticket="")
    return Press(**origin_of(origin), action=button_action(Verb.RETRY, answer_id))


def _meeting(
    options: AnswerOptions, chosen: Mapping[str, str], trial: ArenaTrialRow
) -> tuple[arena.Side, arena.Side] | UserError:
    candidate = sides.settled(options, chosen, trial.candidate)
    baseline = sides.settled(options, chosen, trial.baseline)
    if candidate is None or baseline is None:
        gone = trial.candidate if candidate is None else trial.baseline
        return UserError("arena-unknown", name=sides.written(gone))
    return (candidate, baseline) if sides.differ(chosen, candidate, baseline) else UserError("arena-same")


def _room_for_two(session: Session, scene: identities.EventScene, limits: AnswerLimits) -> bool:
    """Whether a person may have two answers now, and their community."""
    since = now() - limits.window
    own, everybodys = conversations.answers_counted(session, since, scene.person_id, scene.community_id)
    return all(
        not most or count + 2 <= most for count, most in ((own, limits.answers), (everybodys, limits.community_answers))
    )


def _answer_to(session: Session, event: AnyEvent) -> MessageRow | None:
    """The answer that an event has got."""
    shown = outbox.find(session, answer_key(event))
    return session.get(MessageRow, shown.message_id) if shown and shown.message_id else None


def _settle(session: Session, round_id: str, event: AnyEvent, second: AnyEvent | None) -> bool:
    """Open a round for votes once both of its answers are there; it is void without them, or if they are the same.

    The conversation goes on from A until somebody prefers B. Returns whether the round stands.
    """
    kept = session.get(ArenaRoundRow, round_id)
    a, b = _answer_to(session, event), _answer_to(session, second) if second else None
    if kept is None:
        return False
    if kept.state != "writing":
        return kept.state == "open"
    whole = all(one and one.state == "complete" and one.text.strip() and not one.deleted for one in (a, b))
    question = session.get(MessageRow, a.parent_id) if a and a.parent_id else None
    if not (whole and a and b and question) or a.text.strip() == b.text.strip():
        kept.state = "void"
        return False
    kept.state, kept.question_id, kept.a_id, kept.b_id = "open", question.id, a.id, b.id
    kept.style_a, kept.style_b = style(a.text), style(b.text)
    kept.prompt_held_out = HeldOut(training_key(session)).prompt(_first_words(session, question))
    hot_path.follow(session, a.conversation_id, a.id)
    return True


def _first_words(session: Session, question: MessageRow) -> str:
    """The prompt with which the question's conversation begins; by that, training holds out whole trees."""
    path = hot_path.path(session, question.id)
    return path[0].text


def style(text: str) -> dict[str, int]:
    """What can be counted in an answer: its words, and its items of lists."""
    return {"words": len(text.split()), "items": len(LIST_ITEM.findall(text))}
