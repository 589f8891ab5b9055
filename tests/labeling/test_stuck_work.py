"""core.labeling.service.stuck_work: why nobody can go on."""

from datetime import timedelta

from sqlmodel import Session

from core.labeling.background.periodic import LabelingClock
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.labeling_activity import LabelingActivity
from core.labeling.service.stuck_work import StuckLanguage, stuck
from core.store import choices
from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES
from tests.labeling.village import Village
from tests.paper import PaperChat

QUIET = LabelingRules(gold_every=0)


async def found(village: Village) -> list[StuckLanguage]:
    return await village.store.read(lambda session: list(stuck(session, LabelingActivity(), village.now)))


async def lonely(store: Database) -> Village:
    """Ana has written a prompt three days ago and is alone."""
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben")
    await village.writes("ana", "Is anybody there?")
    village.later(days=3)
    return village


async def test_somebody_alone_is_stuck_until_a_second_one_comes(store: Database) -> None:
    village = await lonely(store)
    assert await found(village) == [StuckLanguage("", "en", "alone", 1, 0)]
    await village.writes("ben", "I am!")
    assert await found(village) == []


async def test_where_everybody_has_left_nobody_is_there(store: Database) -> None:
    village = await lonely(store)
    village.later(days=14)
    assert [one.reason for one in await found(village)] == ["nobody"]


async def test_people_who_may_not_review_are_named_as_the_reason(store: Database) -> None:
    village = await lonely(store)
    await village.writes("ben", "Me, but I am banned.")
    await village.store.write(lambda s: s.merge(LabelerRow(person_id=village.people["ben"], banned=True)))
    assert [(one.reason, one.barred) for one in await found(village)] == [("barred", 1)]


async def test_admins_are_told_in_their_log_channel_once_a_week(store: Database) -> None:
    village, chat = await lonely(store), PaperChat()

    def wish(session: Session) -> None:
        choices.choose(session, village.community, "community", village.community, "log_channel", "log")

    await store.write(wish)
    village.now = village.now.replace(hour=4) + timedelta(days=1)
    clock = LabelingClock(store, village.keeper, LocalizedTexts(LOCALES), {"paper": chat}, now=lambda: village.now)
    for _ in range(3):
        await clock.tick()
        village.later(days=1)
    (told,) = chat.shown.values()
    assert "Labeling in “en” is stuck: only one person" in told.text
    village.later(days=7)
    await clock.tick()
    assert len(chat.shown) == 2
