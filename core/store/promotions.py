"""Promotions: the models that answer in place of others, in all communities or in some."""

import hmac
import json
import secrets
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from core.store.promotion_tables import PromotionRow
from core.store.tables import AuditRow, CommunityRow, now

PROMOTED = "promoted"
"""The name of the choice that nobody makes: the models that were promoted where somebody speaks, the newest first."""

MOST_ASKED = 3
"""The number of newest promotions in force that are considered: one for some communities, one for all, and one in case
the files of these are gone.
"""

PROMOTE, ROLL_BACK = "promote", "rollback"
"""The actions in the audit."""

WIDENED = "widened"
"""Where the evidence of a promotion has what each widening rests on, the oldest first: when it was, in which share of
communities and how many chosen ones the promotion held until then, what was said and what the votes said.
"""


@dataclass(frozen=True, slots=True)
class PromotionReach:
    """The communities in which a promotion holds: a share of all of them, and those of these ids.

    Which ones make up a share follows from a hash with this key (hex), so that a larger share holds the smaller one.
    """

    share: float = 1.0
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    communities: tuple[str, ...] = ()

    @property
    def everybody(self) -> bool:
        return self.share >= 1

    def includes(self, community_id: str) -> bool:
        """Whether it holds in a community."""
        if self.everybody or community_id in self.communities:
            return True
        drawn = hmac.digest(bytes.fromhex(self.key), community_id.encode(), "sha256")
        return int.from_bytes(drawn[:8]) < self.share * 2**64

    def record(self) -> str:
        """It as it is stored."""
        return json.dumps(asdict(self))


@lru_cache(maxsize=64)
def reach(record: str) -> PromotionReach:
    """The reach that was stored. It is asked for with every message, and there are few."""
    found = json.loads(record)
    return PromotionReach(found["share"], found["key"], tuple(found["communities"]))


def reach_in_words(where: PromotionReach) -> str:
    """A reach in words."""
    if where.everybody:
        return "everywhere"
    named = len(where.communities)
    parts = (
        f"in {100 * where.share:.4g} % of the communities" if where.share else "",
        f"in {named} chosen {'community' if named == 1 else 'communities'}" if named else "",
    )
    return " and ".join(filter(None, parts))


def all_promotions(session: Session) -> Sequence[PromotionRow]:
    """All promotions, the oldest first."""
    return session.exec(select(PromotionRow).order_by(col(PromotionRow.number))).all()


def standing(session: Session, *, locked: bool = False) -> Sequence[PromotionRow]:
    """The promotions that have not been rolled back, the newest first. With `locked`, they stay as they are until the
    unit ends.
    """
    found = select(PromotionRow).where(col(PromotionRow.ended_at).is_(None))
    found = found.order_by(col(PromotionRow.number).desc())
    return session.exec(found.with_for_update() if locked else found).all()


def answering(rows: Sequence[PromotionRow], default: str, offered: Container[str]) -> str:
    """The model that answers where nobody has chosen one and no promotion holds that is not for all. `rows` are those
    that stand, the newest first. A model that is not `offered` any more is passed over, as it is in the chats.
    """
    everywhere = (one.candidate for one in rows[:MOST_ASKED] if reach(one.reach).everybody)
    return next((name for name in everywhere if name in offered), default)


def reached(session: Session, where: PromotionReach) -> tuple[int, int]:
    """In how many of the communities that there are a promotion holds, and how many there are."""
    ids = session.exec(select(CommunityRow.id)).all()
    return sum(map(where.includes, ids)), len(ids)


def begin(session: Session, promoted: PromotionRow, said: str) -> PromotionRow:
    """Let a model answer from now on. Its number is the next one, so of two at once, one has to look again. `said` goes
    into the audit.
    """
    last = session.exec(select(PromotionRow.number).order_by(col(PromotionRow.number).desc()).limit(1)).first()
    promoted.number = (last or 0) + 1
    session.add(promoted)
    session.add(AuditRow(action=PROMOTE, subject=promoted.candidate, outcome=said))
    session.flush()
    return promoted


def widen(session: Session, number: int, wider: PromotionRow, said: str) -> PromotionRow:
    """Let a promotion hold in more communities, as `wider` has it: with the ground for that, which is kept beside the
    first one, and with the figures of the week before in these communities.
    """
    kept, at = session.get_one(PromotionRow, number), now()
    before = reach(kept.reach)
    ground = {"because": wider.because, "evidence": wider.evidence}
    step = {"at": at.isoformat(), "share": before.share, "communities": len(before.communities), **ground}
    kept.evidence = {**kept.evidence, WIDENED: [*kept.evidence.get(WIDENED, ()), step]}
    kept.reach, kept.reached_at, kept.before = wider.reach, at, wider.before
    session.add(AuditRow(action=PROMOTE, subject=kept.candidate, outcome=said))
    session.flush()
    return kept


def end(session: Session, number: int, why: str, said: str, *, by_itself: bool = False) -> PromotionRow | None:
    """Roll a promotion back. Returns it as it is then, or None if it does not stand any more."""
    kept = session.get(PromotionRow, number, with_for_update=True)
    if kept is None or kept.ended_at is not None:
        return None
    kept.ended_at, kept.why, kept.by_itself = now(), why, by_itself
    session.add(AuditRow(action=ROLL_BACK, subject=kept.candidate, outcome=said))
    session.flush()
    return kept


def promoted_here(rows: Sequence[Sequence[Any]], community_id: str) -> str:
    """The models of promotions that hold in a community, one a line: from their candidates and reaches."""
    return "\n".join(candidate for candidate, reached in rows if reach(reached).includes(community_id))
