"""Notes of moderators about people, and indexes that have all that is counted"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

DONE = sa.text("state = 'done'")


def upgrade() -> None:
    op.create_table(
        "person_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_person_note_author_id_person")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_note_community_id_community")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_note_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_note")),
    )
    with op.batch_alter_table("person_note", schema=None) as batch_op:
        batch_op.create_index("person_note_by_person", ["person_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_note_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_note_community_id"), ["community_id"], unique=False)
    with op.batch_alter_table("tree_message", schema=None) as batch_op:
        batch_op.drop_index("tree_message_by_tree")
        batch_op.create_index("tree_message_by_tree", ["tree_id", "role", "synthetic", "deleted"], unique=False)
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("task_done")
        batch_op.create_index(
            "task_done",
            ["lang", "done_at", "person_id", "kind", "community_id", "pool", "state"],
            unique=False,
            sqlite_where=DONE,
            postgresql_where=DONE,
        )
