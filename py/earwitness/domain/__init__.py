"""The rules that page and server share: records, jobs, documents, and how they change.

Lives here: dataclasses, and pure functions from values to new values.
May import: the shared modules of `earwitness`, the standard library.
Never put here: I/O, clocks, locks, HTTP.
"""
