"""Workers and jobs name their models, so that a worker takes only jobs that it can do."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, and fill them for the jobs that are not done."""
    op.add_column("executors", sa.Column("models", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("model", sa.String(length=200), nullable=True))
    jobs = sa.table("jobs", *map(sa.column, ("transcript_id", "state", "value", "model")))
    connection = op.get_bind()
    waiting = sa.select(jobs.c.transcript_id, jobs.c.value).where(
        jobs.c.state.not_in(("done", "failed", "cancelled"))
    )
    for transcript_id, value in connection.execute(waiting).all():
        model = json.loads(value)["options"]["model"]
        connection.execute(
            sa.update(jobs).where(jobs.c.transcript_id == transcript_id).values(model=model)
        )
