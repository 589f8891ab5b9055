"""Installed plugins, their calls to come, and texts that can be searched"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "installed_plugin",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("pinned", sa.String(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("offers", sa.JSON(), nullable=False),
        sa.Column("previous", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_installed_plugin_community_id_community")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installed_plugin")),
    )
    op.create_table(
        "plugin_call",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("asker", sa.JSON(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_plugin_call_community_id_community")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plugin_call_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_call")),
    )
    with op.batch_alter_table("plugin_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plugin_call_person_id"), ["person_id"], unique=False)
        batch_op.create_index("plugin_call_by_due", ["due"], unique=False)
        batch_op.create_index("plugin_call_by_plugin", ["community_id", "plugin", "due"], unique=False)

    op.create_table(
        "plugin_passage",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_plugin_passage_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_passage")),
    )
    with op.batch_alter_table("plugin_passage", schema=None) as batch_op:
        batch_op.create_index("plugin_passage_by_key", ["community_id", "plugin", "key", "part"], unique=False)

    op.create_table(
        "plugin_word",
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("passage_id", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_plugin_word_community_id_community")),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["plugin_passage.id"], name=op.f("fk_plugin_word_passage_id_plugin_passage")
        ),
        sa.PrimaryKeyConstraint("community_id", "plugin", "word", "passage_id", name=op.f("pk_plugin_word")),
    )
    with op.batch_alter_table("plugin_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plugin_word_passage_id"), ["passage_id"], unique=False)
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suggestions", sa.JSON(none_as_null=True), nullable=True))
