"""Earwitness: every decision, for the page and the server alike.

Lives here: transcripts, recognition of speech, the library with its queue and search, file formats.
It runs in Pyodide, and the server imports it unchanged.
May import: the standard library.
Never put here: `js` or `pyodide` outside `browser/`, drawing, an HTTP server.
"""

__version__ = "0.1.0"
