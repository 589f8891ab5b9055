"""Finds the place of a question in the tree: below the message that it replies to, or at the root of a new tree.

All functions are units of work of the store; none waits.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.messages import AnyEvent, Edit, Message
from core.store import conversations, hot_path, identities, tables
from core.store.hot_path import NewQuestion, PathMessage, TurnContext

TITLE = 80
"""How many characters of a conversation's first message become its title in a list."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that gets an answer: a new one, or one that is in the tree already.

    `title` is what the conversation is called from now on, None if it keeps its title.
    """

    question: NewQuestion | PathMessage
    language: str
    platform_id: str | None
    title: str | None = None


def new_question(session: Session, context: TurnContext, event: AnyEvent) -> AskedQuestion | UserError:
    """The question that a message asks. Quoted messages that are new to us enter the tree before it.

    Raises TypeError for an event that says nothing.
    """
    if not isinstance(event, Message | Edit):
        raise TypeError(f"{type(event).__name__} asks nothing")
    parent = _parent(session, context, event)
    if isinstance(parent, UserError):
        return parent
    # The name of a command was a title only until something was said.
    untitled = not context.title or context.title.startswith("/")
    aside = isinstance(event, Message) and event.aside
    language = event.user.language.split("-")[0]
    outside = isinstance(event, Message) and event.outside
    new = NewQuestion(event.text, language, event.source, event.id or None, parent.id, outside, parent.depth + 1)
    title = " ".join(event.text.split())[:TITLE] if untitled and not aside else None
    return AskedQuestion(new, language, event.id or None, title)


@dataclass(frozen=True, slots=True)
class QuestionParent:
    """The message that a question is under; `ROOT` if it begins a tree of its own."""

    id: str | None
    depth: int


ROOT = QuestionParent(None, -1)


def _parent(session: Session, context: TurnContext, event: Message | Edit) -> QuestionParent | UserError:
    if isinstance(event, Message):
        return _replied_to(session, context, event)
    found = conversations.place_message(session, event.place, context.scene, event.id)
    edited = session.get(tables.MessageRow, found) if found else None
    if edited is None or edited.person_id != context.scene.person_id:
        return NotAllowed("edit-not-yours")
    edited.edited = True
    return QuestionParent(edited.parent_id, edited.depth - 1)


def _replied_to(session: Session, context: TurnContext, message: Message) -> QuestionParent:
    """The message that this one replies to. Quoted messages that are new to us enter the tree first."""
    scene = context.scene
    if message.reply_to is None:
        return ROOT if message.fresh or not context.tail_id else QuestionParent(context.tail_id, context.tail_depth)
    for quote in message.quoted:
        if not conversations.place_message(session, message.place, scene, quote.id):
            above = quote.reply_to and conversations.place_message(session, message.place, scene, quote.reply_to)
            author = replace(scene, person_id=identities.person(session, message.place.platform, quote.user))
            language = message.user.language.split("-")[0]
            asked = NewQuestion(quote.text, language, "gateway", quote.id, above or None, quote.outside)
            hot_path.ask(session, author, asked)
    # A reply to a message that we never saw still deserves an answer: it begins a tree of its own.
    found = conversations.place_message(session, message.place, scene, message.reply_to)
    return QuestionParent(found, hot_path.depth(session, found)) if found else ROOT


def stored_question(question: tables.MessageRow) -> AskedQuestion:
    """A question that is in the tree already."""
    known = PathMessage(question.id, question.role, question.text, question.depth, question.person_id)
    return AskedQuestion(known, question.lang, question.platform_id)
