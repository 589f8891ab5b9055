"""Passes each event to the part of the core that deals with it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from cachetools import TTLCache
from sqlmodel import Session

from core.answering.assistant import Assistant
from core.commands.admin_channel import tell_admins, tell_of_lost
from core.commands.ratings import RatingCommands
from core.commands.registry import CommandRegistry
from core.commands.reports import ReportCommands
from core.community_settings import CommunitySettings, CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import answered, post
from core.errors import UserError, WriteRefused
from core.messages import (
    AnyEvent,
    Deletion,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Reaction,
    Reply,
    Submission,
)
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import conversations, identities, visibility
from core.store.tables import ConversationRow
from core.texts import LocalizedTexts

log = structlog.get_logger()

REMEMBERED, NOTICE_INTERVAL = 1000, 3600.0
"""Admins are told that we may not write in a place once in NOTICE_INTERVAL seconds; REMEMBERED places are tracked."""

UNLISTED = frozenset({"new", "forgetme", "conversations"})
"""Commands that do not make a conversation of the place where they are given."""

Work = Callable[[], Awaitable[None]]
Later = Callable[[AnyEvent, Work], None]
"""Puts an event's work behind the answers that are being written in its place."""

Take = Callable[[CommandCall, Message], Awaitable[bool]]
"""Offered a message before the assistant is; returns True if it has taken the message."""


@dataclass(frozen=True, slots=True)
class EventDispatch:
    """Passes each event to the part that deals with it, if the community's settings let it through.

    `take` is asked first whether a message is meant for a task. `language` is used if neither the person's nor the
    community's is known.
    """

    store: Store
    texts: LocalizedTexts
    menu: CommandRegistry
    assistant: Assistant
    ratings: RatingCommands
    reports: ReportCommands
    communities: CommunitySettingsStore
    language: str = "en"
    take: Take | None = None
    _told: TTLCache[tuple[Place, str], bool] = field(default_factory=lambda: TTLCache(REMEMBERED, NOTICE_INTERVAL))
    _late: Counter[tuple[Place, str]] = field(default_factory=Counter)

    async def handle(self, event: AnyEvent, chat: Chat, later: Later) -> None:
        """Pass an event to the part that deals with it. `later` is for what must wait for the answers before it."""
        settings = await self.communities.settings(event.place)
        event = self._in_community(event, settings)
        if not (await self._open_to(event) and settings.admit(event)):
            return
        call = CommandCall(event, chat, self.store, self.texts)
        match event:
            case Edit() if event.offer:
                await self.assistant.offer(event, call)
            case Message() if self.take and await self.take(call, event):
                return
            case Message() | Edit():
                await self.assistant.answer(event, chat)
            case Reaction():
                await self._react(call, event, later)
            case Press():
                await self.menu.press(call, event.action)
            case Invocation():
                await self._list(event)
                await self.menu.invoke(call, event)
            case Submission():
                await self.menu.submit(call, event.form, event.values)
            case Deletion():
                await self._delete(call, event)
        await tell_of_lost(call, self.communities)

    async def _list(self, event: Invocation) -> None:
        """List a conversation of one's own in which only commands were given, by the first of them.

        Its arguments may be secrets, so they are no part of the title.
        """
        if not event.place.private or event.command in UNLISTED or event.command not in self.menu.commands:
            return

        def unit(session: Session) -> None:
            scene = identities.scene(session, event.place, event.user)
            conversation = session.get_one(ConversationRow, scene.conversation_id)
            conversation.title = conversation.title or f"/{event.command}"

        await self.store.write(unit)

    async def resume(self, event: AnyEvent, chat: Chat, attempts: int) -> None:
        """Go on with an event that was being answered when the process died."""
        event = self._in_community(event, await self.communities.settings(event.place))
        await self.assistant.resume(event, chat, attempts)

    async def explain(self, event: AnyEvent, chat: Chat, error: UserError) -> None:
        """Tell the person what went wrong, and the admins if the platform does not let us write."""
        event = self._in_community(event, await self.communities.settings(event.place))
        if isinstance(error, WriteRefused):
            await self._tell_of_refusal(event, chat, error)
        text = self.texts(event.user.language, error.key, **error.values)
        reply = Reply(text, reply_to=answered(event), personal=True)
        await post(self.store, chat, event, reply, f"{event.key}#error")

    async def _tell_of_refusal(self, event: AnyEvent, chat: Chat, error: WriteRefused) -> None:
        """Tell the admins that we could not answer in a place, once an hour."""
        place = event.place
        if place.private or (place, error.key) in self._told:
            return
        self._told[place, error.key] = True
        call = CommandCall(event, chat, self.store, self.texts)
        where = chat.mention("channel", place.channel, place)
        try:
            await tell_admins(call, self.communities, call.text("log-refused", where=where, code=error.code), "refused")
        except UserError as failed:
            log.warning("admins_not_told", key=failed.key)

    def ordered(self, event: AnyEvent) -> bool:
        """Whether an event has to wait for the answers before it."""
        return isinstance(event, Message | Edit) or self.menu.ordered(event)

    async def _open_to(self, event: AnyEvent) -> bool:
        """Whether the place is open to this person, and not somebody else's private one."""
        # Platforms do not say who has deleted a message; nobody can who does not see it.
        if not event.place.private or (isinstance(event, Deletion) and not event.user.id):
            return True
        found = await self.store.read(lambda session: visibility.open_to(session, event.place, event.user))
        if not found:
            # No platform lets that happen. A reply about it would be read by the person whose place it is.
            log.warning("place_of_another", kind=event.kind, event_key=event.key)
        return found

    def _in_community(self, event: AnyEvent, settings: CommunitySettings) -> AnyEvent:
        """The event with the person's role here, and with the community's language if the platform gives none."""
        user = settings.known_here(event.user)
        return replace(event, user=replace(user, language=user.language or settings.language or self.language))

    async def _react(self, call: CommandCall, reaction: Reaction, later: Later) -> None:
        message = (reaction.place, reaction.id)
        if message not in self._late and await self._reacted(call, reaction):
            return
        # It may be on an answer whose platform id we do not know yet. We know it once the lane of answers gets to this
        # reaction, so it waits there, and so do further reactions to the same message.
        self._late[message] += 1
        later(reaction, lambda: self._react_late(call, reaction))

    async def _react_late(self, call: CommandCall, reaction: Reaction) -> None:
        message = (reaction.place, reaction.id)
        self._late[message] -= 1
        if not self._late[message]:
            del self._late[message]
        await self._reacted(call, reaction)

    async def _reacted(self, call: CommandCall, reaction: Reaction) -> bool:
        return await self.ratings.react(call, reaction) and await self.reports.react(call, reaction)

    async def knows(self, event: Deletion) -> bool:
        """Whether we ever saw the message that was deleted."""
        found = await self.store.read(lambda session: conversations.known_message(session, event.place, event.id))
        return found is not None

    async def _delete(self, call: CommandCall, event: Deletion) -> None:
        def unit(session: Session) -> Sequence[str]:
            message_id = conversations.known_message(session, event.place, event.id)
            return conversations.delete(session, message_id) if message_id else ()

        for answer_id in await self.store.write(unit):
            self.assistant.stop(answer_id)
        await call.chat.refresh(event.place)
