"""What a person agreed to is bound to what they saw; words of others are known as such"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "allowed_host",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allowed_host_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "plugin", "host", name=op.f("pk_allowed_host")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outside", sa.Boolean(), nullable=True))

    with op.batch_alter_table("plugin_call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.String(), nullable=True))
