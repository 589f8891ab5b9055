"""What could not be read is kept for a week, once, within bounds."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bots.shared.unreadable import LARGEST, unreadable
from core.messages import Place, User
from core.ports.store import Store
from core.ports.surface import UnreadableItem
from core.store import identities, people, put_aside
from core.store.tables import PutAsideRow, now


def odd(key: object = 1, payload: object = "x") -> UnreadableItem:
    try:
        raise KeyError("a word that somebody wrote")
    except KeyError as error:
        return unreadable("update", key, payload, error)


async def test_an_item_is_kept_once_and_its_reason_says_where_and_no_word_of_it(store: Store) -> None:
    assert await store.write(lambda session: put_aside.put(session, "somewhere", odd()))
    assert not await store.write(lambda session: put_aside.put(session, "somewhere", odd()))
    found = await store.read(put_aside.summary)
    assert found
    assert (found.count, found.platform, found.kind) == (1, "somewhere", "update")
    assert found.reason.startswith("KeyError at test_put_aside.py:")
    assert "somebody" not in found.reason


@pytest.mark.parametrize("payload", ["\ud800\x00é", {1: object(), (1, 2): 3}, ["x" * 2 * LARGEST], b"\xff", None])
async def test_any_payload_can_be_kept(store: Store, payload: object) -> None:
    await store.write(lambda session: put_aside.put(session, "somewhere", odd(None, payload)))
    row = await store.read(lambda session: session.get(PutAsideRow, ("somewhere", "update", odd(None, payload).key)))
    assert row
    assert row.payload.isascii()
    assert len(row.payload) <= LARGEST


async def test_it_is_forgotten_after_a_week(store: Store) -> None:
    await store.write(lambda session: put_aside.put(session, "somewhere", odd()))
    assert await store.write(lambda session: put_aside.sweep(session, now() - timedelta(days=6))) == 0
    assert await store.write(lambda session: put_aside.sweep(session, now() + timedelta(seconds=1))) == 1
    assert await store.read(put_aside.summary) is None


async def test_no_flood_fills_the_disk(store: Store) -> None:
    for number in range(6):
        await store.write(partial(put_aside.put, platform="somewhere", item=odd(number), most=3))
    found = await store.read(put_aside.summary)
    assert found
    assert found.count == 3


@pytest.mark.slow
async def test_a_person_learns_of_what_names_them_and_takes_it_with_them(store: Store) -> None:
    ana, ben = User("1005", "Ana"), User("10051", "Ben")
    place = Place("telegram", "-7", "-7")

    def unit(session: Session) -> tuple[str, str]:
        for number, raw in enumerate(
            [{"from": {"id": 1005}}, {"from": {"id": 10051}}, {"text": "x1005"}, {"id": "1005"}]
        ):
            put_aside.put(session, "telegram", odd(number, raw))
        put_aside.put(session, "discord", odd(9, {"author": {"id": "1005"}}))
        return identities.scene(session, place, ana).person_id, identities.scene(session, place, ben).person_id

    mine, other = await store.write(unit)
    told = await store.read(lambda session: people.everything_about(session, mine)["put_aside"])
    assert [(one["kind"], one["key"]) for one in told] == [("update", "0"), ("update", "3")]
    assert "payload" not in told[0]
    await store.write(lambda session: people.forget(session, mine))
    left = await store.read(lambda session: {row.key for row in session.exec(select(PutAsideRow))})
    assert left == {"1", "2", "9"}
    assert len(await store.read(lambda session: people.everything_about(session, other)["put_aside"])) == 1
