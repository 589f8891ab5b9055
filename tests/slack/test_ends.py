"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from bots.slack.refusals import AGAIN, MESSAGE_REFUSALS, SlackRefusal
from bots.slack.replies import UNREADABLE
from core.models.scripted import ScriptedModel
from tests.faults.odd import js
from tests.shared.failing import FAILURES, Failure
from tests.shared.odd_files import CONTENT, KIND, NAME, READ, UNREAD
from tests.slack.living import Living, answers, buttons, living
from tests.slack.server.server import Person, Slack
from tests.slack.server.world import Channel, Message

pytestmark = pytest.mark.slow

POST, EDIT, BEGIN, GROW, END = (
    "the first words in a channel",
    "the last edit in a channel",
    "the first words of a stream",
    "the next words of a stream",
    "the end of a stream",
)
REQUESTS: Mapping[str, tuple[str, str]] = {
    POST: ("chat.postMessage", "stop:"),
    EDIT: ("chat.update", "retry:"),
    BEGIN: ("chat.startStream", ""),
    GROW: ("chat.appendStream", ""),
    END: ("chat.stopStream", ""),
}
"""The method of each request, and what its body contains."""


def refusal(code: str, status: int = 200, more: str = "") -> Failure:
    """An answer in Slack's own words."""
    answer = js({"ok": False, "error": code}, status)
    return Failure(answer.replace(b"\r\n\r\n", f"\r\n{more}\r\n".encode(), 1) if more else answer)


def failures(request: str) -> dict[str, Failure]:
    """Everything that can go wrong with a request, by name."""
    own = {code: refusal(code) for code, way in MESSAGE_REFUSALS.items() if _fits(way, request)}
    own |= {code: refusal(code) for code in AGAIN - {UNREADABLE}}
    own["429 with a time"] = refusal("ratelimited", 429, "Retry-After: 3\r\n")
    own["429 with a date"] = refusal("ratelimited", 429, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n")
    return {**FAILURES, **own}


def _fits(way: SlackRefusal, request: str) -> bool:
    possible = {SlackRefusal.MUTE: tuple(REQUESTS), SlackRefusal.DELETED: (EDIT, GROW, END), SlackRefusal.OLD: (EDIT,)}
    return request in possible.get(way, ())


def whole(chat: Channel, words: str) -> list[Message]:
    """The messages which show the whole answer, with its buttons."""
    found = answers(chat)
    return [one for one in found if one.shown.endswith(words) and "retry" in buttons(one) and not one.streaming]


def offers(chat: Channel) -> list[Message]:
    """The messages that offer an answer."""
    return [message for message in answers(chat) if "show" in buttons(message)]


async def ends(life: Living, world: Slack, person: Person, number: int, request: str, name: str) -> None:
    """Ask a question whose answer meets a failure, and see how that ends for the person."""
    (method, mark), failure = REQUESTS[request], failures(request)[name]
    chat = person.dm() if "stream" in request else world.channel()
    way = MESSAGE_REFUSALS.get(name)

    def wanted(path: str, body: bytes) -> bool:
        met = path.endswith(method) and mark in body.decode().replace("%3A", ":")
        if met and way is SlackRefusal.DELETED:
            chat.messages.remove(answers(chat)[0])
        return met

    world.breaking.plan(wanted, failure)
    thread = await person.opens_pane() if "stream" in request else ""
    await person.says(chat, f"Question {number}", thread=thread, mention=not thread)
    open_ones = "SELECT count(*) FROM inbox WHERE state != 'done'"
    await world.until(lambda: world.breaking.failure is None and life.rows(open_ones) == [(0,)], within=3600)
    if way is SlackRefusal.DELETED:
        assert not answers(chat)
    elif way is SlackRefusal.MUTE:
        assert not whole(chat, f"Question {number}")
        assert not any("stop" in buttons(message) for message in answers(chat))
        assert any("may not write" in message.shown for message in (*answers(chat), *chat.whispers))
    else:
        await arrives(world, person, chat, f"Question {number}")


async def arrives(world: Slack, person: Person, chat: Channel, words: str) -> None:
    """See that the answer is there once, or is offered and then there."""
    if offered := offers(chat):
        await person.presses(offered[0], "show:")
        await world.until(lambda: not offers(chat) and bool(whole(chat, words)), within=3600)
    else:
        assert len(answers(chat)) == 1
    assert len(whole(chat, words)) == 1


async def tried(world: Slack, sqlite_url: str, cases: Sequence[tuple[str, str]]) -> None:
    """Let so many answers end."""
    world.forgive("streaming_state_conflict", "message_not_in_streaming_state", "message_not_found")
    people = [world.person(f"Person {number}") for number in range(len(cases))]
    model = ScriptedModel(lambda lines: f"You said: {lines[-1].text}", pace=lambda: asyncio.sleep(0.1))
    async with living(world, sqlite_url, model, ping=30.0) as life:
        for number, (request, name) in enumerate(cases):
            try:
                await ends(life, world, people[number], number, request, name)
            except (TimeoutError, AssertionError) as error:
                raise AssertionError(f"{request}: {name}") from error


SOME = [
    (POST, "502 with HTML"),
    (POST, "lost after it was done"),
    (POST, "a page, done"),
    (POST, "is_archived"),
    (EDIT, "no answer, not done"),
    (EDIT, "edit_window_closed"),
    (EDIT, "message_not_found"),
    (EDIT, "429 with a date"),
    (BEGIN, "lost after it was done"),
    (GROW, "an empty list, not done"),
    (END, "cut in its body"),
    (END, "internal_error"),
]


@pytest.mark.leaping
async def test_a_dozen_failures_of_the_last_request_lose_nothing(world: Slack, sqlite_url: str) -> None:
    await tried(world, sqlite_url, SOME)


@pytest.mark.leaping
async def test_every_refusal_of_the_table_leads_to_its_end(world: Slack, sqlite_url: str) -> None:
    rows = [(request, code) for request in (EDIT, END) for code in MESSAGE_REFUSALS if code in failures(request)]
    assert {code for _, code in rows} == set(MESSAGE_REFUSALS) - {"user_not_in_channel", "user_not_found"}
    await tried(world, sqlite_url, rows)


@pytest.mark.sweep
@pytest.mark.leaping
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Slack, sqlite_url: str) -> None:
    chance = random.Random(2)
    every = [(request, name) for request in REQUESTS for name in failures(request)]
    drawn = [*every, *chance.choices(every, k=500 - len(every))]
    chance.shuffle(drawn)
    await tried(world, sqlite_url, drawn)


