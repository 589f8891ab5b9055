"""A new text takes its place in a tree: checked, then as the root of a new tree or as a reply."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.errors import UserError
from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.rules.vocabulary import TAKES_REPLIES
from core.labeling.service.held_task import HeldTask
from core.store.labeling_tables import TextBandRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import new_id


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text as it is stored: cleaned, with its digest.

    `bands` are set for a prompt only (`core.labeling.rules.similarity`).
    """

    text: str
    digest: str = ""
    bands: Sequence[str] = ()


def check_text(session: Session, rules: LabelingRules, mine: HeldTask, text: CleanText) -> None:
    """Raise UserError if a text is empty, is too long, or repeats a recent text of the same person."""
    if not text.text.strip():
        raise UserError("task-text-empty")
    if len(text.text) > rules.message_size_limit:
        raise UserError("task-text-long", characters=len(text.text), limit=rules.message_size_limit)
    same = select(col(TreeMessageRow.id)).where(
        col(TreeMessageRow.person_id) == mine.task.person_id,
        col(TreeMessageRow.created_at) >= mine.by.at - rules.duplicate_window,
        col(TreeMessageRow.digest) == text.digest,
    )
    if text.digest and session.scalars(same.limit(1)).first():
        raise UserError("task-text-again")


def begin_tree(session: Session, limits: TreeLimits, mine: HeldTask, text: CleanText) -> TreeMessageRow:
    """Begin a tree with a prompt. Returns the prompt's message."""
    tree_id, task, by = new_id(), mine.task, mine.by
    session.add(
        TreeRow(
            id=tree_id,
            community_id=by.community_id,
            pool=task.pool,
            lang=task.lang,
            topic=task.topic,
            state="initial_prompt_review",
            limits=asdict(limits),
            created_at=by.at,
            changed_at=by.at,
        )
    )
    session.flush()
    message = _message(mine, text, tree_id)
    session.add(message)
    session.flush()
    for band in text.bands:
        session.merge(TextBandRow(band=band, message_id=tree_id))
    return message


def add_reply(session: Session, mine: HeldTask, text: CleanText) -> TreeMessageRow:
    """Add a reply to the message that its task is about. Raises UserError if the tree no longer takes replies."""
    item = session.get_one(WorkItemRow, mine.task.item_id)
    parent = session.get_one(TreeMessageRow, item.message_id)
    tree = session.get_one(TreeRow, parent.tree_id, with_for_update=True)
    if tree.state not in TAKES_REPLIES:
        raise UserError("task-tree-closed")
    message = reply_below(mine, text, parent)
    # A reply to a message deleted meanwhile is kept as deleted: nothing that somebody wrote is lost.
    message.deleted = parent.deleted
    session.add(message)
    return message


def reply_below(mine: HeldTask, text: CleanText, parent: TreeMessageRow) -> TreeMessageRow:
    """Build the row of a reply to a message."""
    message = _message(mine, text, new_id())
    message.tree_id, message.parent_id, message.depth = parent.tree_id, parent.id, parent.depth + 1
    message.role = "assistant" if parent.role == "prompter" else "prompter"
    return message


def _message(mine: HeldTask, text: CleanText, id: str) -> TreeMessageRow:
    """Build the row of a text as the root of a tree, under the tree's id."""
    return TreeMessageRow(
        id=id,
        tree_id=id,
        person_id=mine.task.person_id,
        community_id=mine.by.community_id,
        platform=mine.by.platform,
        source=mine.by.source,
        role="prompter",
        text=text.text,
        lang=mine.task.lang,
        digest=text.digest,
        created_at=mine.by.at,
    )
