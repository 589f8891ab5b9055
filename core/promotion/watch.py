"""Watches promoted models: rolls one back whose answers are clearly worse, and tells admins who answers now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from core.community_settings import chosen_channels
from core.delivery.outbox import announce
from core.errors import UnreachableError, UserError
from core.messages import Place, Reply
from core.metrics import Metrics
from core.ports.chat import Chat
from core.ports.store import Store
from core.promotion.answer_quality import AnswerQuality, qualities, recorded, week_before, worse
from core.store import identities, promotions
from core.store.promotion_tables import PromotionRow
from core.store.promotions import reach
from core.store.tables import now
from core.texts import LocalizedTexts

log = structlog.get_logger()

INTERVAL = 300.0
"""Seconds between two looks."""

WATCHED = timedelta(days=7)
"""For so long after it was begun or widened, a promotion can be rolled back by itself."""


@dataclass(frozen=True, slots=True)
class PromotionNews:
    """What admins are to be told of a promotion; `state` says what that is."""

    row: PromotionRow
    state: str


@dataclass(frozen=True, slots=True)
class PromotionWatch:
    """Compares the newest promotion's answers with those of the week before it. `chats` are those that are up."""

    store: Store
    texts: LocalizedTexts
    chats: Mapping[str, Chat]
    metrics: Metrics
    language: str = "en"
    now: Callable[[], datetime] = now

    async def tick(self) -> None:
        """Look once, and tell what has not been told."""
        await self.judge()
        for news in await self.store.read(_news):
            await self._tell(news)

    async def judge(self) -> PromotionRow | None:
        """Roll the newest promotion back if its answers are worse beyond a bound. Returns it then."""
        at = self.now()
        found = await self.store.read(lambda session: _watched(session, at))
        if found is None:
            return None
        number, before, after = found
        why = worse(before, after)
        if not why:
            return None
        ended = await self.store.write(lambda session: promotions.end(session, number, why, why, by_itself=True))
        if ended:
            log.error("promotion_rolled_back", model=ended.candidate, why=why)
            self.metrics.promotions_rolled_back.inc()
        return ended

    async def _tell(self, news: PromotionNews) -> None:
        """Tell the admins of all communities where it holds, in their log channel, each once."""
        row, where = news.row, reach(news.row.reach)
        for place, language in await self.store.read(lambda session: chosen_channels(session, "log_channel")):
            chat = self.chats.get(place.platform)
            community_id = await self.store.read(partial(identities.known_community, place=place))
            if chat and community_id and where.includes(community_id):
                text = self._text(language or self.language, row)
                await self._post(chat, place, text, f"promotion:{row.number}:{news.state}:{community_id}")
        await self.store.write(lambda session: _told(session, news))

    async def _post(self, chat: Chat, place: Place, text: str, key: str) -> None:
        try:
            await announce(self.store, chat, place, Reply(text), key)
        except (UserError, UnreachableError) as error:
            # Whatever a platform says about a log channel, the others hear of it.
            log.warning("promotion_untold", error=error, platform=place.platform)

    def _text(self, language: str, row: PromotionRow) -> str:
        names = {"model": row.candidate, "before": row.replaced}
        if row.ended_at is None:
            return self.texts(language, "promotion-begun", **names)
        if row.by_itself:
            return self.texts(language, "promotion-ended-by-itself", **names)
        return self.texts(language, "promotion-ended", **names, why=row.why)


def _watched(session: Session, at: datetime) -> tuple[int, AnswerQuality, AnswerQuality] | None:
    """The newest promotion, if it is still watched, with the figures from before it and of its own answers.

    These are its answers since it holds where it does: those from before it was widened are of fewer communities, and
    the figures from before it are of all of them.
    """
    rows = promotions.standing(session)
    if not rows or at - rows[0].reached_at > WATCHED:
        return None
    row, where = rows[0], reach(rows[0].reach)
    before = recorded(row.before)
    if before is None:
        before = qualities(session, [row.replaced], week_before(row.begun_at), row.begun_at, where)
    return row.number, before, qualities(session, [row.candidate], row.reached_at, at, where)


def _news(session: Session) -> Sequence[PromotionNews]:
    found = [PromotionNews(row, _state(row)) for row in promotions.all_promotions(session)]
    # Of one that was rolled back before anybody heard of it, there is nothing to tell.
    return [one for one in found if one.row.told != one.state and (one.row.told or not one.row.ended_at)]


def _state(row: PromotionRow) -> str:
    where = reach(row.reach)
    return "ended" if row.ended_at else f"{where.share:.6g}+{len(where.communities)}"


def _told(session: Session, news: PromotionNews) -> None:
    session.get_one(PromotionRow, news.row.number).told = news.state
