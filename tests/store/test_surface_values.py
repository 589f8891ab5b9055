"""The values that surfaces keep, also when several processes change one at once."""

import asyncio

from core.store.engine.database import Database, connect
from core.surface_queries import StoredKeep
from tests.keys import KEYRING


async def test_what_several_processes_change_at_once_is_all_there(store: Database, database_url: str) -> None:
    others = [connect(database_url, KEYRING) for _ in range(3)]
    keeps = [StoredKeep(one, "slack") for one in (store, *others)]

    def adding(word: str) -> "asyncio.Future[str]":
        keep = keeps[int(word) % len(keeps)]
        return asyncio.ensure_future(keep.change("list", lambda kept: f"{kept} {word}".strip()))

    await asyncio.gather(*(adding(str(number)) for number in range(40)))
    assert sorted(map(int, (await keeps[0].recall("list")).split())) == list(range(40))
    assert await keeps[1].change("list", lambda kept: "") == ""
    for one in others:
        await one.close()
