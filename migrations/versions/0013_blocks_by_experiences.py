"""an anonymous author can be blocked by an experience that they handed in

The table is made anew, in one way on every database: blocks are few.

Revision ID: 0013
Revises: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TWO = ("question", "answer")
THREE = (*TWO, "experience")


def upgrade() -> None:
    counted = (f"(CASE WHEN {one}_id IS NULL THEN 0 ELSE 1 END)" for one in THREE)
    _make_anew(THREE, check=f"{' + '.join(counted)} = 1")


def downgrade() -> None:
    op.execute("DELETE FROM block WHERE experience_id IS NOT NULL")
    _make_anew(TWO, check="(question_id IS NULL) <> (answer_id IS NULL)")


def _make_anew(causes: Sequence[str], *, check: str) -> None:
    """The table with a column for each cause, and with the rows that it had."""
    kept = sa.table(
        "block",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("id", sa.Integer()),
                ("community_id", sa.Integer()),
                ("pseudonym", sa.String()),
                ("question_id", sa.Integer()),
                ("answer_id", sa.Integer()),
                ("by_ref", sa.String()),
                ("created_at", sa.DateTime()),
            )
        ),
    )
    rows = [dict(row._mapping) for row in op.get_bind().execute(sa.select(kept))]
    op.drop_index("ix_block_pseudonym", table_name="block")
    op.drop_table("block")
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        *(sa.Column(f"{cause}_id", sa.Integer(), nullable=True) for cause in causes),
        sa.Column("by_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(check, name=op.f("ck_block_one_cause")),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_block_{table}_id"),
                ondelete="CASCADE",
            )
            for table in ("community", *causes)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        *(
            sa.UniqueConstraint(f"{cause}_id", name=op.f(f"uq_block_{cause}_id"))
            for cause in causes
        ),
    )
    op.create_index("ix_block_pseudonym", "block", ["community_id", "pseudonym"], unique=False)
    op.bulk_insert(kept, rows)
