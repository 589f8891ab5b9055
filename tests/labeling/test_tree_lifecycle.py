"""A tree goes from its prompt to its export, and whatever happens to it on the way is taken into account."""

from dataclasses import asdict, replace

import pytest
from sqlmodel import Session, col, select

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.service.held_task import HeldTask, SubmittedTask
from core.labeling.service.message_reports import report
from core.labeling.service.tree_lifecycle import AT_ONCE
from core.store import points
from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, TaskRow, TreeMessageRow, TreeRow
from tests.labeling.village import BAD, PAIR, Village

pytestmark = pytest.mark.above_the_store

PEOPLE = ("ana", "ben", "cleo", "dan", "eva")
QUIET = LabelingRules(gold_every=0, p_activate_backlog_tree=0)


@pytest.fixture
async def village(store: Database) -> Village:
    made = Village(store, QUIET)
    await made.settle_in(*PEOPLE)
    return made


async def grown(village: Village) -> str:
    """A tree with a good answer and a bad one, which wait to be ranked."""
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    await village.writes("ben", "good", "assistant_reply")
    await village.writes("cleo", "bad", "assistant_reply")
    for name in ("dan", "eva", "ana", "dan"):
        await village.labels(name, "label_assistant_reply")
    return tree


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_a_tree_goes_from_its_prompt_to_its_export(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=PAIR))
    await village.settle_in(*PEOPLE)
    tree = await village.writes("ana", "Why is the sky blue?")
    assert await village.state(tree) == "initial_prompt_review"
    await village.accepts("label_initial_prompt", "ben", "cleo")
    assert await village.state(tree) == "growing"
    one = await village.writes("ben", "Rayleigh scattering.", "assistant_reply")
    two = await village.writes("cleo", "Because of the sea.", "assistant_reply")
    for name in ("dan", "eva", "ana", "dan"):
        await village.labels(name, "label_assistant_reply")
    assert await village.state(tree) == "ranking"
    await village.ranks("dan", ("Rayleigh scattering.", "Because of the sea."))
    done = await village.ranks("eva", ("Rayleigh scattering.", "Because of the sea."))
    assert done.state == "ready_for_export"
    assert [(await village.message(id)).rank for id in (one, two)] == [0, 1]
    assert not any(open for *_, open in await village.items())


async def test_a_prompt_that_most_call_spam_is_given_up(village: Village) -> None:
    tree = await village.writes("ana", "buy buy buy")
    await village.labels("ben", "label_initial_prompt", BAD)
    await village.labels("cleo", "label_initial_prompt", BAD)
    assert await village.state(tree) == "aborted_low_grade"


async def test_a_split_vote_asks_one_more(village: Village) -> None:
    tree = await village.writes("ana", "Is this spam?")
    await village.labels("ben", "label_initial_prompt", BAD)
    await village.labels("cleo", "label_initial_prompt")
    for name in ("dan", "eva"):
        assert await village.state(tree) == "initial_prompt_review"
        await village.labels(name, "label_initial_prompt")
    assert await village.state(tree) == "growing"


async def test_a_parent_whose_only_reply_was_rejected_is_answered_again(village: Village) -> None:
    await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    for name, text in (("ben", "spam one"), ("cleo", "spam two")):
        await village.writes(name, text, "assistant_reply")
    for name in ("dan", "eva", "ana", "dan", "eva", "ana"):
        if isinstance(task := await village.asks(name, "label_assistant_reply"), TaskRow):
            await village.labels_this(name, task, BAD)
    assert [(kind, open) for kind, *_, open in await village.items() if kind == "assistant_reply"] == [
        ("assistant_reply", True)
    ]


async def test_no_further_question_ends_a_branch(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=TreeLimits(goal_tree_size=4, max_children_count=1)))
    await village.settle_in(*PEOPLE)
    tree = await village.writes("ana", "Thanks for all the fish.")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    await village.writes("ben", "You are welcome.", "assistant_reply")
    await village.accepts("label_assistant_reply", "cleo", "dan")
    task = await village.gets("eva", "prompter_reply")
    done = await village.answered("eva", task, village.answers.end)
    assert done.state == "ready_for_export"
    assert await village.state(tree) == "ready_for_export"


async def test_what_many_report_is_hidden(village: Village) -> None:
    def reported(session: Session, names: tuple[str, ...]) -> None:
        for name in names:
            flag = FlagRow(person_id=village.people[name], message_id=reply, labels=["hate_speech"], at=village.now)
            report(session, flag)
        village.keeper.settle(session, tree, village.now)

    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    reply = await village.writes("ben", "Because of you know whom.", "assistant_reply")
    await village.store.write(lambda session: reported(session, ("ana", "cleo")))
    assert not (await village.message(reply)).deleted
    await village.store.write(lambda session: reported(session, ("dan",)))
    assert (await village.message(reply)).deleted
    assert await village.state(tree) == "growing"


async def test_a_tree_that_was_changed_from_outside_is_looked_at_again(village: Village) -> None:
    tree = await village.writes("ana", "Why is the sky blue?")

    def change(session: Session) -> None:
        session.get_one(TreeMessageRow, tree).deleted = True
        session.get_one(TreeRow, tree).stale = True

    await village.store.write(change)
    assert await village.store.write(lambda session: village.keeper.settle_stale(session, village.now)) == 1
    assert await village.state(tree) == "halted_by_moderator"
    assert await village.store.write(lambda session: village.keeper.settle_stale(session, village.now)) == 0


async def test_no_more_than_so_many_trees_grow_at_once(store: Database) -> None:
    village = Village(store, replace(QUIET, max_active_trees=1))
    await village.settle_in(*PEOPLE)
    trees = [await village.writes("ana", f"Question number {number}?") for number in range(2)]
    for name in ("ben", "cleo", "ben", "cleo"):
        await village.labels(name, "label_initial_prompt")
    assert sorted([await village.state(tree) for tree in trees]) == ["growing", "prompt_lottery_waiting"]


