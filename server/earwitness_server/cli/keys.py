"""`keys`: create, list, rotate and revoke API keys."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from earwitness.domain.records import iso

from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.keys import LIMITS, KeyLimits, Keys


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Run one action, and print the key or the list.

    Raises:
        EarwitnessError: the action failed.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(Database(settings.database)) as database:
        database.migrate()
        keys = Keys(database)
        match arguments.action:
            case "add":
                given = {name: getattr(arguments, name) for name in (*LIMITS, "days")}
                scopes = arguments.scopes.split(",")
                print(keys.add(arguments.owner, scopes, arguments.label, KeyLimits(**given)))
            case "rotate":
                print(keys.rotate(arguments.id))
            case "revoke":
                keys.revoke(arguments.id)
            case _:
                for row in keys.rows():
                    print(_line(row))


def _line(row: dict[str, Any]) -> str:
    """Return a key as `keys list` shows it: its scopes, validity, limits and label."""
    expires_s: float | None = row["expires_s"]
    if row["revoked_at"]:
        state = f"revoked {row['revoked_at']}"
    elif expires_s is None:
        state = "valid"
    else:
        state = f"{'expired' if expires_s < now_s() else 'valid until'} {iso(expires_s)}"
    limits = [f"{name.replace('_', '-')}={row[name]}" for name in LIMITS if row[name] is not None]
    parts = [row["id"], row["owner"], row["scopes"].replace(" ", ","), state, *limits]
    return " ".join([*parts, row["label"]]).rstrip()
