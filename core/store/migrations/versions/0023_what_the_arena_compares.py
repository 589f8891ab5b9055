"""What the arena compares, and people's votes"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "arena_trial",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("candidate", sa.JSON(), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_arena_trial_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_trial")),
    )
    with op.batch_alter_table("arena_trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arena_trial_community_id"), ["community_id"], unique=False)

    op.create_table(
        "arena_round",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trial_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("candidate_first", sa.Boolean(), nullable=False),
        sa.Column("side_a", sa.JSON(), nullable=False),
        sa.Column("side_b", sa.JSON(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("a_id", sa.String(), nullable=True),
        sa.Column("b_id", sa.String(), nullable=True),
        sa.Column("style_a", sa.JSON(), nullable=False),
        sa.Column("style_b", sa.JSON(), nullable=False),
        sa.Column("prompt_held_out", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_arena_round_community_id_community")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_arena_round_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["arena_trial.id"], name=op.f("fk_arena_round_trial_id_arena_trial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_round")),
        sa.UniqueConstraint("event_key", name=op.f("uq_arena_round_event_key")),
    )
    with op.batch_alter_table("arena_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arena_round_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_arena_round_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_arena_round_trial_id"), ["trial_id"], unique=False)

    op.create_table(
        "arena_vote",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_arena_vote_person_id_person")),
        sa.ForeignKeyConstraint(["round_id"], ["arena_round.id"], name=op.f("fk_arena_vote_round_id_arena_round")),
        sa.PrimaryKeyConstraint("person_id", "round_id", name=op.f("pk_arena_vote")),
    )
    with op.batch_alter_table("arena_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arena_vote_round_id"), ["round_id"], unique=False)
