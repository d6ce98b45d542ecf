"""The search index on PostgreSQL knows by which rules its words are folded.

0.1.0 knows no folding and has 1, so that the next search builds the index again.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the number of the rules."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_place ADD COLUMN folding integer NOT NULL DEFAULT 1")
