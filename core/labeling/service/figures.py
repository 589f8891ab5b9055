"""The figures of labeling: messages, trees, work done, agreement, and what is stuck, each by one indexed query.

They are read on the store's reader, so nobody who writes waits for them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, exists, func, not_, select
from sqlmodel import Session, col

from core.labeling.rules.agreement import LabelAgreement, RankerAgreement, ranker_agreement
from core.labeling.rules.vocabulary import BOTH, LABELS, PROMPTS, RANKS, REPLIES, MessageRole, TaskKind, TreeState
from core.labeling.service.labeling_activity import LabelingActivity
from core.labeling.service.stuck_work import StuckLanguage, stuck
from core.labeling.service.suspicious_work import agreements
from core.store.engine.database import take_time
from core.store.gold_queue import GOLD
from core.store.labeling_tables import DONE, RankingRow, TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import PersonRow

NEWEST = 5_000
"""From how many reviews, and from how many rankings, agreement is computed: the newest ones."""


LONGEST = 60
"""Seconds that one statement may take here: there may be millions of messages."""


@dataclass(slots=True)
class LanguageFigures:
    """What there is in a language: messages by role and by whether a model wrote them, trees by state, tasks by kind.

    Messages that were removed and practice tasks are left out.
    """

    messages: dict[tuple[MessageRole, bool], int] = field(default_factory=dict)
    trees: dict[TreeState, int] = field(default_factory=dict)
    tasks: dict[TaskKind, int] = field(default_factory=dict)

    @property
    def actions(self) -> Mapping[str, int]:
        """The contributions of people: the number of prompts, replies, labels and rankings."""
        both = self.tasks.get(BOTH, 0)
        sorts = (("prompts", PROMPTS), ("replies", REPLIES), ("labels", LABELS), ("rankings", RANKS))
        given = {name: sum(self.tasks.get(kind, 0) for kind in kinds) for name, kinds in sorts}
        return {**given, "replies": given["replies"] + both}


@dataclass(frozen=True, slots=True)
class LabelingFigures:
    """The figures of an installation, or of what one community sees; `agreed` people agree to the current terms.

    `finished` is how many complete trees people here have worked on; imported ones may have come complete.
    `reviewers` is how far reviewers agree, by language and label, `rankers` how far rankers do, by language. Languages
    with too little data for that are not in them.
    """

    agreed: int
    languages: Mapping[str, LanguageFigures]
    stuck: Sequence[StuckLanguage]
    reviewers: Sequence[tuple[str, str, LabelAgreement]]
    rankers: Mapping[str, RankerAgreement]
    finished: int

    @property
    def actions(self) -> Mapping[str, int]:
        """The contributions of people in all languages."""
        names = LanguageFigures().actions
        return {name: sum(one.actions[name] for one in self.languages.values()) for name in names}

    @property
    def actions_per_tree(self) -> float | None:
        """How much people have given for each tree that they finished; None as long as there is none."""
        return sum(self.actions.values()) / self.finished if self.finished else None


def figures(session: Session, terms: str, now: datetime, pools: Collection[str] | None = None) -> LabelingFigures:
    """Count everything, in these pools or in all; `terms` is the version of the current terms."""
    take_time(session, LONGEST)
    languages: defaultdict[str, LanguageFigures] = defaultdict(LanguageFigures)
    for lang, state, trees in session.execute(_trees(pools)).all():
        languages[lang].trees[state] = trees
    for lang, role, synthetic, messages in session.execute(_messages(pools)).all():
        languages[lang].messages[role, synthetic] = messages
    for lang, kind, tasks in session.execute(_tasks(pools)).all():
        languages[lang].tasks[kind] = tasks
    agreed = session.scalar(select(func.count()).where(col(PersonRow.terms) == terms)) or 0
    waiting = [one for one in stuck(session, LabelingActivity(), now) if pools is None or one.pool in pools]
    reviewers = agreements(session, NEWEST, pools)
    rankers, finished = _rankers(session, pools), session.scalar(_finished(pools)) or 0
    return LabelingFigures(agreed, dict(sorted(languages.items())), waiting, reviewers, rankers, finished)


def _trees(pools: Collection[str] | None) -> Any:
    lang, state = col(TreeRow.lang), col(TreeRow.state)
    return select(lang, state, func.count()).where(*_within(pools)).group_by(lang, state).order_by(lang, state)


def _finished(pools: Collection[str] | None) -> Any:
    worked = exists().where(col(WorkItemRow.tree_id) == col(TreeRow.id))
    return select(func.count(col(TreeRow.id))).where(col(TreeRow.state) == "ready_for_export", worked, *_within(pools))


def _messages(pools: Collection[str] | None) -> Any:
    by = (col(TreeRow.lang), col(TreeMessageRow.role), col(TreeMessageRow.synthetic))
    return (
        select(*by, func.count())
        .join(TreeMessageRow, col(TreeMessageRow.tree_id) == col(TreeRow.id))
        .where(col(TreeMessageRow.deleted).is_(False), *_within(pools))
        .group_by(*by)
    )


def _tasks(pools: Collection[str] | None) -> Any:
    lang, kind, pool = col(TaskRow.lang), col(TaskRow.kind), col(TaskRow.pool)
    here = not_(pool.startswith(GOLD)) if pools is None else pool.in_(pools)
    return select(lang, kind, func.count()).where(DONE, here).group_by(lang, kind)


def _rankers(session: Session, pools: Collection[str] | None) -> Mapping[str, RankerAgreement]:
    newest = (
        select(col(RankingRow.parent_id), col(TreeRow.lang), col(RankingRow.groups))
        .join(TreeMessageRow, col(TreeMessageRow.id) == col(RankingRow.parent_id))
        .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id))
        .where(col(RankingRow.not_rankable).is_(False), *_within(pools))
        .order_by(col(RankingRow.parent_id).desc())
        .limit(NEWEST)
    )
    ranked: defaultdict[str, list[list[list[list[str]]]]] = defaultdict(list)
    for (_, lang), rows in groupby(session.execute(newest), key=lambda row: (row[0], row[1])):
        ranked[lang].append([row[2] for row in rows])
    found = {lang: ranker_agreement(rankings) for lang, rankings in sorted(ranked.items())}
    return {lang: one for lang, one in found.items() if one and one.enough}


def _within(pools: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if pools is None else [col(TreeRow.pool).in_(pools)]
