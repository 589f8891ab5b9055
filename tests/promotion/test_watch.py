"""A promoted model is watched: it is rolled back by itself if its answers are clearly worse, and admins hear of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import Session, col, select

from core.messages import Place, User
from core.promotion.promoting import PromotableModels, WantedPromotion, promote, roll_back
from core.promotion.watch import PromotionWatch
from core.store import identities, promotions
from core.store.answer_samples import first_id
from core.store.engine.database import Database, row_values
from core.store.tables import AuditRow, MessageRow, PersonRow, RatingRow, new_id, now
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES
from tests.dialogue import HERE, Dialogue
from tests.promotion.test_promoting import answerer

pytestmark = pytest.mark.above_the_store

DAY = timedelta(days=1)
LOG = Place("paper", "server", "77")
REFUSAL = "I'm sorry, but I can't."
REFUSED = "refused or failed of a person's questions, on average"


def answered(
    session: Session,
    model: str,
    at: datetime,
    number: int = 150,
    *,
    text: str = "An answer of the usual length.",
    down: int = 0,
    raters: int = 50,
    askers: int = 50,
    server: str = "server",
    **values: Any,
) -> None:
    """So many answers of a model, of which a third got thumbs, and so many of these are down. So many people take turns
    at giving them, and at asking.
    """
    scene = identities.scene(session, Place("paper", server, "crowd"), User("crowd", "Crowd"))
    session.flush()
    ids = [f"{int(first_id(at)[:12], 16) + one:012x}{'0' * 20}" for one in range(number)]
    people = [new_id() for _ in range(max(raters, askers))]
    session.execute(insert(PersonRow), [row_values(PersonRow, id=id) for id in people])
    rows = [
        row_values(
            MessageRow,
            id=id,
            community_id=scene.community_id,
            conversation_id=scene.conversation_id,
            role="assistant",
            model=model,
            person_id=people[one % askers],
            created_at=at,
            **{"state": "complete", "text": text, "seconds": 3.0, **values},
        )
        for one, id in enumerate(ids)
    ]
    session.execute(insert(MessageRow), rows)
    thumbs = [
        row_values(RatingRow, person_id=people[one % raters], message_id=id, value=-1 if one < down else 1)
        for one, id in enumerate(ids[: number // 3])
    ]
    session.execute(insert(RatingRow), thumbs)


def watching(ana: Dialogue, store: Database, later: timedelta = timedelta(hours=1)) -> PromotionWatch:
    chats = {"paper": ana.chat}
    return PromotionWatch(store, LocalizedTexts(LOCALES), chats, ana.core.metrics, now=lambda: now() + later)


async def promoted(store: Database, models: PromotableModels, share: float = 1.0) -> None:
    """`new` is promoted after a usual week of `old`."""
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY))
    await promote(store, models, WantedPromotion("new", share, because="a try"))


@pytest.mark.parametrize(
    ("worse", "words"),
    [
        ({"down": 40}, "👎 among a person's thumbs, on average: 80% (50 people), before 0% (50 people)"),
        ({"text": REFUSAL}, f"{REFUSED}: 100% (50 people), before 0% (50 people)"),
        ({"text": "", "state": "timeout"}, f"{REFUSED}: 100% (50 people), before 0% (50 people)"),
        ({"text": "Longer. " * 20}, "length: 160 characters, before 30"),
        ({"seconds": 9.5}, "time: 9.5 s, before 3.0 s"),
    ],
)
async def test_clearly_worse_answers_roll_it_back(
    ana: Dialogue, store: Database, models: PromotableModels, worse: Mapping[str, Any], words: str
) -> None:
    await promoted(store, models)
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), **worse))
    await watching(ana, store).tick()
    assert await answerer(ana) == "old"
    [row] = await store.read(promotions.all_promotions)
    assert (row.by_itself, row.why) == (True, words)
    audit = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(1)
    last = await store.read(lambda session: session.exec(audit).one())
    assert (last.action, last.subject, last.outcome, last.person_id) == ("rollback", "new", words, None)
    assert ana.core.metrics.registry.get_sample_value("parley_promotions_rolled_back_total") == 1


@pytest.mark.parametrize(
    "better",
    [
        {},
        {"down": 4},
        {"number": 84, "down": 30},
        {"down": 50, "raters": 4},
        {"seconds": None},
        {"seconds": 0.1},
    ],
)
async def test_as_good_ones_or_too_few_do_not(
    ana: Dialogue, store: Database, models: PromotableModels, better: Mapping[str, Any]
) -> None:
    await promoted(store, models)
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), **better))
    await watching(ana, store).tick()
    assert await answerer(ana) == "new"


@pytest.mark.in_the_store
async def test_only_where_it_holds_and_only_its_own_answers_count(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY))
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY / 2, server="far", down=50))
    await promote(store, models, WantedPromotion("new", communities=["paper:server"], because="a try"))
    [row] = await store.read(promotions.standing)
    assert (row.before["answers"], row.before["down"]) == (150, 0)
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon, server="far", down=50))
    await store.write(lambda session: answered(session, "old", soon + timedelta(seconds=5), down=50))
    assert await watching(ana, store).judge() is None


async def test_a_flood_of_thumbs_by_one_person_does_not_roll_it_back(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promoted(store, models)
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon, down=2))
    flooded = soon + timedelta(seconds=1)
    await store.write(lambda session: answered(session, "new", flooded, 900, down=300, raters=1))
    assert await watching(ana, store).judge() is None


@pytest.mark.parametrize(
    "flood",
    [
        {"text": REFUSAL},
        {"text": "", "state": "timeout"},
        {"text": "Longer. " * 20},
        {"text": "No."},
        {"seconds": 90.0},
    ],
    ids=["refused", "failed", "long", "short", "slow"],
)
async def test_a_flood_of_questions_by_one_person_does_not_roll_it_back(
    ana: Dialogue, store: Database, models: PromotableModels, flood: Mapping[str, Any]
) -> None:
    await promoted(store, models)
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon))
    flooded = soon + timedelta(seconds=1)
    await store.write(lambda session: answered(session, "new", flooded, 900, askers=1, **flood))
    assert await watching(ana, store).judge() is None


@pytest.mark.in_the_store
async def test_a_flood_by_one_person_does_not_hide_the_answers_to_others(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promoted(store, models)
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon, text=REFUSAL))
    flooded = soon + timedelta(seconds=1)
    await store.write(lambda session: answered(session, "new", flooded, 2100, askers=1))
    ended = await watching(ana, store).judge()
    assert ended
    assert ended.why.startswith(REFUSED)


async def test_figures_that_another_version_has_counted_are_counted_anew(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    def counted_by_answers(session: Session) -> None:
        [row] = promotions.standing(session)
        row.before = {"answers": 150, "unanswered": 0, "characters": 31.0, "seconds": 3.0, "timed": 150}

    await promoted(store, models)
    await store.write(counted_by_answers)
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), seconds=9.5))
    ended = await watching(ana, store).judge()
    assert ended
    assert ended.why == "time: 9.5 s, before 3.0 s"


@pytest.mark.in_the_store
async def test_a_widened_one_is_compared_with_the_week_before_where_it_holds_then(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await store.write(lambda session: identities.community(session, Place("paper", "small", "")))
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY, server="big"))
    await promote(store, models, WantedPromotion("new", communities=["paper:small"], because="a try"))
    done = await promote(store, models, WantedPromotion("new", because="it is well"))
    assert done.row.before["answers"] == 150
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon, server="big", text=REFUSAL))
    ended = await watching(ana, store).judge()
    assert ended
    assert ended.why == f"{REFUSED}: 100% (50 people), before 0% (50 people)"


async def test_other_habits_where_it_was_widened_to_do_not_roll_it_back(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    def a_day_ago(session: Session) -> None:
        [row] = promotions.standing(session)
        row.begun_at = row.reached_at = now() - DAY

    brief, full = "Briefly. " * 4, "At length. " * 12
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY, server="small", text=brief))
    await store.write(lambda session: answered(session, "old", now() - 2 * DAY, 300, server="big", text=full))
    await promote(store, models, WantedPromotion("new", communities=["paper:small"], because="a try"))
    await store.write(a_day_ago)
    await store.write(lambda session: answered(session, "new", now() - DAY / 2, server="small", text=brief))
    await promote(store, models, WantedPromotion("new", because="it is well"))
    assert await watching(ana, store).judge() is None
    soon = now() + timedelta(seconds=5)
    await store.write(lambda session: answered(session, "new", soon, 300, server="big", text=full))
    assert await watching(ana, store).judge() is None


async def test_many_answers_elsewhere_do_not_hide_those_where_it_holds(
    store: Database, models: PromotableModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.answer_samples.MOST_ANSWERS", 100)
    await store.write(lambda session: answered(session, "old", now() - 3 * DAY, server="small"))
    await store.write(lambda session: answered(session, "old", now() - 2 * DAY, server="big"))
    done = await promote(store, models, WantedPromotion("new", communities=["paper:small"], because="a try"))
    assert done.row.before["answers"] == 100


async def test_after_a_week_it_is_not_watched_any_more(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promoted(store, models)
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), down=50))
    assert await watching(ana, store, 8 * DAY).judge() is None
    assert await watching(ana, store).judge() is not None


async def test_only_the_first_of_two_that_watch_rolls_it_back(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promote(store, models, WantedPromotion("newer", because="the one before"))
    await store.write(lambda session: answered(session, "newer", now() - DAY))
    await promote(store, models, WantedPromotion("new", because="a try"))
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), down=50))
    first, second = await watching(ana, store).judge(), await watching(ana, store).judge()
    assert (first and first.candidate, second) == ("new", None)
    assert await answerer(ana) == "newer"


def told(ana: Dialogue) -> list[str]:
    """What stands in the log channel about promotions."""
    keys = [key for key, channel in ana.chat.posted_in.items() if channel == LOG.channel and "promotion" in key]
    return [ana.chat.shown[key].text for key in keys]


async def test_admins_hear_once_of_each_change(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    await ana.types(f"/settings log_channel {LOG.channel}")
    watch = watching(ana, store)
    await promote(store, models, WantedPromotion("new", communities=["paper:server"], because="a try"))
    await watch.tick()
    await watch.tick()
    assert [text.partition(" wherever")[0] for text in told(ana)] == ["From now on new answers here"]
    await roll_back(store, models, "it rambles")
    await watch.tick()
    await watch.tick()
    assert told(ana)[1:] == ["new does not answer here any more; old does again. The reason: it rambles"]


async def test_admins_hear_that_it_was_done_by_itself(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    await ana.types(f"/settings log_channel {LOG.channel}")
    await promoted(store, models)
    watch = watching(ana, store)
    await watch.tick()
    await store.write(lambda session: answered(session, "new", now() + timedelta(seconds=5), down=50))
    await watch.tick()
    assert "this was done by itself" in told(ana)[1]


async def test_a_log_channel_that_cannot_be_written_to_is_in_nobodys_way(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    far = replace(ana, place=replace(HERE, community="far"))
    await far.types("/settings log_channel 88")
    await ana.types(f"/settings log_channel {LOG.channel}")
    ana.chat.mute.add("88")
    await promote(store, models, WantedPromotion("new", because="a try"))
    await watching(ana, store).tick()
    assert len(told(ana)) == 1
    [row] = await store.read(promotions.standing)
    assert row.told == "1+0"


async def test_where_it_does_not_hold_nobody_is_told(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    await ana.types(f"/settings log_channel {LOG.channel}")
    far = replace(ana, place=replace(HERE, community="far"))
    await far.says("Hello")
    await promote(store, models, WantedPromotion("new", communities=["paper:far"], because="a try"))
    await watching(ana, store).tick()
    assert told(ana) == []


async def test_the_time_of_an_answer_is_kept(ana: Dialogue, store: Database) -> None:
    said = await ana.says("Who are you?")
    row = await store.read(lambda session: session.get_one(MessageRow, said.reply.answer))
    assert row.seconds is not None
    assert 0 < row.seconds < 60
