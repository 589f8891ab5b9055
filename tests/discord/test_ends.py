"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from bots.discord.refusals import MESSAGE_REFUSALS, DiscordRefusal
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.messages import Place
from core.models.scripted import ScriptedModel
from tests.discord.living import Living, answers, buttons, living
from tests.discord.server.faults import VIA
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import Channel, Message
from tests.faults.odd import js
from tests.shared.failing import FAILURES, Failure
from tests.shared.odd_files import CONTENT, NAME, READ, UNREAD

FIRST, EDIT = "the first words", "the last edit"
ACK, FILL, MORE = "the sign to wait", "the reply to a command", "a further reply to a command"
REQUESTS: Mapping[str, tuple[str, str]] = {
    FIRST: (r"/channels/\d+/messages", "stop:"),
    EDIT: (r"/channels/\d+/messages/\d+", "retry:"),
    ACK: (r"/interactions/\d+/[^/]+/callback", ""),
    FILL: (r"/webhooks/\d+/[^/]+/messages/@original", "First"),
    MORE: (r"/webhooks/\d+/[^/]+", "Second"),
}
"""The path of each request, and what its body contains."""

SAID = {DiscordRefusal.MUTE: "may not write", DiscordRefusal.BLOCKED: "AutoMod"}


def refusal(code: int, status: int = 400) -> Failure:
    """An answer in Discord's own words."""
    return Failure(js({"code": code, "message": "refused"}, status))


def limited() -> Failure:
    """An answer that asks us to wait."""
    answer = js({"message": "You are being rate limited.", "retry_after": 3.0, "global": False}, 429)
    return Failure(answer.replace(b"\r\n\r\n", f"\r\nVia: {VIA}\r\nRetry-After: 3\r\n\r\n".encode(), 1))


def failures(request: str) -> dict[str, Failure]:
    """Everything that can go wrong with a request, by name."""
    own = {str(code): refusal(code) for code, way in MESSAGE_REFUSALS.items() if _fits(way, request)}
    return {**FAILURES, **own, "429 with a time": limited()}


def _fits(way: DiscordRefusal, request: str) -> bool:
    only_edits = (DiscordRefusal.DELETED, DiscordRefusal.OLD)
    return request == EDIT if way in only_edits else request == FIRST or (request == EDIT and way in SAID)


def whole(room: Channel, words: str) -> list[Message]:
    """The messages which show the whole answer, with its buttons."""
    return [message for message in answers(room) if message.content.endswith(words) and "retry" in buttons(message)]


def offers(room: Channel) -> list[Message]:
    """The messages that offer an answer."""
    return [message for message in answers(room) if "show" in buttons(message)]


def plan(world: Discord, room: Channel, request: str, name: str) -> None:
    """Let the next such request fail."""
    (path, mark), way = REQUESTS[request], way_of(name)

    def wanted(asked: str, body: bytes) -> bool:
        met = bool(re.fullmatch(f".*{path}", asked)) and mark.encode() in body
        if met and way is DiscordRefusal.DELETED:
            room.kept.pop(answers(room)[0].id)
        return met

    world.breaking.plan(wanted, failures(request)[name])


def way_of(name: str) -> DiscordRefusal | None:
    """What is to happen after a failure that has a code of Discord's own."""
    return MESSAGE_REFUSALS.get(int(name)) if name.isdecimal() else None


async def ends(
    life: Living, world: Discord, person: Person, room: Channel, log: Channel, case: tuple[str, str]
) -> None:
    """Ask a question whose answer meets a failure, and see how that ends for the person."""
    request, name = case
    way, private = way_of(name), await person.dm()
    plan(world, room, request, name)
    await person.says(room, f"Question {room.name}", mention=True)
    await done(life, world)
    words = f"Question {room.name}"
    if way is DiscordRefusal.DELETED:
        assert not answers(room)
    elif way in SAID:
        assert not whole(room, words)
        assert not any("stop" in buttons(message) for message in answers(room))
        assert any(SAID[way] in message.content for message in (*answers(room), *answers(private)))
        assert any(f"Discord {name}" in message.content for message in answers(log))
    elif offered := offers(room):
        await person.presses(offered[0], "show:")
        await world.until(lambda: not offers(room) and len(whole(room, words)) == 1, within=3600)
    else:
        assert len(whole(room, words)) == len(answers(room)) == 1


