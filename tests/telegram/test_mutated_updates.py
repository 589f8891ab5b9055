"""True updates with something in them changed: none ends the intake, and a true one is never put aside."""

import asyncio
from typing import Any

import pytest
import telegram
from hypothesis import given
from hypothesis import strategies as st

from bots.telegram.adapter import TelegramChat
from bots.telegram.commands import CommandLists
from bots.telegram.intake import UpdateIntake
from bots.telegram.options import TelegramOptions, create
from bots.telegram.updates import number_of, read_batch
from tests.mutated import JUNK, MANY, Memory, extended, mutated, names

USER: dict[str, Any] = {"id": 5, "is_bot": False, "first_name": "Ana", "language_code": "en"}
CHAT: dict[str, Any] = {"id": -100, "type": "supergroup", "title": "Garden", "is_forum": True}
MESSAGE: dict[str, Any] = {
    "message_id": 3,
    "date": 1_700_000_000,
    "chat": CHAT,
    "from": USER,
    "text": "Hello @parley_bot",
    "entities": [{"type": "mention", "offset": 6, "length": 11}],
    "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
}
TRUE: list[dict[str, Any]] = [
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "edited_message": {**MESSAGE, "edit_date": 1_700_000_001}},
    {
        "update_id": 3,
        "callback_query": {"id": "9", "from": USER, "chat_instance": "1", "data": "up:1", "message": MESSAGE},
    },
    {
        "update_id": 4,
        "message_reaction": {
            "chat": CHAT,
            "message_id": 3,
            "date": 1_700_000_000,
            "user": USER,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        },
    },
]


def is_true(item: Any) -> bool:
    """Whether an update is one of the true ones, and not only equal to it: `true` equals 1 in Python."""
    return any(item is one for one in TRUE)


@given(st.lists(st.one_of(mutated(TRUE), st.sampled_from(TRUE), JUNK), max_size=6))
def test_each_is_read_or_put_aside_and_no_true_one_is_lost(items: list[Any]) -> None:
    batch = read_batch(items, create(TelegramOptions("1:x")))
    assert len(batch.read) + len(batch.unreadable) == len(items)
    read = [one.raw for one in batch.read]
    assert all(item in read for item in items if is_true(item))
    numbers = [number for item in items if (number := number_of(item)) is not None]
    assert batch.last == (numbers[-1] if numbers else None)


async def received(items: list[Any]) -> Memory:
    """Give the intake a batch."""
    bot, memory = create(TelegramOptions("1:x")), Memory()
    me = telegram.User(1, "Parley", is_bot=True, username="parley_bot")
    ports: Any = memory
    lists = CommandLists(bot, ports, ports)
    intake = UpdateIntake(bot, me, memory.handle, ports, ports, TelegramChat(bot), lists)
    await intake.take_all(read_batch(items, bot))
    return memory


@given(st.lists(st.one_of(mutated(TRUE), st.sampled_from(TRUE)), max_size=4))
def test_whatever_comes_the_intake_goes_on_and_true_updates_become_events(items: list[Any]) -> None:
    memory = asyncio.run(received(items))
    keys = {event.key.split(":")[2] for event in memory.events}
    assert {str(item["update_id"]) for item in items if is_true(item)} <= {key.split("#")[0] for key in keys}


@pytest.mark.parametrize(
    "odd",
    [
        {"chat": {**CHAT, "id": []}},
        {"chat": {**CHAT, "id": None}},
        {"migrate_from_chat_id": {"id": 5}},
        {"migrate_to_chat_id": [5]},
        {"migrate_to_chat_id": True},
    ],
)
def test_a_chat_whose_id_is_no_number_holds_up_no_other(odd: dict[str, Any]) -> None:
    memory = asyncio.run(received([{"update_id": 9, "message": {**MESSAGE, **odd}}, TRUE[0]]))
    assert [event.key for event in memory.events] == ["telegram:1:1"]
    assert len(memory.aside) == 1


NEEDED = names(
    "entities offset length update_id message edited_message callback_query message_reaction message_id chat from "
    "id type text data user new_reaction old_reaction emoji is_bot is_forum"
)
"""The fields without which nobody could tell whether an update is for us."""


@given(mutated(TRUE, NEEDED))
def test_an_update_for_us_becomes_an_event_or_is_put_aside(item: Any) -> None:
    memory = asyncio.run(received([item]))
    assert memory.events or memory.aside


@pytest.mark.sweep
@MANY
@given(mutated(TRUE, NEEDED))
def test_very_many_for_us_become_events_or_are_put_aside(item: Any) -> None:
    memory = asyncio.run(received([item]))
    assert memory.events or memory.aside


@pytest.mark.sweep
@MANY
@given(st.lists(st.one_of(mutated(TRUE), st.sampled_from(TRUE)), max_size=4))
def test_whatever_comes_of_very_many_the_intake_goes_on(items: list[Any]) -> None:
    asyncio.run(received(items))


@given(extended(TRUE))
def test_fields_that_nobody_has_announced_change_nothing(item: dict[str, Any]) -> None:
    memory = asyncio.run(received([item]))
    assert memory.events
    assert memory.aside == []
