"""What several processes share: who holds which place, which processes there are, and the order of events"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

OPEN = sa.text("state <> 'done'")


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("contract", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("trace", sa.String(), nullable=True))
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE inbox_number")
        op.execute("CREATE SEQUENCE lease_number")
    inbox = sa.table("inbox", sa.column("key"), sa.column("state"), sa.column("payload"), sa.column("home"))
    for key, payload in connection.execute(
        sa.select(inbox.c.key, inbox.c.payload).where(inbox.c.state != "done")
    ).all():
        place = json.loads(payload)["place"]
        home = "/".join((place["platform"], place["community"], place["channel"]))
        connection.execute(inbox.update().where(inbox.c.key == key).values(home=home))
    op.create_index("inbox_home", "inbox", ["home", "number"], unique=False, postgresql_where=OPEN, sqlite_where=OPEN)
