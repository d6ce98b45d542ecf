"""Measurements of Earwitness and of the systems it is compared with: `python3 build.py bench NAME`.

May import every package of the project. No package imports `bench`. Results are printed and stored
under `build/bench/`. Never put a measured number here: docs/benchmarks.md and docs/performance.md
hold those.
"""
