"""The turns at models that several processes share"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "model_turn",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("tenant_since", sa.BigInteger(), nullable=False),
        sa.Column("asker_since", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_turn")),
    )
    with op.batch_alter_table("model_turn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_turn_model"), ["model"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE model_turn_number")
        # Nobody needs the turns of before a crash, so no commit waits for the disk because of them.
        op.execute("ALTER TABLE model_turn SET UNLOGGED")
