"""A 🚩 on a card that shows a message of a tree reports it, as it does on an answer."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, TreeMessageRow
from tests.labeling.conftest import Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_channel_vote import put
from tests.labeling.test_free_labels import at_large, react
from tests.labeling.test_tasks_command import QUESTION

pytestmark = pytest.mark.above_the_store


@pytest.fixture
def village(labelers: Begin) -> Labelers:
    return labelers()


async def flags(store: Database) -> list[tuple[list[str], str, str]]:
    found = await store.read(lambda session: session.exec(select(FlagRow)).all())
    return [(flag.labels, flag.source, flag.handled) for flag in found]


def told(village: Labelers) -> list[str]:
    return [reply.text for key, reply in village.first.chat.shown.items() if key.endswith("#moderate")]


@pytest.mark.slow
async def test_it_reports_the_message_once_and_taking_it_away_takes_the_report_back(
    village: Labelers, store: Database
) -> None:
    await village.first.types("/settings log_channel 77")
    await village.writes("Ana", QUESTION)
    card, ben = await put(village, "Ben"), await at_large(village, "Ben")
    for _ in range(2):
        await react(ben, card, "🚩")
    assert await flags(store) == [([], "reaction", "")]
    (card_of_report,) = told(village)
    assert f"> {QUESTION}" in card_of_report
    assert "Ben: no reason" in card_of_report
    await react(ben, card, "🚩", added=False)
    assert await flags(store) == []


async def test_three_of_them_end_the_tree_of_a_prompt(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    for name in ("Ben", "Cleo", "Dan"):
        await react(await at_large(village, name), card, "🚩")
    (await village.card("Eva", "label_initial_prompt")).expect("Judge a prompt**: ")


async def test_it_leaves_a_report_with_reasons(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    poll, ben = await put(village, "Cleo"), await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "Report")
    await ben.submits(form, id=card.id, labels="pii", comment="look")
    for added in (True, False):
        await react(await at_large(village, "Ben"), poll, "🚩", added=added)
        assert await flags(store) == [(["pii"], "form", "")]


async def test_it_leaves_a_report_that_was_handled(village: Labelers, store: Database) -> None:
    await village.writes("Ana", QUESTION)
    poll, ben = await put(village, "Cleo"), await at_large(village, "Ben")
    await react(ben, poll, "🚩")
    await store.write(lambda session: setattr(session.exec(select(FlagRow)).one(), "handled", "dismissed"))
    for added in (False, True):
        await react(ben, poll, "🚩", added=added)
        assert await flags(store) == [([], "reaction", "dismissed")]


async def test_nobody_reports_what_they_may_not_label(village: Labelers, store: Database) -> None:
    await village.first.types("/settings tasks own")
    await village.writes("Ana", QUESTION)
    card = await put(village, "Ben")
    await react(await at_large(village, "Ana"), card, "🚩")
    there = await at_large(village, "Ben")
    await react(replace(there, place=replace(there.place, community="another")), card, "🚩")
    assert await flags(store) == []
    assert await store.read(lambda session: session.exec(select(TreeMessageRow.deleted)).all()) == [False]
