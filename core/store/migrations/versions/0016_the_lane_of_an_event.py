"""The lane of an event"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # A process of the version before knows neither column, and goes on while we start.
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("said", sa.String(), nullable=True))
        batch_op.create_index("inbox_said", ["said"], unique=False)
