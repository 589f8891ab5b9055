"""What plugins keep, and the audit of what was done with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.store.tables import (
    Audit,
    Connection,
    InstalledPlugin,
    PluginCall,
    PluginPassage,
    PluginValue,
    PluginWord,
    SignIn,
    now,
)

VERSION = {"version", "source", "kind", "digest", "folder", "pinned", "manifest", "offers"}
"""The columns that say which version of a plugin runs."""


def value(session: Session, community_id: str, plugin: str, name: str) -> Any:
    """What a plugin keeps under a name in a community, None where there is nothing."""
    row = session.get(PluginValue, (community_id, plugin, name))
    return row.value if row else None


def keep(session: Session, community_id: str, plugin: str, name: str, given: Any) -> None:
    """Keep a value (anything that JSON can hold) in place of an earlier one; None takes it away."""
    row = session.get(PluginValue, (community_id, plugin, name))
    if given is None:
        if row:
            session.delete(row)
        return
    session.merge(PluginValue(community_id=community_id, plugin=plugin, name=name, value=given))


def names(session: Session, community_id: str, plugin: str, prefix: str = "") -> list[str]:
    """The names under which a plugin keeps something in a community, in alphabetical order."""
    found = select(PluginValue.name).where(PluginValue.community_id == community_id, PluginValue.plugin == plugin)
    return list(session.exec(found.where(col(PluginValue.name).startswith(prefix, autoescape=True)).order_by("name")))


def audit(
    session: Session, community_id: str, person_id: str | None, action: str, subject: str, outcome: str = ""
) -> None:
    """Note that somebody did something. No content goes in here."""
    row = Audit(community_id=community_id, person_id=person_id, action=action, subject=subject, outcome=outcome)
    session.add(row)


def installed(session: Session) -> Sequence[InstalledPlugin]:
    """The plugins that somebody installed, by name."""
    return session.exec(select(InstalledPlugin).order_by(InstalledPlugin.name)).all()


def changed(session: Session) -> str:
    """What changes whenever a plugin is installed, updated or removed."""
    found = session.exec(select(InstalledPlugin.name, InstalledPlugin.digest).order_by(InstalledPlugin.name)).all()
    return ",".join(f"{name}:{digest}" for name, digest in found)


def switch(session: Session, row: InstalledPlugin, *, keep: bool = True) -> None:
    """Let a version run from now on; with `keep` the one that ran before is what `back` goes back to."""
    earlier = session.get(InstalledPlugin, row.name)
    if earlier is None:
        session.add(row)
        return
    before = earlier.model_dump(mode="json", include=VERSION) if keep else earlier.previous
    for name in VERSION | {"community_id"}:
        setattr(earlier, name, getattr(row, name))
    earlier.previous = before
    earlier.changed_at = now()


def back(session: Session, name: str) -> str | None:
    """Let the version before run again; returns it, None where there is none."""
    row = session.get(InstalledPlugin, name)
    if row is None or row.previous is None:
        return None
    before, row.previous = row.previous, None
    for part in VERSION:
        setattr(row, part, before[part])
    row.changed_at = now()
    return row.version


def remove(session: Session, name: str) -> bool:
    """Forget a plugin, what it kept, and what it was still to do. Returns whether it was there."""
    row = session.get(InstalledPlugin, name)
    if row is None:
        return False
    session.delete(row)
    for table in (PluginValue, PluginCall, PluginWord, PluginPassage, SignIn, Connection):
        session.connection().execute(delete(table).where(col(table.plugin) == name))
    return True


def call_later(session: Session, call: PluginCall) -> None:
    """Keep a call that is still to come. One that is there already stays: it was planned before a crash."""
    if session.get(PluginCall, call.id) is None:
        session.add(call)


def take_call(session: Session, call_id: str) -> PluginCall | None:
    """A call that is still to come, None where it was made, taken back or forgotten."""
    return session.get(PluginCall, call_id)


def drop_call(session: Session, call_id: str) -> bool:
    """A call was made, or is taken back. Returns whether it was still to come."""
    row = session.get(PluginCall, call_id)
    if row:
        session.delete(row)
    return row is not None


def postpone(session: Session, call_id: str, due: datetime) -> None:
    """A call has failed, and is made again later."""
    row = session.get(PluginCall, call_id)
    if row:
        row.due, row.attempts = due, row.attempts + 1


def calls_of(session: Session, community_id: str, plugin: str) -> Sequence[PluginCall]:
    """A plugin's calls by the clock in a community, the next one first."""
    return session.exec(
        select(PluginCall)
        .where(PluginCall.community_id == community_id, PluginCall.plugin == plugin, col(PluginCall.due).is_not(None))
        .order_by(col(PluginCall.due))
    ).all()


def next_calls(session: Session, limit: int = 100) -> Sequence[PluginCall]:
    """The calls of all plugins that are due first."""
    return session.exec(
        select(PluginCall).where(col(PluginCall.due).is_not(None)).order_by(col(PluginCall.due)).limit(limit)
    ).all()


def forget_asked(session: Session, before: datetime) -> None:
    """Drop what waits for somebody's yes since before a time."""
    stale = delete(PluginCall).where(col(PluginCall.due).is_(None), col(PluginCall.created_at) < before)
    session.connection().execute(stale)


def forget_person(session: Session, person_id: str) -> None:
    """Drop a person's calls, and every value of a plugin with their id in its name."""
    session.connection().execute(delete(PluginCall).where(col(PluginCall.person_id) == person_id))
    session.connection().execute(delete(PluginValue).where(col(PluginValue.name).contains(person_id)))
