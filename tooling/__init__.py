"""What `build.py` dispatches to: the environment, the build steps, tests and checks.

Runs on a bare Python, so it imports only the standard library. Each part's own build script lives
beside what it builds (`py/build.mjs`, `web/build.mjs`, `models/earwitness_models`); this room only
decides the order, skips what has not changed, and says what is happening.
"""