@pytest.mark.parametrize("code", [code for code, way in MESSAGE_REFUSALS.items() if way is SlackRefusal.ABSENT])
async def test_what_cannot_be_shown_to_a_person_in_a_channel_is_sent_to_them(
    world: Slack, sqlite_url: str, code: str
) -> None:
    ana, room = world.person("Ana"), world.channel()
    world.breaking.plan(lambda path, body: path.endswith("chat.postEphemeral"), refusal(code))
    async with living(world, sqlite_url):
        await ana.says(room, "x" * 9000, mention=True)
        await world.until(lambda: any("Send it in smaller" in message.shown for message in answers(ana.dm())))
        assert not room.whispers


def ended(room: Channel) -> bool:
    """Whether an answer has come to its end."""
    return any("retry" in buttons(message) for message in answers(room))


@pytest.mark.leaping
async def test_a_file_is_read_whole_or_named_as_unread(world: Slack, sqlite_url: str) -> None:
    async with living(world, sqlite_url, ping=30.0):
        for name, way in {**UNREAD, **READ}.items():
            ana = world.person("Ana")
            room = ana.dm()
            world.breaking.plan(lambda path, body: "/files/" in path, way)
            await ana.says(room, "What is it?", file=(NAME, CONTENT, KIND))
            await world.until(partial(ended, room), within=60)
            shown = "\n".join(message.shown for message in answers(room))
            assert (f"could not read {NAME}" in shown, CONTENT.decode() in shown) == (name in UNREAD, name in READ), (
                name
            )
