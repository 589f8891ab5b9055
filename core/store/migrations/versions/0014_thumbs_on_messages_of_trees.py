"""Thumbs on messages of trees"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "tree_vote",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_tree_vote_message_id_tree_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tree_vote_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_tree_vote")),
    )
    with op.batch_alter_table("tree_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tree_vote_message_id"), ["message_id"], unique=False)
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tree_message_id", sa.String(), nullable=True))
