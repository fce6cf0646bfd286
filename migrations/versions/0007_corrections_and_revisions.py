"""corrections are kept with who made them; authors edit what they handed in

What was corrected until now stays in `experience.corrections`, without who made it: nobody noted.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by_ref", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_ref", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_correction_experience_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_experience_id"), "correction", ["experience_id"])
    op.add_column("experience", sa.Column("revision", sa.JSON(), nullable=True))
    for name in ("review", "version"):
        op.add_column(
            "experience",
            sa.Column(name, sa.Integer(), server_default=sa.text("1"), nullable=False),
        )


def downgrade() -> None:
    with op.batch_alter_table("experience") as batch_op:
        for name in ("version", "review", "revision"):
            batch_op.drop_column(name)
    op.drop_index(op.f("ix_correction_experience_id"), table_name="correction")
    op.drop_table("correction")
