"""Every way in which the last request of an answer can fail: nothing is lost, and nothing happens in silence."""

import random
from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from bots.telegram.refusals import MESSAGE_REFUSALS, REFUSED_KEYS, TelegramRefusal
from tests.faults.odd import js
from tests.shared.failing import FAILURES, Failure
from tests.shared.odd_files import CONTENT, KIND, NAME, READ, UNREAD
from tests.telegram.living import Living, answers, buttons, living
from tests.telegram.server.server import Chat, Message, Person, Telegram

LAST, FIRST = b"retry%3A", b"stop%3A"
"""What the body of the last request of an answer contains, and that of the first."""

REQUESTS: Mapping[str, tuple[str, bytes]] = {
    "the answer in a private chat": ("sendMessage", LAST),
    "the last edit in a group": ("editMessageText", LAST),
    "the first words in a group": ("sendMessage", FIRST),
}
ONLY_EDITS = (TelegramRefusal.DELETED, TelegramRefusal.UNCHANGED, TelegramRefusal.OLD)


def refusal(words: str, status: int = 400, **more: object) -> Failure:
    """An answer in Telegram's own words."""
    told = {"ok": False, "error_code": status, "description": f"Bad Request: {words}", **more}
    return Failure(js(told, status))


def failures(request: str) -> dict[str, Failure]:
    """Everything that can go wrong with a request, by name."""
    own = {words: refusal(words) for words, way in MESSAGE_REFUSALS.items() if _fits(way, request)}
    own["blocked"] = refusal("bot was blocked by the user", 403)
    own["429 with a time"] = refusal("retry later", 429, parameters={"retry_after": 3})
    own["429 in words alone"] = refusal("retry later", 429)
    own["408"] = refusal("Request Timeout", 408)
    return {**FAILURES, **own}


def _fits(way: TelegramRefusal, request: str) -> bool:
    return way is not TelegramRefusal.UNCHANGED and (way not in ONLY_EDITS or request == "the last edit in a group")


def way_of(name: str) -> TelegramRefusal | None:
    """What is to happen after a failure that has words of Telegram's own."""
    return TelegramRefusal.UNKNOWN if name == "blocked" else MESSAGE_REFUSALS.get(name)


def whole(chat: Chat, words: str) -> list[Message]:
    """The messages which show the whole answer, with its buttons."""
    return [message for message in answers(chat) if message.text.endswith(words) and "retry" in buttons(message)]


def offers(chat: Chat) -> list[Message]:
    """The messages that offer an answer."""
    return [message for message in answers(chat) if "show" in buttons(message)]


def growing(chat: Chat) -> list[Message]:
    """The messages that look as if more would come."""
    return [message for message in answers(chat) if "stop" in buttons(message)]


async def ends(life: Living, world: Telegram, person: Person, number: int, request: str, name: str) -> None:
    """Ask a question whose answer meets a failure, and see how that ends for the person."""
    method, mark = REQUESTS[request]
    private, failure = person.dm(), failures(request)[name]
    chat = private if "private" in request else world.group(f"Group {number}")
    world.breaking.plan(lambda path, body: path.endswith(method) and mark in body, failure)
    if way_of(name) is TelegramRefusal.DELETED:
        world.breaking.plan(lambda path, body: path.endswith(method) and mark in body and _remove(chat), failure)
    await person.says(chat, f"Question {number}", mention=chat is not private)
    open_ones = "SELECT count(*) FROM inbox WHERE state != 'done'"
    await world.until(lambda: world.breaking.failure is None and life.rows(open_ones) == [(0,)], within=3600)
    words, way = f"Question {number}", way_of(name)
    if way is TelegramRefusal.DELETED:
        assert not answers(chat)
    elif way in REFUSED_KEYS:
        assert not whole(chat, words)
        assert not growing(chat)
        said = "may not write" if way is TelegramRefusal.MUTE else "cannot write to you in private"
        assert any(said in message.text and not buttons(message) for message in (*answers(chat), *answers(private)))
    else:
        await arrives(world, person, chat, words, failure)


