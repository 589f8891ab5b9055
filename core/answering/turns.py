"""Works out what an event asks for: which question, in which branch, and which answer.

All functions are units of work of the store; none waits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from core.actions import Action
from core.answering.questions import AskedQuestion, new_question, stored_question
from core.delivery.streaming import ReplySpot
from core.errors import NotAllowed, UserError
from core.limits import AnswerLimits, exceeded
from core.messages import AnyEvent, Invocation, Message, MessageState, Place, Press
from core.ports.chat import ChatCapabilities
from core.ports.model import Finish
from core.rights import may_steer
from core.store import choices, conversations, hot_path, identities, inbox, lanes, outbox, tables, visibility
from core.store.hot_path import AnswerChoices, NewQuestion, PathMessage
from core.store.identities import EventScene

Settle = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Fills in the defaults for what people did not choose, and for choices that are no longer offered."""


@dataclass(frozen=True, slots=True)
class PathTip:
    """The end of a path through a conversation, with the conversation's number of `erasures`.

    If the `message` at its end is new, it is known, and so is the id of the one `above` it, which a reply may have from
    another conversation.
    """

    id: str
    conversation_id: str
    erasures: int
    message: PathMessage | None = None
    above: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """An answer that is to be written: its row, the message that its prompt ends with, and the choices made for it.

    `tip` is that message: the question, or a cut answer that is continued. `begun` is the text that it already has
    then, and `thought` the reasoning before it. `state` and `finish` are those of the row. `unsure` says that after a
    crash it is unknown whether the first words were sent, `shown` that all was that was begun of it. `personal` says
    that only who asked may see the answer, in a place where others are, too. `owed` are earlier answers that may not
    have arrived, and of which the person does not know yet.
    """

    answer_id: str
    scene: EventScene
    tip: PathTip
    choices: Mapping[str, str]
    spot: ReplySpot
    reply_to: str | None
    begun: str = ""
    thought: str = ""
    state: MessageState = "pending"
    finish: Finish = ""
    unsure: bool = False
    shown: bool = False
    personal: bool = False
    owed: tuple[str, ...] = ()

    def came_whole(self, able: ChatCapabilities) -> bool:
        """Whether one person alone has the whole answer, which cannot be changed any more."""
        return self.state == "complete" and self.shown and self.personal and not able.personal_edits


def open_turn(session: Session, event: AnyEvent, limits: AnswerLimits, settle: Settle) -> OpenTurn | UserError | None:
    """Put an event's question into the tree and create a row for its answer. None if it was taken back meanwhile.

    An error is returned, not raised, so that it does not undo other units in the same transaction.
    """
    aside = isinstance(event, Message) and event.aside
    place = identities.aside(event.place, event.user) if aside else event.place
    context = hot_path.turn_context(session, event.key, place, event.user)
    if context is None:
        return None
    scene = context.scene
    if busy := exceeded(session, scene, limits, tables.now()):
        return busy
    verb, target = wish(session, scene, event)
    if verb == "continue":
        return _carry_on(session, scene, event, target, settle)
    asked = (
        _edited(session, scene, event, target)
        if verb == "again"
        else _again(session, scene, event, target)
        if verb
        else new_question(session, context, event)
    )
    if isinstance(asked, UserError):
        return asked
    taken = _taken(session, scene, settle)
    # It may have been taken back since the context was read, where several processes write.
    if not inbox.opened(session, event):
        return None
    made = AnswerChoices(taken["model"], taken["persona"], taken["preset"], limits.role or None)
    question, answer_id = hot_path.begin(session, scene, asked.question, asked.language, made, asked.title)
    outbox.plan(session, answer_key(event), scene.community_id, event.place, answer_id)
    personal = place.thread.startswith(identities.ASIDE)
    told, above = None, None
    if isinstance(asked.question, NewQuestion):
        told = question if personal or place.private else replace(question, text=under(context.name, question.text))
        above = asked.question.parent_id
    tip = PathTip(question.id, scene.conversation_id, context.erasures, told, above)
    moved = isinstance(event, Message) and event.moved
    return OpenTurn(
        answer_id,
        scene,
        tip,
        taken,
        ReplySpot(event.place, answer_key(event), event),
        reply_to=None if personal or moved else asked.platform_id,
        personal=personal,
        owed=tuple(outbox.owed(session, event.place, scene.conversation_id)) if context.owing else (),
    )


