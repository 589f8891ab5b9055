"""The trees of conversations that somebody keeps out of training: nobody gets a task about them meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.vocabulary import ACTIVE, WAITING
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store import private_conversations as private
from core.store.labeling_tables import TreeMessageRow, TreeRow
from core.store.tables import MessageRow, now


@dataclass(frozen=True, slots=True)
class PrivateTrees:
    """Stops trees that were made of a conversation, and lets them go on. Its methods are units of the store."""

    keeper: TreeLifecycle

    def halt(self, session: Session, person_id: str, conversation_id: str) -> Sequence[str]:
        """Stop the unfinished trees with messages that the person has in the conversation.

        Returns their ids, with those of trees that others had stopped in the same way before.
        """
        others = private.halted_by_others(session, person_id, conversation_id)
        halted = []
        for tree in _trees(session, person_id, conversation_id):
            if tree.state in ACTIVE | WAITING:
                tree.state, tree.changed_at = "halted_by_moderator", now()
                session.flush()
                self.keeper.settle(session, tree.id, tree.changed_at)
                halted.append(tree.id)
            elif tree.id in others:
                halted.append(tree.id)
        return halted

    def reopen(self, session: Session, person_id: str, conversation_id: str, halted: Sequence[str]) -> None:
        """Let the trees of a conversation go on that nobody keeps out of training any more.

        Of stopped ones, these are those that were `halted` for that. Others may be without tasks for the same reason.
        """
        for tree in _trees(session, person_id, conversation_id):
            if private.keeps_out(session, tree.id):
                continue
            if tree.state == "halted_by_moderator" and tree.id in halted:
                self.keeper.reopen(session, tree.id, now())
            elif tree.state in ACTIVE:
                self.keeper.settle(session, tree.id, now())


def _trees(session: Session, person_id: str, conversation_id: str) -> Sequence[TreeRow]:
    """Return the trees with messages that a person has in a conversation."""
    theirs = (
        select(col(TreeMessageRow.tree_id))
        .join(MessageRow, col(MessageRow.id) == col(TreeMessageRow.id))
        .where(col(MessageRow.conversation_id) == conversation_id, col(MessageRow.person_id) == person_id)
    )
    return session.scalars(select(TreeRow).where(col(TreeRow.id).in_(theirs)).order_by(col(TreeRow.id))).all()
