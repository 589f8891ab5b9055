"""Tasks as people meet them in a chat: cards, taps, texts, and what they are told when something is not possible."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.messages import Message
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, LabelerRow, RankingRow, ReviewRow, TaskRow, TreeMessageRow, TreeRow
from tests.dialogue import Heard
from tests.labeling.conftest import QUIET, Begin
from tests.labeling.labelers import Labelers

QUESTION = "Why is the sky blue, and why is it red in the evening?"
ONE, TWO, THREE = (
    "Air scatters blue light more than red light does.",
    "The sea is reflected in the air above it.",
    "Nobody knows exactly why this is so.",
)
SMALL = replace(QUIET, limits=TreeLimits(goal_tree_size=3))
BUTTONS_ONLY = ChatCapabilities(text_limit=3800, edit_interval=0, idempotent_send=True)


async def grown(village: Labelers, *answers: str) -> None:
    """A tree with a good prompt and some good answers."""
    await village.writes("Ana", QUESTION)
    await village.accepted("label_initial_prompt", "Ben", "Cleo")
    for name, text in zip(("Ben", "Cleo", "Dan"), answers, strict=False):
        await village.writes(name, text, "assistant_reply")
    for _ in answers:
        await village.accepted("label_assistant_reply", "Eva", "Finn")


async def test_who_has_not_agreed_is_asked_first_and_goes_on_to_the_tasks(labelers: Begin) -> None:
    ana = labelers().first
    asked = (await ana.types("/tasks random")).expect("open training set", "We keep what you say.")
    (await ana.presses(asked, "consent")).expect("Write a prompt", "yours for 120 minutes")


async def test_from_the_menu_it_goes_on_to_the_menu(labelers: Begin) -> None:
    ana = labelers().first
    menu = await ana.presses(await ana.types("/tasks"), "consent")
    menu.expect("Tasks in English", "Write a prompt")


async def test_a_prompt_is_written_judged_and_answered(labelers: Begin) -> None:
    village = labelers()
    done = await village.writes("Ana", QUESTION)
    done.expect("Thank you")
    card = (await village.card("Ben", "label_initial_prompt")).expect("Judge a prompt", "Why is the sky blue")
    (await village.taps("Ben", card, "Good")).expect("Thank you")
    await village.accepted("label_initial_prompt", "Cleo")
    (await village.card("Dan", "assistant_reply")).expect("Answer as the assistant", "Why is the sky blue")


async def test_one_tap_judges_and_the_next_task_stands_in_its_place(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    await village.writes("Ana", "How do I learn to whistle with two fingers?")
    card = await village.card("Ben", "label_initial_prompt")
    following = await village.taps("Ben", card, "Bad")
    assert following.id == card.id
    following.expect("Thank you", "Judge a prompt")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert (kept.labels, kept.mode) == ({"quality": 0.0, "spam": 0.0}, "quick")


async def test_the_whole_form_keeps_what_was_left_open_as_unanswered(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "More")
    assert [field.name for field in ben.chat.forms[-1].fields] == ["verdict", "quality", "creativity", "flags"]
    assert ben.chat.forms[-1].text == QUESTION
    second = await ben.submits(form, id=card.id, verdict="fine", quality="4", flags="pii,political_content")
    second.expect("Say how it sounds")
    form = await village.form("Ben", second, "How does it sound")
    assert [field.name for field in ben.chat.forms[-1].fields] == ["humor", "toxicity", "violence"]
    await ben.submits(form, id=card.id, humor="1", violence="5")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    said = {"spam": 0.0, "quality": 0.75, "pii": 1.0, "political_content": 1.0, "humor": 0.0, "violence": 1.0}
    assert (kept.labels, kept.mode) == (said, "whole")


async def test_an_answer_has_eight_questions_on_two_pages(labelers: Begin) -> None:
    village = labelers(SMALL)
    await grown_to_review(village)
    card = await village.card("Dan", "label_assistant_reply")
    form = await village.form("Dan", card, "More")
    dan = await village.named("Dan")
    names = [field.name for field in dan.chat.forms[-1].fields]
    second = await dan.submits(form, id=card.id, verdict="fails")
    await village.form("Dan", second, "How does it sound")
    names += [field.name for field in dan.chat.forms[-1].fields]
    assert names == [
        *("verdict", "quality", "helpfulness", "flags"),
        *("creativity", "humor", "toxicity", "violence"),
    ]


async def test_the_first_page_can_be_saved_alone_and_is_filled_in_when_it_is_opened_again(
    labelers: Begin, store: Database
) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "More")
    second = await ben.submits(form, id=card.id, verdict="fine", quality="2", flags="pii")
    back = await village.taps("Ben", second, "Back")
    form = await village.form("Ben", back, "More")
    assert [field.value for field in ben.chat.forms[-1].fields] == ["fine", "2", "", "pii"]
    second = await ben.submits(form, id=card.id, verdict="fine", quality="3")
    await village.taps("Ben", second, "Save")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert (kept.labels, kept.mode) == ({"spam": 0.0, "quality": 0.5}, "whole")


@pytest.mark.parametrize(
    "values", [{"quality": "6"}, {"quality": "0"}, {"quality": "good"}, {"flags": "humor"}, {"verdict": "fails"}]
)
async def test_a_value_that_a_form_does_not_offer_is_refused_in_words(
    labelers: Begin, store: Database, values: dict[str, str]
) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "More")
    ben = await village.named("Ben")
    (await ben.submits(form, id=card.id, **{"verdict": "fine", **values})).expect("cannot have that value")
    assert not await store.read(lambda session: session.exec(select(ReviewRow)).all())


async def test_without_forms_the_whole_form_is_more_buttons(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    await village.first.settled()
    await seed(store, village)
    card = await village.card("Ben", "label_initial_prompt")
    for label in ("More", "Fine", "4", "Political", "Judges morally"):
        card = await village.taps("Ben", card, label)
    card = await village.taps("Ben", card, "Judges morally")
    card = await village.taps("Ben", card, "How does it sound")
    for point in (5, 2):
        action = next(b.action for b in card.reply.buttons if b.action.endswith(f"p:toxicity:{point}"))
        card = await (await village.named("Ben")).presses_action(card, action)
    await village.taps("Ben", card, "Save")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    said = {"spam": 0.0, "quality": 0.75, "political_content": 1.0, "toxicity": 0.25}
    assert (kept.labels, kept.mode) == (said, "whole")


async def test_a_card_of_an_earlier_version_is_saved_as_its_form_was(labelers: Begin, store: Database) -> None:
    """Its form did not show all flags, so they are not denied by it."""
    village = labelers(able=BUTTONS_ONLY)
    await village.first.settled()
    await seed(store, village)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    more = await village.taps("Ben", await village.taps("Ben", card, "More"), "Fine")
    old = next(button.action for button in more.reply.buttons if "save" in button.action).rpartition(":")[0]
    await ben.presses_action(more, old)
    assert (await store.read(lambda session: session.exec(select(ReviewRow)).one())).mode == "full"


DRAWN = replace(QUIET, draw_label_form=True)


@pytest.mark.parametrize("able", [None, BUTTONS_ONLY])
@pytest.mark.parametrize("mode", ["simple", "whole"])
async def test_the_form_is_drawn_by_chance_if_the_operator_wants_it(
    labelers: Begin, store: Database, able: ChatCapabilities | None, mode: str
) -> None:
    village = labelers(replace(DRAWN, p_full_labeling_review_prompt=float(mode == "whole")), able)
    await seed(store, village)
    ben = await village.named("Ben")
    card = await village.card("Ben")
    assert not any("Good" in button.label for button in card.reply.buttons)
    if able:
        for label in ("Judge", "Fine", "Wrong language" if mode == "simple" else "In the wrong"):
            label = "In the wrong" if label == "Wrong language" else label
            card = await village.taps("Ben", card, label)
    else:
        form = await village.form("Ben", card, "Judge")
        card = await ben.submits(form, id=card.id, verdict="fine", flags="lang_mismatch")
    if mode == "whole":
        card.expect("Judge a prompt")
    if able or mode == "whole":
        await village.taps("Ben", card, "Save")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert (kept.labels, kept.mode) == ({"spam": 0.0, "lang_mismatch": 1.0}, mode)


async def test_who_asks_for_a_kind_gets_the_whole_form(labelers: Begin, store: Database) -> None:
    """As in Open Assistant, chance decides only for who leaves the choice to us."""
    village = labelers(replace(DRAWN, p_full_labeling_review_prompt=0.0))
    await seed(store, village)
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "Judge")
    assert form.endswith(":whole")


async def grown_to_review(village: Labelers) -> None:
    """A tree with a good prompt and an answer that nobody has reviewed."""
    await village.writes("Ana", QUESTION)
    await village.accepted("label_initial_prompt", "Ben", "Cleo")
    await village.writes("Ben", ONE, "assistant_reply")


async def seed(store: Database, village: Labelers) -> None:
    """A prompt by somebody who has left."""

    def unit(session: Session) -> None:
        session.add(TreeRow(id="t", lang="en", state="initial_prompt_review", limits={}, stale=True))
        session.flush()
        session.add(TreeMessageRow(id="t", tree_id="t", role="prompter", lang="en", text=QUESTION))

    await store.write(unit)
    labeling = village.first.core.labeling
    assert labeling is not None
    await store.write(lambda session: labeling.desk.answers.keeper.settle(session, "t", labeling.desk.now()))


@pytest.mark.slow
async def test_three_answers_are_ranked_with_two_taps(labelers: Begin, store: Database) -> None:
    village = labelers(rules=replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3)))
    await grown(village, ONE, TWO, THREE)
    card = (await village.card("Gia", "rank_assistant_replies")).expect("Tap the answers in order", ONE, TWO, THREE)
    order = letters(card)
    card = await village.taps("Gia", card, order[1])
    assert f"1. {order[1]}" in [button.label for button in card.reply.buttons]
    (await village.taps("Gia", card, order[2])).expect("Thank you")

    def ranking(session: Session) -> tuple[list[list[str]], list[str]]:
        kept = session.exec(select(RankingRow)).one()
        return kept.groups, kept.shown

    groups, shown = await store.read(ranking)
    assert groups == [[shown[1]], [shown[2]], [shown[0]]]


def letters(card: Heard) -> list[str]:
    return [button.label for button in card.reply.buttons if button.label in "ABCDE"]


@pytest.mark.slow
async def test_taps_can_tie_and_be_taken_back(labelers: Begin, store: Database) -> None:
    village = labelers(rules=replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3)))
    await grown(village, ONE, TWO, THREE)
    card = await village.card("Gia", "rank_assistant_replies")
    card = await village.taps("Gia", card, "A")
    card = await village.taps("Gia", card, "Take the last tap back")
    assert len(letters(card)) == 3
    for label in ("B", "As good as the last", "C"):
        card = await village.taps("Gia", card, label)
    kept = await store.read(lambda session: session.exec(select(RankingRow)).one())
    assert [sorted(group) for group in kept.groups] == [sorted(kept.shown[1:]), kept.shown[:1]]


@pytest.mark.slow
async def test_of_two_answers_one_tap_says_which_is_better_or_that_none_is(labelers: Begin, store: Database) -> None:
    village = labelers(rules=SMALL)
    await grown(village, ONE, TWO)
    card = (await village.card("Gia", "rank_assistant_replies")).expect("Tap the better answer")
    await village.taps("Gia", card, "A")
    await village.taps("Hal", await village.card("Hal", "rank_assistant_replies"), "None is good")
    kept = await store.read(lambda session: session.exec(select(RankingRow).order_by(col(RankingRow.at))).all())
    assert [(len(one.groups), one.not_rankable) for one in kept] == [(2, False), (0, True)]


@pytest.mark.slow
async def test_an_answer_that_is_deleted_while_it_is_ranked_is_no_longer_asked_about(
    labelers: Begin, store: Database
) -> None:
    village = labelers(rules=replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3)))
    await grown(village, ONE, TWO, THREE)
    card = await village.card("Gia", "rank_assistant_replies")

    def delete(session: Session) -> None:
        found = select(TreeMessageRow).where(TreeMessageRow.text == ONE)
        session.exec(found).one().deleted = True

    await store.write(delete)
    await village.taps("Gia", card, "A")
    kept = await store.read(lambda session: session.exec(select(RankingRow)).one())
    assert sum(len(group) for group in kept.groups) == 2


@pytest.mark.slow
async def test_nobody_else_can_press(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    (await village.taps("Cleo", card, "Good")).expect("somebody else’s task")


@pytest.mark.slow
async def test_pressing_twice_counts_once(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    await village.taps("Ben", card, "Good")
    (await village.taps("Ben", card, "Spam")).expect("already been done")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert kept.labels["spam"] == 0.0


@pytest.mark.slow
async def test_an_answer_can_be_taken_back_for_five_minutes(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    done = await village.taps("Ben", await village.card("Ben", "label_initial_prompt"), "Spam")
    again = (await village.taps("Ben", done, "Undo")).expect("Taken back", "Judge a prompt")
    done = await village.taps("Ben", again, "Good")

    def age(session: Session) -> None:
        for task in session.exec(select(TaskRow).where(TaskRow.state == "done")).all():
            task.done_at = task.done_at and task.done_at - timedelta(minutes=6)

    await store.write(age)
    (await village.taps("Ben", done, "Undo")).expect("too long ago")
    kept = await store.read(lambda session: session.exec(select(ReviewRow)).one())
    assert kept.labels["spam"] == 0.0


async def test_a_skipped_task_does_not_come_back(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    (await village.taps("Ben", card, "Not for me")).expect("other people are needed")
    (await village.card("Ben", "label_initial_prompt")).expect("other people are needed")


async def test_whoever_leaves_an_empty_sheet_gets_another_kind_of_task(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "initial_prompt")
    (await village.taps("Ben", card, "Later")).expect("Judge a prompt")


async def test_on_an_empty_sheet_there_is_nothing_to_report(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    shown = {kind: await village.card("Ben", kind) for kind in ("initial_prompt", "label_initial_prompt")}
    labels = {kind: [button.label for button in heard.reply.buttons] for kind, heard in shown.items()}
    assert ["Report" in some for some in labels.values()] == [False, True]


async def test_a_text_in_a_language_that_nobody_here_chose_is_pointed_out(labelers: Begin) -> None:
    village = labelers()
    text = "Könntest du mir bitte ausführlich erklären, wie man zu Hause einen Sauerteig ansetzt?"
    (await village.writes("Ana", text)).expect("Deutsch")


async def test_the_same_task_is_shown_again_until_it_is_done(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    first, second = [await village.card("Ben", "label_initial_prompt") for _ in range(2)]
    assert first.reply.buttons == second.reply.buttons


@pytest.mark.slow
async def test_half_a_task_goes_along_into_ones_next_conversation_but_not_before_others(labelers: Begin) -> None:
    village = labelers(rules=replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=3)))
    await grown(village, ONE, TWO, THREE)
    await village.taps("Gia", await village.card("Gia", "rank_assistant_replies"), "A")
    gia = await village.named("Gia")
    channel = gia.elsewhere("channel", private=False)
    (await channel.types("/tasks rank_assistant_replies")).expect("other people are needed")
    following = gia.elsewhere("another conversation")
    assert "Go on with my task" in [button.label for button in (await following.types("/tasks")).reply.buttons]
    card = (await following.types("/tasks rank_assistant_replies")).expect("Tap the answers in order")
    assert "1. A" in [button.label for button in card.reply.buttons]


async def test_what_looks_odd_is_asked_about_and_may_be_confirmed(labelers: Begin, store: Database) -> None:
    village = labelers()
    card = await village.writes("Ana", "Please write to ana.lopez@gmail.com about the garden party.")
    card.expect("e-mail address", "an…om")
    assert not await store.read(lambda session: session.exec(select(TreeMessageRow)).all())
    (await village.taps("Ana", card, "Submit as it is")).expect("Thank you")
    assert len(await store.read(lambda session: session.exec(select(TreeMessageRow)).all())) == 1


async def test_what_must_not_get_out_goes_to_a_moderator(labelers: Begin, store: Database) -> None:
    village = labelers()
    card = await village.writes("Ana", "My card is 4012 8888 8888 1881, can you pay the bill for me with it?")
    card.expect("card number")
    await village.taps("Ana", card, "Send to a moderator")
    kept = await store.read(lambda session: session.exec(select(TreeMessageRow)).one())
    flag = await store.read(lambda session: session.exec(select(FlagRow)).one())
    assert (kept.deleted, flag.labels) == (True, ["card"])


async def test_a_text_that_is_too_long_is_kept_as_a_draft(labelers: Begin) -> None:
    village = labelers()
    (await village.writes("Ana", "word " * 500)).expect("2,000")
    await village.form("Ana", await village.card("Ana", "initial_prompt"), "Change it")
    assert len((await village.named("Ana")).chat.forms[-1].fields[0].value) > 2000


async def test_the_same_text_twice_is_refused(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    (await village.writes("Ana", QUESTION.upper())).expect("a short while ago")


async def test_a_prompt_much_like_another_is_pointed_out(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.writes("Ben", QUESTION.replace("blue,", "blue"))
    card.expect("There is already a very similar prompt")


async def test_a_prompt_and_its_answer_come_in_one_form(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION, "prompt_with_reply", reply=ONE)
    kept = await store.read(
        lambda session: session.exec(select(TreeMessageRow).order_by(col(TreeMessageRow.depth))).all()
    )
    assert [(one.role, one.text) for one in kept] == [("prompter", QUESTION), ("assistant", ONE)]


async def test_a_draft_shows_the_prompt_and_its_answer(labelers: Begin) -> None:
    village = labelers()
    card = await village.writes("Ana", "Who writes to ana.lopez@gmail.com, and why?", "prompt_with_reply", reply=ONE)
    card.expect("**Your prompt**\nWho writes to ana.lopez@gmail.com", f"**The ideal answer to it**\n{ONE}")


async def test_without_forms_a_reply_to_the_card_is_the_text(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "initial_prompt")
    draft = await ana.hear(ana.message(QUESTION, card.id))
    draft.expect("Your text so far", QUESTION)
    await village.taps("Ana", draft, "Submit")
    kept = await store.read(lambda session: session.exec(select(TreeMessageRow)).one())
    assert (kept.text, kept.source) == (QUESTION, "direct")


async def test_without_forms_a_changed_text_takes_the_place_of_the_draft(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "initial_prompt")
    draft = await ana.hear(ana.message("Why is the sky blew?", card.id))
    await village.taps("Ana", draft, "Change it")
    draft = await ana.hear(ana.message("Why is the sky blue,"))
    draft = await ana.hear(ana.message("and why is it red in the evening?"))
    await village.taps("Ana", draft, "Submit")
    kept = await store.read(lambda session: session.exec(select(TreeMessageRow)).one())
    assert kept.text == "Why is the sky blue,\n\nand why is it red in the evening?"


async def test_without_forms_the_answer_to_ones_own_prompt_can_be_changed(labelers: Begin, store: Database) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    card = await village.card("Ana", "prompt_with_reply")
    await ana.hear(ana.message(QUESTION, card.id), "#ask")
    draft = (await ana.hear(ana.message(THREE))).expect(QUESTION, THREE)
    change = next(button.action for button in draft.reply.buttons if button.label == "Change it")
    (await ana.presses_action(draft, change, "#ask")).expect("now the ideal answer")
    draft = (await ana.hear(ana.message(ONE))).expect(QUESTION, ONE)
    await village.taps("Ana", draft, "Submit")
    kept = await store.read(
        lambda session: session.exec(select(TreeMessageRow).order_by(col(TreeMessageRow.depth))).all()
    )
    assert [one.text for one in kept] == [QUESTION, ONE]


async def test_after_write_the_next_messages_are_the_text_and_then_the_assistant_is_asked_again(
    labelers: Begin, store: Database
) -> None:
    village = labelers(able=BUTTONS_ONLY)
    ana = await village.named("Ana")
    await village.taps("Ana", await village.card("Ana", "initial_prompt"), "Write")
    await ana.hear(ana.message("Why is the sky blue,"))
    draft = await ana.hear(ana.message("and why is it red in the evening?"))
    await village.taps("Ana", draft, "Submit")
    kept = await store.read(lambda session: session.exec(select(TreeMessageRow)).one())
    assert kept.text == "Why is the sky blue,\n\nand why is it red in the evening?"
    card = await village.card("Ana", "initial_prompt")
    assert card
    (await ana.says("Hello")).expect("You said: Hello")


async def test_a_report_hides_nothing_at_once_and_the_task_goes_on(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "Report")
    (await ben.submits(form, id=card.id, labels="hate_speech", comment="look")).expect("Judge a prompt")
    flag = await store.read(lambda session: session.exec(select(FlagRow)).one())
    assert (flag.labels, flag.comment) == (["hate_speech"], "look")


async def test_who_is_banned_is_told_so(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")

    def ban(session: Session) -> None:
        task = session.exec(
            select(TaskRow).where(TaskRow.kind == "label_initial_prompt", TaskRow.state == "leased")
        ).one()
        labeler = session.get(LabelerRow, task.person_id) or LabelerRow(person_id=task.person_id)
        labeler.banned = True
        session.add(labeler)

    await store.write(ban)
    (await village.taps("Ben", card, "Good")).expect("cannot do tasks here")
    ben = await village.named("Ben")
    (await ben.types("/tasks random", "#error")).expect("cannot do tasks here")


async def test_the_guideline_is_one_tap_away(labelers: Begin) -> None:
    village = labelers()
    card = await village.card("Ana", "initial_prompt")
    ana = await village.named("Ana")
    action = next(button.action for button in card.reply.buttons if button.label == "Guide")
    (await ana.presses_action(card, action, "#guide")).expect("Examples")
    (await ana.types("/guide label_assistant_reply")).expect("spam is meant to do harm")


async def test_task_languages_are_their_own_choice(labelers: Begin) -> None:
    village = labelers()
    ana = await village.named("Ana")
    (await ana.types("/languages es ca-ES")).expect("Español, Català")
    (await ana.types("/tasks")).expect("Español, Català")
    (await ana.types("/languages tlh", "#error")).expect("“tlh” is not among")


@pytest.mark.parametrize("limit", [2000, 3800])
async def test_a_long_conversation_fits_into_one_message_and_can_be_read_whole(labelers: Begin, limit: int) -> None:
    able = ChatCapabilities(limit, edit_interval=0, forms=True, idempotent_send=True)
    village = labelers(rules=LabelingRules(gold_every=0, message_size_limit=6000), able=able)
    text = "\n".join(f"Line {number} of a very long request about gardens." for number in range(90))
    await village.writes("Ana", text)
    card = await village.card("Ben", "label_initial_prompt")
    assert len(card.reply.text) <= limit
    ben = await village.named("Ben")
    action = next(button.action for button in card.reply.buttons if button.label == "Read all")
    whole = await ben.presses_action(card, action, "#whole")
    assert whole.reply.text


async def test_a_message_for_the_assistant_is_not_taken_for_a_task(labelers: Begin) -> None:
    village = labelers()
    ana = await village.named("Ana")
    await village.card("Ana", "initial_prompt")
    (await ana.says("Hello")).expect("You said: Hello")
    assert isinstance(ana.message("x"), Message)


async def test_who_skips_may_say_why(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    await village.writes("Ana", "How do I learn to whistle with two fingers?")
    card = await village.card("Ben", "label_initial_prompt")
    following = (await village.taps("Ben", card, "Not for me")).expect("Judge a prompt")
    asked = (await village.taps("Ben", following, "Why not?")).expect("Why did you not want that task?")
    again = await village.taps("Ben", asked, "too long")
    assert again.reply.text == following.reply.text
    found = select(TaskRow).where(TaskRow.state == "skipped")
    (task,) = await store.read(lambda session: session.exec(found).all())
    assert task.answer.reason == "long"
    # Somebody else cannot say it for them, and there are no other reasons.
    cleo, ben = await village.named("Cleo"), await village.named("Ben")
    for talk, reason in ((cleo, "unclear"), (ben, "odd")):
        await talk.presses_action(replace(asked, id=f"{asked.id}?"), f"t:{task.id}:why:{reason}")
    assert (await store.read(lambda session: session.exec(found).one())).answer.reason == "long"


async def test_who_skips_the_last_one_may_say_why_too(labelers: Begin) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    card = await village.card("Ben", "label_initial_prompt")
    nothing = (await village.taps("Ben", card, "Not for me")).expect("Judge a prompt")
    (await village.taps("Ben", nothing, "Why not?")).expect("Why did you not")
