"""The trees of conversations that somebody keeps out of training: nobody gets a task about them meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.vocabulary import ACTIVE, WAITING
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store.labeling_tables import TreeMessageRow, TreeRow
from core.store.tables import MessageRow, now


@dataclass(frozen=True, slots=True)
class PrivateTrees:
    """Stops trees that were made of a conversation, and lets them go on. Its methods are units of the store."""

    keeper: TreeLifecycle

    def halt(self, session: Session, person_id: str, conversation_id: str) -> Sequence[str]:
        """Stop the unfinished trees with messages that the person has in the conversation. Returns their ids."""
        theirs = (
            select(col(TreeMessageRow.tree_id))
            .join(MessageRow, col(MessageRow.id) == col(TreeMessageRow.id))
            .where(col(MessageRow.conversation_id) == conversation_id, col(MessageRow.person_id) == person_id)
        )
        open_to_people = col(TreeRow.state).in_(sorted(ACTIVE | WAITING))
        found = session.scalars(select(TreeRow).where(col(TreeRow.id).in_(theirs), open_to_people)).all()
        for tree in found:
            tree.state, tree.changed_at = "halted_by_moderator", now()
            session.flush()
            self.keeper.settle(session, tree.id, tree.changed_at)
        return [tree.id for tree in found]

    def reopen(self, session: Session, tree_ids: Sequence[str]) -> None:
        """Let trees go on that were stopped for this. One that is gone, or that has been reopened, stays as it is."""
        for tree_id in tree_ids:
            tree = session.get(TreeRow, tree_id)
            if tree is not None and tree.state == "halted_by_moderator":
                self.keeper.reopen(session, tree_id, now())