def reopen_turn(session: Session, event: AnyEvent, settle: Settle) -> OpenTurn | None:
    """The answer that was opened for an event before a crash; None if it has been erased since."""
    scene = identities.scene(session, event.place, event.user)
    verb, target = wish(session, scene, event)
    if verb == "continue":
        answer = answer_here(session, scene, target)
        return _carried(session, scene, event, answer, settle) if answer else None
    post = outbox.find(session, answer_key(event))
    answer = session.get(tables.MessageRow, post.message_id) if post else None
    question = session.get(tables.MessageRow, answer.parent_id) if answer else None
    if post is None or answer is None or question is None:
        return None
    parts = outbox.of_answer(session, answer.id)
    spot = ReplySpot(_destination(session, event, question), post.key, event, outbox.posted(parts), tried=True)
    opening = _opening(session, scene, event, question, answer.id, _taken(session, scene, settle), spot)
    if opening.personal:
        # Only the process that showed it could change it; it comes anew.
        opening = replace(opening, spot=replace(spot, posted=()))
    return replace(
        opening,
        begun=answer.text,
        thought=answer.reasoning or "",
        state=answer.state,
        finish=answer.finish,
        unsure=any(part.state in ("sending", "abandoned", "offered") for part in parts),
        shown=all(part.state == "sent" for part in parts),
    )


def as_answered(event: AnyEvent, opening: OpenTurn) -> AnyEvent:
    """An event as it was answered: what was asked among others for oneself alone happened in private then."""
    place = opening.spot.place
    return replace(event, place=place) if place.private and not event.place.private else event


def unseen_turn(session: Session, event: AnyEvent, answer_id: str) -> OpenTurn | UserError:
    """An answer that may not have arrived, to be shown in place of the message that offers it."""
    scene = identities.scene(session, event.place, event.user)
    answer = answer_here(session, scene, answer_id)
    question = session.get(tables.MessageRow, answer.parent_id) if answer and answer.parent_id else None
    shown = outbox.of_answer(session, answer_id)
    if answer is None or question is None or not shown or not isinstance(event, Press) or event.id is None:
        return UserError("answer-gone")
    # The first parts may be there; whoever presses the button sees the whole answer in one piece below them.
    spot = ReplySpot(event.place, shown[0].key, event, (event.id,))
    taken = {"model": answer.model, "persona": answer.persona, "preset": answer.preset}
    opening = _opening(session, scene, event, question, answer.id, taken, spot)
    thought = answer.reasoning or ""
    return replace(opening, begun=answer.text, thought=thought, state=answer.state, finish=answer.finish)


def wish(session: Session, scene: EventScene, event: AnyEvent) -> tuple[str, str]:
    """What an event asks for, and the id it is about: "retry" or "continue" an answer, "again" an edited question.

    Both are empty for a new question.
    """
    if isinstance(event, Press):
        action = Action.parse(event.action)
        return action.verb, action.target
    if isinstance(event, Invocation):
        return event.command, _steered(session, scene, event) or ""
    return "", ""


def _steered(session: Session, scene: EventScene, event: AnyEvent) -> str | None:
    """The answer that a command is about: the newest of its lane. Answers of other lanes may be under way."""
    lane, whole = inbox.lane(session, event.key), lanes.place_lane(event.place)
    newest = conversations.newest_answer(session, scene.conversation_id, empty=True)
    if lane in (None, whole):
        return newest
    own = lanes.recent_answers(session, scene.conversation_id, scene.person_id)
    last = session.get(tables.MessageRow, newest) if newest else None
    found = (one.id for one in (*own, last) if one and lanes.of_row(session, event.place, one) == lane)
    return next(found, None)


def answer_key(event: AnyEvent) -> str:
    """The outbox key of an event's answer."""
    return key_of_answer(event.key)


def key_of_answer(event_key: str) -> str:
    """The same, by the event's key."""
    return f"{event_key}#answer"


