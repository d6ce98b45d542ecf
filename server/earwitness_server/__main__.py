"""`python -m earwitness_server`."""

import sys

from earwitness_server.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
