"""Side-by-side measurement: what `python3 build.py bench NAME` runs.

Imports everything of the project and its peers; nothing of the project imports it. Measured
numbers are printed and kept under `build/bench/`; never written into code.
"""
