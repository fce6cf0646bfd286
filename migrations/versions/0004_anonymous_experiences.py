"""pseudonyms of those who hand in experiences anonymously

Their ids stood in the table until now. They can't be turned into pseudonyms here, since that takes
the host's key: the bot does it at its next start, before it sends anything, for every row that is
anonymous and has an id.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("experience", sa.Column("pseudonym", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("experience") as batch_op:
        batch_op.drop_column("pseudonym")
