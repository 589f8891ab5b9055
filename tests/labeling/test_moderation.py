"""Moderators' views and actions, in a village that works without a chat."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, col, func, select

from core.errors import UserError
from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.service import purge as purging
from core.labeling.service import suspicious_work as doubts
from core.labeling.service.message_reports import report
from core.labeling.service.moderation import TreeModerator
from core.labeling.service.moderation_cases import ModerationCase, WholeTree
from core.labeling.service.new_texts import CleanText
from core.labeling.service.purge import PurgeRequest, PurgeResult
from core.store import points
from core.store.engine.database import Database
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    ReviewRow,
    RevisionRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    WorkItemRow,
)
from core.store.tables import AuditRow
from tests.labeling.village import BAD, PAIR, Village

pytestmark = pytest.mark.above_the_store

T = TypeVar("T")
PEOPLE = ("ana", "ben", "cleo", "dan", "eva")
QUIET = LabelingRules(gold_every=0, p_activate_backlog_tree=0)
SHORT = replace(QUIET, limits=PAIR)


async def settled(store: Database, rules: LabelingRules = QUIET) -> Village:
    village = Village(store, rules)
    await village.settle_in(*PEOPLE)
    return village


def moderator(village: Village, **more: Any) -> TreeModerator:
    return TreeModerator(village.keeper, village.now, **{"who": "root", **more})


async def acts(village: Village, act: Callable[..., T], *given: Any) -> T:
    """A moderator at the terminal does something."""
    return await village.store.write(lambda session: act(moderator(village), session, *given))


async def grown(village: Village) -> tuple[str, str, str]:
    """A prompt of Ana's with replies of Ben's and Cleo's: a tree that grows."""
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    one = await village.writes("ben", "Rayleigh scattering.", "assistant_reply")
    two = await village.writes("cleo", "Because of the sea.", "assistant_reply")
    return tree, one, two


async def ranked(village: Village) -> tuple[str, str, str]:
    """The same tree, with its ranks."""
    tree, one, two = await grown(village)
    for name in ("dan", "eva", "ana", "dan"):
        await village.labels(name, "label_assistant_reply")
    for name in ("dan", "eva"):
        await village.ranks(name, ("Rayleigh scattering.", "Because of the sea."))
    assert await village.state(tree) == "ready_for_export"
    return tree, one, two


def waiting(by: TreeModerator, session: Session, *more: Any) -> Sequence[ModerationCase]:
    return by.cases.waiting(session, *more)


def case(by: TreeModerator, session: Session, message_id: str) -> ModerationCase:
    return by.cases.case(session, message_id)


def whole(by: TreeModerator, session: Session, message_id: str) -> WholeTree:
    return by.cases.whole(session, message_id)


async def reports(village: Village, message_id: str, *names: str, labels: tuple[str, ...] = ("spam",)) -> None:
    def unit(session: Session) -> None:
        for name in names:
            flag = FlagRow(person_id=village.people[name], message_id=message_id, labels=list(labels), at=village.now)
            report(session, flag)
        tree_id = session.get_one(TreeMessageRow, message_id).tree_id
        village.keeper.settle(session, tree_id, village.now)

    await village.store.write(unit)
    village.later(minutes=1)


async def handled(store: Database) -> list[str]:
    return list(await store.read(lambda session: session.exec(select(FlagRow.handled).order_by(col(FlagRow.at))).all()))


async def audit(store: Database) -> list[tuple[str, str, str]]:
    def unit(session: Session) -> list[tuple[str, str, str]]:
        rows = session.exec(select(AuditRow).order_by(col(AuditRow.id))).all()
        return [(row.action, row.subject, row.outcome) for row in rows]

    return await store.read(unit)


async def counts(village: Village, name: str) -> Mapping[str, float]:
    found = await village.store.read(lambda session: points.counts_of(session, village.people[name]))
    return {name: number for name, number in found.items() if number}


