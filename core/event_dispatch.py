"""Passes each event to the part of the core that deals with it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from cachetools import TTLCache
from sqlmodel import Session, col

from core.answering.assistant import Assistant
from core.arena.rounds import ArenaRounds
from core.backoff import Backoff
from core.commands.admin_channel import note_hidden, tell_admins, tell_untold
from core.commands.first_contact import FirstContact
from core.commands.ratings import RatingCommands
from core.commands.registry import CommandRegistry
from core.commands.reports import ReportCommands
from core.community_settings import CommunitySettings, CommunitySettingsStore, Relocations, within
from core.delivery.call import CommandCall
from core.delivery.opened_places import open_once
from core.delivery.outbox import answered, post
from core.errors import UserError, WriteRefused
from core.messages import (
    EVENT,
    AnyEvent,
    Arrival,
    Deletion,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Reaction,
    Relocation,
    Reply,
    Submission,
)
from core.ports.chat import Chat
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.store import Store
from core.store import conversations, identities, inbox, labeling_people, visibility
from core.store.lanes import place_lane
from core.store.relocation import left_over, relocate
from core.store.tables import ConversationRow, MessageRow
from core.texts import LocalizedTexts
from core.work_lanes import Work

log = structlog.get_logger()

REMEMBERED, NOTICE_INTERVAL = 1000, 3600.0
"""Admins are told that we may not write in a place once in NOTICE_INTERVAL seconds; REMEMBERED places are tracked."""

OPEN_FOR = 30.0
"""For how many seconds a private place that was open to a person is taken to be so still. It stops being theirs only if
their account becomes another person's, which a program that tells nobody may do as well."""

FIRST_LOOK, LONGEST_LOOK, LONGEST_SETTLING = 0.1, 2.0, 600.0
"""Seconds between two looks at what is not answered in the former place of a community, and for which we look at most.
"""

UNLISTED = frozenset({"new", "forgetme", "conversations"})
"""Commands that do not make a conversation of the place where they are given."""

Later = Callable[[AnyEvent, str, Work], None]
"""Puts an event's work behind the answers that are being written in its place, and in order with other work about the
same message."""

Lead = Callable[[Place, str], None]
"""Lets what is said in a place, in the lane of a name, wait for the work that is under way now."""

Take = Callable[[CommandCall, Message], Awaitable[bool]]
"""Offered a message before the assistant is; returns True if it has taken the message."""


