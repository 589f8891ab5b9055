"""A killed program starts again and finds an event that was dealt with, but not yet marked as done.

The event's effects are in the database; when it is done again, it must change nothing and show what it would have
shown.
"""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.labeling.rules.defaults import TreeLimits
from core.messages import EVENT, AnyEvent, Message, Press
from core.store.engine.database import Database
from core.store.inbox_table import InboxRow
from core.store.labeling_tables import RankingRow, ReviewRow, TaskRow
from core.store.tables import ConsentRow, PostRow
from tests.dialogue import Dialogue, Heard
from tests.labeling.conftest import QUIET, Begin, labeling_core
from tests.labeling.labelers import Labelers
from tests.labeling.test_tasks_command import BUTTONS_ONLY, ONE, QUESTION, THREE, TWO, grown

OTHER = "How do I learn to whistle with two fingers?"


@dataclass(slots=True)
class Mortal:
    """A village whose program dies just before an event counts as done; the messages that it sent never left."""

    village: Labelers
    store: Database

    async def taps(self, name: str, card: Heard, label: str) -> Heard:
        """Tap a button, after which the program dies and starts again."""
        talk = await self.village.named(name)
        action = next(button.action for button in card.reply.buttons if label in button.label)
        return await self.presses(talk, card, action)

    async def presses(self, talk: Dialogue, card: Heard, action: str, about: str = "#notice") -> Heard:
        return await self.does(talk, talk.press_action(card, action), about)

    async def does(self, talk: Dialogue, event: AnyEvent, about: str = "#notice") -> Heard:
        """Hand an event in, die, and start again."""
        await talk.send(event)
        await talk.settled()
        talk.chat.finished.remove(event.key)
        for id in [id for id in talk.chat.shown if id.startswith(f"{event.key}#")]:
            del talk.chat.shown[id]

        def forget(session: Session) -> None:
            session.connection().execute(delete(PostRow).where(col(PostRow.key).startswith(f"{event.key}#")))
            row = session.get_one(InboxRow, event.key)
            row.state, row.payload = "accepted", EVENT.dump_json(event).decode()

        await self.store.write(forget)
        again = labeling_core(self.store, QUIET)
        again.router.attach("paper", talk.chat)
        await again.router.recover("paper")
        replaced = event.id if isinstance(event, Press) else None
        return await talk.answered(event, replaced or "", about)


def errors(village: Labelers) -> list[str]:
    """The error messages that people were shown."""
    return [reply.text for key, reply in village.first.chat.shown.items() if key.endswith("#error")]


async def test_an_answer_counts_once_and_can_still_be_taken_back(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    following = (await Mortal(village, store).taps("Ben", card, "Good")).expect("Thank you")
    assert len(await store.read(lambda session: session.exec(select(ReviewRow)).all())) == 1
    (await village.taps("Ben", following, "Undo")).expect("Taken back")
    assert not errors(village)


@pytest.mark.slow
async def test_after_a_skip_or_a_delay_the_next_task_is_there(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    await village.writes("Ana", OTHER)
    card = await village.card("Ben", "label_initial_prompt")
    (await Mortal(village, store).taps("Ben", card, "Not for me")).expect("Judge a prompt")
    card = await village.card("Cleo", "label_initial_prompt")
    (await Mortal(village, store).taps("Cleo", card, "Later")).expect("Judge a prompt")
    assert not errors(village)


@pytest.mark.slow
async def test_taps_that_turn_something_over_turn_it_once(labelers: Begin, store: Database) -> None:
    village = labelers(rules=replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3)))
    await grown(village, ONE, TWO, THREE)
    mortal = Mortal(village, store)
    card = await village.card("Gia", "rank_assistant_replies")
    card = await mortal.taps("Gia", await village.taps("Gia", card, "B"), "As good as the last")
    card = await village.taps("Gia", card, "C")
    kept = await store.read(lambda session: session.exec(select(RankingRow)).one())
    assert [sorted(group) for group in kept.groups] == [sorted(kept.shown[1:]), kept.shown[:1]]


@pytest.mark.slow
async def test_one_tap_is_taken_back_and_not_two(labelers: Begin, store: Database) -> None:
    rules = replace(QUIET, limits=TreeLimits(goal_tree_size=5, max_children_count=4))
    village = labelers(rules=rules)
    await grown(village, ONE, TWO, THREE)
    await village.writes("Gia", "It is blue since it is far away.", "assistant_reply")
    await village.accepted("label_assistant_reply", "Eva", "Finn")
    card = await village.card("Hal", "rank_assistant_replies")
    for label in ("A", "B"):
        card = await village.taps("Hal", card, label)
    await Mortal(village, store).taps("Hal", card, "Take the last tap back")
    mine = select(TaskRow).where(TaskRow.kind == "rank_assistant_replies", TaskRow.state == "leased")
    task = await store.read(lambda session: session.exec(mine).one())
    assert task.answer.ranking.order == ((task.shown[0],),)


async def test_a_label_of_the_full_form_stays_marked(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "initial_prompt")
    draft = await ana.hear(ana.message(QUESTION, card.id))
    await village.taps("Ana", draft, "Submit")
    card = await village.taps("Ben", await village.card("Ben", "label_initial_prompt"), "More")
    card = await Mortal(village, store).taps("Ben", await village.taps("Ben", card, "Fine"), "4")
    await village.taps("Ben", card, "Save")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert kept.labels == {"spam": 0.0, "quality": 0.75}


async def test_after_the_first_half_of_a_prompt_with_its_reply_the_other_is_asked_for(
    labelers: Begin, store: Database
) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "prompt_with_reply")
    asked = await Mortal(village, store).does(ana, ana.message(QUESTION, card.id), "#ask")
    asked.expect("the ideal answer")
    assert not errors(village)


async def test_a_message_of_a_draft_is_in_it_once(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "initial_prompt")
    first: Message = ana.message("Why is the sky blue,", card.id)
    await Mortal(village, store).does(ana, first)
    await Mortal(village, store).does(ana, ana.message("and why is it red in the evening?", card.id))
    task = await store.read(lambda session: session.exec(select(TaskRow)).one())
    assert task.draft == "Why is the sky blue,\n\nand why is it red in the evening?"


async def test_moderators_hear_of_what_was_held_back(labelers: Begin, store: Database) -> None:
    village = labelers()
    here = (await village.named("Ana")).place
    await village.first.core.communities.change(here, "log_channel", "moderators")
    card = await village.writes("Ana", "My card is 4012 8888 8888 1881, can you pay the bill for me with it?")
    await Mortal(village, store).taps("Ana", card, "Send to a moderator")
    assert [key for key in village.first.chat.shown if key.endswith("#moderate")]


async def test_consent_is_one_decision(labelers: Begin, store: Database) -> None:
    ana = labelers().first
    asked = await ana.types("/tasks")
    action = asked.action("consent")
    (await Mortal(Labelers(ana), store).presses(ana, asked, action)).expect("Tasks in English")
    assert len(await store.read(lambda session: session.exec(select(ConsentRow)).all())) == 1
