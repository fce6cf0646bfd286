"""paper of the week

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("papers_channel_ref", sa.String(length=64), nullable=True),
        sa.Column("organisers_channel_ref", sa.String(length=64), nullable=True),
        sa.Column("organiser_role_ref", sa.String(length=64), nullable=True),
        sa.Column("ping_role_ref", sa.String(length=64), nullable=True),
        sa.Column("set_up_by_ref", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint(
            "platform", "external_id", name=op.f("uq_community_platform_external_id")
        ),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_incident_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            "uq_incident_open",
            ["community_id", "subject"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=128), nullable=False),
        sa.Column("destination", sa.String(length=80), nullable=False),
        sa.Column("lane", sa.String(length=96), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("message_ref", sa.String(length=80), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["anchor_id"], ["outbox.id"], name=op.f("fk_outbox_anchor_id")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_outbox_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_anchor_id"), ["anchor_id"], unique=False)
        batch_op.create_index("ix_outbox_community_lane", ["community_id", "lane"], unique=False)
        batch_op.create_index("ix_outbox_undelivered", ["state", "not_before"], unique=False)

    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("venue", sa.String(), nullable=True),
        sa.Column("abstract", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("pdf_url", sa.String(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_paper_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_paper_retry", ["state", "retry_at"], unique=False)

    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("cadence", sa.String(length=16), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(cadence = 'monthly') = (nth IS NOT NULL)", name=op.f("ck_schedule_nth")
        ),
        sa.CheckConstraint(
            "cadence IN ('weekly', 'fortnightly', 'monthly')", name=op.f("ck_schedule_cadence")
        ),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 15 AND 480", name=op.f("ck_schedule_duration")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_schedule_weekday")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_schedule_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("community_id", name=op.f("uq_schedule_community_id")),
    )
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_next_due_at", ["next_due_at"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rounds_waited", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_nomination_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_nomination_paper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index("ix_nomination_queue", ["community_id", "state"], unique=False)
        batch_op.create_index(
            "uq_nomination_up",
            ["community_id", "paper_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'picked')"),
            postgresql_where=sa.text("state IN ('open', 'picked')"),
        )

    op.create_table(
        "paper_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_paper_reference_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_paper_reference_paper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_reference")),
        sa.UniqueConstraint(
            "community_id", "kind", "value", name=op.f("uq_paper_reference_community_id_kind_value")
        ),
    )
    with op.batch_alter_table("paper_reference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_reference_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_paper_reference_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "schedule_skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.id"],
            name=op.f("fk_schedule_skip_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_skip")),
        sa.UniqueConstraint("schedule_id", "day", name=op.f("uq_schedule_skip_schedule_id_day")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meets_at", sa.DateTime(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=True),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("tie_break", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_round_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_round_nomination_id")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_round_schedule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_schedule_id"), ["schedule_id"], unique=False)
        batch_op.create_index(
            "uq_round_meets_at",
            ["schedule_id", "meets_at"],
            unique=True,
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )
        batch_op.create_index(
            "uq_round_open",
            ["schedule_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "vote",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["nomination.id"],
            name=op.f("fk_vote_nomination_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("nomination_id", "member_ref", name=op.f("pk_vote")),
    )
    op.create_table(
        "round_step",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_step_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "step", name=op.f("pk_round_step")),
    )
    op.create_table(
        "rsvp",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("answer IN ('going', 'maybe', 'cant')", name=op.f("ck_rsvp_answer")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_rsvp_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "member_ref", name=op.f("pk_rsvp")),
    )


def downgrade() -> None:
    op.drop_table("rsvp")
    op.drop_table("round_step")
    op.drop_table("vote")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_round_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "uq_round_meets_at",
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )
        batch_op.drop_index(batch_op.f("ix_round_schedule_id"))
        batch_op.drop_index(batch_op.f("ix_round_community_id"))

    op.drop_table("round")
    op.drop_table("schedule_skip")
    with op.batch_alter_table("paper_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_reference_paper_id"))
        batch_op.drop_index(batch_op.f("ix_paper_reference_community_id"))

    op.drop_table("paper_reference")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nomination_up",
            sqlite_where=sa.text("state IN ('open', 'picked')"),
            postgresql_where=sa.text("state IN ('open', 'picked')"),
        )
        batch_op.drop_index("ix_nomination_queue")
        batch_op.drop_index(batch_op.f("ix_nomination_paper_id"))

    op.drop_table("nomination")
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_next_due_at")

    op.drop_table("schedule")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_retry")
        batch_op.drop_index(batch_op.f("ix_paper_community_id"))

    op.drop_table("paper")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_undelivered")
        batch_op.drop_index("ix_outbox_community_lane")
        batch_op.drop_index(batch_op.f("ix_outbox_anchor_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_incident_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("incident")
    op.drop_table("community")