@dataclass(frozen=True, slots=True)
class EventDispatch:
    """Passes each event to the part that deals with it, if the community's settings let it through.

    `take` is asked first whether a message is meant for a task. `language` is used if neither the person's nor the
    community's is known. `opened` are private places that were found open to somebody, `others` hear of what moves.
    """

    store: Store
    texts: LocalizedTexts
    menu: CommandRegistry
    assistant: Assistant
    arena: ArenaRounds
    ratings: RatingCommands
    reports: ReportCommands
    communities: CommunitySettingsStore
    relocations: Relocations
    first_contact: FirstContact
    language: str = "en"
    take: Take | None = None
    others: OtherProcesses = NO_OTHERS
    _told: TTLCache[tuple[Place, str], bool] = field(default_factory=lambda: TTLCache(REMEMBERED, NOTICE_INTERVAL))
    opened: TTLCache[tuple[Place, str], bool] = field(default_factory=lambda: TTLCache(REMEMBERED, OPEN_FOR))
    _late: Counter[tuple[Place, str]] = field(default_factory=Counter)

    async def handle(self, event: AnyEvent, chat: Chat, later: Later, lead: Lead) -> None:
        """Pass an event to the part that deals with it.

        `later` is for what must wait for the answers before it, `lead` for a place that is opened for an answer.
        """
        if isinstance(event, Relocation):
            await self._relocate(event)
            return
        event, settings = await self._in_community(event)
        if not (await self._open_to(event) and settings.admit(event)):
            return
        call = CommandCall(event, chat, self.store, self.texts)
        match event:
            case Message():
                await self._said(event, call, settings, lead)
            case Edit():
                await self._edited(event, call)
            case Reaction():
                await self._react(call, event, later)
            case Press() | Invocation() | Submission():
                if isinstance(event, Invocation) and event.command in self.menu.commands:
                    await title_by_command(event, self.store)
                await self.menu.run(call, event)
            case Deletion():
                await self._delete(call, event)
            case Arrival():
                await self.first_contact.greet(call)
        await tell_untold(call, self.communities)

    async def _said(self, event: Message, call: CommandCall, settings: CommunitySettings, lead: Lead) -> None:
        if event.hidden:
            await self._explain_hidden(event, call, settings)
            return
        if self.take and await self.take(call, event):
            return
        if settings.threads and begins_one(event, call.chat):
            event = await in_own_place(event, call.chat, self.store, lead)
        if not await self.arena.takes(event, call, settings):
            await self.assistant.answer(event, call.chat)

    async def _edited(self, event: Edit, call: CommandCall) -> None:
        def known(session: Session) -> str | None:
            return conversations.known_message(session, event.place, event.id)

        # If it had called us before it was edited, it would be known by now, as it was before us in the lane.
        if event.question and not await self.store.read(known):
            asked = replace(event.question, key=event.key, place=event.place, user=event.user)
            await self.assistant.answer(asked, call.chat)
        elif event.offer:
            await self.assistant.offer(event, call)
        else:
            await self.assistant.answer(event, call.chat)

    async def _explain_hidden(self, event: Message, call: CommandCall, settings: CommunitySettings) -> None:
        """Say once in a conversation how to reach us although the platform shows us no other messages."""
        await note_hidden(call, self.communities)
        if not within(event.place, settings.always):
            place = event.place
            reply = Reply(call.text("message-hidden"), reply_to=event.id)
            key = f"hidden:{place.platform}:{place.community}:{place.channel}:{place.thread}"
            await post(self.store, call.chat, event, reply, key)

    async def resume(self, event: AnyEvent, chat: Chat, attempts: int) -> None:
        """Go on with an event that was being answered when the process died."""
        event, _ = await self._in_community(event)
        call = CommandCall(event, chat, self.store, self.texts)
        if await self.arena.resumes(event, call, attempts):
            return
        await self.assistant.resume(event, chat, attempts)
        await self.menu.follow(call)

    async def explain(self, event: AnyEvent, chat: Chat, error: UserError) -> None:
        """Tell the person what went wrong, and the admins if the platform does not let us write."""
        event, _ = await self._in_community(event)
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
        return isinstance(event, Message | Edit | Relocation) or self.menu.ordered(event)

    async def _open_to(self, event: AnyEvent) -> bool:
        """Whether the place is open to this person, and not somebody else's private one."""
        # Platforms do not say who has deleted a message; nobody can who does not see it.
        if not event.place.private or (isinstance(event, Deletion) and not event.user.id):
            return True
        if (event.place, event.user.id) in self.opened:
            return True
        found = await self.store.read(lambda session: visibility.open_to(session, event.place, event.user))
        if found:
            self.opened[event.place, event.user.id] = True
        else:
            # No platform lets that happen. A reply about it would be read by the person whose place it is.
            log.warning("place_of_another", kind=event.kind, event_key=event.key)
        return found

    async def _in_community(self, event: AnyEvent) -> tuple[AnyEvent, CommunitySettings]:
        """The event with the person's role here, and with the community's language if the platform gives none.

        It happens where its community is now, wherever that was when it came in.
        """
        place = self.relocations.present(event.place)
        settings = await self.communities.settings(place)
        user = settings.known_here(event.user)
        if isinstance(event, Edit):
            # The message may have been written before its conversation got a thread.
            written, id = place, event.id
            place = await self.store.read(lambda session: conversations.present_place(session, written, id))
        if not user.language:
            user = replace(user, language=settings.language or self.language)
        if place is event.place and user is event.user:
            return event, settings
        return replace(event, place=place, user=user), settings

    async def _relocate(self, event: Relocation) -> None:
        """Let a community's new id take along what was kept under the former one."""

        def unit(session: Session) -> None:
            relocate(session, event.former, event.place)
            self.others.tell(session, "relocation", EVENT.dump_json(event).decode())

        await self.store.write(unit)
        self.relocations.note(event)
        await settled_before(event, self.store, self.ordered)

    async def _react(self, call: CommandCall, reaction: Reaction, later: Later) -> None:
        message = (reaction.place, reaction.id)
        if message not in self._late and await self._reacted(call, reaction):
            return
        # It may be on an answer whose platform id we do not know yet. We know it once the answers are there that are
        # being written now, so it waits for them, and so do further reactions to the same message.
        self._late[message] += 1
        later(reaction, reaction.id, lambda: self._react_late(call, reaction))

    async def _react_late(self, call: CommandCall, reaction: Reaction) -> None:
        message = (reaction.place, reaction.id)
        self._late[message] -= 1
        if not self._late[message]:
            del self._late[message]
        await self._reacted(call, reaction)

    async def _reacted(self, call: CommandCall, reaction: Reaction) -> bool:
        return await self.ratings.react(call, reaction) and await self.reports.react(call, reaction)

    async def knows(self, event: Deletion) -> bool:
        """Whether we ever saw the message that was deleted, even if nobody has begun to answer it."""

        def unit(session: Session) -> bool:
            known = conversations.known_message(session, event.place, event.id)
            return known is not None or inbox.waits(session, event.place, event.id)

        return await self.store.read(unit)

    async def _delete(self, call: CommandCall, event: Deletion) -> None:
        def unit(session: Session) -> Sequence[str]:
            inbox.withdraw(session, event.place, event.id)
            message_id = conversations.known_message(session, event.place, event.id)
            if message_id is None:
                return ()
            labeling_people.empty_messages(session, col(MessageRow.id) == message_id)
            return conversations.delete(session, message_id)

        for answer_id in await self.store.write(unit):
            await self.assistant.stop(answer_id)
        await call.chat.refresh(event.place)


