"""`python -m tests.compat.makers.server`: what a server leaves behind when its machine loses power.

Writes `server/sqlite.tar.gz` (the data folder), `server/postgresql.sql.gz` with
`server/postgresql.tar.gz`, and beside each what the same version answers afterwards.
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
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.compat.makers.machine import CORPUS, FIXTURES, Process, call, environment, until
from tests.compat.origin import sha256, write_json
from tests.support.postgresql import PostgresqlCluster

OUT = FIXTURES / "server"
LASTING = {"EARWITNESS_UPLOAD_DAYS": "36500", "EARWITNESS_REQUIRE_KEYS": "true"}
"""What expires would not be there when a test of later years looks for it."""
ONE_AT_A_TIME = {**LASTING, "EARWITNESS_SLOTS": "1"}
EPOCH_S = 1_700_000_000
Start = Callable[[], Process]


CLIPS = {
    "finished": "en-connection.flac",
    "words only": "en-echotest.wav",
    "half-way": "en-instructions.flac",
    "queued": "en-connection.flac",
    "cancelled": "en-echotest.wav",
    "upload": "en-connection.flac",
}


def content(name: str) -> bytes:
    """A recording; the one that is to fail is none."""
    return (CORPUS / CLIPS[name]).read_bytes() if name in CLIPS else b"eggs, milk\n" * 40


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


def submit(url: str, key: str, name: str, content: bytes, **fields: Any) -> dict[str, Any]:
    """Upload a recording and make it a job; its id, and the request that made it."""
    length = {"upload_length": str(len(content))}
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    made = call(url, "POST", "/api/uploads", content, key, upload_metadata=metadata, **length)
    upload = made.headers["location"].rsplit("/", 1)[1]
    once = f"once-{name}"
    body = {"upload": upload, **fields}
    answer = call(url, "POST", "/api/jobs", body, key, idempotency_key=once)
    assert answer.status == 201, answer.text
    return {"id": answer.body["id"], "body": body, "idempotency-key": once}


def wait(url: str, key: str, id_: str, state: str = "done") -> None:
    """Wait until a job is in a state."""
    until(lambda: call(url, "GET", f"/api/jobs/{id_}", key=key).body["state"] == state)


def live(start: Start, keys: dict[str, str], wait_s: float) -> dict[str, Any]:
    """Everything a server can hold, its process killed in the middle of a recording.

    `wait_s`: between the commit of the first window and the end of the process.
    """
    server = start()
    url, ada = server.url, keys["ada"]
    requests: dict[str, Any] = {}
    ids: dict[str, str] = {}

    def send(name: str, **fields: Any) -> None:
        requests[name] = submit(url, ada, f"{name}.wav", content(name), **fields)
        ids[name] = requests[name]["id"]

    for name, more in (("finished", {}), ("words only", {"keep_audio": False}), ("failed", {})):
        send(name, **more)
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

    for name in ("half-way", "queued", "cancelled"):
        send(name)
    call(url, "POST", f"/api/jobs/{ids['cancelled']}/cancel", None, ada)
    path = f"/api/transcripts/{ids['half-way']}"
    until(lambda: call(url, "GET", path, key=ada).body["segments"], 0.02)
    time.sleep(wait_s)
    committed = call(url, "GET", path, key=ada).body
    assert call(url, "GET", f"/api/jobs/{ids['half-way']}", key=ada).body["state"] != "done"
    server.kill()
    return {
        "keys": keys,
        "ids": ids,
        "requests": requests,
        "upload": upload,
        "received": half,
        "committed": committed,
    }


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


def check(start: Start, expected: dict[str, Any]) -> None:
    """The words are those of a server that nothing disturbs."""
    server = start()
    try:
        for name in ("half-way", "queued"):
            id_ = submit(server.url, "", name, content(name))["id"]
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
    """The small server, killed as soon as the first batch is committed."""
    data = folder / "data"
    keys = add_keys({"EARWITNESS_DATA": str(data)})
    kept = live(lambda: Process(data, **ONE_AT_A_TIME), keys, 0.0)
    kept["audio"] = pack(data, OUT / "sqlite.tar.gz")
    again = folder / "again"
    shutil.copytree(data, again)
    expected = finish(Process(again, **LASTING), kept)
    check(lambda: Process(folder / "undisturbed"), expected)
    write_json(OUT / "sqlite.json", expected)


def on_postgresql(folder: Path) -> None:
    """One of a fleet, killed in the middle of the next batch."""
    cluster = PostgresqlCluster()
    try:
        with cluster.database() as name:
            settings = {**ONE_AT_A_TIME, "EARWITNESS_DATABASE_URL": cluster.url(name)}
            data = folder / "data"

            def start() -> Process:
                return Process(data, **settings)

            data.mkdir()
            keys = add_keys({"EARWITNESS_DATA": str(data), **settings})
            kept = live(start, keys, 1.0)
            where = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "earwitness", name]
            dump = subprocess.run(
                ["pg_dump", "--no-owner", "--inserts", *where],
                check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
            kept["audio"] = pack(data, OUT / "postgresql.tar.gz")
            # Words of psql alone, and a setting that older versions of PostgreSQL do not have.
            others = ("\\", "SET transaction_timeout")
            lines = [line for line in dump.split("\n") if not line.startswith(others)]
            text = "\n".join(lines).encode()
            (OUT / "postgresql.sql.gz").write_bytes(gzip.compress(text, 9, mtime=EPOCH_S))
            write_json(OUT / "postgresql.json", finish(start(), kept))
    finally:
        cluster.close()


MAKERS = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def main(names: list[str]) -> None:
    """Make those named, or both."""
    for name in names or MAKERS:
        with tempfile.TemporaryDirectory() as folder:
            MAKERS[name](Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
