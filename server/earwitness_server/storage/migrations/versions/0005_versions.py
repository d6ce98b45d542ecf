"""Each change of a text is stored with what takes it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table of versions; texts of before have none."""
    op.create_table(
        "versions",
        sa.Column("transcript_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="domain.versions.Version"),
        sa.PrimaryKeyConstraint("transcript_id", "number"),
    )