def _edited(session: Session, scene: EventScene, event: AnyEvent, target: str) -> AskedQuestion | UserError:
    question = visibility.message_here(session, scene, target)
    if question is None:
        return UserError("answer-gone")
    return (
        stored_question(question)
        if may_steer(scene, event.user, question.person_id)
        else NotAllowed("answer-not-yours")
    )


def _again(session: Session, scene: EventScene, event: AnyEvent, target: str) -> AskedQuestion | UserError:
    answer = answer_here(session, scene, target)
    question = session.get(tables.MessageRow, answer.parent_id) if answer and answer.parent_id else None
    if answer is None or question is None:
        return UserError("answer-gone")
    # A moderator may have had the answer written, to somebody else's question.
    mine = may_steer(scene, event.user, question.person_id, answer.person_id)
    return stored_question(question) if mine else NotAllowed("answer-not-yours")


def _carry_on(
    session: Session, scene: EventScene, event: AnyEvent, target: str, settle: Settle
) -> OpenTurn | UserError | None:
    answer = answer_here(session, scene, target)
    if answer is None:
        return UserError("answer-gone")
    if not may_steer(scene, event.user, answer.person_id):
        return NotAllowed("answer-not-yours")
    if answer.finish != "length" and answer.state == "complete":
        return UserError("answer-complete")
    if not inbox.opened(session, event):
        return None
    answer.state = "in_progress"
    # Its words will be others, and so are those that a process may remember.
    conversations.erased_in(session, [answer.conversation_id])
    return _carried(session, scene, event, answer, settle) or UserError("answer-gone")


def _carried(
    session: Session, scene: EventScene, event: AnyEvent, answer: tables.MessageRow, settle: Settle
) -> OpenTurn | None:
    shown = outbox.of_answer(session, answer.id)
    if not shown:
        return None
    as_before = {"model": answer.model, "persona": answer.persona, "preset": answer.preset}
    spot = ReplySpot(event.place, shown[0].key, event, outbox.posted(shown), tried=True)
    opening = _opening(session, scene, event, answer, answer.id, _taken(session, scene, settle, as_before), spot)
    question = session.get_one(tables.MessageRow, answer.parent_id)
    return replace(
        opening,
        begun=answer.text,
        thought=answer.reasoning or "",
        reply_to=question.platform_id,
        state=answer.state,
        finish=answer.finish,
    )


def _taken(
    session: Session, scene: EventScene, settle: Settle, fixed: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    chosen = choices.choices(session, scene.community_id, scene.conversation_id, scene.person_id)
    return settle({**chosen, **(fixed or {})})


def answer_here(session: Session, scene: EventScene, answer_id: str) -> tables.MessageRow | None:
    """An answer of this conversation by its id; None if it is in another conversation or was erased."""
    found = visibility.message_here(session, scene, answer_id)
    return found if found and found.role == "assistant" else None


def _opening(
    session: Session,
    scene: EventScene,
    event: AnyEvent,
    tip: tables.MessageRow,
    answer_id: str,
    taken: Mapping[str, str],
    spot: ReplySpot,
) -> OpenTurn:
    talk = session.get_one(tables.ConversationRow, tip.conversation_id)
    personal = talk.thread.startswith(identities.ASIDE)
    moved = talk.thread != event.place.thread or (isinstance(event, Message) and event.moved)
    above = None if personal or moved else tip.platform_id
    return OpenTurn(answer_id, scene, PathTip(tip.id, talk.id, talk.erasures), taken, spot, above, personal=personal)


def _destination(session: Session, event: AnyEvent, question: tables.MessageRow) -> Place:
    """The place that an answer goes to: that of its event, unless a command put the question elsewhere in private."""
    talk = session.get_one(tables.ConversationRow, question.conversation_id)
    if event.place.private or talk.thread.startswith(identities.ASIDE):
        return event.place
    if talk.owner_id is None:
        # It may have got a thread of its own.
        return replace(event.place, thread=talk.thread)
    community = identities.communities(session, {talk.community_id})[talk.community_id]
    return Place(talk.platform, community, talk.channel, talk.thread, private=True)


def under(name: str, words: str) -> str:
    """A person's words under their name, as a prompt shows them where several people speak."""
    return f"{name}: {words}" if name and words else words