@pytest.mark.in_the_store
async def test_reports_wait_grouped_by_message_with_the_newest_last(store: Database) -> None:
    village = await settled(store)
    tree, one, two = await grown(village)
    await reports(village, two, "dan", labels=("pii",))
    await reports(village, one, "dan")
    await reports(village, two, "eva")
    cases = await acts(village, waiting)
    assert [case.message.id for case in cases] == [two, one]
    assert [flag.labels for flag in cases[0].flags] == [["pii"], ["spam"]]
    assert {cases[0].names[flag.person_id] for flag in cases[0].flags} == {"dan", "eva"}
    for after, left in (("", [two]), (two, [one]), (one, []), ("unknown", [two])):
        assert [case.message.id for case in await acts(village, waiting, 1, after)] == left
    await acts(village, TreeModerator.dismiss, two)
    assert [case.message.id for case in await acts(village, waiting, 20, two)] == [one]
    assert await handled(store) == ["dismissed", "", "dismissed"]


async def test_a_deleted_branch_comes_back_from_any_of_its_leaves(store: Database) -> None:
    village = await settled(store, replace(QUIET, limits=TreeLimits(max_children_count=1)))
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    one = await village.writes("ben", "Rayleigh scattering.", "assistant_reply")
    await village.accepts("label_assistant_reply", "cleo", "dan")
    two = await village.writes("dan", "What is that?", "prompter_reply")
    assert await acts(village, TreeModerator.delete, one) == 2
    assert await acts(village, TreeModerator.delete, one) == 0
    assert ("assistant_reply", True) in [(kind, open) for kind, *_, open in await village.items()]
    assert await acts(village, TreeModerator.restore, two) == 2
    assert [(await village.message(id)).deleted for id in (tree, one, two)] == [False] * 3
    assert await acts(village, TreeModerator.restore, two) == 0
    assert await audit(store) == [("moderate-delete", one, "root"), ("moderate-restore", two, "root")]


async def test_a_deleted_prompt_halts_its_tree_and_comes_back_with_it(store: Database) -> None:
    village = await settled(store)
    tree, *_ = await grown(village)
    await acts(village, TreeModerator.delete, tree)
    assert await village.state(tree) == "halted_by_moderator"
    assert not any(open for *_, open in await village.items())
    with pytest.raises(UserError, match="mod-prompt-deleted"):
        await acts(village, TreeModerator.reopen, tree)
    await acts(village, TreeModerator.restore, tree)
    assert await village.state(tree) == "growing"


async def test_a_prompt_that_waits_to_be_drawn_is_not_drawn_once_it_is_deleted(store: Database) -> None:
    village = await settled(store, replace(QUIET, max_active_trees=0))
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    assert await village.state(tree) == "prompt_lottery_waiting"
    await acts(village, TreeModerator.delete, tree)
    assert await village.state(tree) == "halted_by_moderator"
    await acts(village, TreeModerator.restore, tree)
    assert await village.state(tree) == "prompt_lottery_waiting"


async def test_what_many_reported_is_hidden_and_stays_once_a_moderator_has_put_it_back(store: Database) -> None:
    village = await settled(store)
    tree, one, _ = await grown(village)
    await reports(village, one, "ana", "dan", "eva")
    assert (await village.message(one)).deleted
    assert [case.message.id for case in await acts(village, waiting)] == [one]
    await acts(village, TreeModerator.restore, one)
    assert not (await village.message(one)).deleted
    assert await handled(store) == ["restored"] * 3
    assert await acts(village, waiting) == []


async def test_what_many_reported_can_be_confirmed(store: Database) -> None:
    village = await settled(store)
    _, one, _ = await grown(village)
    await reports(village, one, "ana", "dan", "eva")
    assert await acts(village, TreeModerator.delete, one) == 0
    assert await handled(store) == ["deleted"] * 3
    assert await audit(store) == [("moderate-delete", one, "root")]


async def test_the_ranks_of_a_finished_tree_follow(store: Database) -> None:
    village = await settled(store, SHORT)
    tree, one, two = await ranked(village)
    assert (await counts(village, "ben"))["best_first"] == 1
    await acts(village, TreeModerator.delete, one)
    assert await village.state(tree) == "ready_for_export"
    assert [(await village.message(id)).rank for id in (one, two)] == [None, None]
    assert "best_first" not in await counts(village, "ben")
    await acts(village, TreeModerator.restore, one)
    assert [(await village.message(id)).rank for id in (one, two)] == [0, 1]
    assert (await counts(village, "ben"))["best_first"] == 1


