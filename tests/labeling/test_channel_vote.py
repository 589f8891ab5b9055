"""One message in a channel on which everybody votes."""

from dataclasses import replace

from sqlmodel import select

from core.store.engine.database import Database
from core.store.labeling_tables import ReviewRow
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
