"""core.labeling.rules.tree: a tree's needs and its next states; no tree gets stuck."""

from collections.abc import Iterator
from dataclasses import replace
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labeling.rules.defaults import OPEN_ASSISTANT_TREES, TREE_PROFILES, TreeLimits
from core.labeling.rules.tree import (
    MessageTree,
    ReviewNeeds,
    TreeNode,
    WantedWork,
    following,
    judged,
    wanted,
)
from core.labeling.rules.vocabulary import TERMINAL, WAITING, ReviewResult, TreeState

ROOT = TreeNode("q", None, "prompter", "accepted", reviews=2)


def tree(state: TreeState, *nodes: TreeNode, limits: TreeLimits | None = None) -> MessageTree:
    return MessageTree(state, (ROOT, *nodes), limits or TreeLimits())


def answer(id: str, parent: str = "q", **more: object) -> TreeNode:
    return replace(TreeNode(id, parent, "assistant", "accepted"), **more)  # type: ignore[arg-type]


def question(id: str, parent: str, **more: object) -> TreeNode:
    return replace(TreeNode(id, parent, "prompter", "accepted"), **more)  # type: ignore[arg-type]


def test_a_new_prompt_wants_reviews_and_then_waits_for_the_lottery() -> None:
    fresh = MessageTree("initial_prompt_review", (TreeNode("q", None, "prompter"),), OPEN_ASSISTANT_TREES)
    assert wanted(fresh) == [WantedWork("label_initial_prompt", "q", 3)]
    assert following(fresh) == "initial_prompt_review"
    assert following(replace(fresh, nodes=(ROOT,))) == "prompt_lottery_waiting"
    assert following(replace(fresh, nodes=(replace(ROOT, review="rejected"),))) == "aborted_low_grade"
    assert following(replace(fresh, nodes=(replace(ROOT, deleted=True),))) == "halted_by_moderator"


def test_a_growing_tree_wants_answers_questions_and_reviews() -> None:
    grown = tree("growing", answer("a"), answer("b", review="waiting", reviews=1))
    assert wanted(grown) == [WantedWork("label_assistant_reply", "b", 1), WantedWork("prompter_reply", "a", 1)]
    # Both places under the question are taken while the second answer may still be accepted.
    rejected = tree("growing", answer("a"), answer("b", review="rejected"))
    assert WantedWork("assistant_reply", "q", 1) in wanted(rejected)


def test_a_parent_whose_children_were_all_rejected_is_offered_again() -> None:
    dead = tree("growing", answer("a", review="rejected"), answer("b", deleted=True))
    assert wanted(dead) == [WantedWork("assistant_reply", "q", 2)]
    assert following(dead) == "growing"


def test_what_hangs_on_a_rejected_reply_is_lost_with_it() -> None:
    cut = tree("growing", answer("a", review="rejected"), question("c", "a"), answer("d", "c", review="waiting"))
    assert [node.id for node in cut.reachable] == ["q"]
    assert [one.message_id for one in wanted(cut)] == ["q"]


def test_no_tree_grows_beyond_its_goal_or_its_depth() -> None:
    limits = TreeLimits(goal_tree_size=4, max_tree_depth=2)
    full = tree("growing", answer("a"), answer("b"), question("c", "a"), limits=limits)
    assert wanted(full) == []
    assert following(full) == "ranking"
    deep = tree("growing", answer("a"), question("c", "a"), limits=replace(limits, goal_tree_size=9))
    assert [one.message_id for one in wanted(deep)] == ["q"]


def test_no_further_question_ends_a_branch_and_the_tree_goes_on() -> None:
    limits = TreeLimits(max_children_count=1)
    ended = tree("growing", answer("a", ended=True), limits=limits)
    assert wanted(ended) == []
    # Nothing can be ranked in it either, so it is done.
    assert following(ended) == "ready_for_scoring"


def test_ranking_wants_each_group_and_then_is_over() -> None:
    ranking = tree("ranking", answer("a"), answer("b"), question("c", "a"), answer("d", "c"), answer("e", "c"))
    assert wanted(ranking) == [
        WantedWork("rank_assistant_replies", "q", 3),
        WantedWork("rank_assistant_replies", "c", 3),
    ]
    half = replace(ranking, nodes=(replace(ROOT, rankings=3), *ranking.nodes[1:]))
    assert [one.message_id for one in wanted(half)] == ["c"]
    done = tuple(replace(node, rankings=3) for node in ranking.nodes)
    assert following(replace(ranking, nodes=done)) == "ready_for_scoring"


def test_a_tree_without_anything_to_rank_does_not_wait() -> None:
    assert following(tree("ranking", answer("a"))) == "ready_for_scoring"


