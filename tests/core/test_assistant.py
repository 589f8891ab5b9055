"""core.answering.assistant: questions and their answers, as a person sees them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.errors import ModelTimeout, ModelUnavailable
from core.limits import AnswerLimits
from core.messages import AnyEvent, Place, Reply, User
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import PromptLine
from core.ports.plugins import QuestionBriefing, ToolSuggestion
from core.store.engine.database import Database
from tests.core.building import RULES, core_over
from tests.core.conftest import Talk, echo
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

EMPTY = Reply("")
BOB = User("bob", "Bob")
EVE = User("eve", "Eve")


def remembering(lines: Sequence[PromptLine]) -> str:
    names = [line.text.removeprefix("I am ") for line in lines if line.text.startswith("I am ")]
    return f"Hello {names[-1]}" if names else "Who are you?"


async def test_remembers_the_name(talk: Talk) -> None:
    dialogue = talk(ScriptedModel(remembering))
    (await dialogue.says("I am Ana")).expect("Hello Ana")
    (await dialogue.says("Who am I?")).expect("Hello Ana")


async def test_another_place_is_another_conversation(talk: Talk) -> None:
    dialogue = talk(ScriptedModel(remembering))
    await dialogue.says("I am Ana")
    (await dialogue.elsewhere("other").says("Who am I?")).expect("Who are you?")


async def test_the_persona_comes_first_and_stays_the_same_to_the_byte(talk: Talk) -> None:
    model = echo()
    dialogue = talk(model)
    await dialogue.says("one")
    await dialogue.says("two")
    first, second = model.requests
    assert first.lines[0] == PromptLine("system", "You are Parley.")
    assert second.lines[: len(first.lines)] == first.lines


async def test_a_finished_answer_offers_thumbs_and_a_retry(talk: Talk) -> None:
    assert (await talk().says("Hi")).buttons() == ["up", "down", "retry", "delete"]


@pytest.mark.in_the_store
async def test_retry_answers_the_same_question_in_a_new_branch(talk: Talk) -> None:
    model = ScriptedModel(["first", "second", "third"])
    dialogue = talk(model)
    first = await dialogue.says("Hi")
    again = (await dialogue.presses(first, "retry", "#answer")).expect("second")
    assert again.id != first.id
    assert [line.text for line in model.requests[1].lines] == ["You are Parley.", "Hi"]
    third = (await dialogue.types("/retry", "#answer")).expect("third")
    assert third.id not in (first.id, again.id)


async def test_an_edited_question_begins_a_branch_that_knows_nothing_of_the_old_one(talk: Talk) -> None:
    model = echo()
    dialogue = talk(model)
    await dialogue.says("I like tea")
    (await dialogue.edits("m1", "I like coffee")).expect("You said: I like coffee")
    assert [line.text for line in model.requests[-1].lines] == ["You are Parley.", "I like coffee"]


async def test_somebody_elses_message_cannot_be_edited(talk: Talk) -> None:
    dialogue = talk()
    room = dialogue.elsewhere("shared", private=False)
    await room.says("mine")
    bob = room.elsewhere("shared", BOB, private=False)
    (await bob.edits(room.said[0], "yours", "#error")).expect("Only your own messages")


async def test_a_reply_to_an_older_answer_goes_on_from_there(talk: Talk) -> None:
    model = echo()
    dialogue = talk(model)
    first = await dialogue.says("one")
    await dialogue.says("two")
    await dialogue.says("instead of two", reply_to=first.id)
    texts = [line.text for line in model.requests[-1].lines if line.role == "user"]
    assert texts == ["one", "instead of two"]


async def test_a_cut_answer_is_carried_on_in_the_same_message(talk: Talk) -> None:
    model = ScriptedModel([" ".join(map(str, range(900))), " and the rest"])
    dialogue = talk(model)
    cut = await dialogue.says("Count")
    assert "continue" in cut.buttons()
    await dialogue.send(dialogue.press_of(cut, "continue"))
    await dialogue.settled()
    whole = await dialogue.finished(cut.id)
    assert whole.reply.text == cut.reply.text + " and the rest"
    assert "continue" not in whole.buttons()
    assert model.requests[-1].lines[-1] == PromptLine("assistant", cut.reply.text)


async def test_a_complete_answer_is_not_carried_on(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("Hi")
    (await dialogue.types("/continue", "#error")).expect("complete")


async def test_stop_keeps_what_was_written_and_frees_the_model(talk: Talk) -> None:
    model = ScriptedModel([ScriptedAnswer("one two three", hangs=True), "next"], slots=1)
    dialogue = talk(model)
    question = dialogue.message("Count")
    await dialogue.send(question)
    answer = f"{question.key}#answer"
    await dialogue.chat.until(lambda: answer in dialogue.chat.shown and "three" in dialogue.chat.shown[answer].text)
    await dialogue.send(dialogue.command("/stop"))
    stopped = (await dialogue.finished(answer)).expect("one two three", "Stopped")
    assert stopped.buttons() == ["up", "down", "retry", "continue", "delete"]
    assert model.open == 0
    (await dialogue.says("And now?")).expect("next")


@pytest.mark.slow
async def test_stop_finds_an_answer_whose_conversation_was_left(talk: Talk) -> None:
    dialogue = talk(ScriptedModel([ScriptedAnswer("one two three", hangs=True), "next"], slots=1))
    question = dialogue.message("Count")
    await dialogue.send(question)
    answer = f"{question.key}#answer"
    await dialogue.chat.until(lambda: answer in dialogue.chat.shown and "three" in dialogue.chat.shown[answer].text)
    await dialogue.types("/new")
    await dialogue.send(dialogue.command("/stop"))
    (await dialogue.finished(answer)).expect("one two three", "Stopped")
    (await dialogue.says("And now?")).expect("next")


async def test_there_may_be_nothing_to_stop(talk: Talk) -> None:
    (await talk().types("/stop", "#error")).expect("Nothing is being written")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModelUnavailable("model-unavailable", cause="gone"), "not answering"),
        (ModelTimeout("model-timeout", cause="slow"), "too long"),
    ],
)
async def test_a_failing_model_is_explained_and_can_be_tried_again(
    talk: Talk, error: ModelUnavailable | ModelTimeout, words: str
) -> None:
    dialogue = talk(ScriptedModel([ScriptedAnswer(error=error), "better now"]))
    failed = (await dialogue.says("Hi")).expect(words)
    assert failed.buttons() == ["retry", "delete"]
    (await dialogue.presses(failed, "retry", "#answer")).expect("better now")


async def test_a_failure_in_the_middle_keeps_the_words_that_came(talk: Talk) -> None:
    dialogue = talk(ScriptedModel([ScriptedAnswer("half a", error=ModelUnavailable("model-unavailable"))]))
    (await dialogue.says("Hi")).expect("half a", "not answering")


async def test_who_waits_sees_their_place_in_the_queue(talk: Talk) -> None:
    gate = asyncio.Event()
    dialogue = talk(echo(slots=1, pace=gate.wait))
    await dialogue.send(dialogue.message("first"))
    await dialogue.chat.until(lambda: dialogue.place in dialogue.chat.typed)
    other = dialogue.elsewhere("second room")
    waiting = other.message("second")
    await other.send(waiting)
    shown = dialogue.chat.shown
    await dialogue.chat.until(lambda: "You are next" in shown.get(f"{waiting.key}#answer", EMPTY).status)
    gate.set()
    (await other.finished(f"{waiting.key}#answer")).expect("You said: second")


async def test_a_full_queue_is_said_and_the_question_stays(talk: Talk) -> None:
    gate = asyncio.Event()
    dialogue = talk(echo(slots=1, pace=gate.wait))
    rooms = [dialogue.elsewhere(f"room{number}") for number in range(6)]
    questions = [room.message("Hi") for room in rooms]
    for room, question in zip(rooms, questions, strict=True):
        await room.send(question)
    keys = [f"{question.key}#answer" for question in questions]

    def full() -> list[str]:
        return [key for key in keys if "Too many people" in dialogue.chat.shown.get(key, EMPTY).status]

    await dialogue.chat.until(lambda: len(full()) == 1)
    gate.set()
    await dialogue.settled()
    refused = await dialogue.finished(full()[0])
    (await rooms[keys.index(refused.id)].presses(refused, "retry", "#answer")).expect("You said: Hi")


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_answers_come_in_the_order_of_the_questions(talk: Talk) -> None:
    model = echo(slots=4)
    dialogue = talk(model)
    for number in range(20):
        await dialogue.send(dialogue.message(f"question {number}"))
    await dialogue.settled()
    asked = [request.lines[-1].text for request in model.requests]
    assert asked == [f"question {number}" for number in range(20)]


async def test_conversations_do_not_wait_for_each_other(talk: Talk) -> None:
    gate = asyncio.Event()
    slow = echo(slots=2, pace=gate.wait)
    dialogue = talk(slow, echo("quick"))
    await dialogue.send(dialogue.message("slow one"))
    other = dialogue.elsewhere("other")
    await other.types("/model quick")
    (await other.says("quick one")).expect("You said: quick one")
    gate.set()
    await dialogue.settled()


async def test_in_a_shared_place_words_carry_the_names_of_who_said_them(talk: Talk) -> None:
    model = echo()
    room = talk(model).elsewhere("shared", private=False)
    first = await room.says("I brought cake")
    bob = room.elsewhere("shared", BOB, private=False)
    await bob.says("What did she bring?", reply_to=first.id)
    texts = [line.text for line in model.requests[-1].lines if line.role == "user"]
    assert texts == ["Ana: I brought cake", "Bob: What did she bring?"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "could not see any text"),
        (" \n\t", "could not see any text"),
        ("\u200b\u200d\ufeff", "could not see any text"),
        ("x" * 1_000_000, "1000000 characters"),
        ("\x00", "could not see any text"),
    ],
)
async def test_what_cannot_be_answered_is_explained_and_not_kept(talk: Talk, text: str, words: str) -> None:
    model = echo()
    dialogue = talk(model)
    explained = await dialogue.refused(text)
    assert words in explained.reply.text.replace(",", "")
    assert await dialogue.core.records.transcript(dialogue.place, dialogue.user) == []
    assert model.requests == []


@pytest.mark.parametrize("text", ["مرحبا كيف حالك", "🎉", "a\x00b", "half \ud83d emoji", "e\u0301\u200b!"])
async def test_unusual_text_is_answered(talk: Talk, text: str) -> None:
    (await talk().says(text)).expect("You said: ")


async def test_a_message_longer_than_the_window_is_explained_with_its_length(talk: Talk) -> None:
    dialogue = talk(echo(window=90))
    (await dialogue.says("word " * 100)).expect("tokens long")


async def test_after_twenty_answers_the_quota_says_when_the_next_is_free(talk: Talk) -> None:
    dialogue = talk(rules=replace(RULES, limits=AnswerLimits(answers=3, community_answers=0)))
    for number in range(3):
        await dialogue.says(f"question {number}")
    (await dialogue.refused("one more")).expect("3 answers in 10 minutes")
    friend = dialogue.elsewhere("desk of Bob", BOB)
    (await friend.says("mine")).expect("You said")


async def test_a_community_has_a_quota_of_its_own(talk: Talk) -> None:
    dialogue = talk(rules=replace(RULES, limits=AnswerLimits(answers=0, community_answers=2)))
    await dialogue.says("one")
    await dialogue.elsewhere("b", BOB).says("two")
    (await dialogue.elsewhere("c", EVE).refused("three")).expect("This community has had 2")


@pytest.mark.in_the_store
async def test_a_deleted_question_stops_its_answer_and_its_words_are_gone(talk: Talk) -> None:
    model = ScriptedModel([ScriptedAnswer("one two", hangs=True)])
    dialogue = talk(model)
    question = dialogue.message("My secret")
    await dialogue.send(question)
    answer = f"{question.key}#answer"
    await dialogue.chat.until(lambda: answer in dialogue.chat.shown)
    await dialogue.send(dialogue.deletion(question.id))
    await dialogue.finished(answer)
    await dialogue.settled()
    turns = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert "My secret" not in str(turns)


async def test_a_platform_whose_edits_fail_still_gets_the_whole_answer(talk: Talk) -> None:
    class Flaky(PaperChat):
        async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
            if reply.underway:
                raise ConnectionError("no edit today")
            await PaperChat.edit(self, place, message_id, reply)

    (await talk(chat=Flaky()).says("a b c d e f")).expect("You said: a b c d e f")


class Judges:
    """Hooks that see every answer before anybody else does, and find nothing wrong."""

    async def before_answer(self, event: AnyEvent, text: str) -> QuestionBriefing:
        return QuestionBriefing(text)

    async def judges(self, event: AnyEvent) -> bool:
        return True

    async def before_send(self, event: AnyEvent, text: str) -> str:
        return text

    async def rated(self, event: AnyEvent, answer_id: str, value: int, labels: Sequence[str], comment: str) -> None:
        return

    async def task_done(self, event: AnyEvent, type: str, id: str) -> None:
        return

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[ToolSuggestion]:
        return ()


@pytest.mark.in_the_store
@pytest.mark.parametrize("error", [None, ModelUnavailable("model-unavailable")])
async def test_what_no_plugin_has_judged_is_shown_to_nobody(store: Database, error: ModelUnavailable | None) -> None:
    said = ScriptedAnswer("<think>Hm. </think>one two", error=error, hangs=error is None)
    core, chat = core_over(store, ScriptedModel([said, "<think>Hm. </think>three"]), hooks=Judges()), PaperChat()
    chat.capabilities = replace(chat.capabilities, reasoning=True)
    core.router.attach("paper", chat)
    dialogue = Dialogue(core, chat)
    question = dialogue.message("Count")
    await dialogue.send(question)
    if error is None:
        await chat.until(lambda: bool(chat.typed))
        await dialogue.send(dialogue.command("/stop"))
    stopped = await dialogue.finished(f"{question.key}#answer")
    assert (stopped.reply.text, stopped.reply.reasoning) == ("", "")
    whole = await dialogue.says("Go on")
    assert (whole.reply.text, whole.reply.reasoning) == ("three", "")
