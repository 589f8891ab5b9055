"""The line that tells somebody how many are before them in their conversation, once they have waited for a while."""

import asyncio
from dataclasses import dataclass, replace

import structlog
from sqlmodel import Session

from core.backoff import Backoff
from core.community_settings import CommunitySettingsStore
from core.delivery.outbox import answered, post
from core.errors import EditRefused, MessageGone, StoreError, UncertainDelivery, UnreachableError, UserError
from core.messages import AnyEvent, Message, Reply
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import outbox
from core.texts import LocalizedTexts
from core.work_lanes import LanePosition

log = structlog.get_logger()

REMOVAL_TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""How often we try to take a line away, and the seconds between."""

REFUSALS = (UnreachableError, UncertainDelivery, UserError, EditRefused, MessageGone)


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """Shows such a line where others are, and takes it away once its person's turn comes.

    `language` is used if neither the person's nor the community's is known. One that cannot be taken away is tried
    again after `first_pause` seconds.
    """

    store: Store
    texts: LocalizedTexts
    communities: CommunitySettingsStore
    language: str
    first_pause: float = FIRST_PAUSE

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
        except (StoreError, UserError) as error:
            # Whoever may not ask here is told so when their turn comes.
            log.info("waiting_line_failed", place=event.place.platform, error=error)

    async def _follow(self, event: AnyEvent, chat: Chat, position: LanePosition) -> None:
        settings = await self.communities.settings(event.place)
        if not settings.admit(replace(event, user=settings.known_here(event.user))):
            return
        language = event.user.language or settings.language or self.language
        # What one person alone sees cannot be changed everywhere; then they are told once.
        once = chat.capabilities.personal and not isinstance(event, Message)
        while place_in_line := position.now:
            words = self.texts(language, "queue-position", position=place_in_line)
            await self._show(event, chat, Reply(words, reply_to=answered(event), personal=once))
            if once:
                return
            await position.changed(place_in_line)
        await self.remove(event, chat, REMOVAL_TRIES)

    async def _show(self, event: AnyEvent, chat: Chat, line: Reply) -> None:
        try:
            if shown := await self._shown(event):
                await chat.edit(event.place, shown, Reply(line.text))
            else:
                await post(self.store, chat, event, line, _key(event))
        except REFUSALS as error:
            # It is there all the same, and has to go in the end.
            log.info("waiting_line_failed", place=event.place.platform, error=error)

    async def remove(self, event: AnyEvent, chat: Chat, tries: int = 1) -> None:
        """Take the line away, also one that an earlier process has left.

        If the platform cannot be reached, that is tried so many times.
        """
        for left, pause in zip(reversed(range(tries)), Backoff(self.first_pause, LONGEST_PAUSE), strict=False):
            try:
                if shown := await self._shown(event):
                    await chat.delete(event.place, shown)
                    await self.store.write(lambda session: outbox.drop(session, _key(event)))
                return
            except (*REFUSALS, StoreError) as error:
                log.info("waiting_line_left", place=event.place.platform, error=error)
                if not (left and isinstance(error, UnreachableError)):
                    return
            await asyncio.sleep(pause)

    async def _shown(self, event: AnyEvent) -> str:
        """The platform's id of the line; empty if there is none."""

        def unit(session: Session) -> str:
            found = outbox.find(session, _key(event))
            return (found.platform_id or "") if found else ""

        return await self.store.read(unit)


def _key(event: AnyEvent) -> str:
    return f"{event.key}#waits"
