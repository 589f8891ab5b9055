"""Labeling: message trees, the queue of work, and what people said"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "export_switch",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "source", name=op.f("pk_export_switch")),
    )
    op.create_table(
        "labeler",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("langs", sa.JSON(), nullable=False),
        sa.Column("reliability", sa.Float(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("gold_seen", sa.Integer(), nullable=False),
        sa.Column("gold_right", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("banned", sa.Boolean(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_labeler_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_labeler")),
    )
    op.create_table(
        "message_tree",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_message_tree_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_tree")),
    )
    with op.batch_alter_table("message_tree", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_tree_community_id"), ["community_id"], unique=False)
        batch_op.create_index("message_tree_by_state", ["state", "pool", "lang", "id"], unique=False)
        batch_op.create_index(
            "message_tree_stale", ["id"], unique=False, sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale")
        )

    op.create_table(
        "tally",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_tally_community_id_community")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tally_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "day", "community_id", "lang", "name", name=op.f("pk_tally")),
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index("tally_by_day", ["day", "community_id", "lang"], unique=False)
        batch_op.create_index("tally_by_name", ["name", "lang", "day"], unique=False)

    op.create_table(
        "tree_message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tree_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("review_count", sa.Integer(), nullable=False),
        sa.Column("review_result", sa.Boolean(), nullable=True),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("ranking_count", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("imported", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_tree_message_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["tree_message.id"], name=op.f("fk_tree_message_parent_id_tree_message")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tree_message_person_id_person")),
        sa.ForeignKeyConstraint(["tree_id"], ["message_tree.id"], name=op.f("fk_tree_message_tree_id_message_tree")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_message")),
    )
    with op.batch_alter_table("tree_message", schema=None) as batch_op:
        batch_op.create_index("tree_message_by_digest", ["digest"], unique=False)
        batch_op.create_index("tree_message_by_parent", ["parent_id"], unique=False)
        batch_op.create_index("tree_message_by_person", ["person_id", "created_at"], unique=False)
        batch_op.create_index("tree_message_by_tree", ["tree_id", "id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("handled", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_flag_community_id_community")),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_flag_message_id_tree_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_flag_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_message_id"), ["message_id"], unique=False)

    op.create_table(
        "message_revision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["tree_message.id"], name=op.f("fk_message_revision_message_id_tree_message")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_revision_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_revision")),
    )
    with op.batch_alter_table("message_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_revision_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_revision_person_id"), ["person_id"], unique=False)

    op.create_table(
        "preference",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("chosen_id", sa.String(), nullable=False),
        sa.Column("rejected_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chosen_id"], ["message.id"], name=op.f("fk_preference_chosen_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id_person")),
        sa.ForeignKeyConstraint(["rejected_id"], ["message.id"], name=op.f("fk_preference_rejected_id_message")),
        sa.PrimaryKeyConstraint("person_id", "chosen_id", "rejected_id", name=op.f("pk_preference")),
    )
    with op.batch_alter_table("preference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preference_chosen_id"), ["chosen_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preference_rejected_id"), ["rejected_id"], unique=False)

    op.create_table(
        "text_band",
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_text_band_message_id_tree_message")),
        sa.PrimaryKeyConstraint("band", "message_id", name=op.f("pk_text_band")),
    )
    with op.batch_alter_table("text_band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_band_message_id"), ["message_id"], unique=False)

    op.create_table(
        "work_item",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tree_id", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("prio", sa.Integer(), nullable=False),
        sa.Column("rnd", sa.Float(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("gold", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("taken <= need", name="work_item_slots"),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_work_item_message_id_tree_message")),
        sa.ForeignKeyConstraint(["tree_id"], ["message_tree.id"], name=op.f("fk_work_item_tree_id_message_tree")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("message_id", "kind", name=op.f("uq_work_item_message_id_kind")),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("work_by_tree", ["tree_id"], unique=False)
        batch_op.create_index(
            "work_open",
            ["pool", "kind", "lang", "prio", "rnd"],
            unique=False,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    op.create_table(
        "task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("community_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_task_community_id_community")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_task_item_id_work_item")),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_task_message_id_tree_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("person_id", "item_id", name=op.f("uq_task_person_id_item_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_message_id"), ["message_id"], unique=False)
        batch_op.create_index("task_by_item", ["item_id", "state"], unique=False)
        batch_op.create_index("task_by_person", ["person_id", "given_at"], unique=False)
        batch_op.create_index(
            "task_expired",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'expired'"),
            postgresql_where=sa.text("state = 'expired'"),
        )
        batch_op.create_index(
            "task_held",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        )
        batch_op.create_index(
            "task_later",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'later'"),
            postgresql_where=sa.text("state = 'later'"),
        )
        batch_op.create_index(
            "task_lease",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        )
        batch_op.create_index(
            "task_writing",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("writing"),
            postgresql_where=sa.text("writing"),
        )

    op.create_table(
        "ranking",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("not_rankable", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["tree_message.id"], name=op.f("fk_ranking_parent_id_tree_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ranking_person_id_person")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_ranking_task_id_task")),
        sa.PrimaryKeyConstraint("person_id", "parent_id", name=op.f("pk_ranking")),
    )
    with op.batch_alter_table("ranking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ranking_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ranking_task_id"), ["task_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["tree_message.id"], name=op.f("fk_review_message_id_tree_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id_person")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_review_task_id_task")),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_task_id"), ["task_id"], unique=False)

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.alter_column("community_id", existing_type=sa.VARCHAR(), nullable=True)
