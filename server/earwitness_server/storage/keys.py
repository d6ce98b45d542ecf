"""API keys: their owners, scopes and limits."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import sqlalchemy as sa
from earwitness.domain.records import iso
from earwitness.errors import BadRequestError, NotFoundError

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.tables import api_keys, counters

Scope = Literal["transcribe", "read", "write", "operate"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""`transcribe`: send audio; `read`: list, get, search, export; `write`: change and delete;
`operate`: metrics."""
PREFIX = "ew"
DAYS_MOST = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a key; None means no limit."""

    rate_per_minute: int | None = None
    concurrent: int | None = None
    storage_bytes: int | None = None


LIMITS = tuple(each.name for each in fields(Limits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(Limits):
    """Who sent a request, with the limits of the key. Where no key is needed, it is `local`."""

    owner: str = "local"
    label: str = ""
    """What the key was called when it was made, such as the name of a person."""
    key_id: str = ""
    scopes: frozenset[str] = frozenset(SCOPES)

    @property
    def name(self) -> str:
        """Who a change is by; empty where no key is needed."""
        return (self.label or self.owner) if self.key_id else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLimits(Limits):
    """Limits of a key, and of its life."""

    days: float | None = None


class Keys:
    """The table of keys. Only a hash of each secret is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, owner: str, scopes: list[str], label: str = "", limits: KeyLimits | None = None
    ) -> str:
        """Create a key and return it; it cannot be read later.

        Raises:
            BadRequestError: an unknown scope, an invalid owner or an invalid limit.
        """
        limits = limits or KeyLimits()
        _check(limits)
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise BadRequestError(
                f"Unknown scope: {', '.join(unknown) or 'none given'}.",
                hint=f"Use {', '.join(SCOPES)}.",
            )
        if not owner.replace("-", "").replace("_", "").isalnum() or len(owner) > 64:
            raise BadRequestError(
                f"Invalid owner: {owner!r:.80}.", hint="Use letters, digits, '-' and '_'."
            )
        key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        row = {
            "id": key_id,
            "owner": owner,
            "label": label[:200],
            "hash": _hash(secret),
            "scopes": " ".join(scopes),
            "created_at": iso(now_s()),
            "expires_s": now_s() + limits.days * 86400 if limits.days is not None else None,
            **{name: getattr(limits, name) for name in LIMITS},
        }
        self._database.execute(sa.insert(api_keys).values(row))
        return f"{PREFIX}_{key_id}_{secret}"

    def rotate(self, key_id: str) -> str:
        """Give a key a new secret and return the key; the old secret stops working at once.

        Raises:
            NotFoundError: no key has this id.
        """
        secret = secrets.token_urlsafe(32)
        self._change(key_id, {"hash": _hash(secret)})
        return f"{PREFIX}_{key_id}_{secret}"

    def revoke(self, key_id: str) -> None:
        """End a key for good.

        Raises:
            NotFoundError: no key has this id.
        """
        self._change(key_id, {"revoked_at": iso(now_s())})

    def rows(self) -> list[dict[str, Any]]:
        """Return every key, without the hashes."""
        shown = [column for column in api_keys.c if column.name != "hash"]
        statement = sa.select(*shown).order_by(api_keys.c.created_at)
        return [row._asdict() for row in self._database.rows(statement)]

    def find(self, key: str) -> Caller | None:
        """Return the caller who has `key`; None if it is unknown, revoked or expired."""
        prefix, _, rest = key.partition("_")
        key_id, _, secret = rest.partition("_")
        statement = sa.select(api_keys).where(api_keys.c.id == key_id[:16])
        row = next(iter(self._database.rows(statement)), None)
        # Compared even for an unknown key, so that the answer takes as long.
        matches = hmac.compare_digest(row.hash if row else "", _hash(secret))
        if row is None or not matches or prefix != PREFIX or row.revoked_at:
            return None
        if row.expires_s is not None and row.expires_s < now_s():
            return None
        return Caller(
            owner=row.owner,
            label=row.label,
            key_id=row.id,
            scopes=frozenset(row.scopes.split()),
            **{name: getattr(row, name) for name in LIMITS},
        )

    def count(self, caller: Caller) -> int:
        """Count a request; return how many the key has sent in this minute."""
        minute = int(now_s() // 60)
        name = f"rate/{caller.key_id}/{minute}"
        counted = (
            self._database.insert(counters)
            .values(name=name, value=1, expires_s=(minute + 2) * 60.0)
            .on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
            .returning(counters.c.value)
        )
        with self._database.write() as connection:
            return int(connection.execute(counted).scalar_one())

    def _change(self, key_id: str, values: dict[str, Any]) -> None:
        key = sa.update(api_keys).where(api_keys.c.id == key_id)
        if not self._database.execute(key.values(values)):
            raise NotFoundError(
                f"There is no key {key_id!r:.40}.", hint="`keys list` shows their ids."
            )


def _check(limits: KeyLimits) -> None:
    for name in LIMITS:
        value = getattr(limits, name)
        if value is not None and value < 1:
            raise BadRequestError(
                f"Invalid limit for {name.replace('_', '-')}: {value}.",
                hint="Use 1 or more, or leave it out for no limit.",
            )
    if limits.days is not None and not 0 < limits.days <= DAYS_MOST:
        raise BadRequestError(
            f"A key cannot be valid for {limits.days:g} days.",
            hint=f"Use more than 0 and at most {DAYS_MOST}, or leave it out for no end.",
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
