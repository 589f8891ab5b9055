"""Actions of moderators on trees: deletions, halts, edits, bans, and closing reports.

Each action is one unit of the store. It writes its row into the audit and leaves the tree settled.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.errors import UserError
from core.labeling.rules.vocabulary import CLOSED, ReportOutcome, TreeState
from core.labeling.service import loaded_tree
from core.labeling.service.moderation_cases import ACTION, ModerationCases, messages_of
from core.labeling.service.new_texts import CleanText
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store import private_conversations
from core.store.engine.database import insert_once
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    RevisionRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)
from core.store.tables import AuditRow


@dataclass(frozen=True, slots=True)
class TreeModerator:
    """Somebody who moderates trees: a person in a community, or `who` at the machine's terminal.

    The methods are units of the store. `pools` are the pools whose trees they may see and change, None for all.
    `platform` is the one that people's names are taken from. The methods raise UserError for a message that does not
    exist, and just the same for one that the moderator may not see.
    """

    keeper: TreeLifecycle
    now: datetime
    person_id: str | None = None
    community_id: str | None = None
    pools: Collection[str] | None = None
    platform: str = ""
    who: str = ""

    @property
    def cases(self) -> ModerationCases:
        """The cases that the moderator may see."""
        return ModerationCases(self.pools, self.community_id, self.platform)

    def delete(self, session: Session, message_id: str) -> int:
        """Delete a message and everything below it. Returns how many were not deleted yet."""
        tree, messages, message = self._opened(session, message_id)
        if not message.deleted:
            self._unscore(session, tree)
        live = {message.id for message in messages if not message.deleted}
        number = loaded_tree.delete(messages, message_id)
        gone = {message.id for message in messages if message.deleted} & live
        handled = self._handle(session, {message_id, *gone}, "deleted")
        if message_id == tree.id and tree.state == "prompt_lottery_waiting":
            tree.state, tree.changed_at = "halted_by_moderator", self.now
        if number or handled:
            self.note(session, "delete", message_id)
        self._settle(session, tree)
        return number

    def restore(self, session: Session, message_id: str) -> int:
        """Restore a message with its ancestors, and reopen the tree if it was closed and its prompt deleted.

        Returns how many messages were restored. Raises UserError if one of them was erased: there is nothing left to
        restore.
        """
        tree, messages, message = self._opened(session, message_id)
        chain = _chain(messages, message)
        if any(one.deleted and not one.text for one in chain):
            raise UserError("mod-erased")
        if not any(one.deleted for one in chain):
            return 0
        headless = messages[0].deleted
        self._unscore(session, tree)
        number = loaded_tree.restore(messages, message_id)
        # Without this, the same reports would hide it again at once (TreeLifecycle.settle).
        self._handle(session, {one.id for one in chain}, "restored")
        self.note(session, "restore", message_id)
        if headless and tree.state in CLOSED and not private_conversations.keeps_out(session, tree.id):
            session.flush()
            self.keeper.reopen(session, tree.id, self.now)
        else:
            self._settle(session, tree)
        return number

    def halt(self, session: Session, message_id: str) -> bool:
        """Halt the tree that a message is in. Returns whether that changes anything."""
        _, tree = self.cases.found(session, message_id, lock=True)
        before = tree.state
        # If it was stopped by /private, it would go on without a moderator as soon as that is taken back.
        if before == "halted_by_moderator" and not private_conversations.leave_halted(session, tree.id):
            return False
        tree.state, tree.changed_at = "halted_by_moderator", self.now
        self._handle(session, {message_id}, "halted")
        self.note(session, "halt", tree.id)
        self._settle(session, tree)
        if before == "growing":
            # There is room for another tree now.
            self.keeper.draw(session, tree.pool, tree.lang, self.now)
        return True

    def reopen(self, session: Session, message_id: str) -> TreeState:
        """Let a message's tree go on, or have its ranks computed again. Returns the state it is in then.

        Raises UserError if the tree was not stopped, if its prompt is deleted, or if somebody keeps the conversation
        that it is from out of training.
        """
        tree, messages, _ = self._opened(session, message_id)
        if tree.state not in CLOSED | {"scoring_failed"}:
            raise UserError("mod-not-halted")
        if messages[0].deleted:
            raise UserError("mod-prompt-deleted")
        if private_conversations.keeps_out(session, tree.id):
            raise UserError("mod-private")
        # Without this, reports of its prompt would end it again at once.
        self._handle(session, {tree.id}, "reopened")
        self.note(session, "reopen", tree.id)
        if tree.state == "scoring_failed":
            tree.state = "ranking"
            self._settle(session, tree)
        else:
            session.flush()
            self.keeper.reopen(session, tree.id, self.now)
        return tree.state

    def edit(self, session: Session, message_id: str, text: CleanText) -> bool:
        """Replace a message's text; the old text stays in its history. Returns whether the text changed.

        Raises UserError for an empty text, and for a message that was erased.
        """
        tree, _, message = self._opened(session, message_id)
        if not text.text.strip():
            raise UserError("mod-text-empty")
        if message.deleted and not message.text:
            raise UserError("mod-erased")
        if message.text == text.text:
            return False
        session.add(RevisionRow(message_id=message_id, person_id=self.person_id, before=message.text, at=self.now))
        message.text, message.digest, message.edited = text.text, text.digest, True
        session.connection().execute(delete(TextBandRow).where(col(TextBandRow.message_id) == message_id))
        if message.parent_id is None:
            session.add_all([TextBandRow(band=band, message_id=message_id) for band in text.bands])
        self._handle(session, {message_id}, "edited")
        self.note(session, "edit", message_id)
        self._settle(session, tree)
        return True

    def dismiss(self, session: Session, message_id: str) -> int:
        """Close the reports of a message because nothing is wrong with it. Returns how many were closed."""
        _, tree = self.cases.found(session, message_id, lock=True)
        number = self._handle(session, {message_id}, "dismissed")
        if number:
            self.note(session, "dismiss", message_id)
            self._settle(session, tree)
        return number

    def ban(self, session: Session, person_id: str, banned: bool = True) -> bool:
        """Ban a person from tasks, or let them in again. Returns whether that changes anything.

        The tasks they hold become free for others at once. What they wrote stays (see `purge`).
        """
        insert_once(session, LabelerRow, person_id=person_id)
        labeler = session.get_one(LabelerRow, person_id)
        if labeler.banned == banned:
            return False
        labeler.banned = banned
        self.note(session, "ban" if banned else "unban", person_id)
        if banned:
            self._free(session, person_id)
        return True

    def ban_author(self, session: Session, message_id: str, banned: bool = True) -> bool:
        """Ban the author of a message, or let them in again. Raises UserError if the author is unknown."""
        message, _ = self.cases.found(session, message_id)
        if message.person_id is None:
            raise UserError("mod-no-author")
        return self.ban(session, message.person_id, banned)

    def unban_author(self, session: Session, message_id: str) -> bool:
        """Let the author of a message do tasks again."""
        return self.ban_author(session, message_id, banned=False)

    def note(self, session: Session, verb: str, subject: str) -> None:
        """Record an action in the audit, without any content."""
        session.add(
            AuditRow(
                community_id=self.community_id,
                person_id=self.person_id,
                action=f"{ACTION}{verb}",
                subject=subject,
                outcome=self.who,
                at=self.now,
            )
        )

    def _opened(self, session: Session, message_id: str) -> tuple[TreeRow, Sequence[TreeMessageRow], TreeMessageRow]:
        """Lock a tree for a change. Returns it with all of its messages, the root first, and the one named."""
        message, tree = self.cases.found(session, message_id, lock=True)
        return tree, messages_of(session, tree.id), message

    def _unscore(self, session: Session, tree: TreeRow) -> None:
        """Take back the consensus ranks of a tree whose messages are about to change.

        They are computed again when the tree is settled.
        """
        if tree.state == "ready_for_export":
            self.keeper.rankings.unscore(session, tree)

    def _settle(self, session: Session, tree: TreeRow) -> None:
        session.flush()
        self.keeper.settle(session, tree.id, self.now)

    def _handle(self, session: Session, message_ids: Collection[str], how: ReportOutcome) -> int:
        """Close the open reports of some messages. Returns how many there were."""
        found = select(FlagRow).where(col(FlagRow.message_id).in_(message_ids), FlagRow.handled == "")
        flags = session.exec(found).all()
        for flag in flags:
            flag.handled = how
        return len(flags)

    def _free(self, session: Session, person_id: str) -> None:
        held = session.exec(select(TaskRow).where(TaskRow.person_id == person_id, TaskRow.state == "leased")).all()
        for task in held:
            task.state, task.writing = "expired", False
        session.flush()
        items = [task.item_id for task in held if task.item_id]
        trees = session.exec(select(WorkItemRow.tree_id).where(col(WorkItemRow.id).in_(items)).distinct()).all()
        for tree_id in sorted(one for one in trees if one):
            self.keeper.settle(session, tree_id, self.now)


def _chain(messages: Iterable[TreeMessageRow], message: TreeMessageRow) -> Sequence[TreeMessageRow]:
    """Return a message and its ancestors."""
    by_id = {one.id: one for one in messages}
    found, at = [], by_id.get(message.id)
    while at is not None:
        found.append(at)
        at = by_id.get(at.parent_id or "")
    return found
