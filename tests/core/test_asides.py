"""core.commands.asides: answers for one person alone, beside the conversation or in direct messages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlmodel import select

from core.errors import UncertainDelivery
from core.messages import AnyEvent, Place, Quote, Reply, Submission, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.store.tables import ConversationRow, MessageRow, RatingRow
from tests.core.conftest import Talk
from tests.dialogue import ANA, Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
ABLE = ChatCapabilities(edit_interval=0, personal=True, idempotent_send=True)


def lines() -> ScriptedModel:
    """A model that repeats the whole prompt, without what stands before it."""
    return ScriptedModel(lambda said: " | ".join(line.text for line in said[1:]))


def in_square(talk: Talk, chat: PaperChat) -> Dialogue:
    return replace(talk(lines(), chat=chat), place=SQUARE, user=replace(ANA, admin=False))


async def test_an_answer_is_for_who_asked_alone_and_stands_apart(talk: Talk, store: Database) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    await ana.says("Good morning")
    heard = await ana.types("/ask What is a parley?", "#answer")
    assert heard.reply.personal
    assert heard.reply.text == "What is a parley?"
    assert heard.buttons() == ["up", "down"]
    assert heard.reply.reply_to is None
    (await ana.says("And now?")).expect("Ana: Good morning", "And now?")
    assert "parley" not in ana.chat.shown[f"paper:{ana.said[-1]}#answer"].text
    talks = await store.read(lambda session: session.exec(select(ConversationRow)).all())
    assert sorted(talk.owner_id is not None for talk in talks) == [False, True]


async def test_each_stands_alone_and_nothing_of_it_is_typed_or_shown_early(talk: Talk) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    await ana.types("/ask one", "#answer")
    assert (await ana.types("/ask two", "#answer")).reply.text == "two"
    assert ana.chat.typed == []
    assert ana.chat.edits == 0


async def test_who_waits_for_it_is_told_so_alone(talk: Talk) -> None:
    go, chat = asyncio.Event(), PaperChat(capabilities=ABLE)

    async def pace() -> None:
        await go.wait()

    ana = replace(
        talk(ScriptedModel(["Here it is."], pace=pace), chat=chat), place=SQUARE, user=replace(ANA, admin=False)
    )
    command = ana.command("/ask one")
    await ana.send(command)
    await chat.until(lambda: f"{command.key}#thinking" in chat.shown)
    told = chat.shown[f"{command.key}#thinking"]
    assert (told.text, told.personal, chat.typed) == ("Thinking…", True, [])
    go.set()
    (await ana.finished(f"{command.key}#answer")).expect("Here it is.")


async def test_the_answer_is_rated_by_its_person_and_gone_for_others(talk: Talk, store: Database) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    heard = await ana.types("/ask My diary", "#answer")
    ben = replace(ana, user=User("ben", "Ben"))
    for verb in ("up", "delete", "retry", "calls"):
        refused = await ben.presses_action(heard, f"{verb}:{heard.reply.answer}")
        assert "diary" not in refused.reply.text or refused.id == heard.id
    assert await store.read(lambda session: session.exec(select(RatingRow)).all()) == []
    await ana.presses(heard, "up")
    (kept,) = await store.read(lambda session: session.exec(select(RatingRow)).all())
    assert kept.value == 1


async def test_where_everybody_reads_everything_it_goes_to_the_direct_messages(talk: Talk, plain: PaperChat) -> None:
    plain.letters = True
    ana = in_square(talk, plain)
    command = ana.command("/ask What is a parley?")
    await ana.send(command)
    await ana.settled()
    texts = {reply.text: key for key, reply in plain.shown.items()}
    assert "I answered you in our direct messages." in texts
    assert plain.typed in ([], [Place("paper", "ana", "desk of Ana", private=True)])
    assert plain.posted_in[texts["What is a parley?"].partition("/")[0]] == "desk of Ana"


async def test_where_nobody_can_be_told_in_private_it_says_so(talk: Talk, plain: PaperChat) -> None:
    ana = in_square(talk, plain)
    await ana.send(ana.command("/ask What is a parley?"))
    await ana.settled()
    (told,) = plain.shown.values()
    assert "Ask me in a direct message." in told.text


async def test_in_a_private_place_it_is_a_question_like_any_other(talk: Talk) -> None:
    ana = talk(lines())
    await ana.says("I keep bees")
    heard = await ana.types("/ask And what do I keep?", "#answer")
    assert not heard.reply.personal
    heard.expect("I keep bees", "And what do I keep?")
    assert heard.buttons() == ["up", "down", "retry", "delete"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/explain", ("Explain", "in English", "Crows can count.")),
        ("/summarise", ("Summarise", "Crows can count.")),
        ("/translate", ("into English", "Crows can count.")),
        ("/translate Basque", ("into Basque", "Crows can count.")),
        ("/translate Basque Bees cannot.", ("into Basque", "Bees cannot.")),
        ("/explain Bees cannot.", ("Explain", "Bees cannot.")),
    ],
)
async def test_what_is_done_with_a_message(talk: Talk, line: str, words: tuple[str, ...]) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    quote = Quote("77", User("ben", "Ben"), "Crows can count.", outside=True)
    command = replace(ana.command(line), quoted=quote)
    heard = (await ana.hear(command, "#answer")).expect(*words)
    assert heard.reply.personal
    assert heard.reply.text.count("[begin ") == 1


async def test_an_answer_of_ours_is_taken_as_it_was_written(talk: Talk) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    answer = await ana.says("**Crows** can count")
    quote = Quote(answer.id, User("parley", "Parley"), "Crows can count, without its marks")
    menu = replace(ana.command("/explain"), arguments={}, message=answer.id, quoted=quote)
    (await ana.hear(menu, "#answer")).expect("**Crows** can count")
    (await ana.types("/explain", "#answer")).expect("**Crows** can count")


async def test_there_must_be_something_to_work_on(talk: Talk) -> None:
    ana = in_square(talk, PaperChat(capabilities=ABLE))
    (await ana.types("/explain", "#error")).expect("no message to work on")
    (await ana.types("/ask", "#error")).expect("/ask <question>")


async def test_it_is_taken_up_after_a_crash_where_nobody_else_reads(talk: Talk, store: Database) -> None:
    pace = asyncio.Event()
    model = ScriptedModel(["My secret"], pace=pace.wait)
    first = replace(talk(model, chat=PaperChat(capabilities=ABLE)), place=SQUARE)
    command = first.command("/ask Tell me")
    await first.send(command)

    async def opened() -> bool:
        rows = await store.read(lambda session: session.exec(select(MessageRow)).all())
        return len(rows) == 2

    while not await opened():
        await first.chat.done(command)
    await first.core.router.drain(0)
    again = replace(talk(ScriptedModel(["My secret"]), chat=first.chat), place=SQUARE)
    assert await again.core.router.recover("paper") == 1
    heard = await again.finished(f"{command.key}#answer")
    heard.expect("My secret")
    assert heard.reply.personal


class LossyPaper(PaperChat):
    """Does not know whether an answer has arrived."""

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        shown = await super().send(place, reply, key, cause)
        if key.endswith("#answer"):
            raise UncertainDelivery("cut")
        return shown


async def test_of_an_answer_that_may_not_have_arrived_nobody_else_hears(talk: Talk) -> None:
    ana = in_square(talk, LossyPaper(capabilities=replace(ABLE, idempotent_send=False)))
    asked = ana.command("/ask My diary")
    await ana.send(asked)
    await ana.settled()
    (notice,) = [reply for key, reply in ana.chat.shown.items() if "#unseen" in key]
    assert notice.personal
    assert notice.buttons == ()


FORMS = replace(ABLE, forms=True)


async def test_a_further_question_goes_on_from_the_answer_under_which_it_was_asked(talk: Talk) -> None:
    ana = in_square(talk, PaperChat(capabilities=FORMS))
    first = await ana.types("/ask I keep bees", "#answer")
    assert first.buttons() == ["up", "down", "follow"]
    await ana.types("/ask I keep wasps", "#answer")
    await ana.send(ana.press_of(first, "follow"))
    await ana.chat.until(lambda: bool(ana.chat.forms))
    form = ana.chat.forms[0]
    submission = Submission(**ana._event("s-more"), form=form.action, values={"question": "And what do I keep?"})
    heard = await ana.hear(submission, "#answer")
    assert heard.reply.text == "I keep bees | I keep bees | And what do I keep?"
    assert heard.reply.personal
    ben = replace(ana, user=User("ben", "Ben"))
    other = Submission(**ben._event("s-other"), form=form.action, values={"question": "What does she keep?"})
    assert "bees" not in (await ben.hear(other, "#error")).reply.text


async def test_it_grows_where_it_can_be_changed_and_is_stopped(talk: Talk) -> None:
    go = asyncio.Event()
    chat = PaperChat(capabilities=replace(FORMS, personal_edits=True))
    model = ScriptedModel(["one two three", "four five six"], pace=once(go))
    ana = replace(talk(model, chat=chat), place=SQUARE)
    command = ana.command("/ask Count")
    await ana.send(command)
    key = f"{command.key}#answer"
    await chat.until(lambda: key in chat.shown and chat.shown[key].text.strip() == "one")
    shown = chat.shown[key]
    assert (shown.personal, [button.action.partition(":")[0] for button in shown.buttons]) == (True, ["stop"])
    await ana.send(ana.press_action(Heard(key, shown), shown.buttons[0].action))
    await chat.until(lambda: not chat.shown[key].underway)
    go.set()
    assert chat.shown[key].text.startswith("one")
    assert chat.typed == []


def once(go: asyncio.Event) -> Callable[[], Awaitable[object]]:
    """A pace that lets one piece through, and the rest when it is told to."""
    passed: list[None] = []

    async def wait() -> None:
        passed.append(None)
        if len(passed) > 1:
            await go.wait()

    return wait


async def test_a_transcript_has_what_was_explained_apart_and_without_marks(talk: Talk) -> None:
    ana = talk(lines())
    await ana.types("/explain Bees cannot.", "#answer")
    asked, answer = await ana.core.records.transcript(ana.place, ana.user)
    assert (asked.text, asked.quoted) == ("Explain the message below in simple words, in English.", ("Bees cannot.",))
    assert answer.quoted == ()
