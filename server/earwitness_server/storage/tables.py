"""Every table. Values that only `earwitness` reads are JSON in its own shapes."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

transcripts = sa.Table(
    "transcripts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("hidden", sa.Boolean, nullable=False, comment="made for one answer, never listed"),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("expires_s", sa.Float, comment="deleted after this moment, seconds since 1970"),
    sa.Column("audio_bytes", sa.BigInteger, nullable=False),
    sa.Column("audio_kept", sa.Boolean, nullable=False, comment="it is in the store now"),
    sa.Column("keep_audio", sa.Boolean, nullable=False, comment="after the job is done"),
    sa.Column("record", sa.Text, nullable=False, comment="library.records.Record"),
    sa.Column("document", sa.Text, nullable=False, comment="library.documents.Document"),
    sa.Index("ix_transcripts_owner_created", "owner", "created_at", "id"),
    sa.Index("ix_transcripts_expires", "expires_s"),
)

windows = sa.Table(
    "windows",
    metadata,
    sa.Column("transcript_id", sa.String(64), primary_key=True),
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("window", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Text, nullable=False, comment="engine_messages.WindowRow"),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("transcript_id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Text, nullable=False, comment="domain.versions.Version"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("transcript_id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, comment="of enqueueing; names the workflow"),
    sa.Column("created_s", sa.Float, nullable=False),
    sa.Column("changed_s", sa.Float, nullable=False),
    sa.Column("idempotency_key", sa.String(255)),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("compute_s", sa.Float, nullable=False),
    sa.Column("value", sa.Text, nullable=False, comment="library.jobs.Job"),
    sa.Column("model", sa.String(200), comment="that a worker needs; unknown in a job of 0.1.0"),
    sa.UniqueConstraint("owner", "idempotency_key", name="uq_jobs_idempotency"),
    sa.Index("ix_jobs_state", "state", "created_s"),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("transcript_id", sa.String(64), nullable=False),
)
"""Changed and deleted transcripts in the order of commits; search indexes follow this table."""

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("expires_s", sa.Float),
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("expires_s", sa.Float, nullable=False),
    sa.Index("ix_uploads_expires", "expires_s"),
)

upload_parts = sa.Table(
    "upload_parts",
    metadata,
    sa.Column("upload_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("object", sa.String(200), nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("expires_s", sa.Float),
    sa.Column("revoked_at", sa.String(32)),
    sa.Column("rate_per_minute", sa.Integer),
    sa.Column("concurrent", sa.Integer),
    sa.Column("storage_bytes", sa.BigInteger),
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("seen_s", sa.Float, nullable=False),
    sa.Column("models", sa.Text, comment="JSON; unknown of a worker of 0.1.0, which takes any job"),
)
