"""Who is active in a language, and what was decided with fewer people than usual"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("message_tree", schema=None) as batch_op:
        batch_op.add_column(sa.Column("relaxed", sa.JSON(), nullable=True))
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "task_done",
            ["lang", "done_at", "person_id", "kind", "community_id"],
            unique=False,
            sqlite_where=sa.text("state = 'done'"),
            postgresql_where=sa.text("state = 'done'"),
        )
