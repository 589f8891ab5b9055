"""Decide on messages by their reviews, and count what a decision means for authors and reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.rules.tree import ReviewNeeds, judged
from core.labeling.rules.vocabulary import ACTIVE, FREE
from core.labeling.service.loaded_tree import LoadedTree, limits_of, relax
from core.labeling.service.reliability import VoteWeights, vote_weights
from core.labeling.service.work_credit import WorkAccount, credit
from core.store.labeling_tables import ReviewRow, TreeMessageRow, TreeRow


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """The decision on a message of a tree, and the reviews that it is based on."""

    tree: TreeRow
    message: TreeMessageRow
    reviews: Sequence[ReviewRow]


@dataclass(frozen=True, slots=True)
class ReviewDecisions:
    """Decides on the messages of a tree that have enough reviews (docs/reference/open-assistant.md 1.11)."""

    rules: LabelingRules

    def judge(self, session: Session, tree: LoadedTree) -> None:
        """Decide on every message that can be decided on now."""
        if tree.row.state not in ACTIVE:
            return
        undecided = {message.id: message for message in tree.messages if not message.review_result}
        reviews: dict[str, list[ReviewRow]] = {}
        found = select(ReviewRow).where(col(ReviewRow.message_id).in_(list(undecided)), col(ReviewRow.mode) != FREE)
        for review in session.scalars(found.order_by(col(ReviewRow.at), col(ReviewRow.person_id))):
            reviews.setdefault(review.message_id, []).append(review)
        weigh = vote_weights(session, self.rules, {one.person_id for given in reviews.values() for one in given})
        for message_id, given in reviews.items():
            _judge(session, tree, ReviewDecision(tree.row, undecided[message_id], given), weigh)
        for message_id in set(undecided) - set(reviews):
            message = undecided[message_id]
            message.review_count = 0
            if tree.left and not message.deleted and tree.left.is_passed_over(message):
                # It would wait for ever, and take the place of what people do want.
                message.review_result = False


def _judge(session: Session, tree: LoadedTree, open: ReviewDecision, weigh: VoteWeights) -> None:
    message, given, limits = open.message, open.reviews, tree.limits
    needs = ReviewNeeds(
        usual=usual_reviews(limits, message),
        threshold=threshold_of(limits, message),
        extra=min(message.extra, limits.max_extra_reviews),
        most_extra=limits.max_extra_reviews,
        reviewers=tree.left.reviewers(message) if tree.left else None,
    )
    verdict = judged([(one.labels, weigh(one.person_id)) for one in given], needs)
    accepted = {"accepted": True, "rejected": False}.get(verdict.review)
    if verdict.split:
        message.extra += 1
    if message.review_result is not None and accepted in (None, message.review_result):
        return
    if message.review_result is not None:
        # A late review reverses a decision.
        count_decision(session, ReviewDecision(open.tree, message, given[: message.review_count]), -1)
    message.review_result, message.review_count = accepted, len(given)
    if accepted is not None:
        relax(tree, _limit_for(message), len(given))
        count_decision(session, open)


def decided_by(session: Session, message: TreeMessageRow) -> Sequence[ReviewRow]:
    """Return the reviews that decided on a message.

    There are none while the message is undecided. Reviews that came after the decision do not count.
    """
    if message.review_result is None:
        return ()
    given = select(ReviewRow).where(col(ReviewRow.message_id) == message.id, col(ReviewRow.mode) != FREE)
    return session.scalars(given.order_by(col(ReviewRow.at), col(ReviewRow.person_id))).all()[: message.review_count]


def count_decision(session: Session, decision: ReviewDecision, sign: int = 1) -> None:
    """Count what a decision means for the author and the reviewers; a `sign` of -1 takes it back."""
    tree, message = decision.tree, decision.message
    threshold, accepted = threshold_of(limits_of(tree), message), bool(message.review_result)
    if accepted:
        name = "prompts_accepted" if message.parent_id is None else f"replies_{message.role}_accepted"
        credit(session, WorkAccount(message.person_id, message.community_id, tree.lang), {name: sign})
    for review in decision.reviews:
        bad = review.labels.get("spam", 0.0) + review.labels.get("lang_mismatch", 0.0)
        if (1 - bad > threshold) == accepted:
            credit(session, WorkAccount(review.person_id, message.community_id, tree.lang), {"label_agreed": sign})


def usual_reviews(limits: TreeLimits, message: TreeMessageRow) -> int:
    """Return how many reviews a message needs as long as there are enough people."""
    usual: int = getattr(limits, _limit_for(message))
    return usual


def needed_reviews(tree: TreeRow, message: TreeMessageRow) -> int:
    """Return with how few reviews a message of a tree could be decided on: as many as usual, or what was relaxed."""
    usual = usual_reviews(limits_of(tree), message)
    return min(usual, (tree.relaxed or {}).get(_limit_for(message), usual))


def _limit_for(message: TreeMessageRow) -> str:
    return "num_reviews_initial_prompt" if message.parent_id is None else "num_reviews_reply"


def threshold_of(limits: TreeLimits, message: TreeMessageRow) -> float:
    """Return the score above which a message is accepted."""
    root = message.parent_id is None
    return limits.acceptance_threshold_initial_prompt if root else limits.acceptance_threshold_reply
