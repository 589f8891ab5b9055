"""core.store.plugins: a thing that can be taken once is taken once, even by several at the same time."""

import asyncio
from collections.abc import Callable
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlmodel import Session

from core.messages import User
from core.store import connections, linking, plugins
from core.store.engine.database import Database
from core.store.identities import person
from core.store.plugin_tables import PluginCallRow, SignInRow
from core.store.tables import CommunityRow

TOGETHER = 0.5
"""Seconds in which the two of a race would have met."""


def meeting(take: Callable[[Session], bool]) -> Callable[[Session], bool]:
    """A unit that has taken something, and waits for another one that is just as far."""
    both = Barrier(2)

    def unit(session: Session) -> bool:
        taken = take(session)
        try:
            both.wait(TOGETHER)
        except BrokenBarrierError:
            # The other one waits for the database.
            return taken
        return taken

    return unit


def ana(session: Session) -> str:
    return person(session, "paper", User("ana", "Ana"))


def a_call(session: Session) -> str:
    community = CommunityRow(platform="paper", platform_id="server")
    session.add(community)
    session.flush()
    values: dict[str, Any] = {"plugin": "files", "function": "write", "values": {}, "place": {}, "asker": {}}
    call = PluginCallRow(community_id=community.id, person_id=ana(session), **values)
    plugins.call_later(session, call)
    return call.id


def a_sign_in(session: Session) -> str:
    usual: dict[str, Any] = {"platform": "paper", "name": "Ana", "verifier": "v", "redirect": "r", "flow": {}}
    row = SignInRow(person_id=ana(session), plugin="diary", state_hash="s", proven=True, **usual)
    connections.begin(session, row)
    connections.signed_in(session, row.id, {"access": "a"}, "ana", "code")
    return row.id


def take_call(session: Session, id: str) -> bool:
    return plugins.take_call(session, id, alone=True) is not None and plugins.drop_call(session, id)


def take_sign_in(session: Session, id: str) -> bool:
    return isinstance(connections.take(session, id, ana(session)), SignInRow)


def redeem(session: Session, id: str) -> bool:
    return linking.redeem(session, id) is not None


@pytest.mark.parametrize(
    ("make", "take"),
    [
        (a_call, take_call),
        (a_sign_in, take_sign_in),
        (lambda session: linking.new_code(session, ana(session)), redeem),
    ],
)
async def test_of_two_who_come_at_once_one_gets_it(
    store: Database, make: Callable[[Session], str], take: Callable[[Session, str], bool]
) -> None:
    id = await store.write(make)
    unit = meeting(lambda session: take(session, id))
    assert sorted(await asyncio.gather(store.write(unit), store.write(unit))) == [False, True]
