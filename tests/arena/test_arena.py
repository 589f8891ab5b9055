"""The arena in a chat: two answers, a blind vote, and only then which was which."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from sqlmodel import select

from core.errors import ModelError
from core.limits import AnswerLimits
from core.messages import User
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.chat import ChatCapabilities
from core.store import arena as stored
from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow, ArenaVoteRow
from core.store.engine.database import Database
from core.store.tables import ConversationRow, MessageRow
from tests.arena.conftest import Arena, says
from tests.core.building import RULES
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

BEN = User("ben", "Ben")
SHARED = ChatCapabilities(edit_interval=0, idempotent_send=True, personal=True)


async def compare(dialogue: Dialogue, question: str = "Who are you?") -> tuple[Heard, Heard, Heard]:
    """Have a question compared: A, B and the buttons."""
    asked = dialogue.command(f"/arena {question}")
    buttons = await dialogue.hear(asked, "#arena")
    shown = dialogue.chat.shown
    return (
        Heard(f"{asked.key}#answer", shown[f"{asked.key}#answer"]),
        Heard(f"{asked.key}#b#answer", shown[f"{asked.key}#b#answer"]),
        buttons,
    )


def choice(buttons: Heard, which: str) -> str:
    return next(one.action for one in buttons.reply.buttons if one.action.endswith(f":{which}"))


async def rows(store: Database) -> tuple[list[ArenaRoundRow], list[ArenaVoteRow]]:
    return await store.read(
        lambda session: (list(session.exec(select(ArenaRoundRow))), list(session.exec(select(ArenaVoteRow))))
    )


async def test_one_question_two_answers_and_only_then_which_was_which(arena: Arena, store: Database) -> None:
    ana = arena()
    (await ana.types("/arena on new")).expect("model:new", "own")
    a, b, buttons = await compare(ana)
    assert {a.reply.text, b.reply.text} == {"old says: Who are you?", "new says: Who are you?"}
    assert (a.reply.status, b.reply.status) == ("Answer A", "Answer B")
    assert (a.reply.buttons, b.reply.buttons) == ((), ())
    assert [one.label for one in buttons.reply.buttons] == ["A", "B", "Both good", "Both bad"]
    assert "new" not in buttons.reply.text

    told = await ana.presses_action(buttons, choice(buttons, "b"))
    [asked], [vote] = await rows(store)
    new, old = ("A", "B") if asked.candidate_first else ("B", "A")
    told.expect(f"{new} was model:new", f"{old} was model:old")
    assert told.id == buttons.id
    assert (vote.choice, vote.revealed, vote.source) == ("b", True, "form")
    assert (asked.side_a["model"], asked.side_b["model"])[asked.candidate_first is False] == "new"
    assert asked.style_a["words"] == 5


async def test_both_answers_are_ordinary_ones_of_the_store(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    a, b, _ = await compare(ana)
    [asked], _ = await rows(store)
    answers = await store.read(
        lambda session: [session.get_one(MessageRow, id) for id in (asked.a_id, asked.b_id) if id]
    )
    assert [one.text for one in answers] == [a.reply.text, b.reply.text]
    assert [one.model for one in answers] == [asked.side_a["model"], asked.side_b["model"]]
    assert {one.parent_id for one in answers} == {asked.question_id}


@pytest.mark.parametrize(("which", "goes_on"), [("a", "a_id"), ("b", "b_id"), ("good", "a_id"), ("bad", "a_id")])
async def test_the_conversation_goes_on_from_the_better_one(
    arena: Arena, store: Database, which: str, goes_on: str
) -> None:
    ana = arena()
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, which))
    [asked], _ = await rows(store)
    tail = await store.read(lambda session: session.get_one(ConversationRow, asked.conversation_id).tail_id)
    assert tail == getattr(asked, goes_on)


async def test_a_late_vote_does_not_take_the_conversation_back(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    later = await ana.says("And now?")
    await ana.presses_action(buttons, choice(buttons, "b"))
    [asked], _ = await rows(store)
    tail = await store.read(lambda session: session.get_one(ConversationRow, asked.conversation_id).tail_id)
    assert tail == later.reply.answer


async def test_chance_decides_which_comes_first(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    for number in range(12):
        await compare(ana, f"Question {number}?")
    found, _ = await rows(store)
    assert 2 <= Counter(one.candidate_first for one in found)[True] <= 10


async def test_each_person_votes_once_and_not_after_they_know(arena: Arena, store: Database) -> None:
    ana = arena(chat=PaperChat(capabilities=SHARED)).elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    (await ana.presses_action(buttons, choice(buttons, "a"))).expect("A was")
    (await ana.presses_action(buttons, choice(buttons, "b"), "#error")).expect("You know already")
    (await ben.presses_action(buttons, choice(buttons, "b"))).expect("A was")
    _, votes = await rows(store)
    assert sorted(one.choice for one in votes) == ["a", "b"]
    assert ana.chat.shown[buttons.id].buttons, "others may still vote"


async def test_where_all_read_everything_votes_change_until_the_end(arena: Arena, store: Database) -> None:
    ana = arena().elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    told = await ben.presses_action(buttons, choice(buttons, "a"))
    told.expect("Counted")
    assert "new" not in told.reply.text
    await ben.presses_action(buttons, choice(buttons, "bad"))
    (await ben.presses(buttons, "arena-end", "#error")).expect("Only the person who asked")
    (await ana.presses(buttons, "arena-end")).expect("A was", "B was")
    (await ben.presses_action(buttons, choice(buttons, "a"), "#error")).expect("over")
    _, [vote] = await rows(store)
    assert vote.choice == "bad"


@pytest.mark.in_the_store
async def test_a_changed_vote_keeps_the_place_of_the_first_one(arena: Arena, store: Database) -> None:
    ana = arena().elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    seen = []
    for which in ("a", "a", "b", "good", "a"):
        await ben.presses_action(buttons, choice(buttons, which))
        seen += [(vote.choice, vote.at) for vote in (await rows(store))[1]]
    assert [said for said, _ in seen] == ["a", "a", "b", "good", "a"]
    assert len({at for _, at in seen}) == 1


async def test_nobody_changes_the_order_of_the_votes_that_are_tested(arena: Arena, store: Database) -> None:
    ana = arena().elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    for who, which in ((ben, "a"), (ana, "b"), (ben, "b"), (ben, "a")):
        await who.presses_action(buttons, choice(buttons, which))
    [asked], _ = await rows(store)
    cast = await store.read(lambda session: stored.votes(session, [asked.trial_id]))
    assert [one.choice for one in cast] == ["a", "b"]


async def test_in_a_crowd_each_sees_which_answers_are_to_which_question(arena: Arena, store: Database) -> None:
    ana = arena().elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    await ana.types("/arena on new")
    questions = ("Who are **you**?", "And who am I?")
    rounds = await asyncio.gather(*(compare(who, text) for who, text in zip((ana, ben), questions, strict=True)))
    for found, shown in zip(rounds, ("Who are you?", "And who am I?"), strict=True):
        a, b, card = (one.reply for one in found)
        assert (a.status, b.status) == (f"Answer A · {shown}", f"Answer B · {shown}")
        assert card.text.startswith(f"> {shown}\n\n")


@pytest.mark.slow
async def test_every_so_often_a_question_is_compared(arena: Arena, store: Database) -> None:
    ana = arena(seed=3)
    await ana.types("/arena on new")
    for number in range(5):
        await ana.says(f"Before {number}?")
    assert await rows(store) == ([], [])
    (await ana.types("/settings arena 4")).expect("4")
    for number in range(40):
        await ana.says(f"Question {number}?")
    await ana.settled()
    found, _ = await rows(store)
    assert 4 <= len(found) <= 18
    assert {one.state for one in found} == {"open"}


@pytest.mark.parametrize("between", ["", "vs ", "and "])
async def test_two_names_meet_without_the_word_between_them(arena: Arena, between: str) -> None:
    ana = arena()
    (await ana.types(f"/arena on new {between}old")).expect("model:new", "model:old")


async def test_a_question_may_begin_with_on(arena: Arena) -> None:
    (await arena().types("/arena on new ships", "#error")).expect("Nothing is being compared")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/arena on nobody", "no model, persona or preset"),
        ("/arena on model:pirate", "no model, persona or preset"),
        ("/arena on new+old", "only one model"),
        ("/arena on new against new", "the same"),
        ("/arena off", "Nothing is being compared"),
        ("/arena results", "Nothing is being compared"),
        ("/arena", "Nothing is being compared"),
        ("/arena Who are you?", "Nothing is being compared"),
    ],
)
async def test_what_cannot_be_compared_is_said(arena: Arena, line: str, said: str) -> None:
    (await arena().types(line, "#error")).expect(said)


async def test_only_admins_choose_what_meets_and_see_results(arena: Arena) -> None:
    ana = arena().elsewhere("square", private=False)
    ben = ana.elsewhere("square", BEN, private=False)
    for line in ("/arena on new", "/arena off", "/arena results"):
        (await ben.types(line, "#error")).expect("admin")
    await ana.types("/arena on new")
    told = await ben.types("/arena")
    assert "new" not in told.reply.text, "whoever knows what meets looks for it"


async def test_personas_and_presets_meet_too(arena: Arena, store: Database) -> None:
    pirate = ScriptedModel(lambda lines: f"Under: {lines[0].text}", name="old")
    ana = arena(pirate)
    await ana.types("/arena on pirate+k50 against parley")
    a, b, _ = await compare(ana)
    assert {"pirate" in one.reply.text for one in (a, b)} == {True, False}
    [asked], _ = await rows(store)
    candidate = asked.side_a if asked.candidate_first else asked.side_b
    assert candidate == {"model": "old", "persona": "pirate", "preset": "k50"}


async def test_whoever_has_chosen_the_candidate_compares_nothing(arena: Arena) -> None:
    ana = arena()
    await ana.types("/arena on new")
    await ana.types("/model new")
    (await ana.types("/arena Who are you?", "#error")).expect("the same")


async def test_a_failed_answer_voids_the_comparison(arena: Arena, store: Database) -> None:
    broken = ScriptedModel([ScriptedAnswer(error=ModelError("model-unavailable", "it fell over"))], name="new")
    ana = arena(says("old"), broken)
    await ana.types("/arena on new")
    heard = await ana.hear(ana.command("/arena Who are you?"), "#arena")
    heard.expect("nothing to compare")
    assert not heard.reply.buttons
    [asked], _ = await rows(store)
    assert asked.state == "void"


async def test_equal_answers_are_no_comparison(arena: Arena) -> None:
    ana = arena(ScriptedModel(["Yes."], name="old"), ScriptedModel(["Yes."], name="new"))
    await ana.types("/arena on new")
    (await ana.hear(ana.command("/arena Is it?"), "#arena")).expect("nothing to compare")


async def test_a_comparison_needs_room_for_two_answers(arena: Arena, store: Database) -> None:
    limits = AnswerLimits(answers=3, community_answers=0)
    ana = arena(rules=replace(RULES, limits=limits))
    await ana.types("/arena on new")
    await compare(ana)
    (await ana.types("/arena Once more?", "#error")).expect("two answers")
    (await ana.says("But one?")).expect("old says")


async def test_private_conversations_stay_out(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ana.types("/private on")
    (await ana.presses_action(buttons, choice(buttons, "a"), "#error")).expect("out of training")
    (await ana.types("/arena Who are you?", "#error")).expect("out of training")


async def test_the_rule_is_kept_with_the_trial_before_the_first_vote(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    await ana.types("/arena on old against new")
    (await ana.types("/arena off")).expect("ended")
    first, second = await store.read(
        lambda session: list(session.exec(select(ArenaTrialRow).order_by(ArenaTrialRow.id)))
    )
    assert first.ended_at is not None
    assert second.ended_at is not None
    assert first.rule["worthless"] == 0.5
    assert first.rule["false_alarm"] == 0.05
    assert (second.candidate, second.baseline) == ({"model": "old"}, {"model": "new"})


async def test_a_vote_is_in_what_a_person_can_ask_for_and_goes_with_them(arena: Arena, store: Database) -> None:
    ana = arena()
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, "a"))
    data = (await ana.types("/mydata")).reply.files[0].content.decode()
    assert '"arena_votes"' in data
    assert '"choice": "a"' in data
    await ana.presses(await ana.types("/forgetme"), "forget")
    assert await rows(store) == ([], [])


@pytest.mark.parametrize("written", [0, 1])
async def test_it_goes_on_after_a_crash(arena: Arena, store: Database, written: int) -> None:
    begun, chat = asyncio.Event(), PaperChat()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    stuck = ScriptedModel(["new says it"], name="new", pace=hang)
    first = arena(says("old"), stuck, chat=chat, seed=SEEDS[written])
    await first.types("/arena on new")
    asked = first.command("/arena Who are you?")
    await first.send(asked)
    await begun.wait()
    assert (f"{asked.key}#answer" in chat.shown) == bool(written)
    await first.core.router.drain(0)
    again = arena(says("old"), says("new"), chat=chat, seed=9)
    assert await again.core.router.recover("paper") == 1
    buttons = await again.finished(f"{asked.key}#arena")
    texts = {chat.shown[f"{asked.key}{which}#answer"].text for which in ("", "#b")}
    assert texts == {"old says: Who are you?", "new says: Who are you?"}
    (await again.presses_action(buttons, choice(buttons, "a"))).expect("A was")
    found, _ = await rows(store)
    assert len(found) == 1


SEEDS = {0: 1, 1: 2}
"""Seeds with which the candidate is A, and is B."""
