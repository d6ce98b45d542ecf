"""Commands beside serving: `keys` and `models`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness_server.settings import Settings

COMMANDS = ("keys", "models")


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit status.

    Raises:
        EarwitnessError: it failed, with the sentence to print.
    """
    parsed = _parser().parse_args(arguments)
    settings = Settings(**({"data": parsed.data} if parsed.data else {}))
    if parsed.command == "models":
        from earwitness_server.inference.install import install

        folder: Path = parsed.into or settings.models
        install(parsed.names or [settings.default_model], folder, parsed.cache)
        print(f"{', '.join(parsed.names or [settings.default_model])} in {folder}")
        return 0
    return _keys(parsed, settings)


def _keys(parsed: argparse.Namespace, settings: Settings) -> int:
    from earwitness_server.storage.database import Database
    from earwitness_server.storage.keys import KeyLimits, Keys

    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database)
    database.migrate()
    keys = Keys(database)
    try:
        if parsed.action == "add":
            limits = KeyLimits(
                parsed.rate_per_minute, parsed.concurrent, parsed.storage_bytes, parsed.days
            )
            print(keys.add(parsed.owner, parsed.scopes.split(","), parsed.label, limits))
        elif parsed.action == "rotate":
            print(keys.rotate(parsed.id))
        elif parsed.action == "revoke":
            keys.revoke(parsed.id)
        else:
            for row in keys.rows():
                print(_line(row))
    finally:
        database.close()
    return 0


def _line(row: dict[str, Any]) -> str:
    """A key as `keys list` shows it: what it may do, until when, and how much."""
    from earwitness.domain.records import iso

    from earwitness_server.storage.database import now_s

    expires_s: float | None = row["expires_s"]
    if row["revoked_at"]:
        state = f"revoked {row['revoked_at']}"
    elif expires_s is None:
        state = "valid"
    else:
        state = f"{'expired' if expires_s < now_s() else 'valid until'} {iso(expires_s)}"
    limits = [
        f"{name.replace('_', '-')}={row[name]}"
        for name in ("rate_per_minute", "concurrent", "storage_bytes")
        if row[name] is not None
    ]
    parts = [row["id"], row["owner"], row["scopes"].replace(" ", ","), state, *limits]
    return " ".join([*parts, row["label"]]).rstrip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earwitness_server")
    parser.add_argument("--data", type=Path, help="folder of the server's data")
    commands = parser.add_subparsers(dest="command", required=True)
    models = commands.add_parser("models", help="fetch models ahead of time")
    models.add_argument("names", nargs="*", help="such as tiny.en or base")
    models.add_argument("--into", type=Path, help="folder of models (default var/models)")
    models.add_argument("--cache", type=Path, default=Path(".cache/weights"))
    actions = commands.add_parser("keys", help="make and end API keys").add_subparsers(
        dest="action", required=True
    )
    add = actions.add_parser("add", help="make a key and print it, once")
    add.add_argument("owner", help="whose transcripts the key reaches")
    add.add_argument("--scopes", default="transcribe,read,write")
    add.add_argument("--label", default="")
    add.add_argument("--rate-per-minute", type=int, help="requests a minute")
    add.add_argument("--concurrent", type=int, help="unfinished jobs and direct requests at a time")
    add.add_argument("--storage-bytes", type=int, help="audio kept")
    add.add_argument("--days", type=float, help="how long the key is valid")
    actions.add_parser("list", help="show every key, without its secret")
    for name, text in (("rotate", "give a key a new secret"), ("revoke", "end a key")):
        actions.add_parser(name, help=text).add_argument("id")
    return parser
