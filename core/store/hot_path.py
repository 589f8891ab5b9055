"""The hot path: what is read and written for every message, in few statements that are built once.

| when                       | function          | what                                                            |
|----------------------------|-------------------|-----------------------------------------------------------------|
| before the acknowledgement | `inbox.accept`    | the event, under its key                                        |
| the turn begins            | `turn_context`    | (reads who speaks where, and where the branch ends)             |
|                            | `begin`           | question and answer, and the new end of the branch              |
|                            | `outbox.plan`     | the post that will show the answer                              |
|                            | `inbox.opened`    | that the event has an answer                                    |
| the prompt begins          | `path`            | (reads the messages above a question, if nobody remembers them) |
| a request leaves           | `outbox.sending`  | that it leaves, unless the platform tells a second one apart    |
| the platform has it        | `outbox.sent`     | the platform's id; with the text, if the answer has ended       |
| the answer ends            | `finish`          | its text and how it ended                                       |
| all is shown               | `inbox.done`      | that nothing is left to do; the event's text goes               |

Everything else that a message may need (a new person, a quotation, an edit) takes the longer way of the other files.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import bindparam, case, exists, insert, literal, select, update
from sqlmodel import Session, col

from core.messages import MessageState, Place, Source, User
from core.ports.model import Finish, PromptLine
from core.store import identities
from core.store.engine.database import row_values
from core.store.engine.prepared import prepared
from core.store.identities import EventScene
from core.store.inbox_table import InboxRow, InboxState
from core.store.tables import AccountRow, CommunityRow, ConversationRow, MessageRow, PostRow, PostState, now

LONGEST_PATH = 400
"""The most messages that a prompt or a page may reach back."""

_DONE: InboxState = "done"
_ABANDONED: PostState = "abandoned"


@dataclass(frozen=True, slots=True)
class PathMessage:
    """One message of a path, with only what a prompt needs. `depth` counts from the root of its tree.

    `person_id` is whoever wrote it, or asked for it. `outside` says that it contains words of others, `elsewhere` that
    it is in another conversation than the end of the path. `line` is what it is in a prompt; it is made once, since a
    prompt is made anew for every turn.
    """

    id: str
    role: str
    text: str
    depth: int
    person_id: str | None = None
    outside: bool = False
    elsewhere: bool = False
    line: PromptLine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        role: Literal["user", "assistant"] = "user" if self.role == "prompter" else "assistant"
        object.__setattr__(self, "line", PromptLine(role, self.text))


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A person's message to be put into the tree under `parent_id`, or at the root of a new tree if that is None.

    `platform_id` is None if a command stands for it. `outside` says that it contains words that the person did not
    write. `depth` is its own, if that is known.
    """

    text: str
    language: str
    source: Source
    platform_id: str | None
    parent_id: str | None
    outside: bool = False
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerChoices:
    """The choices that an answer is made with, as they are stored with it."""

    model: str
    persona: str
    preset: str
    quota_role: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerEnding:
    """How an answer ended: its whole text, its state, what the model said at the end, and what it thought before.

    `seconds` is how long people waited for that, None if nobody measured it.
    """

    text: str
    state: MessageState
    finish: Finish
    prompt_tokens: int
    completion_tokens: int
    reasoning: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Everything that a turn needs at its beginning.

    `name` is the person's on this platform. `title`, `tail_id` and `erasures` are the conversation's, `tail_depth` is
    the depth of its last message. `owing` says that there may be answers in the place that did not arrive, and of which
    nobody has been told.
    """

    scene: EventScene
    name: str
    title: str
    tail_id: str | None
    tail_depth: int
    erasures: int
    owing: bool


class _ContextRow(NamedTuple):
    """The columns of `_ground`, in their order."""

    community_id: str
    conversation_id: str
    person_id: str
    name: str
    language: str
    state: InboxState | None
    title: str
    tail_id: str | None
    erasures: int
    depth: int | None
    owing: bool


def _ground() -> Any:
    """The scene of a turn with the end of its branch, the state of its event, and whether anything is owed there."""
    tail = MessageRow.__table__.alias("tail")  # type: ignore[attr-defined]
    owing = exists().where(
        col(PostRow.platform) == bindparam("platform"),
        col(PostRow.channel) == bindparam("channel"),
        col(PostRow.platform_id).is_(None),
        col(PostRow.state) == _ABANDONED,
    )
    joined = identities.SCENE.outerjoin(tail, tail.c.id == col(ConversationRow.tail_id)).outerjoin(
        InboxRow, col(InboxRow.key) == bindparam("key")
    )
    return select(
        col(CommunityRow.id).label("community_id"),
        col(ConversationRow.id).label("conversation_id"),
        col(AccountRow.person_id),
        col(AccountRow.name),
        col(AccountRow.language),
        col(InboxRow.state),
        col(ConversationRow.title),
        col(ConversationRow.tail_id),
        col(ConversationRow.erasures),
        tail.c.depth,
        owing.label("owing"),
    ).select_from(joined)


def _path() -> Any:
    # The walk up the tree reads only the keys; the texts are fetched once the path is known.
    step = (
        select(col(MessageRow.id), col(MessageRow.parent_id), literal(1).label("length"))
        .where(col(MessageRow.id) == bindparam("tail"))
        .cte("path", recursive=True)
    )
    return step.union_all(
        select(col(MessageRow.id), col(MessageRow.parent_id), (step.c.length + 1).label("length"))
        .where(col(MessageRow.id) == step.c.parent_id)
        .where(step.c.length < bindparam("longest"))
    )


PATH = _path()
"""The ids from `tail` up the tree, at most `longest` of them."""

_GROUND = prepared(_ground())
_PATH_OF_WORDS = prepared(
    select(
        col(MessageRow.id),
        col(MessageRow.role),
        col(MessageRow.text),
        col(MessageRow.depth),
        col(MessageRow.person_id),
        # Before it was recorded, the tool calls of an answer told whether it contains words of others.
        case((col(MessageRow.outside).is_(None), col(MessageRow.calls).is_not(None)), else_=col(MessageRow.outside)),
        col(MessageRow.conversation_id),
    )
    .join(PATH, col(MessageRow.id) == PATH.c.id)
    .order_by(col(MessageRow.depth))
)
_DEPTH = prepared(select(col(MessageRow.depth)).where(col(MessageRow.id) == bindparam("message")))
_INSERT = prepared(insert(MessageRow), tuple(MessageRow.model_fields))
_follow = (
    update(ConversationRow)
    .where(col(ConversationRow.id) == bindparam("conversation"))
    .values(tail_id=bindparam("tail"), used_at=bindparam("at"))
)
_FOLLOW, _FOLLOW_TITLED = prepared(_follow), prepared(_follow.values(title=bindparam("new_title")))
_ENDED = ("text", "state", "finish", "reasoning", "prompt_tokens", "completion_tokens", "seconds")
_FINISH = prepared(
    update(MessageRow)
    # An answer that was erased while it was being written stays erased.
    .where(col(MessageRow.id) == bindparam("message"), col(MessageRow.deleted).is_(False))
    .values({name: bindparam(f"new_{name}") for name in _ENDED})
)


def turn_context(session: Session, key: str, place: Place, user: User) -> TurnContext | None:
    """Look up what a turn of this person in this place begins from; what is missing is made.

    None, and nothing is made, if its event was taken back, perhaps because the person was forgotten.
    """
    values = {**identities.scene_values(place, user), "key": key}
    found = _ContextRow(*_GROUND.rows(session, values)[0])
    if found.state == _DONE:
        return None
    if not (found.conversation_id and found.person_id) or identities.renamed(user, found.name, found.language):
        identities.scene(session, place, user)
        session.flush()
        found = _ContextRow(*_GROUND.rows(session, values)[0])
    return TurnContext(
        EventScene(found.community_id, found.conversation_id, found.person_id),
        name=found.name,
        title=found.title,
        tail_id=found.tail_id,
        tail_depth=found.depth or 0,
        erasures=found.erasures,
        owing=bool(found.owing),
    )


def begin(
    session: Session,
    scene: EventScene,
    question: NewQuestion | PathMessage,
    language: str,
    made: AnswerChoices,
    title: str | None = None,
) -> tuple[PathMessage, str]:
    """Put an empty answer under a question, which is new or in the tree already, and make it the end of the branch.

    `title` is the conversation's, if it gets one. Returns the question as a prompt needs it, and the answer's id.
    """
    rows = []
    if isinstance(question, NewQuestion):
        rows.append(question_values(session, scene, question))
        id, deep = cast(str, rows[0]["id"]), cast(int, rows[0]["depth"])
        asked = PathMessage(id, "prompter", question.text, deep, scene.person_id, question.outside)
    else:
        asked = question
    answer = row_values(
        MessageRow,
        community_id=scene.community_id,
        conversation_id=scene.conversation_id,
        parent_id=asked.id,
        person_id=scene.person_id,
        role="assistant",
        state="pending",
        lang=language,
        depth=asked.depth + 1,
        model=made.model,
        persona=made.persona,
        preset=made.preset,
        quota_role=made.quota_role,
    )
    answer_id = cast(str, answer["id"])
    _INSERT.run(session, [*rows, answer])
    end = {"conversation": scene.conversation_id, "tail": answer_id, "at": now(), "new_title": title}
    (_FOLLOW if title is None else _FOLLOW_TITLED).run(session, end)
    return asked, answer_id


def ask(session: Session, scene: EventScene, question: NewQuestion) -> str:
    """Put a person's message into the tree. Returns its id."""
    row = question_values(session, scene, question)
    _INSERT.run(session, row)
    return cast(str, row["id"])


