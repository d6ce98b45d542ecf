"""`python -m tests.compat.makers.server`: what a server leaves behind when its machine loses power.

On SQLite with a real engine (`server/sqlite.tar.gz`, the data folder), and on PostgreSQL with the
scripted one of the tests (`server/postgres.sql.gz`, `server/postgres.tar.gz`). Beside each stands
what the same version answers afterwards (`server/*.json`).
"""

from __future__ import annotations

import base64
import gzip
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.server.databases import Postgres, postgres_programs

from tests.compat.makers.machine import CORPUS, FIXTURES, Process, call, environment, until
from tests.compat.origin import sha256, write_json

OUT = FIXTURES / "server"
LASTING = {"EARWITNESS_UPLOAD_DAYS": "36500", "EARWITNESS_REQUIRE_KEYS": "true"}
"""What expires would not be there when a test of later years looks for it."""
ONE_AT_A_TIME = {**LASTING, "EARWITNESS_SLOTS": "1"}
EPOCH_S = 1_700_000_000
Start = Callable[[], Process]


def real(name: str) -> bytes:
    """A recording for the real engine."""
    names = {
        "finished": "en-connection.flac",
        "words only": "en-echotest.wav",
        "half-way": "en-instructions.flac",
        "queued": "en-connection.flac",
        "cancelled": "en-echotest.wav",
        "upload": "en-connection.flac",
    }
    return (CORPUS / names[name]).read_bytes() if name in names else b"eggs, milk\n" * 40


def scripted(name: str) -> bytes:
    """A recording for the scripted engine, which fails on those that begin with `bad`."""
    return f"{'bad' if name == 'failed' else name} talk".encode()


def add_keys(settings: dict[str, str]) -> dict[str, str]:
    """Keys of every kind; name -> key."""

    def keys(*words: str) -> str:
        command = [sys.executable, "-m", "earwitness_server", "keys", *words]
        made = subprocess.run(
            command, env=environment(**settings), check=True, capture_output=True, text=True
        )
        return made.stdout.strip()

    found = {
        "ada": keys("add", "ada", "--label", "Ada’s page"),
        "bob": keys("add", "bob", "--scopes", "read", "--rate-per-minute", "1000"),
        "over": keys("add", "ada", "--days", "0.000001"),
        "revoked": keys("add", "ada"),
        "before": keys("add", "ada"),
    }
    keys("revoke", found["revoked"].split("_")[1])
    found["rotated"] = keys("rotate", found["before"].split("_")[1])
    return found


def submit(url: str, key: str, name: str, content: bytes, **fields: Any) -> str:
    """Upload a recording and make it a job; its id."""
    length = {"upload_length": str(len(content))}
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    made = call(url, "POST", "/api/uploads", content, key, upload_metadata=metadata, **length)
    upload = made.headers["location"].rsplit("/", 1)[1]
    once = {"idempotency_key": f"once-{name}"}
    body = {"upload": upload, **fields}
    answer = call(url, "POST", "/api/jobs", body, key, **once)
    assert answer.status == 201, answer.text
    return str(answer.body["id"])


def wait(url: str, key: str, id_: str, state: str = "done") -> None:
    """Wait until a job is in a state."""
    until(lambda: call(url, "GET", f"/api/jobs/{id_}", key=key).body["state"] == state)


