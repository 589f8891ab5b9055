"""The schema: all tables of the database, whichever file they are in."""

from core.store import (
    arena_tables,
    inbox_table,
    labeling_tables,
    model_turn_table,
    moderation_tables,
    plugin_tables,
    process_tables,
    promotion_tables,
    tables,
)

FILES = (
    tables,
    inbox_table,
    plugin_tables,
    labeling_tables,
    moderation_tables,
    process_tables,
    model_turn_table,
    arena_tables,
    promotion_tables,
)
"""A table is in the metadata once its file has been imported."""

METADATA = tables.Row.metadata
