"""The test server itself: it speaks as Discord's published description says, and refuses what Discord would."""

import asyncio
from collections.abc import AsyncIterator

import discord
import httpx
import pytest

from bots.discord.endpoints import point
from tests.discord.server.server import Discord
from tests.discord.server.specification import Specification, folder, published
from tests.discord.server.world import Guild


@pytest.fixture
def specification() -> Specification:
    found = published()
    if found is None:
        pytest.skip(f"Discord's published description is not in {folder()}: set PARLEY_API_SPECS to where it is")
    return found


@pytest.fixture
async def client(world: Discord) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bot {world.token}"}
    async with httpx.AsyncClient(base_url=world.api, headers=headers, trust_env=False) as rest:
        yield rest


async def test_what_it_sends_conforms(world: Discord, specification: Specification) -> None:
    guild = world.guild("Garden", members=3)
    room, ana = world.channel(guild), world.person("Ana", guild)
    sent = await ana.says(room, "Hello", mention=True, files=[("a.py", b"1")])
    reply = await ana.says(room, "Again", reply_to=sent)
    await ana.reacts(sent, "👍")
    thread = world.thread(room, "topic", ana)
    things = {
        "MessageResponse": [sent.payload(), reply.payload()],
        "UserResponse": [ana.account.payload(), world.me.payload()],
        "GuildMemberResponse": [guild.members[ana.id].payload()],
        "GuildRoleResponse": [role.payload(number) for number, role in enumerate(guild.roles)],
        "GuildChannelResponse": [room.payload()],
        "ThreadResponse": [thread.payload()],
        "PrivateChannelResponse": [(await ana.dm()).payload()],
        "GuildResponse": [guild.partial()],
        "PrivateApplicationResponse": [world.application()],
    }
    faults = {name: [specification.mistakes(name, thing) for thing in found] for name, found in things.items()}
    assert {name: found for name, found in faults.items() if any(found)} == {}


DESCRIBED = pytest.mark.skipif(published() is None, reason="only Discord's published description knows its types")


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"content": ""},
        {"content": "x", "nonce": "y" * 26},
        {"content": "x", "components": [{"type": 1, "components": []}]},
        {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a"}] * 6}]},
        {"content": "x", "message_reference": {"message_id": "123456789012345678"}},
        pytest.param({"content": ["no", "text"]}, marks=DESCRIBED),
        pytest.param({"content": "x", "flags": "many"}, marks=DESCRIBED),
    ],
)
async def test_it_refuses_what_discord_would(
    world: Discord, client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    world.forgive()
    room = world.channel(world.guild())
    answer = await client.post(f"/channels/{room.id}/messages", json=body)
    assert answer.status_code == 400
    assert not room.messages


async def test_an_unknown_route_fails_the_test(world: Discord, client: httpx.AsyncClient) -> None:
    assert (await client.get("/teapots")).status_code == 501
    with pytest.raises(AssertionError, match="GET /teapots"):
        world.check()
    world.forgive()


async def test_a_wrong_token_is_refused(world: Discord) -> None:
    async with httpx.AsyncClient(base_url=world.api, trust_env=False) as rest:
        assert (await rest.get("/users/@me", headers={"Authorization": "Bot wrong"})).status_code == 401


async def test_a_nonce_makes_no_second_message(world: Discord, client: httpx.AsyncClient) -> None:
    room = world.channel(world.guild())
    body = {"content": "Once", "nonce": "1", "enforce_nonce": True}
    first, second = [(await client.post(f"/channels/{room.id}/messages", json=body)).json() for _ in range(2)]
    assert first["id"] == second["id"]
    world.forward(600)
    assert (await client.post(f"/channels/{room.id}/messages", json=body)).json()["id"] != first["id"]


async def test_a_limit_holds_until_its_time_is_over(world: Discord, client: httpx.AsyncClient) -> None:
    room = world.channel(world.guild())
    world.limit("POST", "/channels/{channel_id}/messages", seconds=0.3)
    path = f"/channels/{room.id}/messages"
    refused = await client.post(path, json={"content": "x"})
    assert refused.status_code == 429
    assert refused.headers["via"]
    assert refused.json()["retry_after"] == 0.3
    # As if it had been refused a while ago: requests that were under way then have arrived.
    world.limits.since = {bucket: at - 1 for bucket, at in world.limits.since.items()}
    assert (await client.post(path, json={"content": "x"})).status_code == 429
    assert world.limits.impatient == [f"POST {path}"]


async def test_the_real_client_knows_what_is_there(world: Discord) -> None:
    guilds = [world.guild("One", members=2), world.guild("Two", channels=3)]
    point(world.api, world.gateway_url)
    client = discord.Client(intents=discord.Intents.default(), guild_ready_timeout=0.02)
    async with client:
        running = asyncio.create_task(client.start(world.token))
        await asyncio.wait_for(client.wait_until_ready(), 20)
        assert {guild.name for guild in client.guilds} == {"One", "Two"}
        assert known(client, guilds[1]) == 3
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


def known(client: discord.Client, guild: Guild) -> int:
    """The channels that the client knows of a server."""
    found = client.get_guild(int(guild.id))
    return len(found.text_channels) if found else 0
