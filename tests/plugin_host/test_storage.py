"""plugins.host.storage: a plugin's data is bounded in each community and on every database, also under load."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from core.messages import Place, User
from core.store import identities, plugins
from core.store.engine.database import Database, connect
from core.store.plugin_tables import PluginCallRow
from parley import PluginError
from plugins.host.call_origin import CallOrigin
from plugins.host.contexts import PlaceSchedule
from plugins.host.storage import LARGEST, LONGEST_KEY, PlaceStorage, PlaceTexts, StorageFull, StorageQuota
from tests.keys import KEYRING

pytestmark = pytest.mark.above_the_store

HERE, THERE = Place("paper", "one", "c"), Place("paper", "two", "c")
HIDDEN = "".join(chr(0xE0000 + ord(sign)) for sign in "obey")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Database]:
    """A database of each kind, since the database does the counting."""
    opened = connect(database_url, KEYRING)
    yield opened
    await opened.close()


async def test_so_many_values_and_no_more(store: Database) -> None:
    kept = PlaceStorage(store, "a", HERE, StorageQuota(values=3))
    for key in "xyz":
        await kept.set(key, 1)
    with pytest.raises(StorageFull, match="a keeps 3 values here already"):
        await kept.set("w", 1)
    await kept.set("x", 2)
    await PlaceStorage(store, "a", THERE, StorageQuota(values=3)).set("w", 1)
    await PlaceStorage(store, "b", HERE, StorageQuota(values=3)).set("w", 1)
    await kept.delete("y")
    await kept.set("w", 1)
    assert await kept.keys() == ["w", "x", "z"]


async def test_so_many_characters_and_no_more(store: Database) -> None:
    kept = PlaceStorage(store, "a", HERE, StorageQuota(characters=1000))
    await kept.set("x", "é" * 100)
    await kept.set("y", "1" * 380)
    with pytest.raises(StorageFull, match="of values"):
        await kept.set("z", "1" * 50)
    await kept.set("x", "é" * 90)
    await kept.set("z", "1" * 50)
    with pytest.raises(StorageFull):
        await kept.set("x", "é" * 100)
    assert await kept.get("x") == "é" * 90
    await kept.set("x", None)
    await kept.set("y", "1" * 900)


async def test_what_is_full_already_can_shrink(store: Database) -> None:
    await PlaceStorage(store, "a", HERE).set("x", "1" * 5000)
    small = PlaceStorage(store, "a", HERE, StorageQuota(characters=1000))
    with pytest.raises(StorageFull):
        await small.set("x", "1" * 5001)
    await small.set("x", "1" * 4000)
    assert len(await small.get("x")) == 4000


@pytest.mark.in_the_store
async def test_many_at_once_get_no_more_room(store: Database) -> None:
    kept = PlaceStorage(store, "a", HERE, StorageQuota(values=5))
    await kept.set("0", 0)
    ended = await asyncio.gather(*(kept.set(str(number), number) for number in range(1, 20)), return_exceptions=True)
    assert sum(isinstance(one, StorageFull) for one in ended) == 15
    assert len(await kept.keys()) == 5


async def test_texts_are_bounded_by_their_number_and_size(store: Database) -> None:
    kept = PlaceTexts(store, "a", HERE, StorageQuota(characters=1000, texts=2))
    await kept.put("x", "X", "one " * 100)
    with pytest.raises(StorageFull, match="of texts"):
        await kept.put("y", "Y", "two " * 200)
    await kept.put("y", "Y", "two " * 50)
    await kept.put("x", "X", "one " * 150)
    with pytest.raises(StorageFull, match="a keeps 2 texts here already"):
        await kept.put("z", "Z", "z")
    assert await kept.remove("y")
    await kept.put("z", "Z", "z")
    await PlaceTexts(store, "a", THERE, StorageQuota(characters=1000, texts=2)).put("y", "Y", "two " * 200)
    assert set(await kept.titles()) == {"x", "z"}


async def test_texts_are_kept_without_what_nobody_sees(store: Database) -> None:
    kept = PlaceTexts(store, "a", HERE)
    await kept.put("x", f"A\0 ti{HIDDEN}tle", f"Bees{HIDDEN} need\0 water\ud800.", f"https://a.example/{HIDDEN}")
    (found,) = await kept.search("bees")
    assert (found.title, found.text, found.url) == ("A title", "Bees need water.", "https://a.example/")


@pytest.mark.in_the_store
@pytest.mark.parametrize("key", ["", "x" * (LONGEST_KEY + 1), "a\0b", "\ud800"])
async def test_a_key_that_no_database_holds_is_refused_in_words(store: Database, key: str) -> None:
    kept, texts = PlaceStorage(store, "a", HERE), PlaceTexts(store, "a", HERE)
    for call in (kept.set(key, 1), kept.get(key), kept.delete(key), texts.put(key, "", ""), texts.remove(key)):
        with pytest.raises(PluginError, match="a key has 1 to 200 characters"):
            await call


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.in_the_store
@pytest.mark.parametrize("kind", ["set", "float", "list", "str"])
async def test_a_value_that_cannot_be_kept_is_refused_in_words(store: Database, kind: str) -> None:
    value: Any = {"set": {1, 2}, "float": math.nan, "list": nested(100_000), "str": "x" * LARGEST}[kind]
    with pytest.raises(PluginError, match="cannot be kept"):
        await PlaceStorage(store, "a", HERE).set("x", value)


async def person(store: Database) -> str:
    scene = await store.write(lambda session: identities.scene(session, HERE, User("ana", "Ana")))
    return scene.person_id


async def test_calls_for_later_are_bounded(store: Database) -> None:
    asker = CallOrigin(HERE, User("ana", "Ana"), "k", await person(store))
    when = datetime.now(UTC) + timedelta(days=1)

    def again(plugin: str = "a") -> PlaceSchedule:
        return PlaceSchedule(store, plugin, asker, lambda call_id, due: None, most=2)

    first = again()
    ids = [await first.at(when, "tick"), await first.at(when, "tick")]
    with pytest.raises(PluginError, match="has 2 calls to come here already"):
        await first.at(when, "tick")
    # Made again after a crash, they are the same calls.
    second = again()
    assert [await second.at(when, "tick"), await second.at(when, "tick")] == ids
    await again("b").at(when, "tick")
    assert await store.read(lambda session: session.exec(select(func.count()).select_from(PluginCallRow)).one()) == 3


@pytest.mark.parametrize(
    ("function", "values"),
    [("tick", {"x": "1" * 20_000}), ("t" * 200, {}), ("tick", {"x": {1}}), ("tick", {"x": math.inf})],
)
async def test_a_call_for_later_that_is_too_large_is_refused(
    store: Database, function: str, values: dict[str, Any]
) -> None:
    asker = CallOrigin(HERE, User("ana", "Ana"), "k", await person(store))
    with pytest.raises(PluginError, match="call for later"):
        await PlaceSchedule(store, "a", asker, lambda call_id, due: None).at(datetime.now(UTC), function, **values)


@pytest.mark.in_the_store
async def test_the_size_that_is_counted_is_what_stands_there(store: Database) -> None:
    value = {"é": ["\u2028", 1.5, None, True, '\\"']}
    await PlaceStorage(store, "a", HERE).set("x", value)

    def unit(session: Session) -> int:
        return plugins.size_of_values(session, identities.known_community(session, HERE) or "", "a")

    assert await store.read(unit) == len(json.dumps(value))
