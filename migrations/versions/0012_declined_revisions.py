"""an edit that organisers decline is kept until its author makes another: that can be undone

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("experience", sa.Column("declined", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("experience") as batch_op:
        batch_op.drop_column("declined")
