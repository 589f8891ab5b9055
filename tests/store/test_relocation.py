"""core.store.relocation: a community's new id takes along everything that was kept under the former one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from core.community_settings import kept
from core.messages import EVENT, Message, Place, User
from core.store import choices, hot_path, identities, inbox, outbox, plugins
from core.store.engine.database import Database
from core.store.gold_queue import gold_pool
from core.store.hot_path import AnswerChoices, NewQuestion
from core.store.inbox_table import InboxRow
from core.store.labeling_tables import TallyRow, TreeRow, WorkItemRow
from core.store.plugin_tables import PluginCallRow
from core.store.relocation import relocate
from core.store.tables import CommunityRow, ConversationRow, MessageRow, PostRow

FORMER, NEW = Place("paper", "-5", "-5"), Place("paper", "-1005", "-1005")
BYSTANDER = Place("paper", "-6", "-6")
ANA = User("ana", "Ana")
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def lived_in(session: Session, place: Place, words: str) -> str:
    """Fill a community with a conversation, a post, settings, a reminder and an event that is not done."""
    scene = identities.scene(session, place, ANA)
    asked = NewQuestion(words, "en", "gateway", f"q-{words}", None)
    _, answer_id = hot_path.begin(session, scene, asked, "en", AnswerChoices("m", "p", "s"))
    outbox.plan(session, f"{place.channel}-{words}", scene.community_id, place, answer_id)
    for name, value in {"always": f"{place.channel},{place.channel}/7,-6", "persona": words}.items():
        choices.choose(session, scene.community_id, "community", scene.community_id, name, value)
    choices.choose(session, scene.community_id, "channel", scene.conversation_id, "model", words)
    plugins.keep(session, scene.community_id, "feeds", "list", words)
    where = {"platform": place.platform, "community": place.community, "channel": place.channel, "thread": ""}
    session.add(
        PluginCallRow(
            id=f"call-{words}",
            community_id=scene.community_id,
            person_id=scene.person_id,
            plugin="reminders",
            function="due",
            values={},
            place={**where, "private": False},
            asker={"id": "ana", "name": "Ana"},
            due=LATER,
        )
    )
    day = date(2030, 1, 1)
    session.add(
        TallyRow(person_id=scene.person_id, day=day, community_id=scene.community_id, lang="en", name="demo", value=2.0)
    )
    at = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=1)
    event = Message(key=f"event-{words}", place=place, user=ANA, at=at, id="9", text=words)
    inbox.accept(session, event)
    session.flush()
    return scene.conversation_id


def told(session: Session, place: Place) -> dict[str, object]:
    """Everything that is under a place now."""
    scene = identities.scene(session, place, ANA)
    rows = session.exec(select(MessageRow).where(MessageRow.community_id == scene.community_id)).all()
    calls = session.exec(select(PluginCallRow).where(PluginCallRow.community_id == scene.community_id)).all()
    events = [EVENT.validate_json(row.payload) for row in session.exec(select(InboxRow)).all()]
    return {
        "settings": dict(kept(session, place)),
        "model": choices.choices(session, scene.community_id, scene.conversation_id, scene.person_id).get("model"),
        "said": {row.text for row in rows if row.role == "prompter" and row.conversation_id == scene.conversation_id},
        "posts": {row.key for row in session.exec(select(PostRow).where(PostRow.channel == place.channel)).all()},
        "calls": {call.id for call in calls if call.place["channel"] == place.channel},
        "events": {event.key for event in events if event.place == place},
        "feeds": plugins.value(session, scene.community_id, "feeds", "list"),
        "tally": sum(
            row.value for row in session.exec(select(TallyRow).where(TallyRow.community_id == scene.community_id)).all()
        ),
    }


async def test_everything_moves_to_the_new_id_at_once(store: Database) -> None:
    def unit(session: Session) -> dict[str, object]:
        lived_in(session, FORMER, "old")
        lived_in(session, BYSTANDER, "other")
        assert relocate(session, FORMER, NEW)
        assert not relocate(session, FORMER, NEW)
        assert told(session, BYSTANDER)["said"] == {"other"}
        return told(session, NEW)

    assert await store.write(unit) == {
        "settings": {"always": "-1005,-1005/7,-6", "persona": "old"},
        "model": "old",
        "said": {"old"},
        "posts": {"-5-old"},
        "calls": {"call-old"},
        "events": {"event-old"},
        "feeds": "old",
        "tally": 2.0,
    }
    communities = await store.read(lambda session: session.exec(select(CommunityRow.platform_id)).all())
    assert sorted(communities) == ["-1005", "-6"]


async def test_what_already_happened_under_the_new_id_is_put_together_with_it(store: Database) -> None:
    def unit(session: Session) -> dict[str, object]:
        lived_in(session, FORMER, "old")
        second = lived_in(session, NEW, "new")
        tail = session.get_one(ConversationRow, second).tail_id
        assert relocate(session, FORMER, NEW)
        assert not relocate(session, FORMER, NEW)
        conversation = identities.known_conversation(session, NEW)
        assert conversation is not None
        assert conversation.tail_id == tail
        return told(session, NEW)

    assert await store.write(unit) == {
        "settings": {"always": "-1005,-1005/7,-6", "persona": "new"},
        "model": "new",
        "said": {"old", "new"},
        "posts": {"-5-old", "-1005-new"},
        "calls": {"call-old", "call-new"},
        "events": {"event-old", "event-new"},
        "feeds": "old",
        "tally": 4.0,
    }


async def test_tasks_of_the_new_ids_own_are_the_communitys_own(store: Database) -> None:
    def unit(session: Session) -> list[bool]:
        former, new = (identities.community(session, place) for place in (FORMER, NEW))
        session.add(TreeRow(id="tree", lang="en", state="growing", limits={}, pool=new, community_id=new))
        session.add(WorkItemRow(kind="label_initial_prompt", lang="en", need=1, rnd=0.5, pool=new))
        session.add(WorkItemRow(kind="label_initial_prompt", lang="en", need=1, rnd=0.5, pool=gold_pool(new)))
        session.flush()
        relocate(session, FORMER, NEW)
        pools = [*session.exec(select(TreeRow.pool)), *session.exec(select(WorkItemRow.pool))]
        return [pool in (former, gold_pool(former)) for pool in pools]

    assert await store.write(unit) == [True, True, True]


@pytest.mark.above_the_store
async def test_a_community_that_nobody_knows_leaves_no_trace(store: Database) -> None:
    assert not await store.write(lambda session: relocate(session, FORMER, NEW))
    assert not await store.read(lambda session: session.exec(select(CommunityRow)).all())
