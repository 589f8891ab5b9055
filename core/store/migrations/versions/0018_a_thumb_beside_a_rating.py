"""A thumb that stands beside the one that counts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false()))
