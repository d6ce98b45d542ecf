#!/usr/bin/env python3
"""Earwitness: sets everything up, builds it, serves it, tests it. Needs Python 3.11+, nothing else.

python3 build.py run      set up what is missing, then serve the page
python3 build.py test     set up what is missing, then run every test, real browser included
python3 build.py unit     set up what is missing, then run the quick tests: no browser, no model
python3 build.py dev      serve the work tree, and show each saved change in the open page
python3 build.py --help   all commands and flags
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036, this file must explain itself on an old Python
    sys.exit(
        "Earwitness needs Python 3.11 or newer; this is "
        f"{sys.version_info.major}.{sys.version_info.minor}.\n"
        "Install one (Debian 12+, Ubuntu 24.04+: apt-get install python3) and run build.py with it."
    )

from tooling.commands import main

if __name__ == "__main__":
    sys.exit(main())
