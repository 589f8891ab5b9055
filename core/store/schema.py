"""The schema: all tables of the database, whichever file they are in."""

from core.store import labeling_tables, moderation_tables, plugin_tables, tables

FILES = (tables, plugin_tables, labeling_tables, moderation_tables)
"""A table is in the metadata once its file has been imported."""

METADATA = tables.Row.metadata
