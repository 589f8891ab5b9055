"""Secrets of plugins that the owner has given with `parley plugin secret`, encrypted like all stored secrets."""

from collections.abc import Mapping

from sqlmodel import Session, select

from core.errors import SecretUnreadable
from core.store.stored_secrets import encrypted, opened
from core.store.tables import KeptRow

PREFIX, END = "plugin-secret:", "plugin-secret;"
"""The names of the values that hold them begin with PREFIX; END comes after all of these."""


def give(session: Session, plugin: str, key: str, value: str) -> None:
    """Store a secret in place of the earlier one; an empty value deletes it. Raises StoreError if there is no key."""
    row = KeptRow(name=_name(plugin, key), value=value)
    if value:
        session.merge(encrypted(session, row))
    elif kept := session.get(KeptRow, row.name):
        session.delete(kept)


def given(session: Session) -> Mapping[str, Mapping[str, str]]:
    """All of these secrets by plugin and key. One that no key of ours opens is left out."""
    found: dict[str, dict[str, str]] = {}
    for row in session.exec(select(KeptRow).where(KeptRow.name >= PREFIX, KeptRow.name < END)).all():
        plugin, _, key = row.name.removeprefix(PREFIX).partition(":")
        try:
            found.setdefault(plugin, {})[key] = opened(session, row).value
        except SecretUnreadable:
            # `parley doctor` tells of those.
            continue
    return found


def forget(session: Session, plugin: str) -> None:
    """Delete a plugin's secrets: another one of its name must not get them."""
    first, last = _name(plugin, ""), f"{PREFIX}{plugin};"
    for row in session.exec(select(KeptRow).where(KeptRow.name >= first, KeptRow.name < last)).all():
        session.delete(row)


def _name(plugin: str, key: str) -> str:
    return f"{PREFIX}{plugin}:{key}"
