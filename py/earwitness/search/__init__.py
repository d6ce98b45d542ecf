"""Full-text search over names and segments, the same in the page and on the server.

    index = SearchIndex()                    # in memory; or SearchIndex("file.sqlite3")
    index.put(Entry(…), [Line(…), …])        # a whole transcript
    hits = search(index, Query("budget -draft", language="en"))

The index is a cache in SQLite's FTS5: it can be dropped and built again from the transcripts.
`query` parses what the user typed, `normalize` prepares text, `index` writes, `fts5` reads, `find`
ranks, `spelling` corrects, `snippet` marks. `source` is the Protocol that `find` needs of an index,
so that another database can have one: `tokens` and `bm25` are FTS5's rules for such a database.

Lives here: grammar, index, ranking, corrections, snippets.
May import: the shared modules of `earwitness`, `earwitness.domain`, the standard library.
Never put here: storage of transcripts, HTTP.
"""