async def test_a_tree_is_halted_and_goes_on(store: Database) -> None:
    village = await settled(store, replace(QUIET, max_active_trees=1))
    tree, one, _ = await grown(village)
    other = await village.writes("ana", "Another question, which waits.")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    assert await village.state(other) == "prompt_lottery_waiting"
    assert await acts(village, TreeModerator.halt, one)
    assert [await village.state(id) for id in (tree, other)] == ["halted_by_moderator", "growing"]
    assert not await acts(village, TreeModerator.halt, one)
    assert await acts(village, TreeModerator.reopen, one) == "growing"
    with pytest.raises(UserError, match="mod-not-halted"):
        await acts(village, TreeModerator.reopen, one)


async def test_a_prompt_that_many_reported_goes_on_once_a_moderator_says_so(store: Database) -> None:
    village = await settled(store)
    tree, *_ = await grown(village)
    await reports(village, tree, "ben", "cleo", "dan")
    assert await village.state(tree) == "aborted_low_grade"
    assert await acts(village, TreeModerator.reopen, tree) == "growing"


async def test_a_tree_that_could_not_be_scored_is_scored_again(store: Database) -> None:
    village = await settled(store, SHORT)
    tree, *_ = await ranked(village)

    def fail(session: Session) -> None:
        session.get_one(TreeRow, tree).state = "scoring_failed"

    await store.write(fail)
    assert await acts(village, TreeModerator.reopen, tree) == "ready_for_export"


async def test_an_edit_keeps_what_was_said_before(store: Database) -> None:
    village = await settled(store)
    tree, one, _ = await grown(village)
    await reports(village, tree, "dan", labels=("pii",))
    for text in ("Why is it blue?", "Why is it green?", "Why is it green?"):
        await acts(village, TreeModerator.edit, tree, CleanText(text, f"digest of {text}", ["band"]))
    kept = await village.message(tree)
    assert (kept.text, kept.digest, kept.edited) == ("Why is it green?", "digest of Why is it green?", True)
    seen = await acts(village, whole, one)
    assert [message.id for message in seen.messages][:2] == [tree, one]
    assert [revision.before for revision in seen.history[tree]] == ["Why is the sky blue?", "Why is it blue?"]
    assert len(seen.reviews[tree]) == 2
    assert await store.read(lambda session: [row.band for row in session.exec(select(TextBandRow)).all()]) == ["band"]
    assert await handled(store) == ["edited"]
    with pytest.raises(UserError, match="mod-text-empty"):
        await acts(village, TreeModerator.edit, tree, CleanText(" "))


async def test_who_is_banned_holds_no_task_and_gets_none(store: Database) -> None:
    village = await settled(store)
    _, one, _ = await grown(village)
    await village.gets("dan", "label_assistant_reply")
    assert await acts(village, TreeModerator.ban, village.people["dan"])
    assert not await acts(village, TreeModerator.ban, village.people["dan"])
    assert {taken for _, _, taken, open in await village.items() if open} == {0}
    with pytest.raises(UserError, match="task-banned"):
        await village.asks("dan")
    assert await acts(village, TreeModerator.ban, village.people["dan"], False)
    await village.gets("dan", "label_assistant_reply")
    assert await acts(village, TreeModerator.ban_author, one)
    assert (await acts(village, case, one)).banned
    assert await acts(village, TreeModerator.unban_author, one)
    assert [action for action, *_ in await audit(store)] == [f"moderate-{verb}" for verb in ("ban", "unban") * 2]


async def test_a_community_moderates_its_own_trees_and_those_of_all(store: Database) -> None:
    village = await settled(store)
    tree, *_ = await grown(village)
    await reports(village, tree, "ben")

    async def seen(pool: str, *pools: str) -> int:
        def unit(session: Session) -> int:
            session.get_one(TreeRow, tree).pool = pool
            return len(moderator(village, pools=pools).cases.waiting(session))

        return await store.write(unit)

    assert [await seen("", "", "here"), await seen("here", "", "here"), await seen("there", "", "here")] == [1, 1, 0]
    for act in (
        TreeModerator.delete,
        case,
        TreeModerator.halt,
        whole,
        TreeModerator.ban_author,
    ):
        with pytest.raises(UserError, match="mod-gone"):
            await acts(village, partial(elsewhere, act), tree)
    with pytest.raises(UserError, match="mod-gone"):
        await acts(village, TreeModerator.dismiss, "nothing")


