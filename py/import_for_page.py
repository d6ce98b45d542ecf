"""Runs inside Pyodide (see `build.mjs`): imports all that both rooms need to start."""

import gc
from importlib import import_module

for room in ("engine", "library"):
    import_module(f"earwitness.browser.{room}_worker")
gc.collect()
