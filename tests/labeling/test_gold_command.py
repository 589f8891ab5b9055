"""/gold, as moderators use it: what reviewers agree on becomes a practice task of the community."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from core.labeling.rules.defaults import TreeLimits
from core.labeling.service import gold_items
from core.labeling.service.gold_items import GoldItemRequest
from core.messages import User
from core.store.engine.database import Database
from core.store.labeling_tables import WorkItemRow
from core.store.tables import AuditRow
from tests.dialogue import Dialogue
from tests.labeling.conftest import QUIET, Begin
from tests.labeling.labelers import Labelers
from tests.labeling.test_free_labels import prompt_of
from tests.labeling.test_tasks_command import BUTTONS_ONLY, QUESTION

RULES = replace(QUIET, limits=TreeLimits(num_reviews_initial_prompt=3))
WHY = "It asks for something, and one can answer it."


async def agreed(village: Labelers) -> Dialogue:
    """A prompt on which three people agree; returns an admin in a place of their own."""
    await village.writes("Ana", QUESTION)
    await village.accepted("label_initial_prompt", "Ben", "Cleo", "Dan")
    return village.first.elsewhere("desk of Boss", User("boss", "Boss", admin=True))


async def made(store: Database) -> list[WorkItemRow]:
    return list(await store.read(gold_items.all_items))


async def test_a_moderator_picks_the_labels_and_gives_the_reason(labelers: Begin, store: Database) -> None:
    village = labelers(RULES)
    boss = await agreed(village)
    card = (await boss.types("/gold")).expect(QUESTION, "Spam or sabotage: ✘", "High quality: 5/5")
    await boss.send(boss.press_action(card, next(b.action for b in card.reply.buttons if "Make it" in b.label)))
    await boss.chat.until(lambda: bool(boss.chat.forms) and "why" in [one.name for one in boss.chat.forms[-1].fields])
    form = boss.chat.forms[-1]
    assert {one.name: one.value for one in form.fields} == {"verdict": "fine", "quality": "5", "flags": "", "why": ""}
    added = await boss.submits(form.action, id=card.id, verdict="fine", quality="4", flags="", why=WHY)
    added.expect("practice task of this community")
    (item,) = await made(store)
    assert item.gold
    assert item.gold["labels"] == {"spam": 0.0, "quality": 0.75, "lang_mismatch": 0.0}
    assert (item.gold["why"], item.pool == "gold") == (WHY, False)
    removed = await boss.presses_action(added, next(b.action for b in added.reply.buttons if "Take it back" in b.label))
    removed.expect("no practice task any more")
    assert await made(store) == []
    acts = await store.read(lambda session: session.exec(select(AuditRow.action).order_by(col(AuditRow.at))).all())
    assert acts == ["moderate-gold-add", "moderate-gold-remove"]


async def test_without_forms_its_labels_are_those_that_all_agree_on(labelers: Begin, store: Database) -> None:
    village = labelers(RULES)
    boss = await agreed(village)
    boss.chat.capabilities = BUTTONS_ONLY
    card = await boss.types("/gold")
    added = await boss.presses_action(card, next(b.action for b in card.reply.buttons if "Make it" in b.label))
    (item,) = await made(store)
    assert item.gold
    assert item.gold["labels"] == {"spam": 0.0, "quality": 1.0, "lang_mismatch": 0.0}
    following = next(b.action for b in added.reply.buttons if "Another" in b.label)
    (await boss.presses_action(added, following)).expect("There is no message")


async def test_the_reason_is_no_markup_before_those_who_learn(labelers: Begin, store: Database) -> None:
    village = labelers(replace(QUIET, gold_every=1))
    await village.writes("Ana", QUESTION)
    wish = GoldItemRequest(await prompt_of(store), {"spam": 0.0}, "[sign in](https://evil.example)\n# Now", "")
    await store.write(lambda session: gold_items.add(session, wish))
    card = await village.card("Eva", "label_initial_prompt")
    told = await village.taps("Eva", card.expect(QUESTION), "Good")
    told.expect("\\[sign in\\](https://evil.example) \\# Now")


@pytest.mark.parametrize("name", ["Ben", "Ana"])
async def test_others_may_not(labelers: Begin, store: Database, name: str) -> None:
    village = labelers(RULES)
    await agreed(village)
    (await (await village.named(name)).types("/gold", "#error")).expect("Only moderators and admins")
    assert await made(store) == []


async def test_it_is_not_shown_where_others_read_it(labelers: Begin) -> None:
    village = labelers(RULES)
    boss = await agreed(village)
    square = replace(boss, place=replace(boss.place, channel="square", private=False))
    boss.chat.capabilities = replace(BUTTONS_ONLY, personal=False)
    (await square.types("/gold", "#error")).expect("Others could read")