def elsewhere(act: Callable[..., object], moderator: TreeModerator, session: Session, message_id: str) -> None:
    """The same by a moderator of other trees."""
    act(replace(moderator, pools=("here",)), session, message_id)


async def purges(village: Village, name: str, **wish: Any) -> PurgeResult:
    """A purge that is rehearsed first: it does what the rehearsal announced, and the rehearsal changes nothing."""
    meant, by = PurgeRequest(village.people[name], **wish), moderator(village)
    rows = await village.store.read(everything)
    told = await purging.rehearse(village.store, by, meant)
    assert await village.store.read(everything) == rows
    assert await village.store.write(lambda session: purging.purge(session, by, meant)) == told
    return told


def everything(session: Session) -> list[Any]:
    tables = (TreeRow, TreeMessageRow, WorkItemRow, TaskRow, ReviewRow, LabelerRow, AuditRow)
    return [[row.model_dump() for row in session.exec(select(table)).all()] for table in tables]


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_a_purge_leaves_an_empty_message_where_others_have_replied(store: Database) -> None:
    village = await settled(store, SHORT)
    tree, one, _ = await ranked(village)
    await reports(village, tree, "dan")
    await acts(village, TreeModerator.edit, tree, CleanText("Why is it blue?"))
    told = await purges(village, "ana", ban=True)
    assert (told.removed, told.emptied) == (0, 1)
    assert told.before == {
        "messages": 3,
        "deleted messages": 0,
        "reviews": 6,
        "rankings": 2,
        "open reports": 0,
        "trees in ready_for_export": 1,
    }
    assert told.after == {
        **{name: number for name, number in told.before.items() if "trees" not in name},
        "messages": 2,
        "deleted messages": 1,
        "trees in halted_by_moderator": 1,
    }
    kept = await village.message(tree)
    assert (kept.text, kept.person_id, kept.deleted) == ("", None, True)
    assert await store.read(lambda session: session.exec(select(RevisionRow)).all()) == []
    assert (await village.message(one)).text == "Rayleigh scattering."
    assert {"prompts", "prompts_accepted"} & set(await counts(village, "ana")) == set()
    with pytest.raises(UserError, match="task-banned"):
        await village.asks("ana")
    with pytest.raises(UserError, match="mod-erased"):
        await acts(village, TreeModerator.restore, tree)
    with pytest.raises(UserError, match="mod-erased"):
        await acts(village, TreeModerator.edit, tree, CleanText("something else"))


@pytest.mark.slow
async def test_a_purge_takes_leaves_and_whole_trees_out(store: Database) -> None:
    village = await settled(store, SHORT)
    tree, _, two = await ranked(village)
    other = await village.writes("ben", "A prompt of my own.")
    told = await purges(village, "ben")
    assert (told.removed, told.emptied) == (2, 0)
    assert told.after["messages"] == told.before["messages"] - 2
    assert "trees in initial_prompt_review" not in told.after

    def left(session: Session) -> tuple[int, int]:
        numbers = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (TreeMessageRow, TreeRow)]
        return numbers[0], numbers[1]

    assert await store.read(left) == (2, 1)
    assert (await village.message(two)).rank is None
    assert await village.state(tree) == "ready_for_export"
    assert {"prompts", "replies_assistant", "best_first"} & set(await counts(village, "ben")) == set()
    assert await store.read(lambda session: session.get(TreeRow, other)) is None
    # Their reviews of others stay.
    assert "labels_full" in await counts(village, "ben")
    assert (await audit(store))[-1] == ("moderate-purge", village.people["ben"], "root")


