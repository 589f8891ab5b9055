"""Gold items: their right labels are known. Newcomers learn on them, and everybody gets one now and then.

Some come with Parley. Others are messages of trees: chosen by a moderator, or by the agreement of their reviewers. Such
an item holds no text but looks it up, so that it ends when its message is deleted, erased or changed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from sqlmodel import Session, col, select

from core.errors import UserError
from core.labeling.rules import review_modes
from core.labeling.rules.vocabulary import FREE, TaskKind, TreeState, WorkKind
from core.labeling.service.review_decisions import needed_reviews
from core.store import labeling_queue as queue
from core.store.gold_queue import GOLD, gold_pool
from core.store.labeling_tables import ReviewRow, TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.private_conversations import keeps_out

AGREEING, UNCHOSEN = 3, 2
"""As many reviewers must agree on a gold item's message as its tree needs, up to `AGREEING`; and at least `UNCHOSEN` if
nobody chooses it.
"""

LOOKED_AT = 200
"""The number of newest messages that are searched for such agreement."""

DECIDED: Sequence[TreeState] = ("growing", "ranking", "ready_for_export")
"""States of trees in which some messages have been decided on."""

Turns = Sequence[Mapping[str, str]]
"""A conversation: each turn with its role and text."""


class GoldAnswer(Protocol):
    """An item whose labels are beyond doubt."""

    @property
    def kind(self) -> WorkKind: ...

    @property
    def id(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, float]: ...

    @property
    def why(self) -> str: ...

    def turns(self) -> list[dict[str, str]]:
        """Return the conversation, each turn with its role and text."""
        ...


@dataclass(frozen=True, slots=True)
class GoldItemRequest:
    """A request for a gold item: the right labels of a message, and the reason that is shown after the answer.

    `community_id` is the community whose people get it, empty for everybody on this installation.
    """

    message_id: str
    labels: Mapping[str, float]
    why: str
    community_id: str = ""


def plant(session: Session, lang: str, items: Iterable[GoldAnswer]) -> int:
    """Bring the queue up to date with a language's gold items. Returns how many are new.

    One that was removed from the queue stays removed.
    """
    new = 0
    for number, item in enumerate(items):
        gold: dict[str, Any] = {"conversation": item.turns(), "labels": dict(item.labels), "why": item.why}
        known = session.get(WorkItemRow, item.id)
        if known is None:
            session.add(
                WorkItemRow(
                    id=item.id, kind=item.kind, pool=GOLD, lang=lang, need=1, rnd=number / 1000, open=True, gold=gold
                )
            )
            new += 1
        elif known.gold != gold:
            known.gold = gold
    return new


def turns(session: Session, item: WorkItemRow) -> Turns:
    """Return the conversation of a gold item; empty if its message has been deleted, changed or made private since."""
    gold = item.gold or {}
    if "message" not in gold:
        kept: Turns = gold.get("conversation", ())
        return kept
    way = _way(session, gold["message"])
    if not way or any(message.deleted for message in way) or _seal(way[-1].text) != gold["seal"]:
        return ()
    if keeps_out(session, way[0].tree_id):
        return ()
    return [{"role": message.role, "text": message.text} for message in way]


def is_known(session: Session, item_id: str) -> bool:
    """Return whether a gold item still has its conversation; one that has lost it is removed."""
    item = session.get_one(WorkItemRow, item_id)
    if turns(session, item):
        return True
    item.open = False
    session.flush()
    return False


def add(session: Session, wish: GoldItemRequest) -> WorkItemRow:
    """Make a message of a tree a gold item, or change its gold item.

    Raises UserError if the message is gone or private, if the labels are not possible for it, or if they do not say
    whether it is spam.
    """
    message = session.get(TreeMessageRow, wish.message_id)
    if message is None or message.deleted or keeps_out(session, message.tree_id):
        raise UserError("mod-gone")
    kind = kind_of(message)
    if "spam" not in wish.labels or review_modes.fault(wish.labels, kind):
        raise UserError("gold-labels")
    pool = gold_pool(wish.community_id) if wish.community_id else GOLD
    id = item_id(pool, message.id)
    known = session.get(WorkItemRow, id)
    item = known or WorkItemRow(id=id, kind=kind, pool=pool, lang=message.lang, need=1, rnd=0.5)
    seal, labels = _seal(message.text), dict(wish.labels)
    item.open, item.gold = True, {"message": message.id, "seal": seal, "labels": labels, "why": wish.why}
    session.add(item)
    session.flush()
    queue.keep_away(session, {item.id: {one.person_id for one in _way(session, message.id) if one.person_id}})
    return item


def remove(session: Session, item_id: str, pools: Collection[str] | None = None) -> None:
    """Hand a gold item out no more; answers to it no longer count. `pools` are those that may be changed, None for all.

    Raises UserError if there is no such item there.
    """
    item = session.get(WorkItemRow, item_id)
    if item is None or item.gold is None or not item.open or (pools is not None and item.pool not in pools):
        raise UserError("gold-gone")
    item.open = False
    held = select(TaskRow).where(TaskRow.item_id == item_id, TaskRow.state == "leased")
    for task in session.exec(held).all():
        task.state = "skipped"
    session.flush()


def all_items(session: Session, pools: Collection[str] | None = None) -> Sequence[WorkItemRow]:
    """Return the gold items that are handed out, by language and kind. `pools` limits them, None for all."""
    found = select(WorkItemRow).where(WorkItemRow.open, col(WorkItemRow.pool).startswith(GOLD))
    if pools is not None:
        found = found.where(col(WorkItemRow.pool).in_(pools))
    ordered = found.order_by(col(WorkItemRow.lang), col(WorkItemRow.kind), col(WorkItemRow.id))
    return session.exec(ordered).all()


def langs_without(session: Session) -> Sequence[str]:
    """Return the languages in which people review although there is no gold item."""
    has = select(WorkItemRow.lang).where(WorkItemRow.open, WorkItemRow.pool == GOLD)
    reviewed = select(TreeRow.lang).where(col(TreeRow.lang).not_in(has)).distinct().order_by(col(TreeRow.lang))
    return session.exec(reviewed).all()


def from_agreement(
    session: Session, person_id: str, kind: TaskKind, langs: Sequence[str], pools: Sequence[str]
) -> WorkItemRow | None:
    """Turn a message on which its reviewers agree into a gold item, for a person who has no gold items left.

    It is one that the person has neither written nor reviewed. Returns None if there is none like that either.
    """
    theirs = set(session.exec(select(ReviewRow.message_id).where(ReviewRow.person_id == person_id)).all())
    for message, pool in _decided(session, langs, pools):
        mine = message.id in theirs or any(one.person_id == person_id for one in _way(session, message.id))
        if mine or kind_of(message) != kind or keeps_out(session, message.tree_id):
            continue
        if "spam" in (labels := agreed(session, message, UNCHOSEN)):
            return add(session, GoldItemRequest(message.id, labels, "", pool))
    return None


def candidates(
    session: Session, community_id: str, langs: Sequence[str], after: str = ""
) -> Iterator[tuple[TreeMessageRow, Mapping[str, float]]]:
    """Yield the messages that a community may turn into gold items, with the labels that their reviewers agree on.

    They are those on which the reviewers agree, newest first, except those that are one already. `after` is the message
    that was seen last.
    """
    pool = gold_pool(community_id)
    found = [message for message, _ in _decided(session, langs, ("", community_id))]
    ids = [message.id for message in found]
    for message in found[ids.index(after) + 1 if after in ids else 0 :]:
        known = session.get(WorkItemRow, item_id(pool, message.id))
        if (known is not None and known.open) or keeps_out(session, message.tree_id):
            continue
        if "spam" in (labels := agreed(session, message)):
            yield message, labels


def item_id(pool: str, message_id: str) -> str:
    """Return the id of the gold item that is made of a message."""
    return f"{pool}/{message_id}"


def _decided(session: Session, langs: Sequence[str], pools: Sequence[str]) -> Sequence[tuple[TreeMessageRow, str]]:
    """Return the newest messages on which reviewers have decided, each with its pool."""
    found = (
        select(TreeMessageRow, TreeRow.pool)
        .join(TreeRow, col(TreeRow.id) == col(TreeMessageRow.tree_id))
        .where(
            col(TreeRow.lang).in_(langs),
            col(TreeRow.pool).in_(pools),
            col(TreeRow.state).in_(DECIDED),
            col(TreeMessageRow.review_result).is_not(None),
            col(TreeMessageRow.deleted).is_(False),
        )
        .order_by(col(TreeRow.id).desc(), col(TreeMessageRow.id))
        .limit(LOOKED_AT)
    )
    return session.exec(found).all()


def agreed(session: Session, message: TreeMessageRow, least: int = 1) -> Mapping[str, float]:
    """Return the labels of a message on which enough reviewers agree, at least `least`, and nobody disagrees."""
    tree = session.get_one(TreeRow, message.tree_id)
    enough = max(least, min(AGREEING, needed_reviews(tree, message)))
    given = select(ReviewRow).where(ReviewRow.message_id == message.id, ReviewRow.mode != FREE)
    said: dict[str, list[float]] = {}
    for review in session.exec(given).all():
        for name, value in review_modes.stated(review.labels, review.mode, message.role).items():
            said.setdefault(name, []).append(value)
    return {name: values[0] for name, values in said.items() if len(values) >= enough and len(set(values)) == 1}


def kind_of(message: TreeMessageRow) -> WorkKind:
    """Return the kind of task in which a message is reviewed."""
    if message.parent_id is None:
        return "label_initial_prompt"
    return "label_assistant_reply" if message.role == "assistant" else "label_prompter_reply"


def _way(session: Session, message_id: str | None) -> Sequence[TreeMessageRow]:
    """Return the messages from the root to this one; none if it is gone."""
    found: list[TreeMessageRow] = []
    while message_id and (message := session.get(TreeMessageRow, message_id)):
        found.append(message)
        message_id = message.parent_id
    return found[::-1]


def _seal(text: str) -> str:
    """Tell one text from another without keeping it."""
    return sha256(text.encode()).hexdigest()[:16]
