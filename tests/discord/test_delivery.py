"""Nothing is lost and nothing doubled: dropped connections, restarts, limits and events in the meantime."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from bots.discord.refusals import MESSAGE_REFUSALS
from core.errors import StoreError
from core.messages import AnyEvent
from core.models.scripted import ScriptedAnswer, ScriptedModel
from tests.discord.living import answers, buttons, finished, living
from tests.discord.server.rest import Request
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message
from tests.sweeping import mostly_swept

POST = ("POST", "/channels/{channel_id}/messages")
PATCH = ("PATCH", "/channels/{channel_id}/messages/{message_id}")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["close", "reconnect", "abort", "invalid"])
async def test_what_happens_while_a_connection_is_lost_is_not(world: Discord, sqlite_url: str, kind: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    world.gateway.duplicates = 3
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Before", mention=True)
        await world.until(lambda: finished(room))
        await world.drop(kind)
        await ana.reacts(answers(room)[0], "👍")
        await ana.says(room, "Meanwhile", mention=True)
        await world.until(lambda: finished(room, 2))
        await life.rated(1)
        await ana.says(room, "After", mention=True)
        await world.until(lambda: finished(room, 3))
        assert [answer.content.split()[-1] for answer in answers(room)] == ["Before", "Meanwhile", "After"]


async def test_what_happened_while_it_was_away_is_taken_up(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, quiet = world.channel(guild), world.channel(guild, "quiet")
    ana, ben = world.person("Ana", guild), world.person("Ben", guild)
    direct = await ana.dm()
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Before", mention=True)
        await ana.says(direct, "A letter")
        await world.until(lambda: finished(room) and finished(direct))
        (answer,) = answers(room)
        await ana.reacts(answer, "👍")
        await life.rated(1)
    await ana.says(quiet, "Is anybody there?", mention=True)
    await ben.says(room, "I talk to myself")
    await ana.says(direct, "Another letter")
    await ana.unreacts(answer, "👍")
    await ben.reacts(answer, "👎")
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(quiet) and finished(direct, 2))
        await life.rated(-1)
    async with living(world, sqlite_url) as life:
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert len(answers(room)) == 1
        assert len(answers(quiet)) == 1
        await life.rated(-1)


@pytest.mark.parametrize("minutes", [0, 10], ids=["at once", "when Discord has forgotten the nonce"])
async def test_a_message_that_was_sent_before_a_crash_is_not_sent_again(
    world: Discord, sqlite_url: str, minutes: int
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    crashed = asyncio.Event()

    async def crash(request: Request) -> None:
        if (request.method, request.template) == POST and not crashed.is_set():
            crashed.set()
            await asyncio.Event().wait()

    world.after = crash
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True, at=datetime.now(UTC) - timedelta(minutes=minutes))
        await crashed.wait()
        # It is gone before it hears that its message is there.
        await life.core.router.drain(0)
    if minutes:
        world.nonces = dict.fromkeys(world.nonces, 0.0)
    async with living(world, sqlite_url):
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("scope", mostly_swept(["user", "shared", "global"], ["shared"]))
async def test_nothing_is_sent_before_its_time(world: Discord, sqlite_url: str, scope: str) -> None:
    guild = world.guild()
    rooms = [world.channel(guild, f"room-{number}") for number in range(4)]
    ana = world.person("Ana", guild)
    async with living(world, sqlite_url):
        # Everywhere, the time is told in whole seconds.
        times, rounds = (1, (0.2, 0.1)) if scope == "global" else (3, (0.2, 0.1, 0.3, 0.1))
        for seconds in rounds:
            world.limit(*POST, seconds=seconds, times=times, scope=scope)
            world.limit(*PATCH, seconds=seconds, times=times, scope=scope)
        for number in range(40):
            await ana.says(rooms[number % 4], f"Question {number}", mention=True)
        await world.until(lambda: all(finished(room, 10) for room in rooms))
        assert world.limits.refused >= len(rounds) * times
        assert not world.limits.impatient
        assert [len(answers(room)) for room in rooms] == [10] * 4


async def test_a_failing_discord_loses_no_answer(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        world.fail(*POST, status=503, times=1)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1


@pytest.mark.sweep
async def test_one_hundred_lost_connections_in_two_hundred_conversations(world: Discord, sqlite_url: str) -> None:
    chance = random.Random(7)
    guild = world.guild()
    ana = world.person("Ana", guild)
    rooms = [world.channel(guild, f"room-{number}") for number in range(200)]
    world.gateway.duplicates = 2
    async with living(world, sqlite_url) as life:

        async def talk(number: int) -> None:
            room = rooms[number]
            await ana.says(room, f"Question {number}", mention=True)
            await world.until(lambda: finished(room))
            await ana.reacts(answers(room)[0], "👍")

        for start in range(0, 200, 2):
            talks = [asyncio.create_task(talk(number)) for number in (start, start + 1)]
            for _ in range(chance.randrange(6)):
                await asyncio.sleep(0)
            await world.until(lambda: any(session.socket for session in world.gateway.sessions.values()))
            await world.drop(chance.choice(["close", "reconnect", "abort"]))
            await asyncio.gather(*talks)
        assert world.gateway.resumes >= 99
        await life.until_rows("SELECT count(*), sum(value) FROM rating", [(200, 200)])
        assert life.rows("SELECT count(*) FROM message WHERE role = 'assistant'") == [(200,)]
        assert [len(answers(room)) for room in rooms] == [1] * 200


async def test_two_processes_share_the_servers(world: Discord, sqlite_url: str) -> None:
    world.shards = 2
    guilds = [world.guild(f"Server {number}", born=1000 * number + number) for number in range(6)]
    ana = world.person("Ana", *guilds)
    rooms = [world.channel(guild) for guild in guilds]
    async with (
        living(world, sqlite_url, shards=(0,), shard_count=2) as one,
        living(world, sqlite_url, shards=(1,), shard_count=2) as two,
    ):
        assert len(one.bot.guilds) + len(two.bot.guilds) == 6
        assert one.bot.guilds
        assert two.bot.guilds
        for room in rooms:
            await ana.says(room, "Hello", mention=True)
        await world.until(lambda: all(finished(room) for room in rooms))
        assert [len(answers(room)) for room in rooms] == [1] * 6


async def test_a_process_takes_up_only_what_is_its_own(world: Discord, sqlite_url: str) -> None:
    world.shards = 2
    guilds = [world.guild(f"Server {number}", born=1000 * number + number) for number in range(6)]
    rooms = {guild.shard(2): world.channel(guild) for guild in guilds}
    ana = world.person("Ana", *guilds)
    never = ScriptedModel([ScriptedAnswer("…", hangs=True)])
    async with living(world, sqlite_url, never, shards=(0,), shard_count=2) as one:
        await ana.says(rooms[0], "Hello", mention=True)
        await world.until(lambda: bool(answers(rooms[0])))
        async with living(world, sqlite_url, shards=(1,), shard_count=2):
            await ana.says(rooms[1], "Hello", mention=True)
            await world.until(lambda: finished(rooms[1]))
        assert not finished(rooms[0])
        await one.core.router.drain(0)
    async with living(world, sqlite_url, shards=(0,), shard_count=2):
        await world.until(lambda: finished(rooms[0]))
        assert answers(rooms[0])[0].content == "You said: Ana: Hello"


async def test_packed_frames_are_read_as_well(world: Discord, sqlite_url: str) -> None:
    world.gateway.compress = True
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))


async def test_edits_are_left_out_while_they_would_have_to_wait(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    model = ScriptedModel([" ".join(f"word{number}" for number in range(40))], pace=steps.get)
    async with living(world, sqlite_url, model) as life:
        await ana.says(room, "Go", mention=True)
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)))
        path = f"/channels/{room.id}/messages/{answers(room)[0].id}"
        life.bot.pace.refused("PATCH", path, 0.3, everywhere=False)
        for _ in range(40):
            steps.put_nowait(None)
        await world.until(lambda: finished(room))
        edits = [request for request in world.requests if request.method == "PATCH"]
        assert len(edits) == 1
        assert "word39" in answers(room)[0].content


async def test_a_database_that_fails_for_a_moment_costs_no_message(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url, first_pause=0.0) as life:
        taken, failures = life.bot.intake.handle, [StoreError("locked"), StoreError("locked")]

        async def failing(event: AnyEvent) -> None:
            if failures:
                raise failures.pop()
            await taken(event)

        life.bot.intake.handle = failing
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert not failures


async def begun(world: Discord, ana: Person, room: Channel) -> Message:
    """An answer that grows, as the room shows it."""
    await ana.says(room, "Count", mention=True)
    await world.until(lambda: bool(answers(room)) and "stop" in buttons(answers(room)[0]))
    return answers(room)[0]


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["answer", "question"])
@pytest.mark.parametrize("private", [False, True])
async def test_deleting_a_growing_answer_or_its_question_stops_it(
    world: Discord, sqlite_url: str, whose: str, private: bool
) -> None:
    guild = world.guild()
    ana, mod = world.person("Ana", guild), world.person("Mo", guild)
    room = await ana.dm() if private else world.channel(guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    model = ScriptedModel([ScriptedAnswer("One two", hangs=True), "Free"], pace=steps.get)
    async with living(world, sqlite_url, model) as life:
        steps.put_nowait(None)
        growing = await begun(world, ana, room)
        steps.put_nowait(None)
        await world.until(lambda: "two" in growing.content)
        await mod.deletes(growing if whose == "answer" else room.messages[0])
        await life.until_rows("SELECT state FROM message WHERE role = 'assistant'", [("cancelled",)])
        if whose == "answer":
            assert life.rows("SELECT text FROM message WHERE role = 'assistant'") == [("",)]
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert not any("stop" in buttons(message) for message in answers(room))
        told = await (await ana.commands(room, "stop")).answered()
        assert "Nothing is being written" in told.content
        steps.put_nowait(None)
        await ana.says(room, "Hello?", mention=True)
        await world.until(lambda: bool(answers(room)) and answers(room)[-1].content.startswith("Free"))


NOT_LISTED = 50009


@pytest.mark.parametrize("code", [50013, 50001, 50083, 160005, 10003, 200000, 240000, NOT_LISTED])
async def test_a_refused_answer_is_told_to_the_person_and_the_admins(
    world: Discord, sqlite_url: str, code: int
) -> None:
    guild = world.guild()
    room, log, ana = world.channel(guild), world.channel(guild, "log"), world.person("Ana", guild, keeper=True)
    direct = await ana.dm()
    async with living(world, sqlite_url):
        await (await ana.commands(log, "settings", {"name": "log_channel", "value": f"<#{log.id}>"})).answered()
        world.failing_in(room, code)
        before = len(answers(room))
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: bool(answers(direct)))
        assert ("AutoMod" if code >= 200000 else "may not write") in answers(direct)[0].content
        await world.until(lambda: any(f"Discord {code}" in message.content for message in answers(log)))
        assert len(answers(room)) == before
        assert NOT_LISTED not in MESSAGE_REFUSALS


async def test_without_the_right_to_read_the_history_it_answers_without_a_reference(
    world: Discord, sqlite_url: str
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url):
        world.fail(*POST, status=400, code=160002)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert "Hello" in answers(room)[0].content


async def test_an_edit_that_automod_blocks_ends_the_answer(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        steps.put_nowait(None)
        growing = await begun(world, ana, room)
        world.fail(*PATCH, status=400, code=200000)
        steps.put_nowait(None)
        await world.until(lambda: len(answers(room)) == 2)
        assert "AutoMod" in answers(room)[1].content
        assert "stop" not in buttons(growing)
        assert "AutoMod" in growing.content
