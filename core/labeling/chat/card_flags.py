"""Reports made, and taken back, by a reaction to a card that shows a message of a tree."""

from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import Session

from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.free_labels import tree_message_at
from core.labeling.chat.task_session import TaskSession
from core.labeling.chat.write_text import Tell
from core.labeling.service import free_labels
from core.labeling.service.message_reports import report, withdraw
from core.messages import Reaction
from core.store import identities
from core.store.labeling_tables import FlagRow


@dataclass(frozen=True, slots=True)
class CardFlags:
    """Takes reactions that report a message of a tree.

    `desk` knows who may see which trees; `tell_moderators` passes a report on.
    """

    desk: TaskSession
    tell_moderators: Tell

    async def react(self, call: CommandCall, reaction: Reaction) -> bool:
        """Report the message that a reaction is to, or take that back. Returns False if it is on no such message.

        As with a thumb, nothing happens and nothing is said if the person may not label the message.
        """
        message_id = await call.store.read(lambda session: tree_message_at(session, reaction))
        if message_id is None:
            return False

        def unit(session: Session) -> bool:
            scene = identities.scene(session, reaction.place, reaction.user)
            by = self.desk.person(session, call, scene)
            message = free_labels.labelable(session, message_id, by)
            keeper, taker = self.desk.answers.keeper, by.taker
            if reaction.added:
                flag = FlagRow(
                    person_id=taker.person_id,
                    message_id=message_id,
                    community_id=scene.community_id,
                    labels=[],
                    source="reaction",
                    at=taker.at,
                )
                new = session.get(FlagRow, (taker.person_id, message_id)) is None
                if new:
                    # An earlier report by this person may have a reason, and moderators already know about it.
                    report(session, flag)
            else:
                new = False
                withdraw(session, taker.person_id, message_id)
            keeper.settle(session, message.tree_id, taker.at)
            return new

        with suppress(UserError):
            if await call.store.write(unit):
                await self.tell_moderators(call, message_id, call.text("report-no-reason"))
        return True
