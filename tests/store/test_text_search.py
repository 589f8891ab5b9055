"""core.store.text_search: texts kept by communities, and found again by their words."""

from functools import partial

import pytest
from sqlmodel import Session

from core.messages import Place
from core.store import identities
from core.store import text_search as passages
from core.store.engine.database import Database

HERE, THERE = Place("paper", "one", "room"), Place("paper", "two", "room")
TEXTS = {
    "parking": "The parking permit costs 40 euros a year. Ask for it at the town hall.",
    "bees": "Bees need water in summer. A flat bowl with stones is enough for a hive of bees.",
    "cafe": "Das Café öffnet um neun Uhr. Kuchen gibt es am Sonntag.",
    "tea": "東京のお茶は京都のお茶と違います。",
}


def put(session: Session, community_id: str, key: str, title: str, text: str, url: str = "") -> None:
    """Put a short text, whose words one unit adds."""
    made = passages.indexed(key, title, text, url)
    passages.add(session, community_id, "knowledge", made)
    passages.add_words(session, community_id, "knowledge", made.words)
    passages.show(session, community_id, "knowledge", made)


def filled(session: Session, place: Place = HERE) -> str:
    community_id = identities.community(session, place)
    for key, text in TEXTS.items():
        put(session, community_id, key, key.title(), text, f"https://a.example/{key}")
    return community_id


FOUND = [
    ("how much is a parking permit?", "parking"),
    ("bees", "bees"),
    ("wann oeffnet das CAFE", "cafe"),
    ("京都のお茶", "tea"),
]


@pytest.mark.parametrize(("words", "key"), FOUND)
async def test_the_best_passage_comes_first(store: Database, words: str, key: str) -> None:
    community_id = await store.write(filled)
    found = await store.read(lambda session: passages.search(session, community_id, "knowledge", words, 2))
    assert found[0].key == key
    assert found[0].url == f"https://a.example/{key}"


async def test_nothing_fits_and_nothing_is_asked(store: Database) -> None:
    community_id = await store.write(filled)
    for words in ("xylophone", "", "?!"):
        unit = partial(passages.search, community_id=community_id, plugin="knowledge", text=words, limit=3)
        assert not await store.read(unit)


async def test_a_text_takes_the_place_of_the_one_before(store: Database) -> None:
    community_id = await store.write(filled)
    await store.write(lambda session: put(session, community_id, "bees", "Bees", "They sleep in winter."))
    found = await store.read(lambda session: passages.search(session, community_id, "knowledge", "hive winter", 3))
    assert [one.text for one in found] == ["They sleep in winter."]
    assert await store.write(lambda session: passages.hide(session, community_id, "knowledge", "bees"))
    assert not await store.write(lambda session: passages.hide(session, community_id, "knowledge", "bees"))
    titles = await store.read(lambda session: passages.titles(session, community_id, "knowledge"))
    assert titles == {"cafe": "Cafe", "parking": "Parking", "tea": "Tea"}


async def test_what_is_out_of_sight_is_deleted_a_little_at_a_time(store: Database) -> None:
    community_id = await store.write(filled)
    hidden = partial(passages.hidden_words, community_id=community_id, plugin="knowledge", key="bees")
    await store.write(lambda session: put(session, community_id, "bees", "", "?!"))
    await store.write(lambda session: put(session, community_id, "bees", "Bees", "They sleep in winter."))
    found = await store.read(hidden)
    assert [one.word for one in found] == ["", *sorted({*passages.words(f"Bees {TEXTS['bees']}")})]
    for batch in (found[:5], found[5:]):
        unit = partial(passages.drop_words, community_id=community_id, plugin="knowledge", key="bees", batch=batch)
        await store.write(unit)
    assert not await store.read(hidden)
    assert await store.read(lambda session: passages.search(session, community_id, "knowledge", "sleep", 3))
    assert await store.read(lambda session: passages.search(session, community_id, "knowledge", "parking", 3))


async def test_a_text_of_which_another_process_has_deleted_words_is_not_whole(store: Database) -> None:
    community_id = await store.write(filled)
    made = passages.indexed("bees", "Bees", "They sleep in winter.", "")

    def begin(session: Session) -> None:
        passages.add(session, community_id, "knowledge", made)
        passages.add_words(session, community_id, "knowledge", made.words[:3])

    await store.write(begin)
    assert await store.read(lambda session: passages.has_all(session, made))
    hidden = partial(passages.hidden_words, community_id=community_id, plugin="knowledge", key="bees")
    some = (await store.read(hidden))[:1]
    drop = partial(passages.drop_words, community_id=community_id, plugin="knowledge", key="bees")
    await store.write(lambda session: drop(session, batch=some))
    assert not await store.read(lambda session: passages.has_all(session, made))
    await store.write(lambda session: drop(session, batch=made.words))
    assert not await store.read(hidden)


async def test_communities_and_plugins_do_not_meet(store: Database) -> None:
    await store.write(filled)
    there = await store.write(lambda session: identities.community(session, THERE))
    assert not await store.read(lambda session: passages.search(session, there, "knowledge", "bees", 3))
    here = await store.read(lambda session: identities.known_community(session, HERE))
    assert not await store.read(lambda session: passages.search(session, str(here), "other", "bees", 3))


def test_a_long_text_is_cut_where_sentences_end() -> None:
    text = "A sentence of some words. " * 100 + "\n\n" + "x" * 2000
    found = passages.pieces(text)
    assert all(len(piece) <= passages.PASSAGE + 1 for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())
