"""Deleted and expired transcripts are in no file of the data folder."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from earwitness.search.index import Entry, Line
from earwitness_server.search.local import LocalIndex
from earwitness_server.search.secure_delete import purge
from earwitness_server.services import open_search
from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.tables import transcripts

from tests.support.api import Api
from tests.support.files import contents_below
from tests.support.scripted_engine import SENTENCE
from tests.support.server_process import PIECE, Deployment, ServerProcess
from tests.support.waiting import wait_for

SOUND = b"a recording nobody else made"
# An index keeps only the end of a word that begins like its neighbour, so ends are looked for.
RARE = {"name": "Zqflummoxation", "tag": "zxbrouhahaish", "edit": "zwgobbledygooks"}
SIGNS = [word[2:].encode() for word in RARE.values()]


def holding(folder: Path, *signs: bytes) -> list[str]:
    """Files that hold one of these, in any letters' case."""
    return [
        f"{path.name}: {sign!r}"
        for path, content in contents_below(folder)
        for sign in signs
        if sign.lower() in content.lower()
    ]


def transcribed(server: ServerProcess, sound: bytes, name: str) -> str:
    """Have a recording transcribed; the transcript's id."""
    headers = {
        "upload-length": str(len(sound)),
        "upload-metadata": f"filename {base64.b64encode(name.encode()).decode()}",
        **PIECE,
    }
    location = server.call("POST", "/api/uploads", sound, **headers)["location"]
    body = {"upload": location.split("/")[-1]}
    transcript_id: str = server.call("POST", "/api/jobs", body)["id"]
    wait_for(lambda: server.state(transcript_id) == "done", "a job that is done")
    return transcript_id


def test_no_file_contains_a_deleted_transcript(deployment: Deployment) -> None:
    server = deployment.start()
    data = deployment.data
    kept = transcribed(server, b"another", "kept.wav")
    doomed = transcribed(server, SOUND, f"{RARE['name']}.wav")
    long = " ".join(f"{RARE['edit']} {RARE['edit']}{i}" for i in range(500))
    edits = {"tags": [RARE["tag"]], "segments": {"1": long, "2": RARE["edit"]}}
    server.call("PATCH", f"/api/transcripts/{doomed}", edits)
    # What was misspelt is looked for among the spellings, which keep words of their own.
    assert server.call("GET", f"/api/search?query={RARE['edit']}x")["hits"]
    other = deployment.start(earwitness_role="web")
    assert other.call("GET", f"/api/search?query={RARE['edit']}x")["hits"]
    # Nobody follows changes for the index of a server that is gone.
    other.kill()
    names = " ".join(holding(data, *SIGNS, SOUND))
    assert all(each in names for each in (doomed, "earwitness.", "search-0.", "search-1."))

    server.call("DELETE", f"/api/transcripts/{doomed}")
    assert holding(data / "objects", SOUND) == [], "the recording goes at once"
    wait_for(lambda: holding(data, *SIGNS, SOUND) == [], "files without what was deleted")
    assert len(server.call("GET", "/api/search?query=sentence")["hits"]) == 6

    heard = SENTENCE.split()[2].encode()
    assert holding(data, heard)
    server.call("DELETE", f"/api/transcripts/{kept}")
    wait_for(lambda: holding(data, heard) == [], "files without what was deleted")
    server.stop()
    assert holding(data, *SIGNS, SOUND, heard) == []


def test_no_file_contains_an_expired_transcript(
    make_api: Callable[..., Api], tmp_path: Path
) -> None:
    api = make_api(worker_away_s=1)
    transcript_id = api.finished(SOUND, f"{RARE['name']}.wav", retention_days=1)
    signs = (*SIGNS, SOUND, b"sentence")
    assert holding(tmp_path / "data", *signs)
    own = transcripts.c.id == transcript_id
    with api.services.database.write() as connection:
        connection.execute(sa.update(transcripts).where(own).values(expires_s=now_s() - 1))
    wait_for(lambda: not holding(tmp_path / "data", *signs), "files without what is past its days")


def test_index_forgets_words_and_spellings(tmp_path: Path) -> None:
    index = LocalIndex(str(tmp_path / "index.sqlite"))
    kept = [Line(float(i), i + 1.0, f"zqword{i} and more") for i in range(2000)]
    index.index.put(Entry("kept", "Kept", "2026-01-01"), kept)
    for turn in range(3):
        lines = [Line(0.0, 1.0, f"{RARE['edit']} {turn} {i}") for i in range(300)]
        index.index.put(Entry("doomed", RARE["name"], "2026-01-01"), lines)
        index.index.update_spellings()
    assert not index.unclean()
    index.update({"doomed": None})
    assert index.unclean()
    # As after a crash: what is left to do is written down.
    index.index.close()
    index = LocalIndex(str(tmp_path / "index.sqlite"))
    for _step in purge(index.index):
        continue
    assert not index.unclean()
    assert holding(tmp_path, *SIGNS) == []
    db = index.index.db
    for statement in ("SELECT term FROM spelled", "SELECT term FROM spellings"):
        terms = {row[0] for row in db.execute(statement)}
        assert "zqword1999" in terms
        assert RARE["edit"] not in terms
    assert db.execute("SELECT count(*) FROM spellings WHERE spellings MATCH 'zwg'").fetchone() == (
        0,
    )
    found = db.execute("SELECT count(*) FROM words WHERE words MATCH 'zqword7'").fetchone()
    assert found == (1,)
    index.index.close()


def test_index_from_before_secure_delete_is_rebuilt(tmp_path: Path) -> None:
    index = LocalIndex(str(tmp_path / "index.sqlite"))
    index.index.put(Entry("one", RARE["name"], "2026-01-01"), [])
    index.index.db.execute("DROP TABLE unclean")
    index.index.db.commit()
    index.index.close()
    index = LocalIndex(str(tmp_path / "index.sqlite"))
    assert len(index.index) == 0
    index.index.put(Entry("two", RARE["edit"], "2026-01-01"), [])
    index.clear()
    assert holding(tmp_path, *SIGNS) == []
    index.index.close()


def test_worker_creates_no_search_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'earwitness.sqlite'}")
    settings = Settings(data=tmp_path, role="worker")  # type: ignore[call-arg]
    search = open_search(database, Queue(database), settings)
    assert list(tmp_path.glob("search-*")) == []
    search.close()
    database.close()
