"""The browser's side of Python, and the only room that imports `js` and `pyodide`.

`library_worker` and `engine_worker` are the entries. The other modules implement Protocols of
`library`, `remote` and `speech` with JavaScript objects, described by Protocols named `Platform…`.

May import: all of `earwitness`, `js`, `pyodide`, `transformers_js_py`.
Never put here: a decision that could be in another room and be tested on CPython.
"""