def _remove(chat: Chat) -> bool:
    chat.messages.remove(answers(chat)[0])
    return True


async def arrives(world: Telegram, person: Person, chat: Chat, words: str, failure: Failure) -> None:
    """See that the answer is there once, or is offered and then there."""
    if offered := offers(chat):
        await person.presses(offered[0], "show:")
        await world.until(lambda: not offers(chat) and bool(whole(chat, words)), within=3600)
        # Nobody can ask Telegram whether the first one is there, so a person who asks for it may have it twice.
        assert len(whole(chat, words)) <= (2 if failure.done else 1)
    else:
        assert len(whole(chat, words)) == len(answers(chat)) == 1


async def tried(world: Telegram, sqlite_url: str, cases: Sequence[tuple[str, str]]) -> None:
    """Let so many answers end."""
    world.forgive()
    people = [world.person(f"Person {number}") for number in range(len(cases))]
    async with living(world, sqlite_url) as life:
        for number, (request, name) in enumerate(cases):
            try:
                await ends(life, world, people[number], number, request, name)
            except (TimeoutError, AssertionError) as error:
                raise AssertionError(f"{request}: {name}") from error


SOME = [
    ("the answer in a private chat", "502 with HTML"),
    ("the answer in a private chat", "lost after it was done"),
    ("the answer in a private chat", "429 without a time"),
    ("the answer in a private chat", "blocked"),
    ("the last edit in a group", "lost after it was done"),
    ("the last edit in a group", "no answer, not done"),
    ("the last edit in a group", "topic_closed"),
    ("the last edit in a group", "message can't be edited"),
    ("the last edit in a group", "message to edit not found"),
    ("the first words in a group", "an empty list, done"),
    ("the first words in a group", "parse entities"),
    ("the first words in a group", "429 with a time"),
]


@pytest.mark.leaping
async def test_a_dozen_failures_of_the_last_request_lose_nothing(world: Telegram, sqlite_url: str) -> None:
    await tried(world, sqlite_url, SOME)


@pytest.mark.slow
@pytest.mark.leaping
async def test_every_refusal_of_the_table_leads_to_its_end(world: Telegram, sqlite_url: str) -> None:
    rows = [
        (request, words)
        for request in ("the answer in a private chat", "the last edit in a group")
        for words in (*MESSAGE_REFUSALS, "blocked")
        if words in failures(request)
    ]
    assert {words for _, words in rows} == {*MESSAGE_REFUSALS, "blocked"} - {"not modified"}
    await tried(world, sqlite_url, rows)


@pytest.mark.sweep
@pytest.mark.leaping
async def test_five_hundred_failures_of_the_last_request_lose_nothing(world: Telegram, sqlite_url: str) -> None:
    chance = random.Random(2)
    every = [(request, name) for request in REQUESTS for name in failures(request)]
    drawn = [*every, *chance.choices(every, k=500 - len(every))]
    chance.shuffle(drawn)
    await tried(world, sqlite_url, drawn)


def ended(room: Chat) -> bool:
    """Whether an answer has come to its end."""
    return any("retry" in buttons(message) for message in answers(room))


@pytest.mark.leaping
async def test_a_file_is_read_whole_or_named_as_unread(world: Telegram, sqlite_url: str) -> None:
    async with living(world, sqlite_url):
        for name, way in {**UNREAD, **READ}.items():
            ana = world.person("Ana")
            room = ana.dm()
            world.breaking.plan(lambda path, body: "/file/" in path, way)
            await ana.says(room, "What is it?", file=(NAME, CONTENT, KIND))
            await world.until(partial(ended, room), within=60)
            shown = "\n".join(message.text for message in answers(room))
            assert (f"could not read {NAME}" in shown, CONTENT.decode() in shown) == (name in UNREAD, name in READ), (
                name
            )
