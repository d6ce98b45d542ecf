"""`python3 build.py bench NAME` measures what docs/benchmarks.md and performance.md report."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from tests.support.variables import forget_server_settings

NAMES = ("accuracy", "speed", "scale", "resume", "media", "field", "server", "speakers", "terms",
         "page", "subtitles", "corrections", "pictures",
         "editor", "doubts", "library")  # fmt: skip
MODULES = {"page": "long_texts"}
"""Of names that differ from their module's."""


def main() -> int:
    """Run one measurement. Returns 0, or 1 if a limit is exceeded or a target missed."""
    forget_server_settings()
    parser = argparse.ArgumentParser(prog="build.py bench", description=__doc__)
    commands = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    chosen = next((argument for argument in sys.argv[1:] if argument in NAMES), None)
    for name in NAMES:
        if chosen not in (None, name):
            continue
        module = import_module(f"bench.{MODULES.get(name, name)}")
        summary = (module.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        command.add_argument("--json", action="store_true", help="print one JSON object")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
