"""Texts on their way into a tree, where somebody goes about it in more than one way."""

from sqlmodel import col, select

from core.store.engine.database import Database
from core.store.labeling_tables import TaskRow, TreeMessageRow
from tests.labeling.conftest import Begin
from tests.labeling.test_tasks_command import BUTTONS_ONLY, ONE, QUESTION


async def test_what_is_said_next_is_for_the_task_of_which_write_was_pressed_last(
    labelers: Begin, store: Database
) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    both, prompt = [await village.card("Ana", kind) for kind in ("prompt_with_reply", "initial_prompt")]
    for card in (both, prompt, both):
        await village.taps("Ana", card, "Write")
    (await ana.hear(ana.message(ONE), "#ask")).expect("now the ideal answer")
    await village.taps("Ana", prompt, "Write")
    await ana.hear(ana.message(QUESTION))
    drafts = dict(await store.read(lambda session: session.exec(select(TaskRow.kind, TaskRow.draft)).all()))
    assert drafts == {"prompt_with_reply": "", "initial_prompt": QUESTION}


async def test_a_form_takes_the_place_of_what_was_said_before(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    card = await village.card("Ana", "prompt_with_reply")
    await ana.hear(ana.message("An earlier prompt that is given up", card.id), "#ask")
    form = await village.form("Ana", card, "Write")
    odd = f"{QUESTION} Tell ana.lopez@gmail.com"
    draft = await ana.submits(form, id=card.id, text=odd, reply=ONE)
    await village.taps("Ana", draft, "Submit")
    kept = await store.read(
        lambda session: session.exec(select(TreeMessageRow).order_by(col(TreeMessageRow.depth))).all()
    )
    assert [one.text for one in kept] == [odd, ONE]
