"""One parser for all commands. Options without a command mean `serve`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import earwitness
from earwitness.errors import EarwitnessError
from pydantic import ValidationError

from earwitness_server.cli import exit_codes, options
from earwitness_server.settings import DOWNLOADS, Settings

DATA, MODELS = (Settings.model_fields[name].default for name in ("data", "models"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        return _run(parsed)
    except ValidationError as error:
        print(f"earwitness: {error}", file=sys.stderr)
        return exit_codes.UNUSABLE
    except EarwitnessError as error:
        print(f"earwitness: {error}", file=sys.stderr)
        return exit_codes.exit_code(error)
    except BrokenPipeError:
        # Its reader has enough. Nothing may be written there when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.FAILED
    except KeyboardInterrupt:
        clients = ("search", "export")
        return exit_codes.INTERRUPTED if parsed.command in clients else exit_codes.DONE


def _run(parsed: argparse.Namespace) -> int:
    settings = Settings(**_given(parsed))
    # Imported here: a page alone needs none of the packages of the other commands.
    match parsed.command:
        case "transcribe":
            from earwitness_server.cli import transcribe

            return transcribe.run(parsed, settings)
        case "search":
            from earwitness_server.cli import search

            return search.run(parsed)
        case "export":
            from earwitness_server.cli import export

            return export.run(parsed)
        case "keys":
            from earwitness_server.cli import keys

            keys.run(parsed, settings)
        case "models":
            from earwitness_server.inference.install import install

            names = parsed.names or [settings.default_model]
            folder = parsed.into or settings.models
            install(names, folder, parsed.cache)
            print(f"{', '.join(names)} in {folder}")
        case _:
            from earwitness_server.cli.serve import serve

            serve(settings)
    return exit_codes.DONE


def _given(parsed: argparse.Namespace) -> dict[str, Any]:
    """Return the settings among the options."""
    return {name: value for name, value in vars(parsed).items() if name in Settings.model_fields}


def _parser() -> argparse.ArgumentParser:
    serving = _serving()
    parser = argparse.ArgumentParser(
        prog="earwitness",
        description="Transcribe recordings, here or on a server; serve the page and the API. "
        "Every option of serve is also an EARWITNESS_… variable.",
        epilog="Without a command: serve.",
        parents=[serving],
    )
    parser.add_argument("--version", action="version", version=earwitness.__version__)
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    transcribe = commands.add_parser(
        "transcribe", help="recordings to text, here or on a server", allow_abbrev=False
    )
    options.add_transcribe(transcribe)
    search = commands.add_parser(
        "search", help="find words in a server's library", allow_abbrev=False
    )
    options.add_search(search)
    export = commands.add_parser(
        "export", help="a transcript in another format", allow_abbrev=False
    )
    options.add_export(export)
    commands.add_parser("serve", help="serve until told to stop", parents=[serving])
    _add_keys(commands.add_parser("keys", help="manage API keys"))
    models = commands.add_parser("models", help="fetch models ahead of time")
    models.add_argument("names", nargs="*", help="tiny.en, base, speakers … (default: base)")
    models.add_argument("--into", type=Path, help=f"folder of models (default: {MODELS})")
    models.add_argument(
        "--cache", type=Path, default=DOWNLOADS, help="folder in which downloads are kept"
    )
    return parser


def _add_keys(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="create a key and print it, once")
    add.add_argument("owner", help="owner of the transcripts that the key reaches")
    add.add_argument("--scopes", default="transcribe,read,write", help="separated by commas")
    add.add_argument("--label", default="", help="a note that `keys list` shows")
    add.add_argument("--rate-per-minute", type=int, help="requests a minute")
    add.add_argument("--concurrent", type=int, help="unfinished jobs and direct requests together")
    add.add_argument("--storage-bytes", type=int, help="bytes of audio")
    add.add_argument("--days", type=float, help="days until the key expires")
    actions.add_parser("list", help="list all keys, without their secrets")
    for name, text in (("rotate", "give a key a new secret"), ("revoke", "end a key")):
        actions.add_parser(name, help=text).add_argument("id", help="as `keys list` shows it")


def _serving() -> argparse.ArgumentParser:
    # An option that is not given leaves no trace, so that its variable counts.
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    add = parser.add_argument
    add("--host", help="address to listen on (default: 127.0.0.1)")
    add("--port", type=int, help="port to listen on (default: 8400)")
    add("--dist", type=Path, help="folder of the built page (default: the one in the package)")
    add("--role", choices=("all", "web", "worker", "page"), help="what this process does")
    add("--data", type=Path, help=f"folder of the database and audio (default: {DATA})")
    add("--models", type=Path, help=f"folder of models (default: {MODELS})")
    add("--tls-cert", type=Path, help="PEM certificate chain")
    add("--tls-key", type=Path, help="PEM private key")
    add("--behind-proxy", action="store_true", help="a proxy terminates TLS")
    add(
        "--connect-origins",
        help="further servers that the page may connect to, such as https://asr.example",
    )
    add("--insecure", action="store_true", help="allow other machines without TLS")
    return parser