async def done(life: Living, world: Discord) -> None:
    """Wait until the failure has happened, and what it happened to is dealt with."""
    open_ones = "SELECT count(*) FROM inbox WHERE state != 'done'"
    await world.until(lambda: world.breaking.failure is None and life.rows(open_ones) == [(0,)], within=3600)


async def is_told(life: Living, world: Discord, person: Person, room: Channel, case: tuple[str, str]) -> None:
    """Use a command whose reply meets a failure, and see that the person reads all of it."""
    private = await person.dm()
    private.kept.clear()
    plan(world, room, *case)
    called = await person.commands(room, "slow")
    await done(life, world)
    shown = [message.content for message in (*called.messages, *answers(private))]
    assert {"First", "Second"} <= set(shown), shown
    assert not called.thinking
    # A notice of which nobody can know whether it is there comes again, once.
    assert len(shown) <= 3, shown


async def _slow(call: CommandCall) -> None:
    await asyncio.sleep(3)
    await call.tell("First", about="first")
    await call.tell("Second", about="second")


SLOW = CommandGroup((Command("slow", "plugins", _slow, description="Take a while."),))


async def tried(world: Discord, sqlite_url: str, cases: Sequence[tuple[str, str]]) -> None:
    """Let so many answers end."""
    guild = world.guild()
    person, log = world.person("Ana", guild, keeper=True), world.channel(guild, "log")
    model = ScriptedModel(lambda lines: f"You said: {lines[-1].text}", pace=lambda: asyncio.sleep(0.1))
    async with living(world, sqlite_url, model, more=(SLOW,)) as life:
        await life.core.communities.change(Place("discord", guild.id, log.id), "log_channel", log.id)
        for number, case in enumerate(cases):
            room = world.channel(guild, f"room-{number}")
            try:
                if case[0] in (ACK, FILL, MORE):
                    await is_told(life, world, person, room, case)
                else:
                    await ends(life, world, person, room, log, case)
            except (TimeoutError, AssertionError) as error:
                raise AssertionError(": ".join(case)) from error


SOME = [
    (FIRST, "502 with HTML"),
    (FIRST, "lost after it was done"),
    (FIRST, "a page, done"),
    (FIRST, "no answer, done"),
    (EDIT, "504 after it was done"),
    (EDIT, "cut in its body"),
    (EDIT, "429 with a time"),
    (EDIT, "nothing, not done"),
    (EDIT, "an empty list, not done"),
    (ACK, "lost after it was done"),
    (ACK, "no answer, not done"),
    (FILL, "lost before it was done"),
    (MORE, "an empty list, done"),
]


@pytest.mark.slow
@pytest.mark.leaping
async def test_some_failures_of_the_last_request_lose_nothing(world: Discord, sqlite_url: str) -> None:
    await tried(world, sqlite_url, SOME)


@pytest.mark.slow
@pytest.mark.leaping
async def test_every_refusal_of_the_table_leads_to_its_end(world: Discord, sqlite_url: str) -> None:
    rows = [(request, str(code)) for request in (FIRST, EDIT) for code in MESSAGE_REFUSALS]
    rows = [(request, name) for request, name in rows if name in failures(request)]
    assert {int(name) for _, name in rows} == set(MESSAGE_REFUSALS)
    await tried(world, sqlite_url, rows)


@pytest.mark.sweep
@pytest.mark.leaping
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Discord, sqlite_url: str) -> None:
    chance = random.Random(2)
    every = [(request, name) for request in REQUESTS for name in failures(request)]
    drawn = [*every, *chance.choices(every, k=500 - len(every))]
    chance.shuffle(drawn)
    await tried(world, sqlite_url, drawn)


def ended(room: Channel) -> bool:
    """Whether an answer has come to its end."""
    return any("retry" in buttons(message) for message in answers(room))


@pytest.mark.leaping
async def test_a_file_is_read_whole_or_named_as_unread(world: Discord, sqlite_url: str) -> None:
    async with living(world, sqlite_url):
        for name, way in {**UNREAD, **READ}.items():
            ana = world.person("Ana")
            room = await ana.dm()
            world.breaking.plan(lambda path, body: "/files/" in path, way)
            await ana.says(room, "What is it?", files=[(NAME, CONTENT)])
            await world.until(partial(ended, room), within=60)
            shown = "\n".join(message.content for message in answers(room))
            assert (f"could not read {NAME}" in shown, CONTENT.decode() in shown) == (name in UNREAD, name in READ), (
                name
            )
