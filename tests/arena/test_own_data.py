"""What the arena holds about a person: blind to them until they have voted, and one person's once two are linked."""

import json

import pytest
from sqlmodel import Session, select

from core.dataset.export.held_out import HeldOut
from core.store import arena_people
from core.store.arena_tables import ArenaRoundRow, ArenaVoteRow, RoundState
from core.store.engine.database import Database
from core.store.tables import KeptRow, PersonRow
from core.store.training_people import KEY
from tests.arena.conftest import Arena
from tests.arena.test_arena import SHARED, choice, compare, rows
from tests.paper import PaperChat
from tests.promotion.votes import voted

pytestmark = pytest.mark.above_the_store


def told_of_answers(data: bytes) -> list[bool]:
    """Of each answer in somebody's data, the oldest first, whether these tell whose it is."""
    messages = [one for talk in json.loads(data)["conversations"] for one in talk["messages"]]
    answers = [one for one in messages if one["role"] == "assistant"]
    assert all(one["text"] for one in answers)
    return ["model" in one and "persona" in one and "seconds" in one for one in answers]


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_ones_own_data_do_not_say_whose_the_answers_are_before_the_vote(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.says("An ordinary question?")
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    [asked], _ = await rows(store)

    async def mine() -> list[bool]:
        return told_of_answers((await ana.types("/mydata")).reply.files[0].content)

    async def as_if(state: RoundState, **ids: str | None) -> list[bool]:
        def unit(session: Session) -> None:
            session.get_one(ArenaRoundRow, asked.id).sqlmodel_update({"state": state, **ids})

        await store.write(unit)
        return await mine()

    assert await mine() == [True, False, False]
    assert await as_if("writing", a_id=None, b_id=None) == [True, False, False]
    assert await as_if("void") == [True, True, True]
    assert await as_if("open", a_id=asked.a_id, b_id=asked.b_id) == [True, False, False]
    await ana.presses_action(buttons, choice(buttons, "a"))
    assert await mine() == [True, True, True]


@pytest.mark.in_the_store
async def test_who_was_told_by_their_vote_finds_it_in_their_data(arena: Arena) -> None:
    ana = arena(chat=PaperChat(capabilities=SHARED)).elsewhere("square", private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, "a"))
    assert told_of_answers((await ana.types("/mydata")).reply.files[0].content) == [True, True]


@pytest.mark.slow
@pytest.mark.in_the_store
@pytest.mark.parametrize("was", [True, False])
async def test_a_vote_of_two_who_are_one_is_held_out_only_if_both_were(store: Database, was: bool) -> None:
    def unit(session: Session) -> list[tuple[bool, bool]]:
        # Of so many people with this key some are held out.
        session.add(KeptRow(name=KEY, value=bytes(32).hex()))
        held_out, found = HeldOut(bytes(32)), []
        voted(session, 50, held_out=was)
        for number, vote in enumerate(session.exec(select(ArenaVoteRow)).all()):
            survivor, round_id, other = PersonRow(id=f"{number:032x}"), vote.round_id, vote.person_id
            session.add(survivor)
            session.flush()
            arena_people.merge(session, survivor.id, other)
            kept = session.get_one(ArenaVoteRow, (survivor.id, round_id))
            found.append((kept.held_out, held_out.person(survivor.id)))
        return found

    found = await store.write(unit)
    assert {outside for _, outside in found} == {True, False}
    assert [kept for kept, _ in found] == [was and outside for _, outside in found]