def imported(session: Session, tree_id: str, pair: bool = True) -> None:
    """Add a tree that was imported: a prompt with two answers of a model, or with one."""
    session.add(TreeRow(id=tree_id, lang="en", state="backlog_ranking", limits=asdict(PAIR), origin="file"))
    session.flush()
    for id in (tree_id, f"{tree_id}a", f"{tree_id}b")[: 3 if pair else 2]:
        reply = id != tree_id
        session.add(
            TreeMessageRow(
                id=id,
                tree_id=tree_id,
                parent_id=tree_id if reply else None,
                depth=int(reply),
                role="assistant" if reply else "prompter",
                lang="en",
                text=id,
                review_result=True,
                synthetic=True,
            )
        )
        session.flush()


async def test_an_imported_tree_waits_to_be_ranked(village: Village) -> None:
    await village.store.write(lambda session: imported(session, "t"))
    assert await village.store.write(lambda session: village.keeper.wake_backlog(session, "", "en", village.now))
    await village.ranks("ana", ("ta", "tb"))
    done = await village.ranks("ben", ("ta", "tb"))
    assert done.state == "ready_for_export"


async def test_agreement_is_counted_and_can_be_taken_back(village: Village) -> None:
    def counts(session: Session) -> dict[str, float]:
        return {name: number for name, number in points.counts_of(session, village.people["cleo"]).items() if number}

    tree = await village.writes("ana", "Why is the sky blue?")
    await village.labels("ben", "label_initial_prompt")
    done = await village.labels("cleo", "label_initial_prompt")
    assert await village.store.read(counts) == {"labels_full": 1, "label_agreed": 1}
    await village.undoes("cleo", done)
    assert await village.store.read(counts) == {}
    assert await village.state(tree) == "initial_prompt_review"
    await village.labels_this("cleo", done.task)
    assert await village.store.read(counts) == {"labels_full": 1, "label_agreed": 1}
    assert await village.state(tree) == "growing"


async def test_a_ranking_that_decided_can_be_taken_back(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=PAIR))
    await village.settle_in(*PEOPLE)
    tree = await grown(village)
    await village.ranks("dan", ("good", "bad"))
    done = await village.ranks("eva", ("good", "bad"))
    assert await village.state(tree) == "ready_for_export"
    await village.undoes("eva", done)
    assert await village.state(tree) == "ranking"

    def ranks(session: Session) -> list[int | None]:
        return list(session.exec(select(TreeMessageRow.rank).order_by(col(TreeMessageRow.id))).all())

    assert await store.read(ranks) == [None, None, None]


async def test_where_no_answer_is_ahead_one_more_ranks_them(store: Database) -> None:
    village = Village(store, replace(QUIET, limits=replace(PAIR, num_required_rankings=3, max_extra_rankings=2)))
    await village.settle_in(*PEOPLE, "finn", "gia")
    tree = await grown(village)
    await village.ranks("dan", ("good", "bad"))
    await village.ranks("eva", ("bad", "good"))
    for name in ("ana", "finn", "gia"):
        assert await village.state(tree) == "ranking"
        await village.ranks(name, ("good", "bad"))
    assert await village.state(tree) == "ready_for_export"


@pytest.mark.parametrize("said", ["none is good", "equally good"])
async def test_what_all_say_with_one_voice_needs_nobody_else(store: Database, said: str) -> None:
    village = Village(store, replace(QUIET, limits=replace(PAIR, num_required_rankings=3, max_extra_rankings=4)))
    await village.settle_in(*PEOPLE, "finn", "gia")
    tree = await grown(village)

    def answer(session: Session, mine: HeldTask) -> SubmittedTask:
        groups = [mine.task.shown] if said == "equally good" else []
        return village.answers.rank(session, mine, groups, not_rankable=not groups)

    for name in ("dan", "eva", "finn"):
        assert await village.state(tree) == "ranking"
        await village.answered(name, await village.gets(name, "rank_assistant_replies"), answer)
    assert await village.state(tree) == "ready_for_export"
    assert not any(open for *_, open in await village.items())


async def test_where_nobody_else_comes_it_is_decided_by_those_who_came(store: Database) -> None:
    village = Village(store, QUIET)
    await village.settle_in("ana", "ben", "cleo")
    tree = await village.writes("ana", "Is this spam?")
    await village.labels("ben", "label_initial_prompt", BAD)
    await village.labels("cleo", "label_initial_prompt")
    village.later(days=8)
    assert await village.store.write(lambda session: village.keeper.settle_waiting(session, village.now)) == tree
    assert await village.state(tree) == "aborted_low_grade"


async def test_where_everybody_has_left_trees_wait(village: Village) -> None:
    tree = await grown(village)
    await village.store.write(lambda session: setattr(session.get_one(TreeRow, tree), "state", "growing"))
    village.later(days=15)
    await village.store.write(lambda session: village.keeper.settle_waiting(session, village.now))
    assert await village.state(tree) == "growing"


async def test_one_change_wakes_few_trees_however_many_wait(village: Village) -> None:
    def wait(session: Session) -> None:
        for number in range(60):
            imported(session, f"t{number}")
            session.get_one(TreeRow, f"t{number}").state = "prompt_lottery_waiting"
        village.keeper.draw(session, "", "en", village.now)

    await village.store.write(wait)
    states = await village.store.read(lambda session: session.exec(select(TreeRow.state)).all())
    assert len([one for one in states if one != "prompt_lottery_waiting"]) == AT_ONCE