async def test_a_purge_goes_from_the_leaves_up(store: Database) -> None:
    village = await settled(store, replace(QUIET, limits=TreeLimits(max_children_count=1)))
    tree = await village.writes("ana", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    reply = await village.writes("ben", "Rayleigh scattering.", "assistant_reply")
    await village.accepts("label_assistant_reply", "cleo", "dan")
    more = await village.writes("ana", "What is that?", "prompter_reply")
    told = await purges(village, "ana")
    assert (told.removed, told.emptied) == (1, 1)
    assert [(await village.message(id)).text for id in (tree, reply)] == ["", "Rayleigh scattering."]
    assert await store.read(lambda session: session.get(TreeMessageRow, more)) is None
    told = await purges(village, "ben")
    # Below it nothing is left; what it hangs on is not his.
    assert (told.removed, told.emptied) == (1, 0)


async def test_a_purge_of_some_days(store: Database) -> None:
    village = await settled(store)
    await village.writes("ana", "The first question of all.")
    village.later(days=2)
    second = await village.writes("ana", "Another question, two days later.")
    today = village.now.replace(hour=0)
    assert (await purges(village, "ana", since=today + timedelta(days=1))).removed == 0
    assert (await purges(village, "ana", until=today)).removed == 1
    assert (await village.message(second)).text


async def test_split_votes_are_shown_the_undecided_first(store: Database) -> None:
    village = await settled(store)
    closest = await village.writes("ana", "Is this spam?")
    for name, labels in (("ben", BAD), ("cleo", {"spam": 0.0}), ("dan", {"spam": 0.0}), ("eva", {"spam": 0.0})):
        await village.labels(name, "label_initial_prompt", labels)
    waiting = await village.writes("ana", "And is this?")
    for name, labels in (("ben", BAD), ("cleo", {"spam": 0.0})):
        await village.labels(name, "label_initial_prompt", labels)
    agreed = await village.writes("ana", "This one is fine.")
    await village.accepts("label_initial_prompt", "ben", "cleo")
    found = await store.read(doubts.splits)
    assert [one.message.id for one in found] == [waiting, closest]
    assert agreed not in [one.message.id for one in found]
    first, second = found
    assert (first.accept, first.reject, first.score, first.threshold, first.needed) == (1, 1, 0.5, 0.6, 3)
    assert (second.accept, second.reject, second.score, first.stuck, second.stuck) == (3, 1, 0.75, False, False)


async def test_a_message_that_stays_undecided_is_stuck(store: Database) -> None:
    village = await settled(store, replace(QUIET, trust_weights=True, limits=TreeLimits(max_extra_reviews=0)))

    def unreliable(session: Session) -> None:
        for name in ("ben", "cleo"):
            session.merge(LabelerRow(person_id=village.people[name], reliability=0.5, items=30))

    await store.write(unreliable)
    await village.writes("ana", "Is this spam?")
    for name, labels in (("ben", BAD), ("cleo", {"spam": 0.0})):
        # Somebody as unreliable as this gets nothing more: they had these before.
        await store.write(partial(set_items, person_id=village.people[name], items=0))
        await village.labels(name, "label_initial_prompt", labels)
        await store.write(partial(set_items, person_id=village.people[name], items=30))
    assert [(one.stuck, one.accept, one.reject) for one in await store.read(doubts.splits)] == [(True, 1, 1)]
    assert [one.person_id for one in await store.read(doubts.unreliable)] == sorted(
        village.people[name] for name in ("ben", "cleo")
    )


def set_items(session: Session, person_id: str, items: int) -> None:
    session.get_one(LabelerRow, person_id).items = items


@pytest.mark.in_the_store
async def test_the_troll_board(store: Database) -> None:
    village = await settled(store)
    spam = await village.writes("ana", "buy buy buy")
    for name in ("ben", "cleo"):
        await village.labels(name, "label_initial_prompt", {"spam": 1.0, "pii": 1.0, "toxicity": 0.5})
    await village.writes("ben", "Why is the sky blue?")
    await village.accepts("label_initial_prompt", "cleo", "dan")
    fine = await village.writes("cleo", "Because it reflects the sea.", "assistant_reply")
    await reports(village, spam, "dan", "eva")
    # What somebody's own filters held back, and what a moderator found nothing in, does not count.
    await reports(village, fine, "cleo", "dan")
    await acts(village, TreeModerator.dismiss, fine)
    await acts(village, TreeModerator.ban, village.people["ana"])
    (troll,) = await store.read(doubts.trolls)
    assert (troll.person_id, troll.score, troll.red_flags, troll.spam_prompts) == (village.people["ana"], 9, 2, 1)
    assert {name: number for name, number in troll.votes.items() if number} == {"pii": 2}
    assert (troll.means, troll.banned) == ({"toxicity": 0.5}, True)
