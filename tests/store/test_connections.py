"""core.store.connections: sign-ins end once, and nobody takes somebody else's, on both databases."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from core.store import connections, linking, people
from core.store.engine.database import Database
from core.store.tables import ConnectionRow, PersonRow, SignInRow, now


def person(session: Session) -> str:
    human = PersonRow()
    session.add(human)
    session.flush()
    return human.id


def sign_in(person_id: str, plugin: str = "calendar", state: str = "state") -> SignInRow:
    return SignInRow(
        person_id=person_id,
        plugin=plugin,
        platform="paper",
        name="Ana",
        state_hash=state,
        verifier="v",
        redirect="https://parley.example",
        flow={},
    )


def connection(person_id: str, plugin: str = "calendar", access: str = "first") -> ConnectionRow:
    return ConnectionRow(person_id=person_id, plugin=plugin, access=access, refresh=f"{access} refresh", flow={})


async def proven(store: Database, ana: str) -> str:
    row = sign_in(ana)
    await store.write(lambda session: connections.begin(session, row))
    back = await store.write(lambda session: connections.come_back(session, "state"))
    assert back
    await store.write(lambda session: connections.signed_in(session, back.id, {"access": "a"}, "ana", "code"))
    assert await store.write(lambda session: connections.prove(session, ana, "calendar", "code"))
    return back.id


async def test_of_many_who_come_back_at_once_one_is_let_through(store: Database) -> None:
    ana = await store.write(person)
    row = sign_in(ana)
    await store.write(lambda session: connections.begin(session, row))
    back = partial(connections.come_back, state_hash="state")
    found = await asyncio.gather(*(store.write(back) for _ in range(8)))
    assert sum(one is not None for one in found) == 1


async def test_a_new_sign_in_ends_the_persons_earlier_one_and_what_is_too_old(store: Database) -> None:
    ana, ben = await store.write(person), await store.write(person)
    for one in (sign_in(ana, state="1"), sign_in(ana, "notes", "2"), sign_in(ben, state="3")):
        await store.write(partial(connections.begin, sign_in=one))

    def age(session: Session) -> None:
        session.exec(select(SignInRow).where(SignInRow.state_hash == "3")).one().changed_at = now() - timedelta(
            minutes=11
        )

    await store.write(age)
    newest = sign_in(ana, state="4")
    ended = await store.write(lambda session: connections.begin(session, newest))
    assert {row.state_hash for row in ended} == {"1", "3"}
    assert {row.state_hash for row in await store.read(partial(connections.waiting, person_id=ana))} == {"2", "4"}


async def test_only_its_person_takes_a_sign_in_and_only_once(store: Database) -> None:
    ana, ben = await store.write(person), await store.write(person)
    row_id = await proven(store, ana)
    assert await store.write(lambda session: connections.take(session, row_id, ben)) == "button-not-yours"
    taken = await store.write(lambda session: connections.take(session, row_id, ana))
    assert isinstance(taken, SignInRow)
    assert await store.write(lambda session: connections.take(session, row_id, ana)) == "button-outdated"


@pytest.mark.parametrize("proves", [True, False])
async def test_a_code_is_old_after_ten_minutes_and_so_is_the_yes(store: Database, proves: bool) -> None:
    ana = await store.write(person)
    row_id = await proven(store, ana)

    def age(session: Session) -> None:
        session.get_one(SignInRow, row_id).changed_at = now() - timedelta(minutes=11)

    await store.write(age)
    if proves:
        assert await store.write(lambda session: connections.prove(session, ana, "calendar", "code")) is None
    else:
        assert await store.write(lambda session: connections.take(session, row_id, ana)) == "button-outdated"


async def test_tokens_are_renewed_only_in_place_of_those_that_were_read(store: Database) -> None:
    ana = await store.write(person)
    first = connection(ana)
    await store.write(lambda session: connections.connect(session, first))
    before = await store.read(lambda session: connections.find(session, ana, "calendar"))
    assert before
    assert await store.write(lambda session: connections.renew(session, before, "second", "r", None))
    assert not await store.write(lambda session: connections.renew(session, before, "third", "r", None))
    # Who has read the old ones, and comes late, must not send their refresh token a second time.
    assert not await store.write(lambda session: connections.claim(session, before))
    await store.write(lambda session: connections.disconnect_revoked(session, before))
    found = await store.read(lambda session: connections.find(session, ana, "calendar"))
    assert found
    assert found.access == "second"


async def test_one_process_at_a_time_gets_new_tokens_and_one_that_died_is_not_waited_for_for_ever(
    store: Database,
) -> None:
    ana = await store.write(person)
    first = connection(ana)
    await store.write(lambda session: connections.connect(session, first))
    before = await store.read(lambda session: connections.find(session, ana, "calendar"))
    assert before
    claims = [store.write(lambda session: connections.claim(session, before)) for _ in range(4)]
    assert sorted(await asyncio.gather(*claims)) == [False, False, False, True]
    await store.write(lambda session: connections.release(session, before))
    assert await store.write(lambda session: connections.claim(session, before))

    def age(session: Session) -> None:
        session.get_one(ConnectionRow, (ana, "calendar")).busy_until = now() - timedelta(seconds=1)

    await store.write(age)
    assert await store.write(lambda session: connections.claim(session, before))


async def test_who_becomes_one_person_keeps_their_own_account(store: Database) -> None:
    ana, other = await store.write(person), await store.write(person)
    rows = [connection(ana), connection(other, access="theirs"), connection(other, "notes", "notes")]
    for row in rows:
        await store.write(partial(connections.connect, connection=row))
    begun = sign_in(other)
    await store.write(lambda session: connections.begin(session, begun))
    await store.write(lambda session: linking.merge(session, ana, other))
    found = await store.read(lambda session: connections.connected(session, ana))
    assert [(row.plugin, row.access) for row in found] == [("calendar", "first"), ("notes", "notes")]
    assert not await store.read(lambda session: connections.waiting(session, other))


async def test_what_somebody_sees_of_it_has_no_token(store: Database) -> None:
    ana = await store.write(person)
    row = connection(ana, access="SECRET")
    await store.write(lambda session: connections.connect(session, row))
    told = await store.read(lambda session: people.everything_about(session, ana))
    assert told["connections"][0]["plugin"] == "calendar"
    assert "SECRET" not in repr(told)
