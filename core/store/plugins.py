"""What plugins keep, and the audit of what was done with them."""

from typing import Any

from sqlmodel import Session, col, select

from core.store.tables import Audit, PluginValue


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
