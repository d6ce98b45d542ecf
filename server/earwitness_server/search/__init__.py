"""Search over the database's transcripts, with the page's own grammar and ranking.

`index_sync` keeps an index in step with the table of changes. On SQLite the index is a file of this
process (`local`); on PostgreSQL it is in the database, and all processes share it (`shared`:
`postgres` reads it, `postgres_index` writes it). Either can be deleted and is rebuilt.
"""
