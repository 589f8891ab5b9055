"""Texts on their way into a tree, in each way that people send them."""

from sqlmodel import col, select

from core.actions import Verb, button_action
from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, TaskRow, TreeMessageRow
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


async def test_an_account_number_in_the_reply_alone_waits_for_a_moderator_too(labelers: Begin, store: Database) -> None:
    village = labelers()
    ana = await village.named("Ana")
    card = await village.card("Ana", "prompt_with_reply")
    form = await village.form("Ana", card, "Write")
    draft = await ana.submits(form, id=card.id, text=QUESTION, reply=f"{ONE} Pay to DE89 3704 0044 0532 0130 00.")
    draft.expect("bank account")
    task = await store.read(lambda session: session.exec(select(TaskRow)).one())
    # A card from before, or from another client, offers to submit it all the same.
    (await ana.presses_action(draft, button_action(Verb.TASK, task.id, "send"))).expect("bank account")
    assert not await store.read(lambda session: session.exec(select(TreeMessageRow)).all())
    await ana.presses_action(draft, button_action(Verb.TASK, task.id, "hold"))
    flag = await store.read(lambda session: session.exec(select(FlagRow)).one())
    assert flag.labels == ["iban"]
