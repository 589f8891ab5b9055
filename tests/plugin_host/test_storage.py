"""plugins.host.storage: a plugin's data is bounded in each community and on every database, also under load."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, func, select

from core.errors import StoreError
from core.messages import AnyEvent, Message, Place, User
from core.store import identities, plugins, text_search
from core.store.engine.database import Database, connect
from core.store.plugin_tables import PluginCallRow, PluginPassageRow, PluginWordRow
from parley import PluginError
from plugins.host.call_origin import CallOrigin
from plugins.host.contexts import LEAST_DISTANCE, PlaceSchedule
from plugins.host.storage import LARGEST, LONGEST_KEY, LONGEST_TEXT, PlaceStorage, PlaceTexts, StorageFull, StorageQuota
from tests.keys import KEYRING

pytestmark = pytest.mark.above_the_store

HERE, THERE = Place("paper", "one", "c"), Place("paper", "two", "c")
T = TypeVar("T")
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
    kept = PlaceTexts(store, "a", HERE, StorageQuota(characters=5000, texts=2))
    await kept.put("x", "X", "one " * 100)
    with pytest.raises(StorageFull, match="of texts"):
        await kept.put("y", "Y", "two " * 200)
    await kept.put("y", "Y", "two " * 50)
    await kept.put("x", "X", "one " * 150)
    with pytest.raises(StorageFull, match="a keeps 2 texts here already"):
        await kept.put("z", "Z", "z")
    assert await kept.remove("y")
    await kept.put("z", "Z", "z")
    await PlaceTexts(store, "a", THERE, StorageQuota(characters=5000, texts=2)).put("y", "Y", "two " * 200)
    assert set(await kept.titles()) == {"x", "z"}
    with pytest.raises(PluginError, match="at most 500000 characters"):
        await kept.put("x", "X", "x" * (LONGEST_TEXT + 1))


async def test_the_words_of_a_text_count_for_their_place_in_the_index(store: Database) -> None:
    kept = PlaceTexts(store, "a", HERE, StorageQuota(characters=5000))
    await kept.put("x", "X", "123456789 " * 80)
    with pytest.raises(StorageFull, match="of texts with their index"):
        await kept.put("x", "X", "1 " * 400)


async def test_a_text_in_what_is_full_already_can_shrink(store: Database) -> None:
    for key in "xy":
        await PlaceTexts(store, "a", HERE).put(key, key, "one " * 100)
    small = PlaceTexts(store, "a", HERE, StorageQuota(characters=1000))
    with pytest.raises(StorageFull):
        await small.put("x", "x", "one " * 101)
    await small.put("x", "x", "two " * 100)
    assert [one.key for one in await small.search("two")] == ["x"]


@dataclass(slots=True)
class DyingStore:
    """A store that makes so many writes and no more, as if the process had died then."""

    store: Database
    writes: int

    async def write(self, unit: Callable[[Session], T]) -> T:
        if not self.writes:
            raise StoreError("it is dead")
        self.writes -= 1
        return await self.store.write(unit)

    async def read(self, unit: Callable[[Session], T]) -> T:
        return await self.store.read(unit)


def many(word: str) -> str:
    """A text of several passages, and of so many different words."""
    return " ".join(f"{word}{number}" for number in range(490))


def rows(session: Session) -> tuple[int, int]:
    """The number of passages and of words in the index."""
    tables = (PluginPassageRow, PluginWordRow)
    passages, words = (session.exec(select(func.count()).select_from(table)).one() for table in tables)
    return passages, words


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_a_long_text_takes_several_writes_and_is_found_as_a_whole_or_not_at_all(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "WORDS_AT_ONCE", 200)
    kept = PlaceTexts(store, "a", HERE)
    await kept.put("x", "", many("old"))
    size = await store.read(rows)
    seen = []
    for writes in count():
        dying = PlaceTexts(DyingStore(store, writes), "a", HERE)
        try:
            await dying.put("x", "", many("new"))
            break
        except StoreError:
            found = [bool(await kept.search(word)) for word in ("old0", "old250", "old489", "new0", "new250", "new489")]
            assert found in ([True] * 3 + [False] * 3, [False] * 3 + [True] * 3)
            seen.append(found[0])
            await kept.put("x", "", many("old"))
            assert await store.read(rows) == size
    # Three writes add it, the last of which shows it, and three delete the one before.
    assert seen == [True] * 3 + [False] * 3
    assert await kept.remove("x")
    assert await store.read(rows) == (0, 0)


async def test_what_an_interrupted_put_has_left_is_deleted_in_the_end(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "WORDS_AT_ONCE", 100)
    with pytest.raises(StoreError):
        await PlaceTexts(DyingStore(store, 3), "a", HERE).put("x", "", many("new"))
    kept = PlaceTexts(store, "a", HERE)
    await kept.put("y", "", "one")
    # It may be under way in another process.
    assert await store.read(rows) > (1, 1)
    monkeypatch.setattr(text_search, "ABANDONED", timedelta(0))
    await kept.put("y", "", "one")
    assert await store.read(rows) == (1, 1)


@pytest.mark.in_the_store
async def test_two_processes_that_store_one_text_do_not_mix_it(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "WORDS_AT_ONCE", 100)
    given = [PlaceTexts(store, "a", HERE).put("x", "", many(word)) for word in ("one", "two")]
    ended = await asyncio.gather(*given, return_exceptions=True)
    assert any(one is None for one in ended)
    assert all(one is None or "by another process" in str(one) for one in ended)
    kept = PlaceTexts(store, "a", HERE)
    found = [bool(await kept.search(word)) for word in ("one0", "one489", "two0", "two489")]
    assert found in ([True] * 2 + [False] * 2, [False] * 2 + [True] * 2)


async def test_a_text_waits_for_its_turn(store: Database) -> None:
    kept = PlaceTexts(store, "a", HERE)
    async with kept.turn:
        putting = asyncio.create_task(kept.put("x", "X", "x"))
        await asyncio.sleep(0.05)
        assert not putting.done()
    await putting
    assert await kept.titles() == {"x": "X"}


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


async def test_a_scheduled_call_plans_no_call_for_now(store: Database) -> None:
    planned: list[datetime] = []
    due = datetime.now(UTC) + LEAST_DISTANCE

    def plans(key: str, cause: AnyEvent | None) -> PlaceSchedule:
        asker = CallOrigin(HERE, User("ana", "Ana"), key, ana, cause)
        return PlaceSchedule(store, "a", asker, lambda call_id, when: planned.append(when))

    ana = await person(store)
    await plans("clock", None).at(datetime(2020, 1, 1, tzinfo=UTC), "tick")
    await plans("clock later", None).at(due + timedelta(days=1), "tick")
    said = Message(key="k", place=HERE, user=User("ana", "Ana"), at=due, id="1", text="now", source="direct")
    await plans("person", said).at(datetime(2020, 1, 1, tzinfo=UTC), "tick")
    kept = [one.when for one in await plans("", None).due()]
    assert kept == sorted(planned)
    assert kept[0] == datetime(2020, 1, 1, tzinfo=UTC)
    assert due <= kept[1] < due + timedelta(seconds=10)
    assert kept[2] == due + timedelta(days=1)


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
