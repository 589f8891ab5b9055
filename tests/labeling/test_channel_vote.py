"""One message in a channel on which everybody votes."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow, ReviewRow, TreeRow
from core.store.tables import AccountRow
from tests.dialogue import Heard
from tests.labeling.conftest import Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_contributions import ROOM
from tests.labeling.test_tasks_command import QUESTION


async def put(village: Labelers, name: str) -> Heard:
    """Put a task before the room."""
    talk = replace(await village.named(name), place=ROOM)
    return await talk.types("/together", "#together")


async def votes(village: Labelers, name: str, card: Heard, label: str) -> Heard:
    talk = replace(await village.named(name), place=ROOM)
    action = next(button.action for button in card.reply.buttons if label in button.label)
    return await talk.presses_action(card, action)


async def test_everybody_votes_and_the_message_closes_when_it_is_decided(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = (await put(village, "Ben")).expect("Everybody may vote", QUESTION)
    (await votes(village, "Ben", card, "Good")).expect("1 so far")
    (await votes(village, "Cleo", card, "Good")).expect("2 so far")
    shown = village.first.chat.shown[card.id]
    assert "Decided" in shown.text
    assert not shown.buttons
    assert len(await store.read(lambda session: session.exec(select(ReviewRow)).all())) == 2


async def test_nobody_votes_twice_on_their_own_or_too_late(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    (await votes(village, "Ana", card, "Good")).expect("wrote part of this yourself")
    await votes(village, "Ben", card, "Good")
    (await votes(village, "Ben", card, "Spam")).expect("voted on this already")
    await votes(village, "Cleo", card, "Good")
    (await votes(village, "Dan", card, "Good")).expect("decided in the meantime")
    assert len(await store.read(lambda session: session.exec(select(ReviewRow)).all())) == 2


async def test_a_vote_is_for_what_the_community_works_on(labelers: Begin, store: Database) -> None:
    village = labelers()
    admin = replace(village.first, place=ROOM)
    await admin.types("/settings tasks own")
    await village.writes("Ana", QUESTION)
    card = (await put(village, "Ben")).expect(QUESTION)
    cleo = await village.named("Cleo")
    for community in ("another", ROOM.community):
        there = replace(cleo, place=replace(ROOM, community=community))
        heard = await there.presses_action(Heard(f"{card.id}?{community}", card.reply), card.reply.buttons[0].action)
        heard.expect("no longer works" if community == "another" else "1 so far")
    assert len(await store.read(lambda session: session.exec(select(ReviewRow)).all())) == 1


async def test_who_has_not_agreed_is_told_how(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    stranger = village.first.elsewhere("x", replace(village.first.user, id="zoe", name="Zoe"))
    talk = replace(stranger, place=ROOM)
    (await talk.presses_action(card, card.reply.buttons[0].action)).expect("/privacy")


@pytest.mark.parametrize("how", ["private", "halted"])
async def test_what_has_been_taken_back_is_neither_voted_on_nor_shown(
    labelers: Begin, store: Database, how: str
) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await ana.says("How do I bake bread in Bilbao?")
    await ana.presses(await ana.types("/contribute"), "contribute")
    card = (await put(village, "Ben")).expect("Bilbao")
    if how == "private":
        await ana.types("/private")
    else:
        await store.write(lambda session: setattr(session.exec(select(TreeRow)).one(), "state", "halted_by_moderator"))
    (await votes(village, "Ben", card, "Good")).expect("decided in the meantime")
    assert not await store.read(lambda session: session.exec(select(ReviewRow)).all())


async def test_who_is_only_given_practice_tasks_has_no_vote(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    await village.named("Cleo")

    def doubt(session: Session) -> None:
        cleo = session.exec(select(AccountRow.person_id).where(AccountRow.platform_id == "cleo")).one()
        session.merge(LabelerRow(person_id=cleo, reliability=0.2, items=50))

    await store.write(doubt)
    (await votes(village, "Cleo", card, "Spam")).expect("nothing for you at the moment")
    assert not await store.read(lambda session: session.exec(select(ReviewRow)).all())
