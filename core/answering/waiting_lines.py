"""The line that tells somebody how many are before them in their conversation, once they have waited for a while."""

import asyncio
from dataclasses import dataclass, replace

import structlog
from sqlmodel import Session

from core.community_settings import CommunitySettingsStore
from core.delivery.outbox import answered, post
from core.errors import EditRefused, MessageGone, StoreError, UncertainDelivery, UnreachableError, UserError
from core.messages import AnyEvent, Reply
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import outbox
from core.texts import LocalizedTexts
from core.work_lanes import LanePosition

log = structlog.get_logger()

REFUSALS = (UnreachableError, UncertainDelivery, UserError, EditRefused, MessageGone)


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """Shows such a line where others are, and takes it away once its person's turn comes.

    `language` is used if neither the person's nor the community's is known.
    """

    store: Store
    texts: LocalizedTexts
    communities: CommunitySettingsStore
    language: str

    async def keep(self, event: AnyEvent, chat: Chat, position: LanePosition) -> None:
        """Show the line as soon as somebody has waited longer than the sign that we are typing tells of.

        It is a courtesy: if it cannot be shown, they are answered all the same.
        """
        try:
            async with asyncio.timeout(chat.capabilities.typing_lasts):
                await position.reached(0)
            return
        except TimeoutError:
            pass
        try:
            await self._follow(event, chat, position)
        except StoreError as error:
            log.info("waiting_line_failed", place=event.place.platform, error=error)

    async def _follow(self, event: AnyEvent, chat: Chat, position: LanePosition) -> None:
        settings = await self.communities.settings(event.place)
        if not settings.admit(replace(event, user=settings.known_here(event.user))):
            return
        language = event.user.language or settings.language or self.language
        while place_in_line := position.now:
            await self._show(event, chat, self.texts(language, "queue-position", position=place_in_line))
            await position.changed(place_in_line)
        await self.remove(event, chat)

    async def _show(self, event: AnyEvent, chat: Chat, words: str) -> None:
        try:
            if shown := await self._shown(event):
                await chat.edit(event.place, shown, Reply(words))
            else:
                await post(self.store, chat, event, Reply(words, reply_to=answered(event)), _key(event))
        except REFUSALS as error:
            # It is there all the same, and has to go in the end.
            log.info("waiting_line_failed", place=event.place.platform, error=error)

    async def remove(self, event: AnyEvent, chat: Chat) -> None:
        """Take the line away, also one that an earlier process has left."""
        try:
            if shown := await self._shown(event):
                await chat.delete(event.place, shown)
                await self.store.write(lambda session: outbox.drop(session, _key(event)))
        except (*REFUSALS, StoreError) as error:
            log.info("waiting_line_left", place=event.place.platform, error=error)

    async def _shown(self, event: AnyEvent) -> str:
        """The platform's id of the line; empty if there is none."""

        def unit(session: Session) -> str:
            found = outbox.find(session, _key(event))
            return (found.platform_id or "") if found else ""

        return await self.store.read(unit)


def _key(event: AnyEvent) -> str:
    return f"{event.key}#waits"
