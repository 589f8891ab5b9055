"""Stores calls in the database: those planned for later, and those that wait for a person's yes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from core.messages import Place, User
from core.store.plugin_tables import PluginCallRow
from core.store.tables import new_id
from plugins.host.call_origin import CallOrigin

PLACE: TypeAdapter[Place] = TypeAdapter(Place)
USER: TypeAdapter[User] = TypeAdapter(User)


def call_row(
    community_id: str,
    origin: CallOrigin,
    plugin: str,
    function: str,
    values: Mapping[str, Any],
    call_id: str = "",
    due: datetime | None = None,
) -> PluginCallRow:
    """The row of a call. Without `due` it waits for the person's yes."""
    return PluginCallRow(
        id=call_id or new_id(),
        community_id=community_id,
        person_id=origin.person_id,
        plugin=plugin,
        function=function,
        values=dict(values),
        place=asdict(origin.place),
        asker=USER.dump_python(origin.user, mode="json"),
        due=due,
    )


def origin_of(row: PluginCallRow) -> CallOrigin:
    """For whom and where a row's call is made. Its key is the row's id."""
    return CallOrigin(PLACE.validate_python(row.place), USER.validate_python(row.asker), row.id, row.person_id)
