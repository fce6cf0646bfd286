"""authors edit and delete what they wrote; hiding remembers what was hidden; answers in pictures

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("edited_at", sa.DateTime(), nullable=True))
    op.add_column("question", sa.Column("state_before", sa.String(length=16), nullable=True))
    op.add_column("answer", sa.Column("edited_at", sa.DateTime(), nullable=True))
    op.add_column("answer", sa.Column("message_url", sa.String(), nullable=True))
    op.add_column("answer", sa.Column("attached", sa.String(length=40), nullable=True))


def downgrade() -> None:
    for table, column in (
        ("answer", "attached"),
        ("answer", "message_url"),
        ("answer", "edited_at"),
        ("question", "state_before"),
        ("question", "edited_at"),
    ):
        op.drop_column(table, column)
