"""a feed that was removed is kept for a day, so that it can be brought back

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("removed_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM feed WHERE removed_at IS NOT NULL")
    with op.batch_alter_table("feed") as batch_op:
        batch_op.drop_column("removed_at")
