"""The script that Alembic runs for each of its commands.

The caller supplies the connection and owns its transaction.
"""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from core.store.engine.migrate import VERSION_TABLE
from core.store.labeling_columns import TaskAnswerJson, TaskPlaceJson
from core.store.partial_indexes import complete
from core.store.schema import METADATA
from core.store.tables import UtcDateTime
from core.store.tool_records import JsonRecords


def plain(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Write the database's own types into a migration instead of ours, which may change later."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JsonRecords):
        return "sa.JSON(none_as_null=True)"
    if kind == "type" and isinstance(item, TaskAnswerJson | TaskPlaceJson):
        return "sa.JSON()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete(METADATA),
    version_table=VERSION_TABLE,
    render_item=plain,
    # SQLite cannot change a column in place, so the whole table is rewritten.
    render_as_batch=True,
)
context.run_migrations()
