"""The library: records, jobs, search, tags, backup.

Lives here: what is kept of each transcript, in which order jobs run, how words are found again.
May import: `earwitness.transcript`, `.messages`, `.engine_messages`, `.plain`, `.errors`, stdlib.
Never put here: IndexedDB, HTTP, inference. Storage is a Protocol, given from outside.
"""
