"""`python -m earwitness_server`: one command, one address."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from earwitness.errors import EarwitnessError
from pydantic import ValidationError

from earwitness_server.cli import commands
from earwitness_server.cli.serve import serve
from earwitness_server.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run the server; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if any(each in commands.COMMANDS for each in given[:3]):
            return commands.run(given)
        serve(_settings(given))
    except (EarwitnessError, ValidationError) as error:
        print(f"earwitness: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _settings(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(
        prog="earwitness_server",
        description="Serve the page and the API. Every option is also an EARWITNESS_… variable.",
    )
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8000)")
    parser.add_argument("--dist", type=Path, help="folder of the built page (default dist)")
    parser.add_argument("--role", choices=("all", "web", "worker", "page"), help="what to do")
    parser.add_argument("--data", type=Path, help="folder for database and audio (default var)")
    parser.add_argument("--models", type=Path, help="folder of models (default var/models)")
    parser.add_argument("--tls-cert", type=Path, help="PEM certificate chain")
    parser.add_argument("--tls-key", type=Path, help="PEM private key")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy terminates TLS")
    parser.add_argument(
        "--connect-origins",
        help="further servers that the page may talk to, such as https://asr.example",
    )
    parser.add_argument("--insecure", action="store_true", help="allow plain http for others")
    given: dict[str, Any] = {
        name: value
        for name, value in vars(parser.parse_args(arguments)).items()
        if value is not None and value is not False
    }
    return Settings(**given)


if __name__ == "__main__":
    sys.exit(main())
