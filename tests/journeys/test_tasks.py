"""Labeling on each surface: people's actions there, counted, through real client libraries.

A command is one action, and so are a press, opening a form, submitting it and sending a reply; typing is free.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from random import Random
from shutil import copy

import pytest

from config.guidelines import guidelines
from config.languages import data_language, languages
from core.models.scripted import ScriptedModel
from core.wiring import LabelingParts
from tests.journeys.counted import Hand
from tests.journeys.planted import PROMPT, RULES, TALK, TO_RANK, plant
from tests.journeys.stages.every import SURFACES, stage_of
from tests.journeys.stages.guest import Stage
from tests.sweeping import mostly_swept

pytestmark = pytest.mark.slow

SHARED = ("discord", "telegram", "slack")
"""Surfaces with several people in one channel."""

PERSONAL = ("discord", "slack")
"""Surfaces that show a card only to its person, even in a channel."""

ON_PAPER = ("terminal",)
"""Surfaces on which a message stays as it was shown."""

GONE = ("web", "terminal")
"""Surfaces on which a card is gone after a restart and must be called up again."""

COUNTED: Mapping[str, Mapping[str, int]] = {
    "judge with one tap, for the first time": dict.fromkeys(SURFACES, 3),
    "judge the next one": dict.fromkeys(SURFACES, 1),
    "judge with the whole form": dict.fromkeys(SURFACES, 4) | {"telegram": 5},
    "judge with both pages of the form": dict.fromkeys(SURFACES, 5) | {"telegram": 8},
    "label without a task": dict.fromkeys(SURFACES, 2) | {"telegram": 3},
    "give a thumb": dict.fromkeys(SURFACES, 1),
    "rank three answers": dict.fromkeys(SURFACES, 3),
    "skip": dict.fromkeys(SURFACES, 1),
    "later": dict.fromkeys(SURFACES, 1),
    "write a prompt": dict.fromkeys(SURFACES, 3),
    "write a prompt and its reply": dict.fromkeys(SURFACES, 3) | {"telegram": 4},
    "undo": dict.fromkeys(SURFACES, 1),
    "read all": dict.fromkeys(SURFACES, 1),
    "guide": dict.fromkeys(SURFACES, 1),
    "report": dict.fromkeys(SURFACES, 2),
    "report one of several answers": dict.fromkeys(SURFACES, 3) | {"telegram": 4},
    "see what became of one's review": dict.fromkeys(SURFACES, 2),
    "see the figures": dict.fromkeys(SURFACES, 1),
    "put before a channel": dict.fromkeys(SHARED, 1),
    "vote": dict.fromkeys(SHARED, 1),
    "contribute": dict.fromkeys(SURFACES, 2),
    "answer better": dict.fromkeys(SURFACES, 3),
    "ask again and say which is better": dict.fromkeys(SURFACES, 2),
    "end a ranking and submit a draft after a restart": dict.fromkeys(SURFACES, 2) | dict.fromkeys(GONE, 4),
}
"""Actions by journey and surface, for somebody who has already agreed to the terms, except in the first one."""

TURNS = count()
"""Each journey begins with another surface."""

FORMLESS = ("telegram",)
GARDEN = "How do I keep moles out of a garden without hurting them?"
BOXES = "Put up boxes of cut grass at the fence: moles mind its smell."


@pytest.fixture(scope="module")
def planted(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with trees to work on."""
    path = Path(copy(sqlite_template, tmp_path_factory.mktemp("planted") / "parley.sqlite3"))
    asyncio.run(plant(f"sqlite:///{path}"))
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`make test` makes each journey on two surfaces, one of them shared, and `make faults` on all."""
    if "surface" in metafunc.fixturenames:
        turn = next(TURNS)
        now = [SURFACES[(turn + step) % len(SURFACES)] for step in (0, 2)]
        metafunc.parametrize("surface", mostly_swept(SURFACES, now))


def work() -> LabelingParts:
    return LabelingParts(RULES, languages(), data_language, guidelines(), chance=Random(1))


@pytest.fixture
async def stage(surface: str, planted: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    path = copy(planted, tmp_path / "parley.sqlite3")
    async with stage_of(surface, f"sqlite:///{path}", work()) as made:
        yield made


@asynccontextmanager
async def somebody(stage: Stage, *models: ScriptedModel) -> AsyncIterator[Hand]:
    """Somebody who has agreed to the terms."""
    async with stage.open(*models) as guest:
        hand = Hand(guest)
        await hand.joins()
        yield hand


def counted(hand: Hand, what: str, surface: str) -> None:
    """Check that something took as many actions as the table says, and start counting again."""
    assert hand.actions == COUNTED[what][surface], what
    hand.actions = 0


async def test_a_reply_is_judged_with_one_tap_and_the_next_task_takes_its_place(stage: Stage, surface: str) -> None:
    async with stage.open() as guest:
        ana = Hand(guest)
        await ana.tasks("label_assistant_reply")
        await ana.taps("I agree", "Good")
        await guest.ledger.until_rows("SELECT count(*) FROM review WHERE mode = 'quick'", [(1,)])
        counted(ana, "judge with one tap, for the first time", surface)
        await ana.sees("Thank you", "Judge an answer")
        cards = [card for card in guest.cards() if card.has("the message to judge")]
        assert len(cards) == 1 or surface in ON_PAPER
        await ana.taps("Bad")
        await guest.ledger.until_rows("SELECT count(DISTINCT message_id) FROM review WHERE mode = 'quick'", [(2,)])
        counted(ana, "judge the next one", surface)


async def test_a_reply_is_judged_with_the_whole_form(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.tasks("label_assistant_reply")
        if surface in FORMLESS:
            await ana.taps("More…", "Fine", "4", "Save")
        else:
            await ana.taps("More…")
            await ana.submits(verdict="fine", quality="4")
            await ana.taps("Save")
        said = '{"spam": 0.0, "fails_task": 0.0, "quality": 0.75}'
        await ana.guest.ledger.until_rows("SELECT mode, labels FROM review", [("whole", said)])
        counted(ana, "judge with the whole form", surface)
        await ana.sees("Thank you")


async def test_a_reply_is_judged_on_every_scale(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.tasks("label_assistant_reply")
        if surface in FORMLESS:
            await ana.taps("More…", "Fine", "4", "Political content", "How does it sound?")
            await ana.sees("Say how it sounds")
            await ana.taps("5", "Save")
        else:
            await ana.taps("More…")
            await ana.submits(verdict="fine", quality="4", flags="political_content")
            await ana.taps("How does it sound?")
            await ana.submits(creativity="5")
        said = '{"spam": 0.0, "fails_task": 0.0, "quality": 0.75, "political_content": 1.0, "creativity": 1.0}'
        await ana.guest.ledger.until_rows("SELECT mode, labels FROM review", [("whole", said)])
        counted(ana, "judge with both pages of the form", surface)
        await ana.sees("Thank you")


async def test_a_message_is_labeled_without_a_task_and_gets_a_thumb(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.commands("label", labels="judged-answer-0")
        await (ana.taps("Labels…", "4") if surface in FORMLESS else ana.submits(quality="4"))
        await ana.guest.ledger.until_rows("SELECT mode, labels FROM review", [("free", '{"quality": 0.75}')])
        counted(ana, "label without a task", surface)
        if surface in FORMLESS:
            await ana.guest.taps("Back")
        await ana.sees("High quality: 4/5")
        await ana.taps("Good", on="Label this message")
        await ana.guest.ledger.until_rows("SELECT message_id, value FROM tree_vote", [("judged-answer-0", 1)])
        counted(ana, "give a thumb", surface)


async def test_a_reaction_to_a_card_in_the_channel_is_a_thumb(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        if surface not in SHARED:
            pytest.skip("a place there has no reactions")
        await ana.guest.commands("together", kind="label_initial_prompt")
        await ana.sees("Everybody may vote", PROMPT)
        thumbs = "SELECT message_id, value FROM tree_vote"
        await ana.guest.reacts(1, card=True)
        await ana.guest.ledger.until_rows(thumbs, [("prompt", 1)])
        await ana.guest.reacts(1, added=False, card=True)
        await ana.guest.ledger.until_rows(thumbs, [])


async def test_three_answers_are_ranked_by_tapping_them_in_order(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.tasks("rank_assistant_replies")
        await ana.sees(*TO_RANK[:3])
        await ana.taps("B")
        await ana.sees("1. B")
        await ana.taps("C")
        await ana.guest.ledger.until_rows("SELECT count(*) FROM ranking", [(1,)])
        groups, shown = map(json.loads, *ana.guest.ledger.rows("SELECT groups, shown FROM ranking"))
        assert (groups[0][0], len(groups)) == (shown[1], 3)
        counted(ana, "rank three answers", surface)
        await ana.sees("Thank you")


async def test_a_task_is_skipped_for_good_or_put_off(stage: Stage, surface: str) -> None:
    states = "SELECT state FROM task WHERE state IN ('skipped', 'later') ORDER BY given_at"
    async with somebody(stage) as ana:
        await ana.guest.commands("tasks", kind="label_assistant_reply")
        card = await ana.sees("the message to judge")
        await ana.taps("Not for me")
        await ana.guest.ledger.until_rows(states, [("skipped",)])
        counted(ana, "skip", surface)
        card = await ana.guest.sees_after(card)
        await ana.taps("Later")
        await ana.guest.ledger.until_rows(states, [("skipped",), ("later",)])
        counted(ana, "later", surface)
        assert (await ana.guest.sees_after(card)).has("the message to judge")


async def test_a_prompt_is_written_alone_and_with_its_reply(stage: Stage, surface: str) -> None:
    written = "SELECT role, text FROM tree_message WHERE person_id IS NOT NULL ORDER BY created_at, depth"
    async with somebody(stage) as ana:
        await ana.tasks("initial_prompt")
        if surface in FORMLESS:
            await ana.sees("Write the first message")
            await ana.replies("Tell me a story about a crow.")
            await ana.taps("Submit")
        else:
            await ana.taps("Write")
            await ana.submits(text="Tell me a story about a crow.")
        await ana.guest.ledger.until_rows(written, [("prompter", "Tell me a story about a crow.")])
        counted(ana, "write a prompt", surface)
        await ana.sees("Thank you")
        await ana.tasks("prompt_with_reply")
        if surface in FORMLESS:
            await ana.sees("vouch for what")
            await ana.replies(GARDEN)
            await ana.guest.told("now the ideal answer")
            await ana.replies(BOXES)
            await ana.taps("Submit")
        else:
            await ana.taps("Write", on="its ideal answer")
            await ana.submits(text=GARDEN, reply=BOXES)
        both = [("prompter", GARDEN), ("assistant", BOXES)]
        await ana.guest.ledger.until_rows(f"{written} LIMIT 2 OFFSET 1", both)
        counted(ana, "write a prompt and its reply", surface)


async def test_an_answer_is_taken_back_a_conversation_read_whole_and_a_guideline_opened(
    stage: Stage, surface: str
) -> None:
    async with somebody(stage) as ana:
        await ana.guest.commands("tasks", kind="label_assistant_reply")
        await ana.sees("more turns")
        await ana.taps("Read all")
        await ana.guest.told(TALK[1])
        counted(ana, "read all", surface)
        await ana.taps("Guide")
        await ana.guest.told("Six, like all insects")
        counted(ana, "guide", surface)
        await ana.guest.taps("Spam")
        await ana.sees("Thank you")
        await ana.taps("Undo")
        await ana.sees("Taken back", "the message to judge")
        assert ana.guest.ledger.rows("SELECT count(*) FROM review") == [(0,)]
        counted(ana, "undo", surface)


async def test_a_message_is_reported_and_the_task_goes_on(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.guest.commands("tasks", kind="label_assistant_reply")
        await ana.sees("the message to judge")
        if surface in FORMLESS:
            await ana.taps("Report", "Hate speech")
        else:
            await ana.taps("Report")
            await ana.submits(labels="hate_speech", comment="Look at this")
        await ana.guest.ledger.until_rows("SELECT labels FROM flag", [('["hate_speech"]',)])
        counted(ana, "report", surface)
        await ana.sees("the message to judge", "Good")


async def test_one_answer_of_a_ranking_is_reported(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.tasks("rank_assistant_replies")
        await ana.sees(*TO_RANK[:3])
        await ana.taps("Report")
        if surface in FORMLESS:
            await ana.taps("Report B", "Spam or sabotage")
        else:
            await ana.submits(message="1", labels="spam")
        await ana.guest.ledger.until_rows("SELECT labels FROM flag", [('["spam"]',)])
        tasks = [json.loads(shown) for (shown,) in ana.guest.ledger.rows("SELECT shown FROM task")]
        (second,) = (shown[1] for shown in tasks if shown)
        assert ana.guest.ledger.rows("SELECT message_id FROM flag") == [(second,)]
        counted(ana, "report one of several answers", surface)
        await ana.sees(*TO_RANK[:3])


async def test_people_see_what_became_of_their_work(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.tasks("label_initial_prompt")
        await ana.taps("Good")
        await ana.sees("Thank you")
        ana.actions = 0
        await ana.commands("mywork")
        await ana.sees("Your work", "Labels: 1")
        await ana.taps("Labels", on="Your work")
        await ana.sees(PROMPT, "others are still being asked")
        counted(ana, "see what became of one's review", surface)
        await ana.commands("stats")
        await ana.guest.told("Given by people: 1 (prompts 0, replies 0, labels 1")
        counted(ana, "see the figures", surface)


async def test_nobody_else_can_press(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        if surface in ON_PAPER:
            pytest.skip("nobody else is there")
        await ana.guest.commands("tasks", kind="label_assistant_reply")
        card = await ana.sees("the message to judge")
        ben = await ana.guest.another("Ben")
        assert any(other.has("the message to judge") for other in ben.cards()) == (surface not in (*PERSONAL, "web"))
        await ben.intrudes(ana.guest, card.action("Good"))
        await ben.told("somebody else’s task")
        assert not any("somebody else’s task" in notice for notice in ana.guest.notices())
        assert ana.guest.ledger.rows("SELECT count(*) FROM review") == [(0,)]
        await ana.taps("Good")
        await ana.guest.ledger.until_rows("SELECT count(*) FROM review", [(1,)])


async def test_a_channel_votes_on_one_message(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        if surface not in SHARED:
            pytest.skip("a place there has one person")
        ben = Hand(await ana.guest.another("Ben"))
        await ben.joins()
        await ana.commands("together", kind="label_initial_prompt")
        await ana.sees("Everybody may vote", PROMPT)
        counted(ana, "put before a channel", surface)
        await ben.sees("Everybody may vote", PROMPT)
        for hand in (ana, ben):
            await hand.taps("Good", on="Everybody may vote")
            await hand.guest.told("Your vote counts")
            counted(hand, "vote", surface)
        await ana.guest.until(lambda: any("Decided" in text for text in ana.guest.posted()))
        assert not any(card.has(PROMPT) for card in ben.guest.cards())
        assert ana.guest.ledger.rows("SELECT review_result FROM tree_message WHERE id = 'prompt'") == [(1,)]


async def test_a_conversation_is_contributed_after_a_question(stage: Stage, surface: str) -> None:
    async with somebody(stage) as ana:
        await ana.guest.says("How do I make bread?")
        await ana.guest.answered()
        await ana.commands("contribute")
        await ana.sees("2 turns")
        await ana.taps("Contribute it")
        query = "SELECT state FROM message_tree WHERE origin = 'contributed'"
        await ana.guest.ledger.until_rows(query, [("initial_prompt_review",)])
        counted(ana, "contribute", surface)
        await ana.guest.told("It will be judged by others now")


async def test_a_bad_answer_becomes_a_task_and_two_of_them_a_question(stage: Stage, surface: str) -> None:
    async with somebody(stage, ScriptedModel(["Buy it.", "Flour, water, salt and yeast."])) as ana:
        await ana.guest.says("How do I make bread?")
        await ana.guest.answered()
        await ana.guest.rates(-1)
        trees = "SELECT state FROM message_tree WHERE origin = 'low_rated'"
        await ana.guest.ledger.until_rows(trees, [("growing",)])
        await ana.commands("retry")
        await ana.sees("Which answer is better?")
        await ana.taps("The new one")
        await ana.guest.ledger.until_rows("SELECT chosen_id > rejected_id FROM preference", [(1,)])
        counted(ana, "ask again and say which is better", surface)
        ben = Hand(await ana.guest.another("Ben")) if surface in SHARED else ana
        if ben is not ana:
            await ben.joins()
        await ben.tasks("assistant_reply")
        await ben.sees("Answer as the assistant", "How do I make bread?")
        if surface in FORMLESS:
            await ben.replies("Mix flour, water, salt and yeast, wait, and bake it.")
            await ben.taps("Submit")
        else:
            await ben.taps("Write")
            await ben.submits(text="Mix flour, water, salt and yeast, wait, and bake it.")
        better = "SELECT count(*) FROM tree_message WHERE text LIKE 'Mix flour%'"
        await ben.guest.ledger.until_rows(better, [(1,)])
        counted(ben, "answer better", surface)


async def test_a_draft_and_half_a_ranking_survive_a_restart(stage: Stage, surface: str) -> None:
    text = "Please write to ana.lopez@gmail.com about the garden party."
    async with somebody(stage) as ana:
        await ana.guest.commands("tasks", kind="initial_prompt")
        if surface in FORMLESS:
            await ana.sees("Write the first message")
            await ana.guest.replies(text)
        else:
            await ana.guest.taps("Write")
            await ana.guest.fills(text=text)
        await ana.sees("Your text so far", "an…om")
        await ana.guest.commands("tasks", kind="rank_assistant_replies")
        await ana.guest.taps("B")
        await ana.sees("1. B")
    async with stage.open() as guest:
        ana = Hand(guest)
        if surface in GONE:
            await ana.tasks("rank_assistant_replies")
        await ana.taps("C", on="Rank answers")
        await guest.ledger.until_rows("SELECT json_array_length(groups) FROM ranking", [(3,)])
        await ana.sees("Thank you")
        if surface in GONE:
            await ana.tasks("initial_prompt")
        await ana.taps("Submit" if surface in GONE else "Submit as it is", on="Your text so far")
        await guest.ledger.until_rows("SELECT count(*) FROM tree_message WHERE text LIKE '%garden party.'", [(1,)])
        counted(ana, "end a ranking and submit a draft after a restart", surface)


async def test_a_page_that_stayed_open_over_a_restart_still_has_its_card(planted: Path, tmp_path: Path) -> None:
    path = copy(planted, tmp_path / "parley.sqlite3")
    async with stage_of("web", f"sqlite:///{path}", work()) as stage:
        async with somebody(stage) as ana:
            await ana.tasks("label_assistant_reply")
            card = await ana.sees("the message to judge")
        async with stage.open() as guest:
            await guest.intrudes(ana.guest, card.action("Good"))
            await guest.ledger.until_rows("SELECT mode FROM review", [("quick",)])
            await guest.sees("Thank you", "the message to judge")