def question_values(session: Session, scene: EventScene, question: NewQuestion) -> dict[str, object]:
    """The row of a person's message."""
    known = question.depth
    if known is None:
        known = depth(session, question.parent_id) + 1 if question.parent_id else 0
    return row_values(
        MessageRow,
        community_id=scene.community_id,
        conversation_id=scene.conversation_id,
        parent_id=question.parent_id,
        person_id=scene.person_id,
        role="prompter",
        state="manual",
        text=question.text,
        lang=question.language,
        depth=known,
        source=question.source,
        platform_id=question.platform_id,
        outside=question.outside or None,
    )


def depth(session: Session, message_id: str) -> int:
    """How deep a message is in its tree."""
    return int(_DEPTH.rows(session, {"message": message_id})[0][0])


def follow(session: Session, conversation_id: str, tail_id: str | None) -> None:
    """Make a message the end of the conversation's active branch; None starts the conversation anew."""
    _FOLLOW.run(session, {"conversation": conversation_id, "tail": tail_id, "at": now()})


def path(session: Session, tail_id: str, longest: int = LONGEST_PATH) -> list[PathMessage]:
    """The messages from the root of the tree to a message, in that order; only the last `longest` of them."""
    found = _PATH_OF_WORDS.rows(session, {"tail": tail_id, "longest": longest})
    return [
        PathMessage(id, role, text, deep, person_id, bool(outside), elsewhere=conversation_id != found[-1][-1])
        for id, role, text, deep, person_id, outside, conversation_id in found
    ]


def finish(session: Session, answer_id: str, ending: AnswerEnding) -> None:
    """Store how an answer ended, unless it was erased meanwhile."""
    _FINISH.run(
        session,
        {
            "message": answer_id,
            "new_text": ending.text,
            "new_state": ending.state,
            "new_finish": ending.finish,
            "new_reasoning": ending.reasoning or None,
            "new_prompt_tokens": ending.prompt_tokens,
            "new_completion_tokens": ending.completion_tokens,
            "new_seconds": ending.seconds,
        },
    )
