"""Audio to words: windows, decoding policy, guards, stitching.

Lives here: every judgement about speech, written against the Protocols in `protocols`.
May import: `earwitness.transcript`, `earwitness.errors`, `earwitness.messages`,
`earwitness.engine_messages`, the standard library.
Never put here: a browser, a server, a particular inference library, storage.
"""
