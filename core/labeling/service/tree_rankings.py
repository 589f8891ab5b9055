"""Combine the rankings of a tree's answers, write the ranks, and count what they mean for authors and rankers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.labeling.rules import annotator_model
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.ranking_consensus import (
    RankingConsensus,
    WeightedRanking,
    consensus,
    is_decided,
    kendall_tau,
)
from core.labeling.rules.tree import MessageTree
from core.labeling.rules.vocabulary import TreeState
from core.labeling.service.loaded_tree import LoadedTree, load, node
from core.labeling.service.reliability import NEWCOMER, vote_weights
from core.labeling.service.work_credit import WorkAccount, credit
from core.store.labeling_tables import RankingRow, TreeRow

log = structlog.get_logger()

LEAD, ROUNDING = 3, 1e-9
"""How many people the best answer must be ahead of every other one by, or how many more must find all of them equally
good, or none good; until then one more ranking is asked for.

If one person in five ranks wrongly, a lead of two is wrong in one group of 17, and a lead of three in one of 65. This
is the gambler's ruin, 1 / (1 + (right / wrong) ** lead).
"""

NOTED: Mapping[int | None, str] = {0: "best_first", 1: "best_second"}
"""The statistic that is counted for the author of an answer, by its place."""


GivenRankings = Mapping[str, Sequence[tuple[str, WeightedRanking]]]
"""The rankings by people, each with its person, by the message whose replies they rank."""


@dataclass(frozen=True, slots=True)
class RankedReplies:
    """The rankings of the replies to one message, each with its person, and their consensus."""

    parent_id: str
    common: RankingConsensus
    rankings: Sequence[tuple[str, WeightedRanking]]


@dataclass(frozen=True, slots=True)
class TreeRankings:
    """Reads a tree's rankings, and writes the consensus that they lead to."""

    rules: LabelingRules

    def outline(self, session: Session, tree: LoadedTree) -> MessageTree:
        """Return the tree that the rules work on: its nodes with their reviews and rankings, as they are now."""
        ids = [message.id for message in tree.messages]
        found = select(col(RankingRow.parent_id), func.count()).where(col(RankingRow.parent_id).in_(ids))
        rankings: dict[str, int] = dict(session.execute(found.group_by(col(RankingRow.parent_id))).all())
        more = self._unclear(session, tree, rankings) if tree.row.state == "ranking" else {}
        nodes = (node(tree, message, rankings.get(message.id, 0), more.get(message.id, 0)) for message in tree.messages)
        return MessageTree(tree.row.state, tuple(nodes), tree.limits)

    def score(self, session: Session, tree: LoadedTree) -> TreeState:
        """Write the consensus ranks of all groups of answers (docs/reference/open-assistant.md 1.14).

        Returns the state that the tree has then.
        """
        try:
            ranked = self._ranked(session, tree)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # The stored rankings cannot be combined, but this tree must not hold up the others.
            log.exception("scoring_failed", tree=tree.row.id)
            return "scoring_failed"
        for replies in ranked:
            _write_ranks(session, tree, replies)
        return "ready_for_export"

    def unscore(self, session: Session, row: TreeRow) -> None:
        """Take back a tree's consensus ranks and what was counted for them, because a ranking is about to change.

        A ranking that was given after the tree was scored was never counted, so it is not taken back.
        """
        tree = load(session, row)
        for replies in self._ranked(session, tree, row.changed_at):
            _count_ranks(session, tree, replies, -1)
        for message in tree.messages:
            message.rank = None
        row.state = "ranking"

    def _unclear(self, session: Session, tree: LoadedTree, rankings: Mapping[str, int]) -> Mapping[str, int]:
        """Return how many extra rankings each parent needs: one at a time, until people agree by a lead of `LEAD`."""
        usual = tree.limits.num_required_rankings
        most = usual + tree.limits.max_extra_rankings
        split = {parent: number for parent, number in rankings.items() if usual <= number < most}
        if not split:
            return {}
        lead = LEAD * (annotator_model.weight(NEWCOMER) if self.rules.trust_weights else 1.0) - ROUNDING
        given = self._given(session, tree)
        decided = {parent for parent, rankings in given.items() if is_decided([one for _, one in rankings], lead)}
        return {parent: number + 1 - usual for parent, number in split.items() if parent not in decided}

    def _ranked(self, session: Session, tree: LoadedTree, until: datetime | None = None) -> Sequence[RankedReplies]:
        """Return the rankings up to a time and their consensus, for each message whose replies can be ordered."""
        given = self._given(session, tree, until)
        combined = ((parent, consensus([ranking for _, ranking in one])) for parent, one in given.items())
        return [RankedReplies(parent, common, given[parent]) for parent, common in combined if common]

    def _given(self, session: Session, tree: LoadedTree, until: datetime | None = None) -> GivenRankings:
        """Return the rankings up to a time by the message whose replies they rank."""
        counted = {message.id for message in tree.messages if message.review_result and not message.deleted}
        found = select(RankingRow).where(col(RankingRow.parent_id).in_([message.id for message in tree.messages]))
        if until:
            found = found.where(col(RankingRow.at) <= until)
        rows = session.scalars(found.order_by(col(RankingRow.at), col(RankingRow.person_id))).all()
        weigh = vote_weights(session, self.rules, {one.person_id for one in rows})
        given: dict[str, list[tuple[str, WeightedRanking]]] = {}
        for one in rows:
            groups = tuple(kept for group in one.groups if (kept := tuple(id for id in group if id in counted)))
            ranking = WeightedRanking(groups, weigh(one.person_id), one.not_rankable)
            given.setdefault(one.parent_id, []).append((one.person_id, ranking))
        return given


def _write_ranks(session: Session, tree: LoadedTree, ranked: RankedReplies) -> None:
    replies = tree.replies(ranked.parent_id)
    fresh = all(message.rank is None for message in replies)
    for message in replies:
        message.rank = ranked.common.rank(message.id)
    if fresh:
        _count_ranks(session, tree, ranked)


def _count_ranks(session: Session, tree: LoadedTree, ranked: RankedReplies, sign: int = 1) -> None:
    """Count what a consensus ranking means for authors and rankers; a `sign` of -1 takes it back."""
    common, parent = ranked.common, tree.message(ranked.parent_id)
    for message in tree.replies(ranked.parent_id):
        name = NOTED.get(common.rank(message.id) if len(common.groups) > 1 else None)
        if name:
            credit(session, WorkAccount(message.person_id, message.community_id, tree.row.lang), {name: sign})
    for person_id, ranking in ranked.rankings:
        tau = kendall_tau(ranking, common)
        if tau and tau > 0:
            account = WorkAccount(person_id, parent.community_id if parent else None, tree.row.lang)
            credit(session, account, {"rank_agreement": sign * tau})
