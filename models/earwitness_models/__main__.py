"""The command `python -m earwitness_models export base --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .catalogue import SPEAKERS_ID, VAD_ID, WHISPERS, whisper
from .errors import ModelError
from .export import export_speakers, export_vad, export_whisper
from .precision import DEFAULT_PRECISION, PRECISIONS
from .sources import SourceOptions


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earwitness_models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="fetch models and write them as ONNX graphs")
    known = ", ".join([*WHISPERS, VAD_ID, SPEAKERS_ID])
    export.add_argument("models", nargs="+", metavar="MODEL", help=known)
    export.add_argument("--out", type=Path, required=True, help="folder to write <model>/ into")
    export.add_argument(
        "--cache",
        type=Path,
        default=Path(".cache/weights"),
        help="folder for downloads (default .cache/weights)",
    )
    export.add_argument(
        "--precision",
        choices=list(PRECISIONS),
        default=DEFAULT_PRECISION,
        help=f"how weights are stored and computed (default {DEFAULT_PRECISION})",
    )
    export.add_argument("--folder", type=Path, help="folder with published weights")
    export.add_argument(
        "--sources",
        default="folder,package,hub",
        help="sources in the order to try (default folder,package,hub)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 1 if an export failed, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    order = tuple(options.sources.split(","))
    unknown = set(order) - {"folder", "package", "hub"}
    if unknown:
        print(f"Unknown source: {', '.join(sorted(unknown))}. Use folder, package or hub.")
        return 2
    sources = SourceOptions(options.cache, order, options.folder)
    try:
        for name in options.models:
            if name == VAD_ID:
                export_vad(options.out, sources)
            elif name == SPEAKERS_ID:
                export_speakers(options.out, sources)
            else:
                precision = PRECISIONS[options.precision]
                export_whisper(whisper(name), options.out, precision, sources)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
