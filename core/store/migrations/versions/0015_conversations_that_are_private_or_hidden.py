"""Conversations that are private or hidden"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "private_conversation",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("halted", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_private_conversation_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_private_conversation_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "conversation_id", name=op.f("pk_private_conversation")),
    )
    with op.batch_alter_table("private_conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_conversation_conversation_id"), ["conversation_id"], unique=False)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
