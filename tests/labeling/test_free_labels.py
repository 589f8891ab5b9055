"""Labels and thumbs on messages of trees, outside of tasks."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow, ReviewRow, TreeMessageRow, TreeVoteRow
from tests.dialogue import Dialogue, Heard
from tests.labeling.conftest import Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_channel_vote import put
from tests.labeling.test_contributions import ROOM
from tests.labeling.test_tasks_command import BUTTONS_ONLY, QUESTION, seed

pytestmark = pytest.mark.above_the_store

WHISTLE = "How do I learn to whistle with two fingers?"


async def reviews(store: Database) -> list[tuple[Mapping[str, float], str]]:
    found = select(ReviewRow).order_by(col(ReviewRow.at))
    return [(one.labels, one.mode) for one in await store.read(lambda session: session.exec(found).all())]


async def thumbs(store: Database) -> list[tuple[str, int]]:
    """The texts of the messages with thumbs, and the thumbs."""
    found = select(TreeMessageRow.text, TreeVoteRow.value).join(TreeVoteRow).order_by(col(TreeVoteRow.value))
    return list(await store.read(lambda session: session.exec(found).all()))


async def prompt_of(store: Database) -> str:
    """The id of the only prompt."""
    return await store.read(lambda session: session.exec(select(TreeMessageRow.id)).one())


async def labels(talk: Dialogue, on: str) -> str:
    """Call /label on a message; returns the action of the form that opens."""
    before = len(talk.chat.forms)
    await talk.send(replace(talk.command("/label"), message=on, arguments={}))
    await talk.chat.until(lambda: len(talk.chat.forms) > before)
    return talk.chat.forms[-1].action


async def react(talk: Dialogue, card: Heard, emoji: str, *, added: bool = True) -> None:
    await talk.send(talk.reaction(card.id, emoji, added=added))
    await talk.settled()


async def at_large(village: Labelers, name: str) -> Dialogue:
    """Somebody in the room where everybody is."""
    return replace(await village.named(name), place=ROOM)


@pytest.fixture
def village(labelers: Begin) -> Labelers:
    return labelers()


@pytest.mark.slow
async def test_a_message_that_a_card_shows_is_labeled_by_its_form(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    dan = await at_large(village, "Dan")
    form = await labels(dan, card.id)
    assert dan.chat.forms[-1].text == QUESTION
    kept = await dan.submits(form, quality="5", flags="political_content")
    kept.expect("labels are kept", "High quality: 5/5", "Political content: ✔")
    assert await reviews(store) == [({"quality": 1.0, "political_content": 1.0}, "free")]
    second = await village.form("Dan", kept, "How does it sound")
    (await dan.submits(second, id=kept.id, humor="2")).expect("Humorous: 2/5")
    assert await reviews(store) == [({"quality": 1.0, "political_content": 1.0, "humor": 0.25}, "free")]
    # It is no review: the prompt still waits for its two.
    await village.accepted("label_initial_prompt", "Ben", "Cleo")
    (await village.card("Eva", "assistant_reply")).expect(QUESTION)


async def test_without_forms_each_tap_is_kept(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    await seed(store, village)
    ben = await village.named("Ben")
    card = await ben.types(f"/label {await prompt_of(store)}")
    card.expect("Label this message", QUESTION)
    for label in ("Labels", "Spam", "4"):
        card = await village.taps("Ben", card, label)
    assert await reviews(store) == [({"spam": 1.0, "quality": 0.75}, "free")]
    for label in ("Spam", "4"):
        card = await village.taps("Ben", card, label)
    assert await reviews(store) == []
    tones = await village.taps("Ben", await village.taps("Ben", card, "Back"), "How does it sound")
    assert {"Humor 1", "Rudeness 1", "Violence 1"} <= {button.label for button in tones.reply.buttons}


async def test_labels_are_typed_with_a_message_that_is_named_by_its_id(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    ben, id = await village.named("Ben"), await prompt_of(store)
    (await ben.types(f"/label {id} pii toxicity=4")).expect("Rude: 4/5", "personal data: ✔")
    (await ben.types(f"/label {id} humor=1")).expect("Humorous: 1/5")
    assert await reviews(store) == [({"pii": 1.0, "toxicity": 0.75, "humor": 0.0}, "free")]
    for wrong in ("toxicity=6", "toxicity=0"):
        (await ben.types(f"/label {id} {wrong}", "#error")).expect("at least one of these labels", "quality=1…5")
    for wrong in ("pii=1", "toxicity", "helpfulness=3", "nice"):
        (await ben.types(f"/label {id} {wrong}", "#error")).expect("at least one of these labels")
    kept = await ben.types(f"/label {id} creativity=2")
    (await village.taps("Ben", kept, "Take the labels back")).expect("taken back")
    assert await reviews(store) == []


async def test_an_answer_that_was_contributed_is_labeled_in_its_tree(village: Labelers, store: Database) -> None:
    ana = await village.named("Ana")
    answer = await ana.says("How do I make bread?")
    assert (await labels(ana, answer.id)).startswith("label:")
    await ana.presses(await ana.types("/contribute"), "contribute")
    form = await labels(ana, answer.id)
    assert form.startswith("f:")
    await ana.submits(form, verdict="fails", helpfulness="1")
    assert await reviews(store) == [({"spam": 0.0, "fails_task": 1.0, "helpfulness": 0.0}, "free")]
    (await ana.types("/label pii")).expect("personal data: ✔")


async def test_nobody_labels_or_votes_on_their_own(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    card, id = await put(village, "Ben"), await prompt_of(store)
    ana = await at_large(village, "Ana")
    (await ana.types(f"/label {id} pii", "#error")).expect("wrote that message yourself")
    await react(ana, card, "👍")
    assert (await reviews(store), await thumbs(store)) == ([], [])


async def test_who_is_banned_or_has_not_agreed_does_not_label(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    id = await prompt_of(store)
    zoe = village.first.elsewhere("x", replace(village.first.user, id="zoe", name="Zoe"))
    (await zoe.types(f"/label {id} pii", "#error")).expect("/privacy")
    ben = await village.named("Ben")
    kept = await ben.types(f"/label {id} pii")

    def ban(session: Session) -> None:
        person = session.exec(select(ReviewRow.person_id)).one()
        session.merge(LabelerRow(person_id=person, banned=True))

    await store.write(ban)
    for line in (f"/label {id} humor=1", f"/label {id}"):
        (await ben.types(line, "#error")).expect("cannot do tasks here")
    (await village.taps("Ben", kept, "Take the labels back")).expect("cannot do tasks here")
    assert await reviews(store) == [({"pii": 1.0}, "free")]


async def test_a_message_that_is_gone_or_of_another_community_is_not_there(village: Labelers, store: Database) -> None:
    await village.first.types("/settings tasks own")
    await village.writes("Ana", QUESTION)
    id, ben = await prompt_of(store), await village.named("Ben")
    there = replace(ben, place=replace(ROOM, community="another"))
    (await there.types(f"/label {id} pii", "#error")).expect("no longer there")
    await ben.types(f"/label {id} pii")

    def delete(session: Session) -> None:
        session.get_one(TreeMessageRow, id).deleted = True

    await store.write(delete)
    (await ben.types(f"/label {id} humor=1", "#error")).expect("no longer there")


@pytest.mark.in_the_store
async def test_who_reviews_it_in_a_task_counts_once(village: Labelers, store: Database) -> None:
    """The labels from before go into the review, and later ones too, but not those that decide."""
    await village.writes("Ana", QUESTION)
    id, ben = await prompt_of(store), await village.named("Ben")
    await ben.types(f"/label {id} pii spam")
    await village.accepted("label_initial_prompt", "Ben")
    assert await reviews(store) == [({"quality": 1.0, "spam": 0.0, "pii": 1.0}, "quick")]
    (await ben.types(f"/label {id} spam violence=5")).expect("that stays as it is")
    assert await reviews(store) == [({"quality": 1.0, "spam": 0.0, "pii": 1.0, "violence": 1.0}, "quick")]


async def test_a_reaction_to_a_card_is_a_thumb_on_its_message(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    ben, cleo = await at_large(village, "Ben"), await at_large(village, "Cleo")
    await react(ben, card, "👍")
    await react(cleo, card, "👎")
    assert await thumbs(store) == [(QUESTION, -1), (QUESTION, 1)]
    await react(cleo, card, "👍")
    # The other one was taken away when this one was given, so that changes nothing.
    await react(cleo, card, "👎", added=False)
    assert await thumbs(store) == [(QUESTION, 1), (QUESTION, 1)]
    await react(ben, card, "👍", added=False)
    assert await thumbs(store) == [(QUESTION, 1)]


async def test_a_reaction_to_a_card_that_was_replaced_is_for_what_it_shows_now(
    village: Labelers, store: Database
) -> None:
    await village.writes("Ana", QUESTION)
    await village.writes("Ana", WHISTLE)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    second = WHISTLE if QUESTION in card.reply.text else QUESTION
    card = await village.taps("Ben", card, "Good")
    await react(ben, card.expect(second), "👍")
    assert await thumbs(store) == [(second, 1)]
    card = await village.taps("Ben", card, "Good")
    await react(ben, card, "👎")
    assert await thumbs(store) == [(second, 1)]


async def test_a_thumb_is_a_button_of_the_card_too(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    ben, id = await village.named("Ben"), await prompt_of(store)
    card = await ben.types(f"/label {id} pii")
    card = await village.taps("Ben", card, "👎")
    assert await thumbs(store) == [(QUESTION, -1)]
    assert [button.chosen for button in card.reply.buttons][:2] == [False, True]
    card = await village.taps("Ben", card, "👍")
    assert await thumbs(store) == [(QUESTION, 1)]
    await village.taps("Ben", card, "👍")
    assert await thumbs(store) == []


async def test_a_thumb_on_a_question_in_a_chat_counts_once_it_is_in_a_tree(village: Labelers, store: Database) -> None:
    ana, ben = await at_large(village, "Ana"), await at_large(village, "Ben")
    answer = await ana.says("How do I make bread?")
    question = replace(answer, id=ana.said[-1])
    await react(ben, question, "👍")
    assert await thumbs(store) == []
    await ana.presses(await ana.types("/contribute"), "contribute")
    await react(ben, question, "👍")
    assert await thumbs(store) == [("How do I make bread?", 1)]
