"""Steering a conversation: /new, /retry, /continue and /stop, and the buttons that do the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from core.actions import Verb
from core.answering.assistant import Assistant
from core.commands.registry import Command, CommandGroup, Run
from core.commands.reports import answer_meant
from core.community_settings import verb
from core.delivery.call import CommandCall
from core.delivery.opened_places import open_once
from core.errors import NotAllowed, UserError
from core.messages import UNDERWAY
from core.rights import may_steer
from core.store import conversations, hot_path, outbox, visibility
from core.store.identities import EventScene
from core.store.tables import MessageRow


@dataclass(frozen=True, slots=True)
class ConversationCommands:
    """The commands and buttons that steer a conversation.

    `assistant` writes the answers; `compare`, if given, asks for a comparison after a retry.
    """

    assistant: Assistant
    compare: Run | None = None

    def feature(self) -> CommandGroup:
        """Return the commands and buttons. Those that produce an answer wait until the previous answer is done."""
        return CommandGroup(
            commands=(
                Command("new", "talk", self.begin),
                Command("retry", "talk", self.answer),
                Command("continue", "talk", self.answer),
                Command("stop", "talk", self.stop_newest),
                Command("delete", "talk", self.delete_meant),
            ),
            presses={
                Verb.RETRY: self.answer,
                Verb.CONTINUE: self.answer,
                Verb.AGAIN: self.answer,
                Verb.STOP: self.stop,
                Verb.DELETE: self.delete_pressed,
                Verb.SHOW: self.assistant.show,
                Verb.BRANCH: self.switch,
            },
            ordered=frozenset({Verb.RETRY, Verb.CONTINUE, Verb.AGAIN, Verb.SHOW}),
            afterwards={"retry": self.compare} if self.compare else {},
        )

    async def begin(self, call: CommandCall) -> None:
        """Start a new conversation: in a place of its own if the platform can open one, otherwise in this place."""
        if await open_once(call.store, call.chat, call.event):
            return
        scene = await call.scene()
        await call.store.write(lambda session: hot_path.follow(session, scene.conversation_id, None))
        await call.tell(call.text("new-begun"))
        await call.chat.refresh(call.event.place)

    async def answer(self, call: CommandCall) -> None:
        """Answer again (also after the question was edited), or continue an answer that was cut off."""
        await self.assistant.answer(call.event, call.chat)
        if self.compare and verb(call.event) == "retry":
            await self.compare(call)

    async def stop_newest(self, call: CommandCall) -> None:
        """Stop the answer that is being written here, on any branch; the person's own if there is one."""
        scene = await call.scene()
        found = partial(conversations.underway, conversation_id=scene.conversation_id, person_id=scene.person_id)
        for answer_id in await call.store.read(found):
            if await self._stopped(call, scene, answer_id):
                return
        raise UserError("stop-nothing")

    async def stop(self, call: CommandCall) -> None:
        """Stop one answer."""
        if not await self._stopped(call, await call.scene(), call.target):
            raise UserError("stop-nothing")

    async def delete_meant(self, call: CommandCall) -> None:
        """Delete the answer that the command is about: the one that it replies to, or the last one."""
        await self._delete(call, (await answer_meant(call)).id)

    async def delete_pressed(self, call: CommandCall) -> None:
        """Delete the answer under which the button stands."""
        await self._delete(call, call.target)

    async def _delete(self, call: CommandCall, answer_id: str) -> None:
        """Delete an answer: its words, as if the platform had reported that, and the messages that show it.

        The platform may refuse for a while, so messages whose words are already gone are deleted, too.
        """
        scene = await call.scene()

        def unit(session: Session) -> Mapping[str, str | None] | UserError:
            answer = visibility.answer(session, call.event, scene, answer_id, erased=True)
            here = [post for post in outbox.of_answer(session, answer_id) if post.channel == call.event.place.channel]
            if answer is None or not here:
                return UserError("answer-gone")
            question = session.get(MessageRow, answer.parent_id) if answer.parent_id else None
            if not may_steer(scene, call.event.user, answer.person_id, question.person_id if question else None):
                return NotAllowed("answer-not-yours")
            if not answer.deleted:
                conversations.delete(session, answer.id)
            return {post.key: post.platform_id for post in here}

        posts = await call.store.write(unit)
        if isinstance(posts, UserError):
            raise posts
        await self.assistant.stop(answer_id)
        for key, message_id in posts.items():
            if message_id:
                await call.chat.delete(call.event.place, message_id)
            await call.store.write(partial(outbox.drop, key=key))
        await call.chat.refresh(call.event.place)

    async def switch(self, call: CommandCall) -> None:
        """Switch to another version of a message, and to the newest messages that follow it."""
        scene = await call.scene()

        def unit(session: Session) -> bool:
            message = visibility.message_here(session, scene, call.target)
            if message is None:
                return False
            hot_path.follow(session, scene.conversation_id, conversations.newest_below(session, message.id))
            return True

        if not await call.store.write(unit):
            raise UserError("answer-gone")
        await call.chat.refresh(call.event.place)

    async def _stopped(self, call: CommandCall, scene: EventScene, answer_id: str) -> bool:
        """Stop an answer. Returns False if it is not being written, and raises NotAllowed if it is somebody else's."""
        answer = await call.store.read(lambda session: visibility.answer(session, call.event, scene, answer_id))
        if answer is None:
            return False
        if not may_steer(scene, call.event.user, answer.person_id):
            raise NotAllowed("answer-not-yours")
        return answer.state in UNDERWAY and await self.assistant.stop(answer_id)
