"""The tallies that must result from people's actions: reviews, rankings, and texts of trees."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlmodel import Session, col, select

from core.labeling.rules.ranking_consensus import WeightedRanking, consensus, kendall_tau
from core.labeling.service.loaded_tree import limits_of
from core.labeling.service.review_decisions import decided_by
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.labeling.service.work_credit import PLACES
from core.store.labeling_tables import RankingRow, ReviewRow, TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import MessageRow

Counted = tuple[tuple[str, str], float]
"""Something that counts: the person, the tally's name, and the amount."""

BEST = ("best_first", "best_second")


def summed(session: Session, keeper: TreeLifecycle) -> Mapping[tuple[str, str], float]:
    """Everything that counts, by person and name."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    trees = {tree.id: tree for tree in session.exec(select(TreeRow)).all()}
    messages = {message.id: message for message in session.exec(select(TreeMessageRow)).all()}
    for parts in (
        _written(session, messages),
        _judged(session),
        _ranked(session, messages),
        _decided(session, keeper, trees, messages),
        _agreed(session, trees, messages),
    ):
        for key, value in parts:
            sums[key] += value
    return sums


def _written(session: Session, messages: Mapping[str, TreeMessageRow]) -> Iterator[Counted]:
    """Texts and which of them were accepted; texts contributed from a chat count only as accepted."""
    for message in messages.values():
        if message.person_id is None:
            continue
        name = "prompts" if message.parent_id is None else f"replies_{message.role}"
        if session.get(MessageRow, message.id) is None:
            yield (message.person_id, name), 1.0
        if message.review_result:
            yield (message.person_id, f"{name}_accepted"), 1.0


def _judged(session: Session) -> Iterator[Counted]:
    for review in session.exec(select(ReviewRow)).all():
        yield (review.person_id, "labels_full" if review.mode == "whole" else "labels_simple"), 1.0
    golden = select(TaskRow).join(WorkItemRow, col(WorkItemRow.id) == col(TaskRow.item_id))
    for task in session.exec(golden.where(col(WorkItemRow.gold).is_not(None), TaskRow.state == "done")).all():
        if not task.answer.labeling.right:
            yield (task.person_id, "gold_failed"), 1.0


def _ranked(session: Session, messages: Mapping[str, TreeMessageRow]) -> Iterator[Counted]:
    for ranked in session.exec(select(RankingRow)).all():
        yield (ranked.person_id, "rankings"), 1.0
        best = [messages[group[0]].person_id for group in ranked.groups if len(group) == 1]
        for place, author in zip(PLACES, best, strict=False):
            if author and not ranked.not_rankable:
                yield (author, place), 1.0


def _decided(
    session: Session, keeper: TreeLifecycle, trees: Mapping[str, TreeRow], messages: Mapping[str, TreeMessageRow]
) -> Iterator[Counted]:
    """The people who agreed with the outcome of a message's reviews; later reviews are left out."""
    for message in messages.values():
        limits = limits_of(trees[message.tree_id])
        root = message.parent_id is None
        over = limits.acceptance_threshold_initial_prompt if root else limits.acceptance_threshold_reply
        for review in decided_by(session, message):
            bad = review.labels.get("spam", 0.0) + review.labels.get("lang_mismatch", 0.0)
            if (1 - bad > over) == message.review_result:
                yield (review.person_id, "label_agreed"), 1.0


def _agreed(
    session: Session, trees: Mapping[str, TreeRow], messages: Mapping[str, TreeMessageRow]
) -> Iterator[Counted]:
    """Points for authors and rankers from common rankings. A ranking that came after its tree was done is left out."""
    given: dict[str, list[RankingRow]] = defaultdict(list)
    for ranked in session.exec(select(RankingRow).order_by(col(RankingRow.at), col(RankingRow.person_id))).all():
        tree = trees[messages[ranked.parent_id].tree_id]
        if tree.state == "ready_for_export" and ranked.at <= tree.changed_at:
            given[ranked.parent_id].append(ranked)
    live = {message.id for message in messages.values() if message.review_result and not message.deleted}
    for rows in given.values():
        rankings = [WeightedRanking(_only(live, one.groups), not_rankable=one.not_rankable) for one in rows]
        common = consensus(rankings)
        if common is None:
            continue
        for row, ranking in zip(rows, rankings, strict=True):
            yield (row.person_id, "rank_agreement"), max(kendall_tau(ranking, common) or 0.0, 0.0)
        for name, group in zip(BEST, common.groups, strict=False):
            for author in (messages[id].person_id for id in group if len(common.groups) > 1):
                if author:
                    yield (author, name), 1.0


def _only(live: AbstractSet[str], groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The part of a ranking that counts: an answer may have been rejected after all."""
    return tuple(kept for group in groups if (kept := tuple(id for id in group if id in live)))
