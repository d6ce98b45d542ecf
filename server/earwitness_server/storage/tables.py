"""Every table. Values that only `earwitness` reads are JSON in its own shapes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False, comment="made for one answer, never listed"),
    Column("created_at", String(32), nullable=False),
    Column("expires_s", Float, comment="deleted after this moment, seconds since 1970"),
    Column("audio_bytes", BigInteger, nullable=False),
    Column("audio_kept", Boolean, nullable=False, comment="it is in the store now"),
    Column("keep_audio", Boolean, nullable=False, comment="after the job is done"),
    Column("record", Text, nullable=False, comment="library.records.Record"),
    Column("document", Text, nullable=False, comment="library.documents.Document"),
    Index("ix_transcripts_owner_created", "owner", "created_at", "id"),
    Index("ix_transcripts_expires", "expires_s"),
)

windows = Table(
    "windows",
    metadata,
    Column("transcript_id", String(64), primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("window", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False, comment="engine_messages.WindowRow"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("transcript_id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False, comment="of enqueueing; names the workflow"),
    Column("created_s", Float, nullable=False),
    Column("changed_s", Float, nullable=False),
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("compute_s", Float, nullable=False),
    Column("value", Text, nullable=False, comment="library.jobs.Job"),
    Column("model", String(200), comment="that a worker needs; unknown in a job of 0.1.0"),
    UniqueConstraint("owner", "idempotency_key", name="uq_jobs_idempotency"),
    Index("ix_jobs_state", "state", "created_s"),
)

changes = Table(
    "changes",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("transcript_id", String(64), nullable=False),
)
"""Changed and deleted transcripts in the order of commits; search indexes follow this table."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("expires_s", Float),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("name", String(300), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("expires_s", Float, nullable=False),
    Index("ix_uploads_expires", "expires_s"),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", String(64), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("bytes", BigInteger, nullable=False),
    Column("object", String(200), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("label", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_s", Float),
    Column("revoked_at", String(32)),
    Column("rate_per_minute", Integer),
    Column("concurrent", Integer),
    Column("storage_bytes", BigInteger),
)

executors = Table(
    "executors",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("seen_s", Float, nullable=False),
    Column("models", Text, comment="JSON; unknown of a worker of 0.1.0, which takes any job"),
)
