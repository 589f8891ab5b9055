"""The gold items in the labeling queue: which of them a person may be given, and given again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from core.labeling.rules.vocabulary import TaskKind
from core.store import labeling_statements as statements
from core.store.labeling_queue import TaskWish, planned_once, wished
from core.store.labeling_tables import TaskRow

GOLD = "gold"
"""The pool of gold items. Nobody claims from it: gold items have no slots and are always open.

A community's own gold items are in a pool of their own.
"""


def gold_pool(community_id: str) -> str:
    """The pool of a community's own gold items."""
    return f"{GOLD}:{community_id}"


@dataclass(frozen=True, slots=True)
class KnownGold:
    """The gold items of a kind and a language, as one person knows them.

    `had` is how many of them they have had. `fitting` are those that they may be given: new ones, or if there are none
    left, those that they did long enough ago.
    """

    had: int
    fitting: Sequence[str]


def gold_in(
    session: Session,
    person_id: str,
    kind: TaskKind,
    langs: Sequence[str],
    before: datetime,
    pools: Sequence[str] = (GOLD,),
) -> Mapping[str, KnownGold]:
    """The gold items of a kind, by language. What the person did `before` a time may be given again."""
    wishes = [TaskWish(kind, pool, lang) for lang in langs for pool in pools]
    values = {**wished(wishes), "_person": person_id}
    found: dict[str, list[tuple[str, bool, datetime | None]]] = {lang: [] for lang in langs}
    for number, item_id, had, done_at in planned_once(session).execute(statements.known_gold(len(wishes)), values):
        found[wishes[number].lang].append((item_id, bool(had), done_at))
    return {lang: _known(items, before) for lang, items in found.items()}


def _known(items: Sequence[tuple[str, bool, datetime | None]], before: datetime) -> KnownGold:
    new = [item_id for item_id, had, _ in items if not had]
    again = [item_id for item_id, _, done_at in items if done_at is not None and done_at < before]
    return KnownGold(sum(had for _, had, _ in items), new or again)


def make_way(session: Session, person_id: str, item_id: str) -> None:
    """Let an item be given to somebody again: what they answered earlier is kept without its place in the queue."""
    found = select(TaskRow).where(TaskRow.person_id == person_id, TaskRow.item_id == item_id)
    if (task := session.exec(found).one_or_none()) is not None:
        task.answer = replace(task.answer, labeling=replace(task.answer.labeling, item=item_id))
        task.item_id = None
        session.flush()


def answered(session: Session, item_ids: Collection[str], since: datetime) -> Sequence[tuple[str, str, TaskRow]]:
    """Who answered which gold item since a time, with their task; an item that was given again counts each time."""
    done = select(TaskRow).where(TaskRow.state == "done", col(TaskRow.done_at) >= since)
    tasks = session.exec(done.where(col(TaskRow.item_id).in_(item_ids))).all()
    earlier = session.exec(done.where(col(TaskRow.item_id).is_(None), TaskRow.pool == GOLD)).all()
    found = [(task.person_id, task.item_id or task.answer.labeling.item, task) for task in (*tasks, *earlier)]
    return [one for one in found if one[1] in item_ids]
