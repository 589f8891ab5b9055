"""Stores the values, pending calls and versions of plugins, and the audit of what was done with them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, delete, func
from sqlmodel import Session, col, select

from core.store import plugin_secrets
from core.store.plugin_tables import (
    AllowedHostRow,
    ConnectionRow,
    InstalledPluginRow,
    PluginCallRow,
    PluginPassageRow,
    PluginValueRow,
    PluginWordRow,
    SignInRow,
)
from core.store.tables import AuditRow, ChoiceRow, CommunityRow, now

VERSION = {"version", "source", "kind", "digest", "folder", "pinned", "manifest", "offers", "origin"}
"""The columns that say which version of a plugin runs."""


def value(session: Session, community_id: str, plugin: str, name: str) -> Any:
    """The value that a plugin keeps under a name in a community, or None."""
    row = session.get(PluginValueRow, (community_id, plugin, name))
    return row.value if row else None


def keep(session: Session, community_id: str, plugin: str, name: str, given: Any) -> None:
    """Keep a value (anything that JSON can hold) in place of an earlier one; None deletes it."""
    row = session.get(PluginValueRow, (community_id, plugin, name))
    if given is None:
        if row:
            session.delete(row)
        return
    session.merge(PluginValueRow(community_id=community_id, plugin=plugin, name=name, value=given))


def names(session: Session, community_id: str, plugin: str, prefix: str = "") -> list[str]:
    """The names of the values that a plugin keeps in a community, in alphabetical order."""
    found = select(PluginValueRow.name).where(
        PluginValueRow.community_id == community_id, PluginValueRow.plugin == plugin
    )
    return list(
        session.exec(found.where(col(PluginValueRow.name).startswith(prefix, autoescape=True)).order_by("name"))
    )


def hold(session: Session, community_id: str) -> None:
    """Keep other units from counting a community's values until this one is done; two could claim the same room.

    SQLite needs no lock, since it has a single writer. Rows that refer to the community can still be written meanwhile.
    """
    session.exec(select(CommunityRow.id).where(CommunityRow.id == community_id).with_for_update(key_share=True)).one()


def count_values(session: Session, community_id: str, plugin: str) -> int:
    """The number of values that a plugin keeps in a community."""
    ours = (PluginValueRow.community_id == community_id, PluginValueRow.plugin == plugin)
    return session.exec(select(func.count()).select_from(PluginValueRow).where(*ours)).one()


def size_of_values(session: Session, community_id: str, plugin: str) -> int:
    """The size of all values of a plugin in a community, in characters of JSON."""
    ours = (PluginValueRow.community_id == community_id, PluginValueRow.plugin == plugin)
    size = func.coalesce(func.sum(func.length(cast(col(PluginValueRow.value), Text))), 0)
    return int(session.exec(select(size).where(*ours)).one())


def count_calls(session: Session, community_id: str, plugin: str) -> int:
    """The number of scheduled calls that a plugin still has to come in a community."""
    ours = (
        PluginCallRow.community_id == community_id,
        PluginCallRow.plugin == plugin,
        col(PluginCallRow.due).is_not(None),
    )
    return session.exec(select(func.count()).select_from(PluginCallRow).where(*ours)).one()


def audit(
    session: Session, community_id: str, person_id: str | None, action: str, subject: str, outcome: str = ""
) -> None:
    """Record that somebody did something. No content belongs in the audit."""
    row = AuditRow(community_id=community_id, person_id=person_id, action=action, subject=subject, outcome=outcome)
    session.add(row)


def installed(session: Session) -> Sequence[InstalledPluginRow]:
    """The plugins that somebody installed, by name."""
    return session.exec(select(InstalledPluginRow).order_by(InstalledPluginRow.name)).all()


def changed(session: Session) -> str:
    """A text that changes whenever a plugin is installed, updated or removed."""
    found = session.exec(
        select(InstalledPluginRow.name, InstalledPluginRow.digest).order_by(InstalledPluginRow.name)
    ).all()
    return ",".join(f"{name}:{digest}" for name, digest in found)


def switch(session: Session, row: InstalledPluginRow, *, keep: bool = True) -> None:
    """Switch a plugin to a version. With `keep`, `back` returns to the version that ran until now."""
    earlier = session.get(InstalledPluginRow, row.name)
    if earlier is None:
        session.add(row)
        return
    before = earlier.model_dump(mode="json", include=VERSION) if keep else earlier.previous
    for name in VERSION | {"community_id"}:
        setattr(earlier, name, getattr(row, name))
    earlier.previous = before
    earlier.changed_at = now()


def back(session: Session, name: str) -> str | None:
    """Switch a plugin back to the version before. Returns that version, or None if there is none."""
    row = session.get(InstalledPluginRow, name)
    if row is None or row.previous is None:
        return None
    before, row.previous = row.previous, None
    for part in VERSION:
        # A version that was kept before this column existed has no value for it.
        setattr(row, part, before.get(part))
    row.changed_at = now()
    return row.version


def switched(session: Session) -> Mapping[str, Mapping[str, bool]]:
    """Where admins have switched plugins on or off: by plugin, whether it is on in each community (platform:id)."""
    found: dict[str, dict[str, bool]] = {}
    chosen = select(ChoiceRow.name, ChoiceRow.value, CommunityRow.platform, CommunityRow.platform_id).join(
        CommunityRow, col(CommunityRow.id) == col(ChoiceRow.community_id)
    )
    whole = chosen.where(ChoiceRow.scope == "community", col(ChoiceRow.name).startswith("plugin:"))
    for name, value, platform, community in session.exec(whole).all():
        _, plugin, *setting = name.split(":")
        if not setting:
            found.setdefault(plugin, {})[f"{platform}:{community}"] = value == "on"
    return found


def remove(session: Session, name: str) -> bool:
    """Forget a plugin, its stored values and its pending calls. Returns whether it was installed."""
    row = session.get(InstalledPluginRow, name)
    if row is None:
        return False
    session.delete(row)
    plugin_secrets.forget(session, name)
    for table in (
        PluginValueRow,
        PluginCallRow,
        PluginWordRow,
        PluginPassageRow,
        AllowedHostRow,
        SignInRow,
        ConnectionRow,
    ):
        session.connection().execute(delete(table).where(col(table.plugin) == name))
    return True


def call_later(session: Session, call: PluginCallRow) -> None:
    """Keep a pending call. One that is already there stays as it is: it was planned before a crash."""
    if session.get(PluginCallRow, call.id) is None:
        session.add(call)


def take_call(session: Session, call_id: str, *, alone: bool = False) -> PluginCallRow | None:
    """Find a pending call; None if it was made, taken back or forgotten.

    With `alone`, a unit that asks for it at the same time waits, and then sees what this unit has made of it.
    """
    return session.get(PluginCallRow, call_id, with_for_update=alone or None)


def drop_call(session: Session, call_id: str) -> bool:
    """Delete a call that was made or is taken back. Returns whether it was still pending."""
    row = take_call(session, call_id, alone=True)
    if row:
        session.delete(row)
    return row is not None


def postpone(session: Session, call_id: str, due: datetime) -> None:
    """Reschedule a call that has failed, and count the attempt."""
    row = session.get(PluginCallRow, call_id)
    if row:
        row.due, row.attempts = due, row.attempts + 1


def calls_of(session: Session, community_id: str, plugin: str) -> Sequence[PluginCallRow]:
    """A plugin's scheduled calls in a community, the next one first."""
    return session.exec(
        select(PluginCallRow)
        .where(
            PluginCallRow.community_id == community_id,
            PluginCallRow.plugin == plugin,
            col(PluginCallRow.due).is_not(None),
        )
        .order_by(col(PluginCallRow.due))
    ).all()


