"""Discord's gateway events, however odd: each is put aside, the connection stays, and the next one is answered."""

from typing import Any

import pytest
from sqlmodel import select

from core.store.tables import PutAsideRow
from tests.discord.living import finished, living
from tests.discord.server.server import Discord

ODD: list[tuple[str, Any]] = [
    ("MESSAGE_CREATE", 5),
    ("MESSAGE_CREATE", {"id": "7"}),
    ("MESSAGE_CREATE", {"id": "x", "channel_id": [], "author": None}),
    ("MESSAGE_UPDATE", None),
    ("MESSAGE_DELETE", {"id": {}}),
    ("MESSAGE_REACTION_ADD", {"emoji": 5}),
    ("INTERACTION_CREATE", {"id": "1", "token": "a-secret", "type": "x"}),
    ("GUILD_UPDATE", []),
]


@pytest.mark.parametrize(("name", "odd"), ODD, ids=str)
async def test_an_event_that_cannot_be_read_is_put_aside_and_the_next_one_answered(
    world: Discord, sqlite_url: str, name: str, odd: Any
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        for session in world.gateway.sessions.values():
            session.dispatch(name, odd)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        (item,) = await life.store.read(lambda session: list(session.exec(select(PutAsideRow)).all()))
        assert (item.platform, item.kind) == ("discord", name)
        assert "a-secret" not in item.payload
        assert len(world.gateway.identified) == 1
