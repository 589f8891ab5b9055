"""Indexes of some of a table's rows.

SQLAlchemy imports the dialect of each database that an option of an index names, and PostgreSQL's would take every
command a tenth of a second. So the tables name SQLite's alone, and those who make or compare tables complete them.
"""

from typing import Any

from sqlalchemy import Index, MetaData, TextClause

ROWS = "rows"


def partial_index(name: str, *columns: str, rows: TextClause) -> Index:
    """An index of the rows for which a condition holds."""
    return Index(name, *columns, sqlite_where=rows, info={ROWS: rows})


def complete(metadata: MetaData) -> MetaData:
    """Give every partial index of these tables its condition in PostgreSQL, too."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if ROWS in index.info:
                options: Any = index.dialect_options["postgresql"]
                options["where"] = index.info[ROWS]
    return metadata