def next_calls(session: Session, limit: int = 100) -> Sequence[PluginCallRow]:
    """The next scheduled calls of all plugins, the earliest first."""
    return session.exec(
        select(PluginCallRow).where(col(PluginCallRow.due).is_not(None)).order_by(col(PluginCallRow.due)).limit(limit)
    ).all()


def forget_asked(session: Session, before: datetime) -> None:
    """Drop the calls that have been waiting for a person's yes since before a time."""
    stale = delete(PluginCallRow).where(col(PluginCallRow.due).is_(None), col(PluginCallRow.created_at) < before)
    session.connection().execute(stale)


def allow_hosts(session: Session, person_id: str, plugin: str, hosts: Iterable[str]) -> None:
    """Record that a person lets a plugin send their words to these hosts from now on."""
    for host in hosts:
        session.merge(AllowedHostRow(person_id=person_id, plugin=plugin, host=host))


def allowed_hosts(session: Session, person_id: str, plugin: str = "") -> Sequence[AllowedHostRow]:
    """The hosts to which a person lets plugins (or just the one given) send their words, in alphabetical order."""
    found = select(AllowedHostRow).where(AllowedHostRow.person_id == person_id)
    found = found.where(AllowedHostRow.plugin == plugin) if plugin else found
    return session.exec(found.order_by(AllowedHostRow.plugin, AllowedHostRow.host)).all()


def ask_again(session: Session, person_id: str, plugin: str) -> int:
    """Drop a person's permissions for a plugin, so that they are asked again. Returns how many hosts there were."""
    gone = delete(AllowedHostRow).where(
        col(AllowedHostRow.person_id) == person_id, col(AllowedHostRow.plugin) == plugin
    )
    return session.connection().execute(gone).rowcount


def merge_person(session: Session, into: str, other: str) -> None:
    """Give the plugin values with `other` in their name to `into`, whose own value stays if there is one."""
    for row in session.exec(select(PluginValueRow).where(col(PluginValueRow.name).contains(other))).all():
        name = row.name.replace(other, into)
        if session.get(PluginValueRow, (row.community_id, row.plugin, name)) is None:
            session.add(PluginValueRow(**{**row.model_dump(), "name": name}))
        session.delete(row)
    session.flush()


def forget_person(session: Session, person_id: str) -> None:
    """Drop a person's calls, the hosts that they allowed, and every plugin value with their id in its name."""
    for table in (PluginCallRow, AllowedHostRow):
        session.connection().execute(delete(table).where(col(table.person_id) == person_id))
    session.connection().execute(delete(PluginValueRow).where(col(PluginValueRow.name).contains(person_id)))
