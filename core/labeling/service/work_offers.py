"""Keep the queue of work in step with what a tree wants from people."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.tree import WantedWork
from core.labeling.rules.vocabulary import LABELS, RANKS
from core.labeling.service.loaded_tree import LoadedTree
from core.store import labeling_queue as queue
from core.store.labeling_tables import TreeRow, WorkItemRow


@dataclass(frozen=True, slots=True)
class WorkOffers:
    """Opens, resizes and closes a tree's work items."""

    rules: LabelingRules
    chance: Random

    def offer(self, session: Session, tree: LoadedTree, work: Sequence[WantedWork]) -> None:
        """Bring the queue in line with what the tree wants.

        The items are locked first, so that no claim slips in between.
        """
        locked = (
            select(WorkItemRow)
            .where(col(WorkItemRow.tree_id) == tree.row.id)
            .order_by(col(WorkItemRow.id))
            .with_for_update()
        )
        # A claim changes the items in the database alone, so what this session read before may be out of date.
        fresh = locked.execution_options(populate_existing=True)
        items = {(item.kind, item.message_id or ""): item for item in session.scalars(fresh)}
        counts = queue.counted(session, [item.id for item in items.values()])
        found: list[tuple[WantedWork, WorkItemRow]] = []
        for one in work:
            key = (one.kind, one.message_id)
            found.append((one, items.pop(key) if key in items else self._new_item(tree.row, one)))
        session.add_all(item for _, item in found)
        session.flush()
        queue.keep_away(session, {item.id: _authors(tree, item) for _, item in found})
        for one, item in found:
            numbers = counts.get(item.id, {})
            done, held = numbers.get("done", 0), numbers.get("leased", 0)
            item.taken, item.need = done + held, max(done + one.need, done + held)
            item.open, item.topic = done + held < done + one.need, tree.row.topic
            item.prio = self._priority(tree, one, done)
        for item in items.values():
            numbers = counts.get(item.id, {})
            item.taken = item.need = numbers.get("done", 0) + numbers.get("leased", 0)
            item.open = False
        session.flush()

    def _new_item(self, row: TreeRow, one: WantedWork) -> WorkItemRow:
        return WorkItemRow(
            tree_id=row.id,
            message_id=one.message_id,
            kind=one.kind,
            pool=row.pool,
            lang=row.lang,
            topic=row.topic,
            need=one.need,
            rnd=self.chance.random(),
        )

    def _priority(self, tree: LoadedTree, one: WantedWork, done: int) -> int:
        """Return 0 (first) for an item that needs one more person, or a lone answer that cannot be ranked yet."""
        if one.kind in LABELS | RANKS:
            return 0 if one.need == 1 and done else 1
        replies = sum(not message.deleted for message in tree.replies(one.message_id))
        lonely = one.kind == "assistant_reply" and 0 < replies < self.rules.lonely_children_count
        return 0 if lonely else 1


def _authors(tree: LoadedTree, item: WorkItemRow) -> Set[str]:
    """Return the authors of what an item asks to judge. Anybody may reply, even to their own message."""
    if item.kind in LABELS:
        message = tree.message(item.message_id)
        return {message.person_id} if message and message.person_id else set()
    if item.kind in RANKS:
        return {message.person_id for message in tree.replies(item.message_id) if message.person_id}
    return set()
