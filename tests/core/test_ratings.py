"""core.commands.ratings: one thumb per person and answer, from a button, a command or a reaction; every step is
kept."""

import pytest
from sqlmodel import select

from core.messages import User
from core.store.engine.database import Database
from core.store.tables import RatingEventRow, RatingRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store


async def ratings(store: Database) -> list[tuple[int, list[str], str]]:
    rows = await store.read(lambda session: session.exec(select(RatingRow)).all())
    return [(row.value, row.labels, row.comment) for row in rows]


async def steps(store: Database) -> list[int]:
    rows = await store.read(lambda session: session.exec(select(RatingEventRow).order_by(RatingEventRow.id)).all())
    return [row.value for row in rows]


async def press(dialogue: Dialogue, heard: Heard, name: str) -> Heard:
    """Press a button under an answer and see how the answer looks afterwards."""
    await dialogue.send(dialogue.press_of(heard, name))
    await dialogue.settled()
    return await dialogue.finished(heard.id)


async def test_a_thumb_is_kept_marked_changed_and_taken_back(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    up = await press(dialogue, answer, "up")
    assert await ratings(store) == [(1, [], "")]
    assert [button.chosen for button in up.reply.buttons][:2] == [True, False]
    await press(dialogue, answer, "down")
    assert await ratings(store) == [(-1, [], "")]
    await press(dialogue, answer, "down")
    assert await ratings(store) == []
    assert await steps(store) == [1, -1, 0]


async def test_a_reason_is_given_with_a_form(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    rated = await press(dialogue, answer, "down")
    await press(dialogue, rated, "why")
    form = dialogue.chat.forms[-1]
    assert [value for value, _ in form.fields[0].options] == ["fails_task", "spam"]
    (await dialogue.submits(form.action, labels="fails_task,nonsense", comment="not what I asked")).expect("Thank you")
    assert await ratings(store) == [(-1, ["fails_task"], "not what I asked")]


async def test_a_command_rates_with_labels_and_words(talk: Talk, store: Database) -> None:
    dialogue = talk()
    await dialogue.says("Hi")
    await dialogue.types("/rate down spam,fails_task it repeats itself")
    assert await ratings(store) == [(-1, ["spam", "fails_task"], "it repeats itself")]
    await dialogue.types("/rate up just right")
    assert await ratings(store) == [(1, [], "just right")]
    await dialogue.types("/rate off")
    assert await ratings(store) == []


@pytest.mark.in_the_store
async def test_reactions_rate_and_count_once_however_often_they_are_delivered(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    thumb = dialogue.reaction(answer.id, "👍", added=True)
    for _ in range(3):
        await dialogue.send(thumb)
    await dialogue.settled()
    assert await steps(store) == [1]
    await dialogue.send(dialogue.reaction(answer.id, "🎉", added=True))
    await dialogue.send(dialogue.reaction(answer.id, "👎", added=True))
    await dialogue.send(dialogue.reaction(answer.id, "👍", added=False))
    await dialogue.settled()
    assert await ratings(store) == [(-1, [], "")]


@pytest.mark.parametrize("again", ["reaction", "command"])
async def test_a_second_thumb_down_keeps_the_reason_that_was_written(talk: Talk, store: Database, again: str) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    await dialogue.types("/rate down spam it repeats itself")
    if again == "reaction":
        await dialogue.send(dialogue.reaction(answer.id, "👎", added=True))
    else:
        await dialogue.types("/rate down")
    await dialogue.settled()
    assert await ratings(store) == [(-1, ["spam"], "it repeats itself")]


async def test_a_reason_is_changed_and_emptied_by_its_form(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    await dialogue.types("/rate down spam it repeats itself")
    await dialogue.submits(f"rate:{answer.reply.answer}", thumb="down")
    assert await ratings(store) == [(-1, [], "")]


UP, DOWN = "👍", "👎"


@pytest.mark.parametrize(
    ("reactions", "left"),
    [
        ([(UP, True), (DOWN, True), (DOWN, False)], [1]),
        ([(DOWN, True), (UP, True), (UP, False)], [-1]),
        ([(UP, True), (DOWN, True), (UP, False), (DOWN, False)], []),
        ([(UP, True), (DOWN, True), (DOWN, False), (UP, False)], []),
        ([(UP, True), (DOWN, True), (UP, True), (DOWN, False)], [1]),
        ([(UP, True), (DOWN, True), (UP, False), (UP, True)], [1]),
        ([(UP, False), (DOWN, True)], [-1]),
    ],
)
async def test_the_thumb_beside_a_withdrawn_one_counts(
    talk: Talk, store: Database, reactions: list[tuple[str, bool]], left: list[int]
) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    for emoji, added in reactions:
        await dialogue.send(dialogue.reaction(answer.id, emoji, added=added))
    await dialogue.settled()
    assert [value for value, _, _ in await ratings(store)] == left


async def test_a_pressed_thumb_that_is_taken_back_leaves_the_reaction_that_stands(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    await dialogue.send(dialogue.reaction(answer.id, UP, added=True))
    await press(dialogue, answer, "down")
    assert await ratings(store) == [(-1, [], "")]
    await press(dialogue, answer, "down")
    assert await ratings(store) == [(1, [], "")]
    await dialogue.types("/rate off")
    assert await ratings(store) == []


async def test_a_reaction_to_an_answer_that_is_just_being_sent_is_not_lost(talk: Talk, store: Database) -> None:
    dialogue = talk()
    question = dialogue.message("Hi")
    await dialogue.send(question)
    await dialogue.send(dialogue.reaction(f"{question.key}#answer", "👍", added=True))
    await dialogue.settled()
    await dialogue.settled()
    assert await ratings(store) == [(1, [], "")]


async def test_each_person_has_a_rating_of_their_own(talk: Talk, store: Database) -> None:
    room = talk().elsewhere("shared", private=False)
    answer = await room.says("Hi")
    bob = room.elsewhere("shared", User("bob", "Bob"), private=False)
    await room.send(room.reaction(answer.id, "👍", added=True))
    await bob.send(bob.reaction(answer.id, "👎", added=True))
    await room.settled()
    assert sorted(value for value, _, _ in await ratings(store)) == [-1, 1]


async def test_an_answer_of_another_community_cannot_be_rated(talk: Talk, store: Database) -> None:
    dialogue = talk()
    answer = await dialogue.says("Hi")
    stranger = dialogue.elsewhere("room")
    stranger.place = type(dialogue.place)("paper", "another server", "room", private=True)
    (await stranger.presses(answer, "up", "#error")).expect("no longer there")
    assert await ratings(store) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [("/rate up", "no answer here yet"), ("/rate sideways", "Possible: up, down, off"), ("/rate", "/rate <thumb>")],
)
async def test_what_cannot_be_rated_is_explained(talk: Talk, line: str, words: str) -> None:
    (await talk().types(line, "#error")).expect(words)


async def test_without_forms_the_command_for_a_reason_is_named(talk: Talk, plain: PaperChat) -> None:
    dialogue = talk(chat=plain)
    question = dialogue.message("Hi")
    await dialogue.send(question)
    await dialogue.settled()
    answer = await dialogue.finished(f"{question.key}#answer/1")
    rated = await press(dialogue, answer, "up")
    await dialogue.send(dialogue.press_of(rated, "why"))
    await dialogue.settled()
    assert any("/rate up" in reply.text for reply in dialogue.chat.shown.values())
