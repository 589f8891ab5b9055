"""Moves everything of a community to the new id that its platform has given it, in one unit of work.

The platform numbers the messages of the new place anew, so the former numbers would name others there: they are
forgotten. Something may have happened under the new id already; the two communities then become one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, update
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core.messages import EVENT, AnyEvent, Message, Place, at_new_place
from core.messages import Edit as EditEvent
from core.messages import Relocation as RelocationEvent
from core.store import identities
from core.store.gold_queue import gold_pool
from core.store.inbox import OPEN
from core.store.inbox_table import InboxRow
from core.store.lanes import home, place_lane
from core.store.plugin_tables import PluginCallRow
from core.store.schema import METADATA
from core.store.tables import ChoiceRow, CommunityRow, ConversationRow, PostRow

KEEPS_THE_NEWER = frozenset({"choice"})
"""The tables in which, of two rows for the same thing, the one under the new id counts: it was decided later."""

CHANNELS = ("channels", "always", "log_channel", "task_channel")
"""The settings that hold channels."""


def relocate(session: Session, former: Place, place: Place) -> bool:
    """Give everything of a community to its new place. Returns False if nothing was known under the former id."""
    _move_events(session, former, place)
    known, other = identities.known_community(session, former), identities.known_community(session, place)
    if known is None:
        return False
    _rename_channels(session, known, former, place)
    if other:
        _join(session, known, other)
    session.flush()
    moved = update(CommunityRow).where(col(CommunityRow.id) == known).values(platform_id=place.community)
    session.connection().execute(moved)
    session.expire_all()
    return True


def left_over(session: Session, event: RelocationEvent) -> Sequence[AnyEvent]:
    """Unfinished events of the former place's conversation that came before its move was reported."""
    move = session.get(InboxRow, event.key)
    if move is None:
        return ()
    # Its lane has the name of the new place once it has moved; its home never changes, since somebody leases it.
    lanes = [place_lane(replace(place, thread="")) for place in (event.former, event.place)]
    there = select(InboxRow).where(
        InboxRow.home == home(event.former), col(InboxRow.lane).in_(lanes), col(InboxRow.state).in_(OPEN)
    )
    before = col(InboxRow.received_at) < move.received_at if move.number is None else col(InboxRow.number) < move.number
    return [EVENT.validate_json(row.payload) for row in session.exec(there.where(before)).all()]


def _move_events(session: Session, former: Place, new: Place) -> None:
    """Let the events that are not done happen at the new place."""
    open_ones = select(InboxRow).where(col(InboxRow.state).in_(OPEN), InboxRow.platform == former.platform)
    for row in session.exec(open_ones).all():
        event = EVENT.validate_json(row.payload)
        moved = at_new_place(event.place, former, new)
        if moved == event.place or isinstance(event, RelocationEvent):
            continue
        # A question may have got a thread since it was said, and its lane with it.
        before, after = (place_lane(replace(place, thread="")) for place in (event.place, moved))
        row.lane = row.lane and row.lane.replace(before, after, 1)
        row.said = row.said and row.said.replace(before, after, 1)
        event = replace(event, place=moved)
        if isinstance(event, EditEvent) and event.question:
            event = replace(event, question=_moved(event.question, moved))
        row.payload = EVENT.dump_json(event).decode()
    calls = select(PluginCallRow).join(CommunityRow, col(CommunityRow.id) == col(PluginCallRow.community_id))
    for call in session.exec(calls.where(CommunityRow.platform == former.platform)).all():
        place = Place(**call.place)
        moved = at_new_place(place, former, new)
        if moved != place:
            call.place = {**call.place, "community": moved.community, "channel": moved.channel}
    session.flush()


def _moved(message: Message, place: Place) -> Message:
    return replace(message, place=place)


def _rename_channels(session: Session, community_id: str, former: Place, new: Place) -> None:
    for table in (ConversationRow, PostRow):
        renamed = update(table).where(col(table.community_id) == community_id, col(table.channel) == former.channel)
        # A conversation of the new place with the same thread is in the other community so far.
        session.connection().execute(renamed.values(channel=new.channel))
    settings = select(ChoiceRow).where(ChoiceRow.community_id == community_id, col(ChoiceRow.name).in_(CHANNELS))
    for row in session.exec(settings).all():
        row.value = ",".join(_renamed(one, former, new) for one in row.value.split(","))
    session.flush()
    session.expire_all()


def _renamed(channel: str, former: Place, new: Place) -> str:
    name, slash, thread = channel.partition("/")
    return f"{new.channel}{slash}{thread}" if name == former.channel else channel


def _join(session: Session, into: str, other: str) -> None:
    """Give everything of the community `other` to `into`, and delete it."""
    _join_conversations(session, into, other)
    _repoint(session, METADATA.tables["choice"].c.scope_id, other, into)
    for column in _references("community"):
        _repoint(session, column, other, into)
    for table in ("message_tree", "work_item", "task"):
        pool = METADATA.tables[table].c.pool
        _repoint(session, pool, other, into)
        _repoint(session, pool, gold_pool(other), gold_pool(into))
    session.connection().execute(delete(CommunityRow).where(col(CommunityRow.id) == other))


def _join_conversations(session: Session, into: str, other: str) -> None:
    """Put conversations in the same channel and thread together; the branch of the one used last goes on."""
    for second in session.exec(select(ConversationRow).where(ConversationRow.community_id == other)).all():
        place = Place(second.platform, "", second.channel, second.thread)
        first = identities.find_conversation(session, into, place)
        if first is None:
            continue
        if second.tail_id and second.used_at >= first.used_at:
            first.tail_id, first.used_at = second.tail_id, second.used_at
        first.title = first.title or second.title
        session.flush()
        _repoint(session, METADATA.tables["choice"].c.scope_id, second.id, first.id)
        for column in _references("conversation"):
            _repoint(session, column, second.id, first.id)
        session.connection().execute(delete(ConversationRow).where(col(ConversationRow.id) == second.id))
    session.expire_all()


def _references(table: str) -> list[Column[Any]]:
    """The columns that refer to the rows of a table, wherever they are."""
    return [
        column
        for one in METADATA.sorted_tables
        for column in one.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


def _repoint(session: Session, column: Column[Any], before: str, after: str) -> None:
    """Let a column name `after` in place of `before`; where that makes two rows of one key, they become one."""
    table, connection = column.table, session.connection()
    assert isinstance(table, Table)
    if column.primary_key:
        for row in connection.execute(plain_select(table).where(column == before)).mappings().all():
            _meet(session, table, dict(row), {**row, column.name: after})
    connection.execute(update(table).where(column == before).values({column.name: after}))


def _meet(session: Session, table: Table, row: dict[str, Any], moved: dict[str, Any]) -> None:
    """Make room for a moved row: of two rows with one key, one stays, or they are added up."""
    connection = session.connection()
    there = connection.execute(plain_select(table).where(_is(table, moved))).mappings().first()
    if there is None:
        return
    if table.name in KEEPS_THE_NEWER:
        connection.execute(delete(table).where(_is(table, moved)))
        return
    connection.execute(delete(table).where(_is(table, row)))
    if table.name == "tally":
        total = update(table).where(_is(table, moved)).values(value=there["value"] + row["value"])
        connection.execute(total)


def _is(table: Table, row: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))
