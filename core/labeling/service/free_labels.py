"""Labels and thumbs that people give a message of a tree outside of their tasks. Units of the store.

They do not affect acceptance: a label is only exported, and a thumb is Open Assistant's emoji
(docs/reference/open-assistant.md 1.10).
"""

from collections.abc import Mapping

from sqlmodel import Session

from core.errors import NotAllowed, UserError
from core.labeling.rules import review_modes
from core.labeling.rules.vocabulary import FREE
from core.labeling.service.assignment import TaskPerson
from core.labeling.service.gold_items import kind_of
from core.labeling.service.held_task import admit
from core.rights import is_own
from core.store.labeling_tables import ReviewRow, TreeMessageRow, TreeRow, TreeVoteRow
from core.store.private_conversations import keeps_out

DECIDING = ("spam", "lang_mismatch")
"""The labels that decide whether a message is accepted: values given in a task stay as they are."""


def labelable(session: Session, message_id: str, by: TaskPerson) -> TreeMessageRow:
    """Return a message of a tree that somebody may label or give a thumb.

    Raises UserError if it is not there for them, and NotAllowed if they wrote it or are banned from tasks.
    """
    admit(session, by.taker.person_id)
    message = session.get(TreeMessageRow, message_id)
    if message is None or message.deleted or session.get_one(TreeRow, message.tree_id).pool not in by.pools:
        raise UserError("label-gone")
    if keeps_out(session, message.tree_id):
        raise UserError("label-gone")
    if is_own(by.taker.person_id, message.person_id):
        raise NotAllowed("label-own")
    return message


def labels_of(session: Session, person_id: str, message: TreeMessageRow) -> Mapping[str, float]:
    """Return the labels that somebody has given a message, in a task or without one."""
    kept = session.get(ReviewRow, (person_id, message.id))
    return kept.labels if kept else {}


def in_task(session: Session, person_id: str, message: TreeMessageRow) -> bool:
    """Return whether somebody has reviewed a message in a task, so that it has been counted."""
    kept = session.get(ReviewRow, (person_id, message.id))
    return kept is not None and kept.mode != FREE


def label(session: Session, message: TreeMessageRow, by: TaskPerson, labels: Mapping[str, float]) -> None:
    """Keep somebody's labels of a message in place of their earlier ones; no labels at all take them back.

    Somebody who has reviewed it in a task counts once: the labels go into that review, except those that decided.
    Raises UserError if a label cannot have its value.
    """
    if review_modes.fault(labels, kind_of(message)):
        raise UserError("task-label-value")
    taker = by.taker
    kept = session.get(ReviewRow, (taker.person_id, message.id))
    if kept is not None and kept.mode != FREE:
        decided = {name: kept.labels[name] for name in DECIDING if name in kept.labels}
        kept.labels = {**{name: value for name, value in labels.items() if name not in DECIDING}, **decided}
    elif labels:
        session.merge(
            ReviewRow(
                person_id=taker.person_id,
                message_id=message.id,
                labels=dict(labels),
                mode=FREE,
                platform=taker.platform,
                source=taker.source,
                at=taker.at,
            )
        )
    elif kept is not None:
        session.delete(kept)


def thumb_of(session: Session, person_id: str, message: TreeMessageRow) -> int:
    """Return somebody's thumb on a message: 1, -1, or 0 for none."""
    kept = session.get(TreeVoteRow, (person_id, message.id))
    return kept.value if kept else 0


def vote(session: Session, message: TreeMessageRow, by: TaskPerson, value: int, source: str) -> None:
    """Keep somebody's thumb on a message, 1 or -1, in place of the other one; 0 takes it back."""
    taker = by.taker
    kept = session.get(TreeVoteRow, (taker.person_id, message.id))
    if value:
        row = TreeVoteRow(
            person_id=taker.person_id,
            message_id=message.id,
            value=value,
            platform=taker.platform,
            source=source,
            at=taker.at,
        )
        session.merge(row)
    elif kept is not None:
        session.delete(kept)
