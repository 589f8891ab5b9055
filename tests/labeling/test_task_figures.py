"""core.labeling.chat.task_figures: what /stats says about tasks."""

from itertools import count

import pytest
from sqlmodel import Session

from core.labeling.rules import agreement
from core.labeling.rules.defaults import LabelingRules
from core.store.engine.database import Database
from core.store.labeling_tables import TreeRow
from core.store.tables import PersonRow
from tests.dialogue import Dialogue, Heard
from tests.labeling.conftest import Begin, labeling_core
from tests.labeling.test_own_work import garden
from tests.labeling.village import SQUARE
from tests.paper import PaperChat


async def stats(store: Database, time: int = 1) -> Heard:
    """What /stats says to a core that has just started, for the first, second … time."""
    core, chat = labeling_core(store, LabelingRules()), PaperChat()
    core.router.attach("paper", chat)
    return await Dialogue(core, chat, SQUARE, _numbers=count(time)).types("/stats")


@pytest.mark.slow
async def test_stats_tell_of_messages_trees_and_work(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    village = await garden(store)

    def agree(session: Session) -> None:
        session.get_one(PersonRow, village.people["ana"]).terms = "2026-01"

    await store.write(agree)
    told = await stats(store)
    told.expect("This community: conversations", "**Tasks**", "- People who agree to the terms: 1\n")
    told.expect("- Given by people: 13 (prompts 1, replies 2, labels 8, rankings 2)\n")
    told.expect("- Trees that people completed: 1; given for each of them: 13.0\n")
    told.expect("- English: messages of users 1, of the assistant 2, of these by models 0 · ready for export: 1")
    assert "Agreement" not in told.reply.text
    monkeypatch.setattr(agreement, "ENOUGH", 1)
    told = await stats(store, 2)
    told.expect("- English, “Spam or sabotage”: two reviewers say the same in 62% of cases", "messages: 3)")
    told.expect("- English: two rankers put two answers in the same order in 100% of cases (groups of answers: 1)")


@pytest.mark.slow
async def test_stats_say_what_is_stuck_and_why(store: Database) -> None:
    await garden(store)

    def halt(session: Session) -> None:
        session.add(TreeRow(id="es", lang="es", state="growing", limits={}))
        session.add(TreeRow(id="fr", lang="fr", state="growing", pool="of another community", limits={}))

    await store.write(halt)
    told = await stats(store)
    told.expect("- Español: messages of users 0", "· growing: 1")
    assert "Français" not in told.reply.text


async def test_figures_are_counted_once_a_minute_at_most(labelers: Begin) -> None:
    village = labelers()
    ana = await village.named("Ana")
    (await ana.types("/stats")).expect("Given by people: 0")
    await village.writes("Ana", "Why is the sky blue?")
    (await ana.types("/stats")).expect("Given by people: 0")
