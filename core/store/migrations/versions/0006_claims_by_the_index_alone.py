"""Claims go by the index alone"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_index("work_open", "work_item")
    op.create_index(
        "work_open",
        "work_item",
        ["pool", "kind", "lang", "prio", "rnd", "id", "topic"],
        unique=False,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
