"""Reports from a task's card: the person says which message they mean, and that message alone is reported."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from core.labeling.rules.defaults import TreeLimits
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, RankingRow, TreeMessageRow, TreeRow
from tests.dialogue import Heard
from tests.labeling.conftest import QUIET, Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_tasks_command import BUTTONS_ONLY, ONE, QUESTION, THREE, TWO, grown
from tests.sweeping import mostly_swept

pytestmark = pytest.mark.slow

Report = Callable[[Labelers, str, str], Awaitable[Heard]]
THREE_ANSWERS = replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3), auto_mod_red_flags=3)
FORMS = ChatCapabilities(text_limit=3800, edit_interval=0, idempotent_send=True, forms=True)


async def flagged(store: Database) -> list[str]:
    """The texts of the messages that were reported."""
    reported = select(TreeMessageRow.text).join(FlagRow).order_by(TreeMessageRow.text)
    return list(await store.read(lambda session: session.exec(reported).all()))


def letter_of(card: Heard, text: str) -> str:
    """The letter that a ranking's card gives to an answer."""
    return card.reply.text[: card.reply.text.index(f"** {text}")][-1]


def delete(session: Session, text: str) -> None:
    session.exec(select(TreeMessageRow).where(TreeMessageRow.text == text)).one().deleted = True


async def report_by_buttons(village: Labelers, name: str, which: str) -> Heard:
    card = await village.card(name, "rank_assistant_replies")
    label = f"Report {letter_of(card, which)}" if which != QUESTION else "Report the question"
    for button in ("Report", label, "Spam"):
        card = await village.taps(name, card, button)
    return card


async def report_by_form(village: Labelers, name: str, which: str) -> Heard:
    card = await village.card(name, "rank_assistant_replies")
    form = await village.form(name, card, "Report")
    talk = await village.named(name)
    message, *_ = talk.chat.forms[-1].fields
    chosen = next(value for value, label in message.options if which.startswith(label.partition(" – ")[2].rstrip(" …")))
    return await talk.submits(form, id=card.id, message=chosen, labels="spam", comment="look")


BY_BUTTONS, BY_FORM = (BUTTONS_ONLY, report_by_buttons), (FORMS, report_by_form)
WAYS = [(*way, which) for way in (BY_BUTTONS, BY_FORM) for which in (ONE, THREE, QUESTION)]


@pytest.mark.parametrize(("able", "report", "which"), mostly_swept(WAYS, [(*BY_BUTTONS, ONE), (*BY_FORM, QUESTION)]))
async def test_a_report_from_a_ranking_is_about_the_message_that_is_named(
    labelers: Begin, store: Database, able: ChatCapabilities, report: Report, which: str
) -> None:
    village = labelers(THREE_ANSWERS)
    await grown(village, ONE, TWO, THREE)
    village.first.chat.capabilities = able
    (await report(village, "Gia", which)).expect("Thank you", "Tap the answers in order")
    assert await flagged(store) == [which]


async def test_three_reports_of_one_answer_hide_it_and_its_tree_goes_on(labelers: Begin, store: Database) -> None:
    village = labelers(THREE_ANSWERS)
    await grown(village, ONE, TWO, THREE)
    village.first.chat.capabilities = BUTTONS_ONLY
    for name in ("Gia", "Hal", "Ida"):
        card = await report_by_buttons(village, name, TWO)
    card.expect(ONE, THREE)
    assert TWO not in card.reply.text
    state, gone = select(TreeRow.state), select(TreeMessageRow.text).where(TreeMessageRow.deleted)
    assert await store.read(lambda session: session.exec(state).all()) == ["ranking"]
    assert await store.read(lambda session: session.exec(gone).all()) == [TWO]


async def test_a_button_means_the_answer_that_it_named_even_if_another_has_gone_since(
    labelers: Begin, store: Database
) -> None:
    village = labelers(THREE_ANSWERS)
    await grown(village, ONE, TWO, THREE)
    village.first.chat.capabilities = BUTTONS_ONLY
    card = await village.card("Gia", "rank_assistant_replies")
    first, *_, last = sorted((ONE, TWO, THREE), key=lambda text: letter_of(card, text))
    chooser = await village.taps("Gia", card, "Report")
    await store.write(lambda session: delete(session, first))
    reasons = await village.taps("Gia", chooser, f"Report {letter_of(card, last)}")
    await village.taps("Gia", reasons, "Spam")
    assert await flagged(store) == [last]
    await village.taps("Gia", card, letter_of(card, last))
    ranking = await store.read(lambda session: session.exec(select(RankingRow)).one())
    best = await store.read(lambda session: session.get_one(TreeMessageRow, ranking.groups[0][0]).text)
    assert best == last


async def test_a_report_of_a_review_is_about_the_message_that_is_shown(labelers: Begin, store: Database) -> None:
    village = labelers(THREE_ANSWERS)
    await village.writes("Ana", QUESTION)
    await village.accepted("label_initial_prompt", "Ben", "Cleo")
    await village.writes("Ben", ONE, "assistant_reply")
    village.first.chat.capabilities = BUTTONS_ONLY
    card = await village.card("Gia", "label_assistant_reply")
    for button in ("Report", "Spam"):
        card = await village.taps("Gia", card, button)
    assert await flagged(store) == [ONE]
