"""Which prompts may grow: how many are wanted, and the draw among those that wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import TreeState
from core.labeling.service.labeling_activity import LabelingActivity
from core.store.labeling_tables import TreeMessageRow, TreeRow

MONTH = timedelta(days=30)

RESERVE: tuple[TreeState, ...] = ("initial_prompt_review", "prompt_lottery_waiting")
"""States of prompts that do not grow yet."""


@dataclass(frozen=True, slots=True)
class PromptLottery:
    """Looks at the trees of a pool in a language (docs/reference/open-assistant.md 1.8). It changes nothing.

    As many trees grow at once as people are active, within the rules' bounds: with more, everybody's
    work would be spread over trees that nobody finishes.
    """

    rules: LabelingRules
    chance: Random
    activity: LabelingActivity

    def prompts_wanted(self, session: Session, pool: str, lang: str, now: datetime) -> int:
        """Return how many prompts are missing: one for each tree that may grow, and as many again in reserve."""
        rules, most = self.rules, self._most_growing(session, pool, lang, now)
        reviewed = _number(session, "initial_prompt_review", pool, lang, rules.max_initial_prompt_review)
        growing = _number(session, "growing", pool, lang, most)
        waiting = _number(session, "prompt_lottery_waiting", pool, lang, rules.max_prompt_lottery_waiting)
        free = most + max(most, rules.min_active_trees) - growing - reviewed - waiting
        room = min(rules.max_initial_prompt_review - reviewed, rules.max_prompt_lottery_waiting - waiting)
        return max(0, min(free, room))

    def lets_write(self, session: Session, pool: str, lang: str, person_id: str) -> bool:
        """Return whether so few of a person's prompts are in reserve that they may write another."""
        most = self.rules.max_prompts_per_author
        theirs = (
            select(col(TreeRow.id))
            .join(TreeMessageRow, col(TreeMessageRow.id) == col(TreeRow.id))
            .where(col(TreeRow.state).in_(RESERVE), col(TreeRow.pool) == pool, col(TreeRow.lang) == lang)
            .where(col(TreeMessageRow.person_id) == person_id)
            .limit(most)
            .subquery()
        )
        return session.scalars(select(func.count()).select_from(theirs)).one() < most

    def has_room(self, session: Session, pool: str, lang: str, now: datetime) -> bool:
        """Return whether another tree may grow."""
        most = self._most_growing(session, pool, lang, now)
        return _number(session, "growing", pool, lang, most) < most

    def _most_growing(self, session: Session, pool: str, lang: str, now: datetime) -> int:
        active = len(self.activity.of(session, pool, lang, now).people)
        return min(self.rules.max_active_trees, max(self.rules.min_active_trees, active))

    def wants_backlog(self, session: Session, pool: str, lang: str) -> bool:
        """Return whether an imported tree should be ranked now: if there are few to rank, or else by chance."""
        lacking = self.lacks_rankings(session, pool, lang)
        return lacking or self.chance.random() < self.rules.p_activate_backlog_tree

    def lacks_rankings(self, session: Session, pool: str, lang: str) -> bool:
        """Return whether so few trees are in ranking that an imported one should join them."""
        few = self.rules.min_active_rankings_per_lang
        return few > 0 and _number(session, "ranking", pool, lang, few) < few

    def first_of_backlog(self, session: Session, pool: str, lang: str) -> TreeRow | None:
        """Return the imported tree that is next to be ranked. One with nothing to compare goes on waiting.

        A later import may bring other answers to it.
        """
        one, other = aliased(TreeMessageRow), aliased(TreeMessageRow)
        pair = (
            exists()
            .where(col(one.tree_id) == col(TreeRow.id), col(one.deleted).is_(False))
            .where(col(other.parent_id) == col(one.parent_id), col(other.deleted).is_(False))
            .where(col(other.id) != col(one.id), col(other.review_result).is_(True))
        )
        found = _in_state("backlog_ranking", pool, lang).where(pair).limit(1)
        return session.scalars(found).first()

    def winner(self, session: Session, pool: str, lang: str, now: datetime) -> TreeRow | None:
        """Draw one of the waiting prompts.

        An author is drawn with a weight of 1 + the number of their replies that were ranked first in the last month.
        Then one of that author's prompts is drawn.
        """
        waiting = session.scalars(_in_state("prompt_lottery_waiting", pool, lang).limit(100)).all()
        if not waiting:
            return None
        roots = select(col(TreeMessageRow.id), col(TreeMessageRow.person_id)).where(
            col(TreeMessageRow.id).in_([row.id for row in waiting])
        )
        author = {tree_id: person_id or tree_id for tree_id, person_id in session.execute(roots)}
        by_author: dict[str, list[TreeRow]] = {}
        for row in waiting:
            by_author.setdefault(author.get(row.id, row.id), []).append(row)
        firsts = (
            select(col(TreeMessageRow.person_id), func.count())
            .where(col(TreeMessageRow.person_id).in_(list(by_author)), col(TreeMessageRow.rank) == 0)
            .where(col(TreeMessageRow.created_at) >= now - MONTH)
            .group_by(col(TreeMessageRow.person_id))
        )
        won: dict[str, int] = dict(session.execute(firsts).all())
        names = sorted(by_author)
        drawn = self.chance.choices(names, [1 + won.get(name, 0) for name in names])[0]
        return self.chance.choice(by_author[drawn])


def _number(session: Session, state: TreeState, pool: str, lang: str, most: int) -> int:
    """Return how many trees are in a state, counting no further than `most`."""
    some = _in_state(state, pool, lang).with_only_columns(col(TreeRow.id)).limit(most).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _in_state(state: TreeState, pool: str, lang: str) -> Any:
    return select(TreeRow).where(col(TreeRow.state) == state, col(TreeRow.pool) == pool, col(TreeRow.lang) == lang)
