"""texts are kept no longer than they are needed

What was sent needs no text any more; of a deleted experience nobody needs what was corrected.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EMPTY = {
    "post": '{"kind": "post", "title": ""}',
    "topic": '{"kind": "topic", "name": "", "post": {"title": ""}}',
    "edit": '{"kind": "edit", "post": {"title": ""}}',
}


def upgrade() -> None:
    for kind, action in EMPTY.items():
        op.execute(
            f"UPDATE outbox SET action = '{action}' WHERE state = 'sent' AND kind = '{kind}'"
        )
    deleted = "SELECT id FROM experience WHERE state = 'deleted'"
    op.execute(f"DELETE FROM correction WHERE experience_id IN ({deleted})")


def downgrade() -> None:
    """What is forgotten stays so."""
