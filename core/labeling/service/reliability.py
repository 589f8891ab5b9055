"""The nightly estimate of each labeler's reliability, from others' votes on the same items and from gold items."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules import annotator_model as trust
from core.labeling.rules.annotator_model import LabelVote
from core.labeling.service.tree_lifecycle import FREE
from core.ports.store import Store
from core.store.labeling_queue import GOLD
from core.store.labeling_tables import LabelerRow, ReviewRow, TaskRow, WorkItemRow

LOOKED_AT = 100_000
"""How many of the newest reviews are used: some thirty seconds of work in a thread of its own."""

WINDOW = timedelta(days=180)
PIECE = 500


@dataclass(frozen=True, slots=True)
class MessageVotes:
    """What people said about messages: "good" if a message may stay, else "bad". `gold` holds the known verdicts."""

    votes: list[LabelVote]
    gold: Mapping[str, str]


async def recompute(store: Store, now: datetime) -> Mapping[str, float]:
    """Estimate everybody's reliability anew and store it. Returns those who are doubtful, by their ids."""
    found = await store.read(lambda session: votes(session, now))
    estimated = await asyncio.to_thread(trust.estimate, found.votes, found.gold)
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
        if trust.doubtful(reliability, items[person])
    }


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
        col(WorkItemRow.open), col(WorkItemRow.pool) == GOLD
    )
    gold = {item: verdict(one["labels"]) for item, one in session.execute(known) if one}
    answered = select(col(TaskRow.person_id), col(TaskRow.item_id), col(TaskRow.answer)).where(
        col(TaskRow.item_id).in_(list(gold)), col(TaskRow.state) == "done"
    )
    found += [
        LabelVote(person, item, verdict(answer.get("labels", {}))) for person, item, answer in session.execute(answered)
    ]
    return MessageVotes(found, gold)


def verdict(labels: Mapping[str, float]) -> str:
    """Return whether labels let a message stay, by the rule that accepts it (docs/reference/open-assistant.md 1.11)."""
    return "bad" if labels.get("spam", 0.0) + labels.get("lang_mismatch", 0.0) >= 0.5 else "good"


def keep(session: Session, reliability: Mapping[str, float], items: Mapping[str, int]) -> None:
    """Store how reliable people are."""
    known = {
        one.person_id: one
        for one in session.scalars(select(LabelerRow).where(col(LabelerRow.person_id).in_(reliability)))
    }
    for person_id, value in reliability.items():
        labeler = known.get(person_id) or LabelerRow(person_id=person_id)
        labeler.reliability, labeler.items = value, items[person_id]
        session.add(labeler)
