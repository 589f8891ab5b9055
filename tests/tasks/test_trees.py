"""core.tasks.trees: what a tree needs, where it goes, and that none gets stuck."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tasks.trees import (
    OPEN_ASSISTANT,
    PROFILES,
    TERMINAL,
    WAITING,
    Limits,
    Node,
    Review,
    State,
    Tree,
    Wanted,
    following,
    judged,
    wanted,
)

ROOT = Node("q", None, "prompter", "accepted", reviews=2)


def tree(state: State, *nodes: Node, limits: Limits | None = None) -> Tree:
    return Tree(state, (ROOT, *nodes), limits or Limits())


def answer(id: str, parent: str = "q", **more: object) -> Node:
    return replace(Node(id, parent, "assistant", "accepted"), **more)  # type: ignore[arg-type]


def question(id: str, parent: str, **more: object) -> Node:
    return replace(Node(id, parent, "prompter", "accepted"), **more)  # type: ignore[arg-type]


def test_a_new_prompt_wants_reviews_and_then_waits_for_the_lottery() -> None:
    fresh = Tree("initial_prompt_review", (Node("q", None, "prompter"),), OPEN_ASSISTANT)
    assert wanted(fresh) == [Wanted("label_initial_prompt", "q", 3)]
    assert following(fresh) == "initial_prompt_review"
    assert following(replace(fresh, nodes=(ROOT,))) == "prompt_lottery_waiting"
    assert following(replace(fresh, nodes=(replace(ROOT, review="rejected"),))) == "aborted_low_grade"
    assert following(replace(fresh, nodes=(replace(ROOT, deleted=True),))) == "halted_by_moderator"


def test_a_growing_tree_wants_answers_questions_and_reviews() -> None:
    grown = tree("growing", answer("a"), answer("b", review="waiting", reviews=1))
    assert wanted(grown) == [Wanted("label_assistant_reply", "b", 1), Wanted("prompter_reply", "a", 1)]
    # Both places under the question are taken while the second answer may still be accepted.
    rejected = tree("growing", answer("a"), answer("b", review="rejected"))
    assert Wanted("assistant_reply", "q", 1) in wanted(rejected)


def test_a_parent_whose_children_were_all_rejected_is_offered_again() -> None:
    dead = tree("growing", answer("a", review="rejected"), answer("b", deleted=True))
    assert wanted(dead) == [Wanted("assistant_reply", "q", 2)]
    assert following(dead) == "growing"


def test_what_hangs_on_a_rejected_reply_is_lost_with_it() -> None:
    cut = tree("growing", answer("a", review="rejected"), question("c", "a"), answer("d", "c", review="waiting"))
    assert [node.id for node in cut.reachable] == ["q"]
    assert [one.message_id for one in wanted(cut)] == ["q"]


def test_no_tree_grows_beyond_its_goal_or_its_depth() -> None:
    limits = Limits(goal_tree_size=4, max_tree_depth=2)
    full = tree("growing", answer("a"), answer("b"), question("c", "a"), limits=limits)
    assert wanted(full) == []
    assert following(full) == "ranking"
    deep = tree("growing", answer("a"), question("c", "a"), limits=replace(limits, goal_tree_size=9))
    assert [one.message_id for one in wanted(deep)] == ["q"]


def test_no_further_question_ends_a_branch_and_the_tree_goes_on() -> None:
    limits = Limits(max_children_count=1)
    ended = tree("growing", answer("a", ended=True), limits=limits)
    assert wanted(ended) == []
    # Nothing can be ranked in it either, so it is done.
    assert following(ended) == "ready_for_scoring"


def test_ranking_wants_each_group_and_then_is_over() -> None:
    ranking = tree("ranking", answer("a"), answer("b"), question("c", "a"), answer("d", "c"), answer("e", "c"))
    assert wanted(ranking) == [Wanted("rank_assistant_replies", "q", 2), Wanted("rank_assistant_replies", "c", 2)]
    half = replace(ranking, nodes=(replace(ROOT, rankings=2), *ranking.nodes[1:]))
    assert [one.message_id for one in wanted(half)] == ["c"]
    done = tuple(replace(node, rankings=2) for node in ranking.nodes)
    assert following(replace(ranking, nodes=done)) == "ready_for_scoring"


def test_a_tree_without_anything_to_rank_does_not_wait() -> None:
    assert following(tree("ranking", answer("a"))) == "ready_for_scoring"


LIMITS = st.builds(
    Limits,
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


@settings(max_examples=100, deadline=None)
@given(LIMITS, ENDINGS, st.randoms(use_true_random=False))
def test_no_tree_gets_stuck(limits: Limits, endings: list[str], dice: object) -> None:
    """Whatever people do, a tree that is not done has work for somebody, and it is done after some of it."""
    import random

    assert isinstance(dice, random.Random)
    at = Tree("initial_prompt_review", (Node("n0", None, "prompter"),), limits)
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


def done(at: Tree, work: Wanted, how: str) -> Tree:
    """The tree after somebody has done something for it."""
    target = next(node for node in at.nodes if node.id == work.message_id)
    if how == "delete" and target.parent_id is not None:
        return changed(at, replace(target, deleted=True))
    if work.kind.startswith("label"):
        reviews = target.reviews + 1
        needed = at.limits.num_reviews_reply if target.parent_id else at.limits.num_reviews_initial_prompt
        verdict: Review = "waiting" if reviews < needed else "rejected" if how == "bad" else "accepted"
        return changed(at, replace(target, reviews=reviews, review=verdict))
    if work.kind.startswith("rank"):
        return changed(at, replace(target, rankings=target.rankings + 1))
    if how == "end" and work.kind == "prompter_reply":
        return changed(at, replace(target, ended=True))
    role = "assistant" if work.kind == "assistant_reply" else "prompter"
    return replace(at, nodes=(*at.nodes, Node(f"n{len(at.nodes)}", target.id, role)))  # type: ignore[arg-type]


def changed(at: Tree, node: Node) -> Tree:
    return replace(at, nodes=tuple(node if one.id == node.id else one for one in at.nodes))


@pytest.mark.parametrize("state", sorted(TERMINAL | WAITING))
def test_nothing_happens_to_a_tree_that_is_done_or_waits(state: State) -> None:
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
    found = judged([labels(vote) for vote in votes], 3, 0.6, 0, 0)
    assert (found.review, found.split) == (review, split)


def test_a_split_vote_asks_for_one_more_and_not_for_ever() -> None:
    votes = [labels("s"), labels(""), labels("")]
    first = judged(votes, 3, 0.6, 0, 2)
    assert (first.review, first.split) == ("waiting", True)
    assert judged(votes, 3, 0.6, 1, 2).split is False
    # Of two against two, one more could not make an acceptance.
    assert judged([*votes, labels("s")], 3, 0.6, 1, 2).review == "rejected"
    # Of one against three, one more could still make a rejection; and then it is over.
    assert judged([*votes, labels("")], 3, 0.6, 1, 2).split
    assert judged([*votes, labels(""), labels("")], 3, 0.6, 2, 2).review == "accepted"
    # Where nobody else is to be asked, what there is decides.
    assert judged(votes, 3, 0.6, 0, 0).review == "accepted"


def test_weights_count_and_nobody_is_no_verdict() -> None:
    trusted = ({"spam": 1.0}, 2.0)
    assert judged([trusted, labels(""), labels("")], 3, 0.6, 0, 0).review == "rejected"
    assert judged([], 0, 0.6, 0, 0).review == "waiting"
    assert judged([({"spam": 0.0}, 0.0)], 1, 0.6, 0, 0).review == "waiting"


def test_the_profiles() -> None:
    assert PROFILES["open-assistant"].goal_tree_size == 12
    assert PROFILES["small"].goal_tree_size < 12


def labels(vote: str) -> tuple[dict[str, float], float]:
    return {"spam": float(vote == "s"), "lang_mismatch": float(vote == "l")}, 1.0
