"""Full-text search over names and sentences, on SQLite's FTS5; the same in the page and the server.

    index = SearchIndex()                    # in memory; or SearchIndex("file.sqlite3")
    index.put(Entry(…), [Line(…), …])        # a whole transcript
    hits = search(index, Query("budget -draft", language="en"))

The index is a cache: it can be dropped at any time and built again from the transcripts.
`query` reads what the user typed, `scripts` prepares text, `index` keeps it, `fts5` looks into it,
`find` ranks, `spelling` guesses what was meant, `snippet` shows it. `source` is what `find` needs
of an index, so that another database can keep one: `tokens` and `bm25` are FTS5's own rules for it.
"""
