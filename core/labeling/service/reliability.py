"""How reliable labelers are: the nightly estimate, from others' votes on the same items and from gold items.

Votes may be weighted by it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules import annotator_model
from core.labeling.rules.annotator_model import LabelVote
from core.labeling.rules.defaults import LabelingRules
from core.labeling.rules.vocabulary import FREE
from core.ports.store import Store
from core.store import gold_queue
from core.store.gold_queue import GOLD
from core.store.labeling_tables import LabelerRow, ReviewRow, WorkItemRow
from core.store.tables import PersonRow

LOOKED_AT = 100_000
"""How many of the newest reviews are used: some thirty seconds of work in a thread of its own."""

WINDOW = timedelta(days=180)
PIECE = 500
NEWCOMER = annotator_model.RIGHT / (annotator_model.RIGHT + annotator_model.WRONG)
"""The reliability of somebody of whom nothing is known yet."""

VoteWeights = Callable[[str], float]
"""Says how much a person's vote counts, by their id."""


@dataclass(frozen=True, slots=True)
class MessageVotes:
    """What people said about messages: "good" if a message may stay, else "bad". `gold` holds the known verdicts."""

    votes: list[LabelVote]
    gold: Mapping[str, str]


async def recompute(store: Store, now: datetime) -> Mapping[str, float]:
    """Estimate everybody's reliability anew and store it. Returns those who are doubtful, by their ids."""
    found = await store.read(lambda session: votes(session, now))
    estimated = await asyncio.to_thread(annotator_model.estimate, found.votes, found.gold)
    items: dict[str, int] = {}
    for vote in found.votes:
        items[vote.person] = items.get(vote.person, 0) + 1
    people = sorted(estimated.reliability)
    for start in range(0, len(people), PIECE):
        some = {person: estimated.reliability[person] for person in people[start : start + PIECE]}
        await store.write(partial(keep, reliability=some, items=items))
    return {
        person: reliability
        for person, reliability in estimated.reliability.items()
        if annotator_model.doubtful(reliability, items[person])
    }


def vote_weights(session: Session, rules: LabelingRules, people: Iterable[str]) -> VoteWeights:
    """Return how much the votes of some people count: all the same, unless the rules weight them by reliability."""
    if not rules.trust_weights:
        return lambda person_id: 1.0
    found = select(col(LabelerRow.person_id), col(LabelerRow.reliability)).where(
        col(LabelerRow.person_id).in_(list(people))
    )
    reliable: dict[str, float] = dict(session.execute(found).all())
    return lambda person_id: annotator_model.weight(reliable.get(person_id, NEWCOMER))


def votes(session: Session, now: datetime) -> MessageVotes:
    """Collect the newest reviews and the answers to gold items as votes."""
    newest = (
        select(col(ReviewRow.person_id), col(ReviewRow.message_id), col(ReviewRow.labels))
        .where(col(ReviewRow.mode) != FREE, col(ReviewRow.at) >= now - WINDOW)
        .order_by(col(ReviewRow.at).desc())
        .limit(LOOKED_AT)
    )
    found = [LabelVote(person, message, verdict(labels)) for person, message, labels in session.execute(newest)]
    known = select(col(WorkItemRow.id), col(WorkItemRow.gold)).where(
        col(WorkItemRow.open), col(WorkItemRow.pool).startswith(GOLD)
    )
    gold = {item: verdict(one["labels"]) for item, one in session.execute(known) if one}
    found += [
        LabelVote(person, item, verdict(task.answer.labeling.labels))
        for person, item, task in gold_queue.answered(session, gold, now - WINDOW)
    ]
    return MessageVotes(found, gold)


def verdict(labels: Mapping[str, float]) -> str:
    """Return whether labels let a message stay, by the rule that accepts it (docs/reference/open-assistant.md 1.11)."""
    return "bad" if labels.get("spam", 0.0) + labels.get("lang_mismatch", 0.0) >= 0.5 else "good"


def keep(session: Session, reliability: Mapping[str, float], items: Mapping[str, int]) -> None:
    """Store how reliable people are, but for those who have been forgotten or linked since they voted."""
    here = set(session.scalars(select(col(PersonRow.id)).where(col(PersonRow.id).in_(reliability))))
    known = {
        one.person_id: one
        for one in session.scalars(select(LabelerRow).where(col(LabelerRow.person_id).in_(reliability)))
    }
    for person_id in here:
        labeler = known.get(person_id) or LabelerRow(person_id=person_id)
        labeler.reliability, labeler.items = reliability[person_id], items[person_id]
        session.add(labeler)
