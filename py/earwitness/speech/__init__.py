"""Audio to words: planning windows, decoding, fallback, word times, segments.

Lives here: every decision about speech, written against the Protocols in `protocols`.
May import: the shared modules of `earwitness`, `earwitness.domain`, the standard library.
Never put here: a browser, a server, a particular inference library, storage.
"""
