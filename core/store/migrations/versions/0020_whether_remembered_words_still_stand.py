"""How often words of a conversation were erased, which tells whether remembered ones still stand"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erasures", sa.Integer(), nullable=False, server_default="0"))