def live(start: Start, keys: dict[str, str], content: Callable[[str], bytes]) -> dict[str, Any]:
    """Everything a server can hold, its process killed in the middle of a recording."""
    server = start()
    url, ada = server.url, keys["ada"]
    ids: dict[str, str] = {}
    for name, more in (("finished", {}), ("words only", {"keep_audio": False}), ("failed", {})):
        ids[name] = submit(url, ada, f"{name}.wav", content(name), **more)
        wait(url, ada, ids[name], "failed" if name == "failed" else "done")
    change = {
        "name": "Interview “Žižkov”",
        "tags": ["Work", "Praha 3"],
        "shared": True,
        "segments": {"1": "This sentence is mine: žluťoučký kůň."},
    }
    assert call(url, "PATCH", f"/api/transcripts/{ids['finished']}", change, ada).status == 200

    whole = content("upload")
    length, half = {"upload_length": str(len(whole))}, len(whole) // 2
    metadata = "filename " + base64.b64encode(b"half.flac").decode()
    made = call(url, "POST", "/api/uploads", None, ada, upload_metadata=metadata, **length)
    upload = made.headers["location"]
    for start_, end in ((0, half // 2), (half // 2, half)):
        call(url, "PATCH", upload, whole[start_:end], ada, upload_offset=str(start_))

    ids["half-way"] = submit(url, ada, "half-way.wav", content("half-way"))
    ids["queued"] = submit(url, ada, "queued.wav", content("queued"))
    ids["cancelled"] = submit(url, ada, "cancelled.wav", content("cancelled"))
    call(url, "POST", f"/api/jobs/{ids['cancelled']}/cancel", None, ada)
    path = f"/api/transcripts/{ids['half-way']}"
    until(lambda: call(url, "GET", path, key=ada).body["segments"], 0.02)
    committed = call(url, "GET", path, key=ada).body
    assert call(url, "GET", f"/api/jobs/{ids['half-way']}", key=ada).body["state"] != "done"
    server.kill()
    return {"keys": keys, "ids": ids, "upload": upload, "received": half, "committed": committed}


def seen(url: str, keys: dict[str, str], ids: dict[str, str]) -> dict[str, Any]:
    """What a server answers."""
    ada = keys["ada"]

    def get(path: str, key: str = ada) -> Any:
        return call(url, "GET", path, key=key).body

    found: dict[str, Any] = {
        "list": {who: get("/api/transcripts", keys[who])["transcripts"] for who in ("ada", "bob")},
        "transcripts": {name: get(f"/api/transcripts/{id_}") for name, id_ in ids.items()},
        "jobs": {name: get(f"/api/jobs/{id_}") for name, id_ in ids.items()},
        "export": call(
            url, "GET", f"/api/transcripts/{ids['finished']}/export?format=srt", key=ada
        ).text,
        "status": {
            who: call(url, "GET", "/api/transcripts", key=key).status for who, key in keys.items()
        },
        "hits": {},
    }
    for query in ("mine", "connection", "sentence"):
        hits = get(f"/api/search?query={query}")["hits"]
        found["hits"][query] = [[h["transcript_id"], h["segment"], h["snippet"]] for h in hits]
    return found


def finish(server: Process, kept: dict[str, Any]) -> dict[str, Any]:
    """What the same version makes of it when it is started again."""
    try:
        for name in ("half-way", "queued"):
            wait(server.url, kept["keys"]["ada"], kept["ids"][name])
        return {**kept, "later": seen(server.url, kept["keys"], kept["ids"])}
    finally:
        server.stop()


def check(start: Start, expected: dict[str, Any], content: Callable[[str], bytes]) -> None:
    """The words are those of a server that nothing disturbs."""
    server = start()
    try:
        for name in ("half-way", "queued"):
            id_ = submit(server.url, "", name, content(name))
            wait(server.url, "", id_)
            words = call(server.url, "GET", f"/api/transcripts/{id_}").body["segments"]
            assert words == expected["later"]["transcripts"][name]["segments"], name
    finally:
        server.stop()


def pack(data: Path, target: Path) -> dict[str, Any]:
    """Write a data folder as an archive that is the same for the same content.

    Returns:
        Where recordings of the corpus stood, which are not in the archive.
    """
    known = {sha256(path.read_bytes()): path.name for path in CORPUS.iterdir()}
    named: dict[str, Any] = {}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(data.rglob("*")):
            name = path.relative_to(data).as_posix()
            if path.is_dir() or name.endswith("-shm") or name == "heard.txt":
                continue
            content = path.read_bytes()
            digest = sha256(content)
            if digest in known:
                named[name] = {"bytes": len(content), "sha256": digest, "corpus": known[digest]}
                continue
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), EPOCH_S, 0o600
            archive.addfile(entry, io.BytesIO(content))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=EPOCH_S))
    return named


def on_sqlite(folder: Path) -> None:
    """The small server."""
    data = folder / "data"
    keys = add_keys({"EARWITNESS_DATA": str(data)})
    kept = live(lambda: Process(data, **ONE_AT_A_TIME), keys, real)
    kept["audio"] = pack(data, OUT / "sqlite.tar.gz")
    again = folder / "again"
    shutil.copytree(data, again)
    expected = finish(Process(again, **LASTING), kept)
    check(lambda: Process(folder / "undisturbed"), expected, real)
    write_json(OUT / "sqlite.json", expected)


def on_postgres(folder: Path) -> None:
    """One of a fleet."""
    programs = postgres_programs()
    assert programs is not None
    postgres = Postgres(folder / "postgres")
    try:
        where = {"EARWITNESS_DATABASE_URL": postgres.address}
        engine = {"SCRIPTED_WINDOWS": "6", "SCRIPTED_PACE_S": "0.5"}
        data = folder / "data"

        def start(**more: str) -> Process:
            settings = {**ONE_AT_A_TIME, **where, **engine, **more}
            return Process(data, "tests.server.scripted_process", **settings)

        data.mkdir()
        keys = add_keys({"EARWITNESS_DATA": str(data), **where})
        kept = live(start, keys, scripted)
        dump = subprocess.run(
            [programs / "pg_dump", "--no-owner", "-h", "127.0.0.1", "-p", str(postgres.port),
             "-U", "earwitness", "postgres"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        # psql of another version does not know these.
        lines = [
            line
            for line in dump.split("\n")
            if not line.startswith(("\\restrict", "\\unrestrict", "SET transaction_timeout"))
        ]
        OUT.mkdir(parents=True, exist_ok=True)
        text = "\n".join(lines).encode()
        (OUT / "postgres.sql.gz").write_bytes(gzip.compress(text, 9, mtime=EPOCH_S))
        kept["audio"] = pack(data, OUT / "postgres.tar.gz")
        write_json(OUT / "postgres.json", finish(start(SCRIPTED_PACE_S="0"), kept))
    finally:
        postgres.stop()


def main() -> None:
    """Make both."""
    for make in (on_sqlite, on_postgres):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))


if __name__ == "__main__":
    main()
