"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import random

import pytest

from tests.telegram.living import answers, buttons, living
from tests.telegram.server.server import Chat, Message, Telegram

FAILURES = ("lost", 408, 413, 500, 502, 503, 504)
"""A connection that is lost after the request was done, and answers in place of one."""


def seen(chat: Chat, words: str) -> bool:
    """Whether the person sees the whole answer with its buttons."""
    return any(words in message.text and "retry" in buttons(message) for message in answers(chat))


def offer(chat: Chat) -> Message | None:
    """The message that offers an answer."""
    return next((message for message in answers(chat) if "show" in buttons(message)), None)


async def fails(world: Telegram, sqlite_url: str, times: int, seed: int) -> None:
    chance = random.Random(seed)
    people = [world.person(f"Person {number}") for number in range(times)]
    async with living(world, sqlite_url, first_pause=0.0):
        for number, person in enumerate(people):
            chat, words, how = person.dm(), f"You said: Question {number}", chance.choice(FAILURES)
            if isinstance(how, int):
                world.fail("sendMessage", how)
            else:
                world.lost.append("sendMessage")
            await person.says(chat, f"Question {number}")
            await world.until(lambda chat=chat, words=words: seen(chat, words) or offer(chat) is not None)  # type: ignore[misc] # defaults
            if found := offer(chat):
                await person.presses(found, "show:")
                await world.until(lambda chat=chat, words=words: seen(chat, words) and offer(chat) is None)  # type: ignore[misc] # defaults
        assert all(seen(person.dm(), f"Question {number}") for number, person in enumerate(people))


async def test_a_few_failures_of_the_last_request_lose_nothing(world: Telegram, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 7, seed=1)


@pytest.mark.sweep
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Telegram, sqlite_url: str) -> None:
    await fails(world, sqlite_url, 500, seed=2)
