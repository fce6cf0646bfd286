"""entries with few keys

What has no id, link or title of its own is known again by its contents. Rows that are there have
no such key yet: they are known by their texts, and get it when they are next seen. A feed counts
the polls in which all of it looked new, so that it can be stopped.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_entry", sa.Column("content_key", sa.String(length=32), nullable=True))
    op.add_column(
        "feed", sa.Column("turnovers", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("feed", sa.Column("turning_since", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("feed") as batch_op:
        batch_op.drop_column("turning_since")
        batch_op.drop_column("turnovers")
    with op.batch_alter_table("feed_entry") as batch_op:
        batch_op.drop_column("content_key")