LIMITS = st.builds(
    TreeLimits,
    max_tree_depth=st.integers(1, 4),
    max_children_count=st.integers(1, 3),
    num_prompter_replies=st.integers(1, 2),
    goal_tree_size=st.integers(1, 12),
    num_reviews_initial_prompt=st.integers(1, 3),
    num_reviews_reply=st.integers(1, 3),
    num_required_rankings=st.integers(1, 3),
    rank_prompter_replies=st.booleans(),
)
ENDINGS = st.lists(st.sampled_from(["good", "good", "good", "bad", "delete", "end"]), max_size=400)


@given(LIMITS, ENDINGS, st.randoms(use_true_random=False))
def test_no_tree_gets_stuck(limits: TreeLimits, endings: list[str], dice: object) -> None:
    """Whatever people do, a tree that is not done has work for somebody, and it is done after some of it."""
    import random

    assert isinstance(dice, random.Random)
    at = MessageTree("initial_prompt_review", (TreeNode("n0", None, "prompter"),), limits)
    for step in range(500):
        at = replace(at, state=following(at))
        if at.state == "prompt_lottery_waiting":
            at = replace(at, state="growing")
            continue
        if at.state in TERMINAL or at.state == "ready_for_scoring":
            return
        work = wanted(at)
        assert work, at
        at = done(at, dice.choice(list(work)), endings[step] if step < len(endings) else "good")
    raise AssertionError("it never ends")


def done(at: MessageTree, work: WantedWork, how: str) -> MessageTree:
    """The tree after somebody has done something for it."""
    target = next(node for node in at.nodes if node.id == work.message_id)
    if how == "delete" and target.parent_id is not None:
        return changed(at, replace(target, deleted=True))
    if work.kind.startswith("label"):
        reviews = target.reviews + 1
        needed = at.limits.num_reviews_reply if target.parent_id else at.limits.num_reviews_initial_prompt
        verdict: ReviewResult = "waiting" if reviews < needed else "rejected" if how == "bad" else "accepted"
        return changed(at, replace(target, reviews=reviews, review=verdict))
    if work.kind.startswith("rank"):
        return changed(at, replace(target, rankings=target.rankings + 1))
    if how == "end" and work.kind == "prompter_reply":
        return changed(at, replace(target, ended=True))
    role = "assistant" if work.kind == "assistant_reply" else "prompter"
    return replace(at, nodes=(*at.nodes, TreeNode(f"n{len(at.nodes)}", target.id, role)))  # type: ignore[arg-type]


def changed(at: MessageTree, node: TreeNode) -> MessageTree:
    return replace(at, nodes=tuple(node if one.id == node.id else one for one in at.nodes))


# Every state that a small tree can get into: whatever people, moderators, the model and /forgetme do to it.

CLOSED: tuple[TreeState, ...] = ("halted_by_moderator", "aborted_low_grade")
TAKES_REPLIES: tuple[TreeState, ...] = ("growing", "ranking", "ready_for_export")
MOST_NODES = 4

Seen = tuple[MessageTree, bool]
"""A tree, and whether the lottery has drawn it."""


def settled(at: MessageTree) -> MessageTree:
    """The tree once what follows by itself has followed, ranks included."""
    state = following(at)
    return replace(at, state="ready_for_export" if state == "ready_for_scoring" else state)


def by_people(at: MessageTree) -> Iterator[MessageTree]:
    """The states that a tree can reach if people do what it needs, the best first."""
    for work in wanted(at):
        target = node_of(at, work.message_id)
        if work.kind.startswith("label"):
            usual = at.limits.num_reviews_reply if target.parent_id else at.limits.num_reviews_initial_prompt
            more = replace(target, reviews=target.reviews + 1)
            if more.reviews < usual + target.extra:
                yield changed(at, more)
                continue
            yield changed(at, replace(more, review="accepted"))
            yield changed(at, replace(more, review="rejected"))
            # The votes of people with no trust decide nothing.
            yield changed(at, replace(more, reviews=usual + target.extra))
            if target.extra < at.limits.max_extra_reviews:
                yield changed(at, replace(more, extra=target.extra + 1))
        elif work.kind.startswith("rank"):
            yield changed(at, replace(target, rankings=target.rankings + 1))
        else:
            yield with_child(at, target)
            if work.kind == "prompter_reply":
                yield changed(at, replace(target, ended=True))


