"""Interactions that one process receives and another answers, by all that is in their events."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bots.discord.adapter import DiscordChat
from bots.discord.client import DiscordOptions, create
from bots.discord.receive import INTERACTION, place_in
from core.errors import UserError
from core.messages import EventOrigin, Field, Form, Invocation, Message, Press, Reply, User
from core.store.engine.database import connect
from tests.core.building import core_over
from tests.discord.living import answers
from tests.discord.server.interactions import COMMAND, COMPONENT, IN_TIME, LATER, MESSAGE, UPDATE_LATER, Interaction
from tests.discord.server.server import Discord, Person
from tests.discord.server.world import EPHEMERAL, Channel
from tests.discord.server.world import Message as Shown
from tests.living import echo

DATA = {"id": "1", "name": "help", "type": 1}
FORM = Form("write:1", "Tell", (Field("text", "What"),), "Send")


@pytest.fixture
async def chat(world: Discord, sqlite_url: str) -> AsyncIterator[DiscordChat]:
    """The outgoing side of a bot, in a process that hears of nothing."""
    store = connect(sqlite_url)
    core = core_over(store, echo())
    options = DiscordOptions(world.api, world.gateway_url, part="answering")
    bot = create(core.router.handle, core.records, core.keep("discord"), options)
    async with bot:
        await bot.login(world.token)
        yield bot.chat
    await store.close()


@pytest.fixture
async def room(world: Discord) -> Channel:
    return world.channel(world.guild())


@pytest.fixture
async def ana(world: Discord, room: Channel) -> Person:
    assert room.guild
    return world.person("Ana", room.guild)


def command(world: Discord, ana: Person, room: Channel) -> tuple[Interaction, Invocation]:
    """A command that somebody uses, and its event."""
    made = world.interactions.begin(COMMAND, ana.account, room, DATA, None)
    return made, Invocation(**origin(made), command="help", arguments={})


def press(world: Discord, ana: Person, shown: Shown) -> tuple[Interaction, Press]:
    """A button that somebody presses, and its event."""
    data = {"custom_id": "up:1", "component_type": 2, "id": 1}
    made = world.interactions.begin(COMPONENT, ana.account, shown.channel, data, shown)
    return made, Press(**origin(made), action="up:1", id=shown.id)


def origin(made: Interaction) -> EventOrigin:
    """What the event of an interaction has, in whichever process."""
    guild = made.channel.guild
    assert guild
    return EventOrigin(
        key=f"{INTERACTION}{made.id}",
        place=place_in(int(guild.id), int(made.channel.id)),
        user=User(made.user.id, made.user.name),
        at=datetime.now(UTC),
        ticket=made.token,
        resumed=False,
    )


def defer(world: Discord, made: Interaction, kind: int) -> None:
    """The process that received an interaction asks for more time."""
    world.interactions.callback(made.id, made.token, {"type": kind, "data": {"flags": EPHEMERAL}}, [])


def told(text: str, replaces: str | None = None) -> Reply:
    return Reply(text, personal=True, replaces=replaces)


async def test_it_gives_the_first_answer_itself(world: Discord, chat: DiscordChat, ana: Person, room: Channel) -> None:
    made, event = command(world, ana, room)
    await chat.send(event.place, told("Here is help"), "k", event)
    await chat.send(event.place, told("And more"), "k2", event)
    await chat.done(event)
    assert made.responses == [MESSAGE]
    assert [shown.content for shown in made.messages] == ["Here is help", "And more"]
    assert all(shown.flags & EPHEMERAL for shown in made.messages)
    assert event.key not in chat.interactions


async def test_a_form_can_be_the_first_answer(world: Discord, chat: DiscordChat, ana: Person, room: Channel) -> None:
    made, event = command(world, ana, room)
    await chat.show(event.place, FORM, event)
    assert (await made.form())["title"] == "Tell"
    late, event = command(world, ana, room)
    defer(world, late, LATER)
    with pytest.raises(UserError, match="form-late"):
        await chat.show(event.place, FORM, event)


async def test_the_sign_to_wait_is_filled(world: Discord, chat: DiscordChat, ana: Person, room: Channel) -> None:
    made, event = command(world, ana, room)
    defer(world, made, LATER)
    await chat.send(event.place, told("Here is help"), "k", event)
    await chat.send(event.place, told("And more"), "k2", event)
    await chat.done(event)
    assert [shown.content for shown in made.messages] == ["Here is help", "And more"]
    assert not made.thinking


async def test_the_message_of_the_button_is_changed_before_and_after_the_sign_to_wait(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    shown = world.written(room, world.me, {"content": "before"}, [])
    made, event = press(world, ana, shown)
    await chat.send(event.place, told("now", replaces=shown.id), "k", event)
    assert shown.content == "now"
    made, event = press(world, ana, shown)
    defer(world, made, UPDATE_LATER)
    await chat.send(event.place, told("later", replaces=shown.id), "k2", event)
    await chat.send(event.place, told("A notice"), "k3", event)
    await chat.done(event)
    assert shown.content == "later"
    assert [one.content for one in made.messages] == ["A notice"]


async def test_a_notice_about_a_press_leaves_its_message_alone(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    shown = world.written(room, world.me, {"content": "before"}, [])
    made, event = press(world, ana, shown)
    defer(world, made, UPDATE_LATER)
    await chat.send(event.place, told("A notice"), "k", event)
    await chat.done(event)
    assert shown.content == "before"
    assert [one.content for one in made.messages] == ["A notice"]


async def test_what_a_process_that_is_gone_has_said_stays_and_is_not_said_twice(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    made, event = command(world, ana, room)
    data = {"content": "Here is help", "flags": EPHEMERAL}
    world.interactions.callback(made.id, made.token, {"type": MESSAGE, "data": data}, [])
    assert await chat.send(event.place, told("Here is help"), "k", event) == made.messages[0].id
    await chat.send(event.place, told("And more"), "k2", event)
    await chat.done(event)
    assert [shown.content for shown in made.messages] == ["Here is help", "And more"]


async def test_the_end_takes_away_the_sign_to_wait_and_nothing_else(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    untouched, event = command(world, ana, room)
    await chat.done(event)
    assert (untouched.responses, untouched.gone) == ([LATER], True)
    waiting, event = command(world, ana, room)
    defer(world, waiting, LATER)
    await chat.done(event)
    assert waiting.gone
    answered, event = command(world, ana, room)
    data = {"content": "Here is help", "flags": EPHEMERAL}
    world.interactions.callback(answered.id, answered.token, {"type": MESSAGE, "data": data}, [])
    await chat.done(event)
    assert not answered.gone


async def test_a_message_that_stands_for_a_command_is_answered_as_one(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    made, event = command(world, ana, room)
    said = Message(**origin(made), id="", text="What is it?", aside=True)
    defer(world, made, LATER)
    growing = await chat.send(event.place, Reply("It", "a", personal=True, underway=True), "k", said)
    await chat.edit(event.place, growing, Reply("It is a parley", "a", personal=True))
    assert [shown.content for shown in made.messages] == ["It is a parley"]


async def test_nobody_confirmed_it_in_time_so_the_person_is_told_in_private(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    _, event = command(world, ana, room)
    world.forward(IN_TIME + 1)
    await chat.send(event.place, told("Here is help"), "k", event)
    await chat.done(event)
    assert [shown.content for shown in answers(await ana.dm())] == ["Here is help"]


async def test_what_can_be_named_in_a_server_is_asked_for_once(
    world: Discord, chat: DiscordChat, ana: Person, room: Channel
) -> None:
    assert room.guild
    other, helpers = world.channel(room.guild, "other"), world.role(room.guild, "Helpers")
    place = place_in(int(room.guild.id), int(room.id))
    assert await chat.find("channel", "#other", place) == other.id
    assert await chat.find("role", "@helpers", place) == helpers.id
    assert await chat.find("role", "nobody", place) == ""
    assert [asked.template for asked in world.requests].count("/guilds/{guild_id}/channels") == 1
    with pytest.raises(UserError, match="named-no-channel"):
        await chat.find("channel", "#other", place_in(int(world.channel(world.guild()).id), 1))
