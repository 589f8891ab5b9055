"""Albums whose parts reach several processes, as webhooks deliver them."""

import json

import pytest
import telegram

from bots.telegram.albums import AlbumUses
from core.store.engine.database import Database
from core.surface_queries import StoredKeep


def part(number: int) -> telegram.Message:
    chat = {"id": -100, "type": "supergroup", "title": "Garden"}
    sent = {"message_id": number, "date": 1, "chat": chat, "media_group_id": "77", "caption": f"part {number}"}
    return telegram.Message.de_json(sent, None)


@pytest.fixture
def uses(store: Database) -> list[AlbumUses]:
    """What each of three processes knows of albums."""
    bot = telegram.Bot("123:a-token")
    return [AlbumUses(StoredKeep(store, "telegram"), bot) for _ in range(3)]


async def test_what_one_process_holds_another_asks_about(uses: list[AlbumUses]) -> None:
    first, second, third = uses
    assert await first.hold(part(1), "key 1")
    assert await second.hold(part(2), "key 2")
    held = await third.note(part(3), "question")
    assert sorted((message.caption, key) for message, key in held) == [("part 1", "key 1"), ("part 2", "key 2")]
    assert [await one.of(part(4)) for one in uses] == ["question"] * 3
    # Whoever holds a part while another process hears the call is told so, and passes it on.
    assert not await first.hold(part(5), "key 5")
    for one in uses:
        one.cancel()


async def test_none_forgets_what_another_holds(uses: list[AlbumUses], store: Database) -> None:
    first, second, _ = uses
    await first.hold(part(1), "key 1")
    await second.hold(part(2), "key 2")
    first._held.clear()
    async with first._one:
        await first._store()
    kept = json.loads(await StoredKeep(store, "telegram").recall("albums-held"))
    assert [key for held in kept.values() for _, key in held if key == "key 2"] == ["key 2"]
    for one in uses:
        one.cancel()
