"""The environment of tests and measurements: nothing in it names data of the user."""

from __future__ import annotations

import os

PREFIX = "EARWITNESS_"
KEPT = ("CHROMIUM", "DIST", "EXPLORE", "SHARED")
"""What tests and measurements themselves are told: which browser, page and corpora."""


def forget_server_settings() -> None:
    """Delete the variables with which the user's own server is set up.

    A server of a test or a measurement would take the user's jobs from the database that they name.
    """
    for name in list(os.environ):
        setting = name.upper()
        if setting.startswith(PREFIX) and setting.removeprefix(PREFIX) not in KEPT:
            del os.environ[name]
