"""member questions: asked, answered, moderated; AMA sessions

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# What searches look in, as for experiences (0002).
SEARCH = (
    "CREATE VIRTUAL TABLE question_search USING fts5("
    "labels, words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')"
)


def upgrade() -> None:
    op.create_table(
        "ama",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("guest_ref", sa.String(length=64), nullable=False),
        sa.Column("guest_name", sa.String(), nullable=False),
        sa.Column("channel_ref", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_by_ref", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ama_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ama")),
    )
    with op.batch_alter_table("ama", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ama_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ama_until"), ["until"], unique=False)
        batch_op.create_index(
            "uq_ama_open",
            ["community_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "helper",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_helper_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "topic", "member_ref", name=op.f("pk_helper")),
    )
    op.create_table(
        "publish_consent",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_publish_consent_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "author", name=op.f("pk_publish_consent")),
    )
    op.create_table(
        "question_settings",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("channel_ref", sa.String(length=64), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("anonymous_questions", sa.Boolean(), nullable=False),
        sa.Column("anonymous_answers", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("cooldown_minutes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_question_settings_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_question_settings")),
    )
    with op.batch_alter_table("question_settings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_settings_digest_at"), ["digest_at"], unique=False
        )

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=True),
        sa.Column("member_name", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=True),
        sa.Column("addressee_ref", sa.String(length=64), nullable=True),
        sa.Column("ama_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=16), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_title", sa.String(), nullable=True),
        sa.Column("subject_url", sa.String(), nullable=True),
        sa.Column("channel_ref", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=128), nullable=True),
        sa.Column("asked_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_id", sa.Integer(), nullable=True),
        sa.Column("accepted_by_asker", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("check_at", sa.DateTime(), nullable=True),
        sa.Column("moved_at", sa.DateTime(), nullable=True),
        sa.Column("offered_at", sa.DateTime(), nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('question', 'research')", name=op.f("ck_question_kind")),
        sa.CheckConstraint(
            "(member_ref IS NULL) <> (pseudonym IS NULL)", name=op.f("ck_question_one_author")
        ),
        sa.ForeignKeyConstraint(["ama_id"], ["ama.id"], name=op.f("fk_question_ama_id")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_question_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["question.id"], name=op.f("fk_question_merged_into_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["question.id"], name=op.f("fk_question_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "community_id", "asked_key", name=op.f("uq_question_community_id_asked_key")
        ),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_question_community_id_number")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_ama_id"), ["ama_id"], unique=False)
        batch_op.create_index("ix_question_check_at", ["check_at"], unique=False)
        batch_op.create_index(
            "ix_question_draft",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )
        batch_op.create_index(
            "ix_question_member_ref", ["community_id", "member_ref"], unique=False
        )
        batch_op.create_index("ix_question_pseudonym", ["community_id", "pseudonym"], unique=False)
        batch_op.create_index(
            "ix_question_state", ["community_id", "state", "id", "kind"], unique=False
        )

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=True),
        sa.Column("member_name", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=True),
        sa.Column("message_ref", sa.String(length=80), nullable=True),
        sa.Column("asked_key", sa.String(length=96), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(member_ref IS NULL) <> (pseudonym IS NULL)", name=op.f("ck_answer_one_author")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_answer_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "community_id", "asked_key", name=op.f("uq_answer_community_id_asked_key")
        ),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "editor_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ama_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ama_id"], ["ama.id"], name=op.f("fk_editor_note_ama_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_editor_note_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editor_note")),
    )
    with op.batch_alter_table("editor_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_editor_note_ama_id"), ["ama_id"], unique=False)

    op.create_table(
        "question_interest",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("me_too", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_question_interest_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "member_ref", name=op.f("pk_question_interest")),
    )
    with op.batch_alter_table("question_interest", schema=None) as batch_op:
        batch_op.create_index(
            "ix_question_interest_me_too", ["question_id", "me_too"], unique=False
        )

    op.create_table(
        "question_pointer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_question_pointer_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_pointer")),
        sa.UniqueConstraint(
            "question_id", "reference", name=op.f("uq_question_pointer_question_id_reference")
        ),
    )
    op.create_table(
        "answer_vote",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_answer_vote_answer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "member_ref", name=op.f("pk_answer_vote")),
    )
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("by_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(question_id IS NULL) <> (answer_id IS NULL)", name=op.f("ck_block_one_cause")
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_block_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_block_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_block_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_block_answer_id")),
        sa.UniqueConstraint("question_id", name=op.f("uq_block_question_id")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index("ix_block_pseudonym", ["community_id", "pseudonym"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_ref", ["community_id", "message_ref"], unique=False
        )
        batch_op.create_index("ix_outbox_community_state", ["community_id", "state"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute(SEARCH)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE question_search")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_community_state")
        batch_op.drop_index("ix_outbox_message_ref")

    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.drop_index("ix_block_pseudonym")

    op.drop_table("block")
    op.drop_table("answer_vote")
    op.drop_table("question_pointer")
    with op.batch_alter_table("question_interest", schema=None) as batch_op:
        batch_op.drop_index("ix_question_interest_me_too")

    op.drop_table("question_interest")
    with op.batch_alter_table("editor_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_editor_note_ama_id"))

    op.drop_table("editor_note")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_question_id"))

    op.drop_table("answer")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_state")
        batch_op.drop_index("ix_question_pseudonym")
        batch_op.drop_index("ix_question_member_ref")
        batch_op.drop_index(
            "ix_question_draft",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )
        batch_op.drop_index("ix_question_check_at")
        batch_op.drop_index(batch_op.f("ix_question_ama_id"))

    op.drop_table("question")
    with op.batch_alter_table("question_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_settings_digest_at"))

    op.drop_table("question_settings")
    op.drop_table("publish_consent")
    op.drop_table("helper")
    with op.batch_alter_table("ama", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ama_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_ama_until"))
        batch_op.drop_index(batch_op.f("ix_ama_community_id"))

    op.drop_table("ama")
