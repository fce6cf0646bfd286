"""where a message stands is stored beside what it is called

Only the adapter of a platform knows how it makes its refs; so far, others took them apart.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("place_ref", sa.String(80), nullable=True))
    # So far all are Discord's: `<channel>/<message>`, and a thread's id.
    op.execute(
        "UPDATE outbox SET place_ref = substr(message_ref, 1, instr(message_ref, '/') - 1)"
        " WHERE kind IN ('post', 'topic') AND message_ref LIKE '%/%'"
    )
    op.execute("UPDATE outbox SET place_ref = message_ref WHERE kind = 'thread'")


def downgrade() -> None:
    op.drop_column("outbox", "place_ref")