async def settled_before(move: Relocation, store: Store, ordered: Callable[[AnyEvent], bool]) -> None:
    """Wait until all is answered that was asked in a community's former place: what is asked in the new one goes on
    from there. Another process may be at it."""
    clock = asyncio.get_running_loop().time
    end = clock() + LONGEST_SETTLING
    for pause in Backoff(FIRST_LOOK, LONGEST_LOOK):
        left = await store.read(lambda session: left_over(session, move))
        # A reaction may itself wait for the answers of the new place.
        if not any(map(ordered, left)):
            return
        if clock() > end:
            log.warning("moved_before_answered", event_key=move.key)
            return
        await asyncio.sleep(pause)


def begins_one(message: Message, chat: Chat) -> bool:
    """Whether a question begins a conversation that could have a thread of its own."""
    place = message.place
    goes_on = message.reply_to is not None and not message.quoted
    return chat.capabilities.threads and not (place.private or place.thread or goes_on)


async def in_own_place(message: Message, chat: Chat, store: Store, lead: Lead) -> Message:
    """A question in the place that was opened for it; where it was asked, if the platform does not let us."""
    # Others may go on there at once.
    opened = await open_once(store, chat, message, lambda place: lead(place, place_lane(place)))
    if opened is None:
        return message
    own = replace(message, place=opened, fresh=True, moved=True)
    await store.write(lambda session: inbox.moved(session, own))
    return own


async def title_by_command(event: Invocation, store: Store) -> None:
    """List a conversation of one's own in which only commands were given, by the first of them.

    Its arguments may be secrets, so they are no part of the title.
    """
    if not event.place.private or event.command in UNLISTED:
        return

    def titled(session: Session) -> bool:
        known = identities.known_conversation(session, event.place)
        return known is not None and bool(known.title)

    def unit(session: Session) -> None:
        scene = identities.scene(session, event.place, event.user)
        conversation = session.get_one(ConversationRow, scene.conversation_id)
        conversation.title = conversation.title or f"/{event.command}"

    # A transaction that writes waits for all others.
    if not await store.read(titled):
        await store.write(unit)
