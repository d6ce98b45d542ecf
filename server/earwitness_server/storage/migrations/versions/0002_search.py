"""The search index, on PostgreSQL only: SQLite's is a file of its own."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE TABLE search_docs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transcript_id text NOT NULL UNIQUE,
    name text NOT NULL, created_at text NOT NULL, language text NOT NULL, scope text NOT NULL,
    tags text[] NOT NULL
);
CREATE TABLE search_lines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, doc bigint NOT NULL,
    number integer NOT NULL, start_s double precision NOT NULL, end_s double precision NOT NULL,
    text text NOT NULL, words tsvector NOT NULL
);
CREATE UNIQUE INDEX search_lines_doc ON search_lines (doc, number);
CREATE INDEX search_lines_words ON search_lines USING gin (words);
CREATE INDEX search_lines_names ON search_lines USING gin (words) WHERE number = -1;
ALTER TABLE search_lines ALTER COLUMN words SET STATISTICS 500;
CREATE TABLE search_terms (
    term text COLLATE "C" PRIMARY KEY, lines bigint NOT NULL, grams text[] NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX search_terms_grams ON search_terms USING gin (grams);
CREATE TABLE search_place (
    one boolean PRIMARY KEY CHECK (one), number bigint, built text,
    lines bigint NOT NULL, words bigint NOT NULL
);
INSERT INTO search_place VALUES (true, NULL, NULL, 0, 0);
"""


def upgrade() -> None:
    """Create it empty; the first process that searches fills it."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
