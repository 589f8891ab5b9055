"""What platforms sent and we could not read"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "put_aside",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "kind", "key", name=op.f("pk_put_aside")),
    )
    with op.batch_alter_table("put_aside", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_put_aside_at"), ["at"], unique=False)
