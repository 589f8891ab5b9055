"""True gateway events and interactions of Discord with something in them changed, through the library's own parsers."""

import asyncio
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import discord
import pytest
from discord.http import Route
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.client import DiscordClient, DiscordOptions, create
from tests.faults.discord_client import CHANNEL, GUILD, MESSAGE, PRESSED, USER
from tests.mutated import FEW, MANY, Memory, extended, mutated, names

ME: Any = {**USER, "id": "1", "verified": True, "email": None, "mfa_enabled": False, "flags": 0}
ANA = {**USER, "id": "5", "username": "ana", "bot": False}
PLAIN = {name: value for name, value in MESSAGE.items() if name != "message_reference"}
SPOKEN = {**PLAIN, "author": ANA, "type": 0, "content": "Hello"}
MENTIONED = {**SPOKEN, "guild_id": "10", "content": "<@1> Hello", "mentions": [USER], "member": {"roles": []}}
REACTED = {"user_id": "5", "channel_id": "30", "message_id": "3", "emoji": {"id": None, "name": "👍"}, "type": 0}
COMMAND = {"id": "8", "name": "help", "type": 1, "options": [{"name": "topic", "type": 3, "value": "tea"}]}
TRUE: list[Any] = [
    ["MESSAGE_CREATE", {**SPOKEN, "channel_id": "30"}],
    ["MESSAGE_CREATE", MENTIONED],
    ["MESSAGE_DELETE", {"id": "3", "channel_id": "20", "guild_id": "10"}],
    ["MESSAGE_DELETE_BULK", {"ids": ["3", "4"], "channel_id": "20", "guild_id": "10"}],
    ["MESSAGE_REACTION_ADD", {**REACTED, "channel_id": "20", "guild_id": "10"}],
    ["MESSAGE_REACTION_REMOVE", REACTED],
    ["INTERACTION_CREATE", {**PRESSED, "message": {**SPOKEN, "author": USER}}],
    ["INTERACTION_CREATE", {**PRESSED, "type": 2, "data": COMMAND}],
]


@contextmanager
def nowhere() -> Iterator[None]:
    """Let discord.py ask an address at which nobody answers."""
    before = Route.BASE
    Route.BASE = "http://127.0.0.1:9"
    try:
        yield
    finally:
        Route.BASE = before


async def connected(bot: DiscordClient) -> None:
    """Make a client what it is once the gateway has told it of one server."""
    state = bot._connection
    state.user = discord.ClientUser(state=state, data=ME)
    known = discord.Guild(data=copy.deepcopy(dict(GUILD)), state=state)  # type: ignore[arg-type] # no more is needed
    known._add_channel(discord.TextChannel(state=state, guild=known, data=copy.deepcopy(dict(CHANNEL))))  # type: ignore[arg-type]
    state._add_guild(known)


async def heard(name: str, payload: Any) -> Memory:
    """Give the client an event as the gateway does, and wait until it has dealt with it."""
    memory = Memory()
    ports: Any = memory
    with nowhere():
        bot = create(memory.handle, ports, ports, DiscordOptions("http://127.0.0.1:9", longest_call=1))
        async with bot:
            await connected(bot)
            bot._connection.parsers[name](copy.deepcopy(payload))
            while working := [task for task in asyncio.all_tasks() - {asyncio.current_task()} if not waits(task)]:
                done, _ = await asyncio.wait(working)
                for task in done:
                    assert task.exception() is None
    return memory


def waits(task: "asyncio.Task[Any]") -> bool:
    """Whether a task only waits for its time to come, to ask for more of it."""
    return "_ask_for_time" in str(task.get_coro())


@FEW
@given(st.sampled_from([name for name, _ in TRUE]), mutated([payload for _, payload in TRUE]))
def test_whatever_comes_nothing_leaves_the_client(name: str, payload: Any) -> None:
    asyncio.run(heard(name, payload))


@pytest.mark.slow
@FEW
@given(st.sampled_from(TRUE).flatmap(lambda one: st.tuples(st.just(one[0]), mutated([one[1]]))))
def test_a_changed_event_is_delivered_put_aside_or_not_for_us(given: Any) -> None:
    asyncio.run(heard(*given))


NEEDED = names(
    "username discriminator avatar id ids channel_id guild_id type content author mentions user_id message_id "
    "emoji name data token application_id custom_id member user bot message component_type"
)
"""The fields without which nobody could tell whether an event is for us."""

SPOILT = st.sampled_from(TRUE).flatmap(lambda one: st.tuples(st.just(one[0]), mutated([one[1]], NEEDED)))


@pytest.mark.slow
@FEW
@given(SPOILT)
def test_an_event_for_us_is_delivered_or_put_aside(given: Any) -> None:
    memory = asyncio.run(heard(*given))
    assert memory.events or memory.aside


@pytest.mark.sweep
@MANY
@given(SPOILT)
def test_very_many_for_us_are_delivered_or_put_aside(given: Any) -> None:
    memory = asyncio.run(heard(*given))
    assert memory.events or memory.aside


@pytest.mark.sweep
@MANY
@given(st.sampled_from(TRUE).flatmap(lambda one: st.tuples(st.just(one[0]), mutated([one[1]]))))
def test_whatever_comes_of_very_many_nothing_leaves_the_client(given: Any) -> None:
    asyncio.run(heard(*given))


@pytest.mark.slow
@pytest.mark.parametrize("given", TRUE, ids=lambda one: one[0])
async def test_a_true_event_reaches_the_core(given: Any) -> None:
    memory = await heard(*given)
    assert memory.events
    assert memory.aside == []


@pytest.mark.slow
@FEW
@given(st.sampled_from(TRUE).flatmap(lambda one: st.tuples(st.just(one[0]), extended([one[1]]))))
def test_fields_that_nobody_has_announced_change_nothing(given: Any) -> None:
    assert asyncio.run(heard(*given)).events
