"""Earwitness: everything that decides.

Lives here: what a transcript is, how speech becomes words, how a library keeps and finds them,
how they leave as files. Runs in Pyodide and is imported by the server unchanged.
May import: the standard library.
Never put here: `js` or `pyodide` outside `browser/`, drawing, HTTP.
"""

__version__ = "0.1.0"