def by_others(at: MessageTree) -> Iterator[MessageTree]:
    """Other events: deletions and their reversal, late replies, answers of the model, forgotten people."""
    # A group that changes is ranked again.
    going = replace(at, state="ranking") if at.state == "ready_for_export" else at
    for node in at.nodes:
        if not node.deleted:
            gone = below(at, node.id)
            yield replace(going, nodes=tuple(replace(n, deleted=n.deleted or n.id in gone) for n in at.nodes))
        else:
            back = above(at, node.id)
            yield replace(going, nodes=tuple(replace(n, deleted=n.deleted and n.id not in back) for n in at.nodes))
        if node.review == "waiting" and node.reviews:
            yield changed(at, replace(node, reviews=0))
        if node.rankings and at.state == "ranking":
            yield changed(at, replace(node, rankings=0))
        if node.accepted and at.state in TAKES_REPLIES:
            yield with_child(at, node)
    for work in wanted(at):
        if work.kind == "assistant_reply":
            yield with_child(at, node_of(at, work.message_id), review="accepted", synthetic=True)
    yield replace(at, state="halted_by_moderator")


def following_all(seen: Seen) -> Iterator[Seen]:
    """Every next state of a tree that is small enough to be looked at."""
    at, drawn = seen
    if at.state == "prompt_lottery_waiting":
        yield settled(replace(at, state="growing")), True
    for after in (*by_people(at), *by_others(at)):
        reopened: TreeState = "growing" if drawn else "initial_prompt_review"
        restored = at.state in CLOSED and at.root.deleted and not after.root.deleted
        yield settled(replace(after, state=reopened) if restored else after), drawn
    if at.state in CLOSED and not at.root.deleted:
        yield settled(replace(at, state="growing" if drawn else "initial_prompt_review")), drawn


def with_child(at: MessageTree, parent: TreeNode, **more: object) -> MessageTree:
    role = "assistant" if parent.role == "prompter" else "prompter"
    child = TreeNode(f"{parent.id}.{len(at.nodes)}", parent.id, role, **more)  # type: ignore[arg-type]
    return replace(at, nodes=(*at.nodes, child))


def node_of(at: MessageTree, id: str) -> TreeNode:
    return next(node for node in at.nodes if node.id == id)


def below(at: MessageTree, id: str) -> set[str]:
    """A message and all that hangs on it."""
    gone = {id}
    for node in at.nodes:
        if node.parent_id in gone:
            gone.add(node.id)
    return gone


def above(at: MessageTree, id: str) -> set[str]:
    """A message and all that it hangs on."""
    found = {id}
    while parent := node_of(at, id).parent_id:
        found.add(id := parent)
    return found


def named(at: MessageTree) -> MessageTree:
    """The same tree with names by its shape, so that two that differ in nothing that counts are one."""
    children: dict[str, list[tuple[Any, ...]]] = {}
    for node in reversed(at.nodes):
        decided = node.review != "waiting"
        counts = (0, 0) if decided else (node.reviews, node.extra)
        values = (node.role, node.review, node.deleted, *counts, node.rankings, node.ended, node.synthetic)
        children.setdefault(node.parent_id or "", []).append((values, sorted(children.get(node.id, ()))))
    nodes: list[TreeNode] = []

    def add(shape: tuple[Any, ...], parent_id: str | None) -> None:
        id = f"n{len(nodes)}"
        nodes.append(TreeNode(id, parent_id, *shape[0]))
        for child in shape[1]:
            add(child, id)

    add(children[""][0], None)
    return replace(at, nodes=tuple(nodes))


SMALLEST = TreeLimits(
    max_tree_depth=2,
    max_children_count=2,
    goal_tree_size=3,
    num_reviews_initial_prompt=1,
    num_reviews_reply=1,
    num_required_rankings=1,
    max_extra_reviews=1,
)
SEARCHED = {
    "wide": replace(SMALLEST, max_extra_reviews=0),
    "deep": replace(SMALLEST, max_children_count=1, max_tree_depth=3, goal_tree_size=4),
    "both ranked": replace(SMALLEST, num_prompter_replies=2, rank_prompter_replies=True, max_extra_reviews=0),
}


def beginnings(limits: TreeLimits) -> Iterator[Seen]:
    """A new prompt, a bad answer that wants a better one, a conversation from a chat, and an imported tree."""
    prompt = TreeNode("n0", None, "prompter")
    asked = replace(prompt, review="accepted")
    bad = TreeNode("n1", "n0", "assistant", synthetic=True)
    yield MessageTree("initial_prompt_review", (prompt,), limits), False
    yield MessageTree("growing", (asked, bad), limits), True
    yield MessageTree("initial_prompt_review", (prompt, bad, TreeNode("n2", "n1", "prompter")), limits), False
    answers = tuple(TreeNode(f"n{n}", "n0", "assistant", "accepted", synthetic=True) for n in (1, 2))
    yield MessageTree("ranking", (asked, *answers), replace(limits, goal_tree_size=0)), False


def reached(limits: TreeLimits) -> set[Seen]:
    """All states that trees with such limits get into, as long as they are small."""
    waiting = [(named(settled(at)), drawn) for at, drawn in beginnings(limits)]
    seen = set(waiting)
    while waiting:
        for at, drawn in following_all(waiting.pop()):
            if len(at.nodes) > MOST_NODES:
                continue
            after = (named(at), drawn)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


