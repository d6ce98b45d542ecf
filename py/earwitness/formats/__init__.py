"""One module a file format, read and write: txt, srt, vtt, json, tsv, csv, md, lrc, ass.

May import: `earwitness.transcript`, `earwitness.errors`, `earwitness.plain`, the standard library.
Never put here: storage, download dialogs, HTTP.
"""
