"""internship experiences

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What searches look in. Its words are prepared for the tokenizer, which only has to separate them;
# positions are kept, since most scripts are looked for by phrases.
SEARCH = (
    "CREATE VIRTUAL TABLE experience_search USING fts5("
    "labels, words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')"
)


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("site_url", sa.String(), nullable=True),
        sa.Column("channel_ref", sa.String(length=64), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=16), nullable=False),
        sa.Column("digest_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("added_by_ref", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("next_poll_at", sa.DateTime(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("newest_at", sa.DateTime(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("skip_hours", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("delivery IN ('at_once', 'weekly')", name=op.f("ck_feed_delivery")),
        sa.CheckConstraint("state IN ('followed', 'paused')", name=op.f("ck_feed_state")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_feed_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("community_id", "url", name=op.f("uq_feed_community_id_url")),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index("ix_feed_next_poll_at", ["next_poll_at"], unique=False)

    op.create_table(
        "experience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("blog", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("address_key", sa.String(length=32), nullable=True),
        sa.Column("title_key", sa.String(length=32), nullable=True),
        sa.Column("slug_key", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("dated_at", sa.DateTime(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("image_url", sa.String(), nullable=True),
        sa.Column("image_text", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("corrections", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("searchable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("member_ref", sa.String(length=64), nullable=True),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_experience_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name=op.f("fk_experience_feed_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience")),
    )
    with op.batch_alter_table("experience", schema=None) as batch_op:
        batch_op.create_index(
            "ix_experience_address_key", ["community_id", "address_key"], unique=False
        )
        batch_op.create_index("ix_experience_feed_id", ["feed_id", "state"], unique=False)
        batch_op.create_index(
            "ix_experience_unsearchable",
            ["id"],
            unique=False,
            sqlite_where=sa.text("NOT searchable"),
            postgresql_where=sa.text("NOT searchable"),
        )
        batch_op.create_index(
            "ix_experience_latest", ["community_id", "dated_at", "id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_experience_title_key", ["community_id", "title_key"], unique=False
        )

    op.create_table(
        "feed_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=True),
        sa.Column("guid_key", sa.String(length=32), nullable=True),
        sa.Column("address_key", sa.String(length=32), nullable=True),
        sa.Column("title_key", sa.String(length=32), nullable=True),
        sa.Column("slug_key", sa.String(length=32), nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_feed_entry_experience_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name=op.f("fk_feed_entry_feed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_entry")),
    )
    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feed_entry_experience_id"), ["experience_id"], unique=False
        )
        batch_op.create_index("ix_feed_entry_feed_id", ["feed_id"], unique=False)

    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("experiences_channel_ref", sa.String(length=64), nullable=True)
        )

    if op.get_bind().dialect.name == "sqlite":
        op.execute(SEARCH)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE experience_search")
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.drop_column("experiences_channel_ref")

    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_feed_entry_feed_id")
        batch_op.drop_index(batch_op.f("ix_feed_entry_experience_id"))

    op.drop_table("feed_entry")
    with op.batch_alter_table("experience", schema=None) as batch_op:
        batch_op.drop_index("ix_experience_title_key")
        batch_op.drop_index("ix_experience_latest")
        batch_op.drop_index(
            "ix_experience_unsearchable",
            sqlite_where=sa.text("NOT searchable"),
            postgresql_where=sa.text("NOT searchable"),
        )
        batch_op.drop_index("ix_experience_feed_id")
        batch_op.drop_index("ix_experience_address_key")

    op.drop_table("experience")
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_index("ix_feed_next_poll_at")

    op.drop_table("feed")