@pytest.mark.sweep
@pytest.mark.parametrize("limits", SEARCHED.values(), ids=SEARCHED)
def test_no_state_is_one_that_a_tree_cannot_leave(limits: TreeLimits) -> None:
    """All are searched: each is an end, waits for the lottery, or wants work of people by which it comes to an end."""
    states = reached(limits)
    assert {at.state for at, _ in states} >= {"growing", "ranking", "ready_for_export", *CLOSED}
    ends: set[MessageTree] = set()
    for at, drawn in states:
        way: list[MessageTree] = []
        while at.state not in TERMINAL and at not in ends:
            assert len(way) < 50, way
            way.append(at)
            if at.state == "prompt_lottery_waiting":
                at = named(settled(replace(at, state="growing")))
                continue
            work = wanted(at)
            assert work, (at, drawn)
            assert all(one.need > 0 for one in work), (at, drawn)
            at = named(settled(next(by_people(at))))
        ends.update(way)


@pytest.mark.parametrize("state", sorted(TERMINAL | WAITING))
def test_nothing_happens_to_a_tree_that_is_done_or_waits(state: TreeState) -> None:
    still = tree(state, answer("a"), answer("b", review="waiting"))
    assert following(still) == state
    assert not wanted(still)


VOTES = [
    # Three votes at threshold 0.6, as Open Assistant: one bad one is forgiven, two are not.
    (("", "", ""), "accepted", False),
    (("s", "", ""), "accepted", False),
    (("s", "s", ""), "rejected", False),
    (("s", "l", ""), "rejected", False),
    (("", ""), "waiting", False),
]


@pytest.mark.parametrize(("votes", "review", "split"), VOTES)
def test_reviews_come_to_what_open_assistant_came_to(votes: tuple[str, ...], review: str, split: bool) -> None:
    found = judged([labels(vote) for vote in votes], ReviewNeeds(3, 0.6, 0, 0))
    assert (found.review, found.split) == (review, split)


def test_a_split_vote_asks_for_one_more_and_not_for_ever() -> None:
    votes = [labels("s"), labels(""), labels("")]
    first = judged(votes, ReviewNeeds(3, 0.6, 0, 2))
    assert (first.review, first.split) == ("waiting", True)
    assert judged(votes, ReviewNeeds(3, 0.6, 1, 2)).split is False
    # Of two against two, one more could not make an acceptance.
    assert judged([*votes, labels("s")], ReviewNeeds(3, 0.6, 1, 2)).review == "rejected"
    # Of one against three, one more could still make a rejection; and then it is over.
    assert judged([*votes, labels("")], ReviewNeeds(3, 0.6, 1, 2)).split
    assert judged([*votes, labels(""), labels("")], ReviewNeeds(3, 0.6, 2, 2)).review == "accepted"
    # If nobody else can be asked, the existing votes decide.
    assert judged(votes, ReviewNeeds(3, 0.6, 0, 0)).review == "accepted"


def test_weights_count_and_nobody_is_no_verdict() -> None:
    trusted = ({"spam": 1.0}, 2.0)
    assert judged([trusted, labels(""), labels("")], ReviewNeeds(3, 0.6, 0, 0)).review == "rejected"
    assert judged([], ReviewNeeds(0, 0.6, 0, 0)).review == "waiting"
    nobodys = ({"spam": 0.0}, 0.0)
    assert judged([nobodys], ReviewNeeds(1, 0.6, 0, 0)).review == "waiting"
    assert judged([nobodys], ReviewNeeds(1, 0.6, 0, 0, reviewers=1)).review == "waiting"
    # If nobody else is there, votes without any weight decide.
    assert judged([nobodys], ReviewNeeds(1, 0.6, 0, 0, reviewers=0)).review == "accepted"
    assert judged([], ReviewNeeds(1, 0.6, 0, 0, reviewers=0)).review == "waiting"


def test_the_profiles() -> None:
    assert TREE_PROFILES["open-assistant"].goal_tree_size == 12
    assert TREE_PROFILES["small"].goal_tree_size < 12


def labels(vote: str) -> tuple[dict[str, float], float]:
    return {"spam": float(vote == "s"), "lang_mismatch": float(vote == "l")}, 1.0


@pytest.mark.parametrize("state", ["growing", "ranking"])
def test_the_largest_imported_tree_takes_no_time_for_each_pair_of_messages(state: TreeState) -> None:
    """A tree is settled in a transaction for which everybody waits."""
    replies = [TreeNode(f"r{number}", "q", "assistant", "accepted") for number in range(10_000)]
    large = tree(state, *replies, limits=TreeLimits(goal_tree_size=20_000))
    begun = thread_time()
    assert following(large) == state
    assert wanted(large)
    assert thread_time() - begun < 2
