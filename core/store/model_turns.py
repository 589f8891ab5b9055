"""Turns at a model that several processes share, on PostgreSQL: who has one, and who is next.

The order is that of `core.models.fair_queue.FairQueue`: tenants take turns, and so do the persons within a tenant.
Whatever changes it is done for one model at a time, and told to all processes: to whoever waits that it is their turn,
and to all how many hold and await one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import bindparam, select, text
from sqlmodel import Session, col

from core.store import leases
from core.store.engine.prepared import prepared
from core.store.engine.units import connection_of
from core.store.event_queue import CHANNEL, news, tell
from core.store.model_turn_table import ModelTurnRow

TURN, LINE = "turn", "line"
"""The subjects of what is told: that a turn has come, by its id; and how many hold one and wait at a model."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model with the number of its slots, of those that may wait, and the seconds for which a turn counts."""

    model: str
    slots: int
    waiting: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LineLength:
    """How many hold a turn, and how many wait for one."""

    held: int
    waiting: int


WaitingTurns = Sequence[tuple[str, str, str]]
"""Those that wait: tenant, mark of the person, and turn. Tenants stand in the order of the ring, and so do persons
within their tenant and the turns of each."""

_LOCK = prepared(
    text(
        "SELECT pg_advisory_xact_lock(hashtextextended(:model, 1)),"
        " set_config('idle_in_transaction_session_timeout', :silent, true)"
    ).bindparams(bindparam("model"), bindparam("silent"))
)

_COUNT = prepared(
    text(
        "WITH ended AS (DELETE FROM model_turn"
        " WHERE model = :model AND (until < statement_timestamp() OR id = :leaving) RETURNING id)"
        " SELECT count(*) FILTER (WHERE held), count(*) FILTER (WHERE NOT held), (SELECT count(*) FROM ended)"
        " FROM model_turn WHERE model = :model AND until >= statement_timestamp() AND id <> :leaving"
    ).bindparams(bindparam("model"), bindparam("leaving"))
)

_INSERT = prepared(
    text(
        "WITH given AS MATERIALIZED (SELECT nextval('model_turn_number') AS number, CAST(:model AS varchar) AS model,"
        " CAST(:tenant AS varchar) AS tenant, CAST(:asker AS varchar) AS asker),"
        " waiting AS (SELECT w.* FROM model_turn w, given"
        " WHERE w.model = given.model AND w.tenant = given.tenant AND NOT w.held)"
        " INSERT INTO model_turn (id, model, tenant, asker, number, tenant_since, asker_since, held, until)"
        " SELECT :id, model, tenant, asker, number,"
        " coalesce((SELECT min(tenant_since) FROM waiting), number),"
        " coalesce((SELECT min(asker_since) FROM waiting WHERE waiting.asker = given.asker), number),"
        " :held, clock_timestamp() + make_interval(secs => :seconds) FROM given"
        f" RETURNING pg_notify('{CHANNEL}', CAST(:news AS text))"
    )
)

# The next one is admitted and told; its tenant goes to the back of the ring, and so does its person within the tenant.
_ADMIT = prepared(
    text(
        "WITH next AS MATERIALIZED (SELECT id, tenant, asker FROM model_turn WHERE model = :model AND NOT held"
        " ORDER BY tenant_since, asker_since, number LIMIT 1),"
        " given AS MATERIALIZED (SELECT nextval('model_turn_number') AS number),"
        " back AS (UPDATE model_turn AS other SET tenant_since = given.number,"
        " asker_since = CASE WHEN other.asker = next.asker THEN given.number ELSE other.asker_since END"
        " FROM given, next WHERE other.model = :model AND NOT other.held AND other.tenant = next.tenant"
        " AND other.id <> next.id)"
        " UPDATE model_turn SET held = true FROM next WHERE model_turn.id = next.id"
        f" RETURNING pg_notify('{CHANNEL}', CAST(json_build_array('{TURN}', next.id) AS text))"
    ).bindparams(bindparam("model"))
)

_RENEW = text("UPDATE model_turn SET until = clock_timestamp() + make_interval(secs => :seconds) WHERE id = ANY(:ids)")


def enter(session: Session, line: ModelLine, turn: str, tenant: str, person: str) -> bool | None:
    """Come to a model with a new turn. Returns whether it is held at once; None if too many are waiting already."""
    _alone(session, line)
    now, changed = _admitted(session, line)
    held = now.held < line.slots
    if not held and now.waiting >= line.waiting:
        if changed:
            tell(session, LINE, _written(line, now))
        return None
    told = news(LINE, _written(line, LineLength(now.held + held, now.waiting + (not held))))
    whose = {"id": turn, "model": line.model, "tenant": tenant, "asker": _mark(person)}
    _INSERT.rows(session, {**whose, "held": held, "seconds": line.seconds, "news": told})
    return held


def leave(session: Session, line: ModelLine, turn: str) -> None:
    """End a turn, or give up the waiting for it: the next ones are admitted."""
    _alone(session, line)
    now, _ = _admitted(session, line, leaving=turn)
    tell(session, LINE, _written(line, now))


def renew(session: Session, line: ModelLine, turns: Collection[str]) -> Mapping[str, bool]:
    """Let turns count for longer, and admit whoever is next in place of those that have ended by themselves.

    Returns which turns there still are, and whether each is held.
    """
    _alone(session, line)
    connection_of(session).execute(_RENEW, {"seconds": line.seconds, "ids": list(turns)})
    now, changed = _admitted(session, line)
    if changed:
        tell(session, LINE, _written(line, now))
    found = select(col(ModelTurnRow.id), col(ModelTurnRow.held)).where(col(ModelTurnRow.id).in_(turns))
    return {row.id: row.held for row in session.execute(found)}


def order(session: Session, model: str) -> WaitingTurns:
    """Those that wait at a model, in the order of the ring."""
    waiting = (
        select(col(ModelTurnRow.tenant), col(ModelTurnRow.asker), col(ModelTurnRow.id))
        .where(col(ModelTurnRow.model) == model, col(ModelTurnRow.held).is_(False))
        .order_by(col(ModelTurnRow.tenant_since), col(ModelTurnRow.asker_since), col(ModelTurnRow.number))
    )
    return [(tenant, asker, id) for tenant, asker, id in session.execute(waiting)]


def told_of(about: str) -> tuple[str, LineLength]:
    """Read what is told on the subject LINE: the model, and how many are there. If nothing is told, no model."""
    held, waiting, model = (about or "0 0 ").split(" ", 2)
    return model, LineLength(int(held), int(waiting))


def _mark(person: str) -> str:
    """A hash that distinguishes the people of a tenant without identifying them."""
    return blake2b(person.encode(), digest_size=8).hexdigest()


def _alone(session: Session, line: ModelLine) -> None:
    """Let no other process change the line until this transaction ends."""
    _LOCK.rows(session, {"model": line.model, "silent": leases.silent()})


def _admitted(session: Session, line: ModelLine, leaving: str = "") -> tuple[LineLength, bool]:
    """Drop what counts no more, and admit the next ones. Returns how many are there then, and whether any changed."""
    (held, waiting, ended), *_ = _COUNT.rows(session, {"model": line.model, "leaving": leaving})
    before = held
    while held < line.slots and waiting:
        _ADMIT.rows(session, {"model": line.model})
        held, waiting = held + 1, waiting - 1
    return LineLength(held, waiting), bool(ended) or held > before


def _written(line: ModelLine, now: LineLength) -> str:
    """The content of a message on the subject LINE; `told_of` reads it."""
    return f"{now.held} {now.waiting} {line.model}"
