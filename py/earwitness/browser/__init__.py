"""The only room that imports `js`: the seam between Python's decisions and the browser's powers.

May import: all of `earwitness`, `js`, `pyodide`, `transformers_js_py`.
Never put here: a decision that could stand in `speech/` or `library/` and be tested on CPython.
"""
