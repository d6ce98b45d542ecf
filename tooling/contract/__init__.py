"""What Python and JavaScript agree on, written from Python.

Lives here: the generator of `web/generated/` and of the tables in `docs/messages.md`.
May import: modules of `earwitness` that run without a browser, and the standard library.
Never put here: anything that the page or the server runs.
"""
