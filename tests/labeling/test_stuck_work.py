"""core.labeling.service.stuck_work: why nobody can go on."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session

from core.errors import UnreachableError
from core.labeling.background.periodic import LabelingClock
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.labeling_activity import LabelingActivity
from core.labeling.service.stuck_work import StuckLanguage, stuck
from core.messages import AnyEvent, Place, Reply
from core.store import choices, identities
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


@dataclass(slots=True)
class UnreachableChat(PaperChat):
    """One that cannot be reached, save for one channel."""

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        if place.channel != "log":
            raise UnreachableError("down")
        return await super(UnreachableChat, self).send(place, reply, key, cause)


@pytest.mark.parametrize("chat", [PaperChat(mute={"mute"}), UnreachableChat()])
async def test_a_channel_that_refuses_us_keeps_nothing_from_the_others(store: Database, chat: PaperChat) -> None:
    village = await lonely(store)

    def wish(session: Session) -> None:
        # Whichever comes first, one comes after it.
        for name, channel in (("a", "mute"), ("b", "log"), ("c", "mute"), ("d", "log"), ("e", "mute")):
            id = identities.community(session, Place("paper", name, ""))
            for setting in ("log_channel", "task_channel"):
                choices.choose(session, id, "community", id, setting, channel)

    await store.write(wish)
    for number in range(2):
        await village.writes("ana", f"Question {number}?")
    village.now = village.now.replace(hour=4) + timedelta(days=3)
    clock = LabelingClock(store, village.keeper, LocalizedTexts(LOCALES), {"paper": chat}, now=lambda: village.now)
    await clock.tick()
    told = [key.partition(":")[2].partition(":")[0] for key in chat.shown]
    assert sorted(told) == ["call", "call", "stuck", "stuck"]
