"""meetings: a place, reminders as a setting, names of who is going, changes after the announcement

Groups that are there go on as before: no place, and reminders a day and an hour before.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_place",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.id"],
            name=op.f("fk_meeting_place_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", "day", name=op.f("pk_meeting_place")),
    )
    op.create_table(
        "reminders_off",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_reminders_off_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "member_ref", name=op.f("pk_reminders_off")),
    )
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("reminders", sa.JSON(), nullable=False, server_default="[1440, 60]")
        )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("events", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("rsvp", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("schedule_skip", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("schedule_skip", schema=None) as batch_op:
        batch_op.drop_column("round_id")
    with op.batch_alter_table("rsvp", schema=None) as batch_op:
        batch_op.drop_column("name")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_column("events")
        batch_op.drop_column("changes")
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.drop_column("reminders")
        batch_op.drop_column("place")
    op.drop_table("reminders_off")
    op.drop_table("meeting_place")
