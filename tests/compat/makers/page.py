"""`python -m tests.compat.makers.page`: a library as the built page leaves it behind.

Writes `page/library.json` (what the origin keeps, the browser killed in the middle of a recording)
and `page/expected.json` (what the same version shows of it afterwards).
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.compat.makers.machine import CORPUS, FIXTURES, Process, browsing, until, visit
from tests.compat.origin import QUIET, ask, dump, restore, write_json

TINY = {"model": "tiny.en", "language": "en"}
SETTINGS: dict[str, Any] = {
    "model": "tiny.en",
    "language": "cs",
    "task": "translate",
    "words": False,
    "keep_audio": False,
    "voice_activity": False,
    "prompt": "Ada Lovelace, Žižkov",
    "threads": 2,
    "device": "wasm",
    "confirm_download": False,
    "where": "auto",
    "server_url": "https://asr.example",
    "server_key": "ew_0123abcd_not-a-key",
    "server_model": "base",
    "server_after_s": 612.5,
    "server_consent": {"https://asr.example": False, "https://other.example/v1": True},
}
"""Every field is another than the default."""
UNFINISHED = {
    "half-way": "en-instructions.flac",
    "queued": "en-connection.flac",
    "paused": "en-instructions.flac",
}
QUERIES = ("connection", "žluťoučký", "conexión", "mine")


def add(page: Page, clip: str, name: str = "", **options: Any) -> str:
    """Give a file of the corpus to the library; its id."""
    content = (CORPUS / clip).read_bytes()
    return str(ask(page, "add-file", content, name=name or clip, options=options)["id"])


def job(page: Page, id_: str) -> dict[str, Any]:
    """What is happening to a recording."""
    listed = ask(page, "list-transcripts", limit=1000)["transcripts"]
    return next(each["job"] for each in listed if each["id"] == id_)


def wait(page: Page, id_: str, *states: str) -> None:
    """Wait until a recording's job is in one of the states."""
    until(lambda: job(page, id_)["state"] in (states or ("done",)))


def again(page: Page, id_: str, options: dict[str, Any], **span: float) -> None:
    """Run a recording again, corrections or not, and wait for the end."""
    ask(page, "retranscribe", transcript_id=id_, options=options, replace_corrections=True, **span)
    wait(page, id_)


def edit(page: Page, id_: str, segment: int, text: str) -> None:
    """Correct a sentence."""
    ask(page, "edit-segment", transcript_id=id_, segment=segment, text=text)


def live(page: Page) -> dict[str, str]:
    """Everything a library can hold; name -> id."""
    ids: dict[str, str] = {}
    ids["edited"] = add(page, "en-connection.flac", **TINY)
    wait(page, ids["edited"])
    edit(page, ids["edited"], 0, "This sentence is mine: žluťoučký kůň.")
    ask(page, "rename", transcript_id=ids["edited"], name="Connection – “Žižkov”")
    ask(page, "set-tags", transcript_id=ids["edited"], tags=["Telephone", "Praha 3"])

    ids["run twice"] = add(page, "es-connection.flac", model="base")
    wait(page, ids["run twice"])
    edit(page, ids["run twice"], 0, "Una frase mía, de antes.")
    again(page, ids["run twice"], {"model": "base", "language": "es", "task": "translate"})
    edit(page, ids["run twice"], 0, "A sentence of mine, from after.")

    ids["a part again"] = add(page, "en-echotest.wav", **TINY)
    wait(page, ids["a part again"])
    edit(page, ids["a part again"], 0, "My own first sentence.")
    again(page, ids["a part again"], {**TINY, "voice_activity": False}, start_s=12.0, end_s=18.0)

    ids["in the bin"] = add(page, "ru-connection.flac", model="base", prompt="Digium")
    wait(page, ids["in the bin"])
    edit(page, ids["in the bin"], 0, "Это моя фраза.")
    ask(page, "remove", transcript_ids=[ids["in the bin"]])

    text = b"eggs, milk\n" * 40
    ids["failed"] = str(ask(page, "add-file", text, name="shopping.mp3", options=TINY)["id"])
    wait(page, ids["failed"], "failed")

    ask(page, "change-settings", settings=SETTINGS)
    ids["audio gone"] = add(page, "en-connection.flac", "the same again.flac", **TINY)
    wait(page, ids["audio gone"])

    ids["paused"] = add(page, "en-instructions.flac", "paused.flac", **TINY)
    until(lambda: job(page, ids["paused"])["position_s"] > 0, 0.02)
    ask(page, "pause", transcript_id=ids["paused"])
    wait(page, ids["paused"], "paused")

    ids["half-way"] = add(page, "en-instructions.flac", **TINY)
    ids["queued"] = add(page, "en-connection.flac", "queued.flac", **TINY)
    ids["cancelled"] = add(page, "en-echotest.wav", "cancelled.wav", **TINY)
    ask(page, "cancel", transcript_id=ids["cancelled"])
    until(lambda: job(page, ids["half-way"])["position_s"] > 0, 0.02)
    return ids


def kill(profile: Path) -> None:
    """End the browser that has this profile, as a power cut would."""
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        words = each.read_bytes().decode(errors="replace").split("\0")
        if f"--user-data-dir={profile}" in words and not any("--type=" in w for w in words):
            os.kill(int(each.parent.name), signal.SIGKILL)


def seen(page: Page) -> dict[str, Any]:
    """What the library shows: lines, the bin, words, hits."""
    lines = ask(page, "list-transcripts", limit=1000)["transcripts"]
    return {
        "transcripts": lines,
        "removed": ask(page, "list-transcripts", limit=1000, removed=True)["transcripts"],
        "words": {
            each["id"]: ask(page, "get-transcript", transcript_id=each["id"]) for each in lines
        },
        "hits": {
            query: [
                [hit["transcript_id"], hit["segment"], hit["snippet"]]
                for hit in ask(page, "search", query=query)["hits"]
            ]
            for query in QUERIES
        },
        "settings": ask(page, "get-status")["settings"],
    }


def whole(page: Page, clip: str) -> list[dict[str, Any]]:
    """What this version hears in a recording when nothing disturbs it."""
    id_ = add(page, clip, **TINY)
    wait(page, id_)
    return ask(page, "get-transcript", transcript_id=id_)["segments"]


def main() -> None:
    """Make both files."""
    with tempfile.TemporaryDirectory() as folder:
        server = Process(Path(folder) / "data")
        profile = Path(folder) / "profile"
        try:
            with browsing(profile) as context:
                page = visit(context, server.url)
                ids = live(page)
                kill(profile)
            with browsing(profile) as context:
                quiet = context.new_page()
                quiet.goto(f"{server.url}/{QUIET}")
                library = dump(quiet)
            states = {name: library["stores"]["jobs"][id_]["state"] for name, id_ in ids.items()}
            assert states["half-way"] == "transcribing", states
            assert (states["queued"], states["paused"]) == ("queued", "paused"), states
            write_json(FIXTURES / "page" / "library.json", library)

            # The same version opens it: what comes out is what every later one must show.
            with browsing(Path(folder) / "other") as context:
                quiet = context.new_page()
                quiet.goto(f"{server.url}/{QUIET}")
                restore(quiet, library)
                page = visit(context, server.url)
                at_once = seen(page)
                wait(page, ids["half-way"])
                wait(page, ids["queued"])
                ask(page, "resume", transcript_id=ids["paused"])
                wait(page, ids["paused"])
                ask(page, "restore", transcript_ids=[ids["in the bin"]])
                ask(page, "go-back", transcript_id=ids["run twice"], replace_corrections=True)
                ask(page, "edit-segment", transcript_id=ids["edited"], segment=0,
                    text=library_heard(library, ids["edited"]))  # fmt: skip
                later = seen(page)
            with browsing(Path(folder) / "third") as context:
                page = visit(context, server.url)
                ask(page, "change-settings", settings=SETTINGS)
                for name, clip in UNFINISHED.items():
                    assert later["words"][ids[name]]["segments"] == whole(page, clip), name
        finally:
            server.stop()
    write_json(
        FIXTURES / "page" / "expected.json", {"ids": ids, "at once": at_once, "later": later}
    )


def library_heard(library: dict[str, Any], id_: str) -> str:
    """The first sentence of a recording as the machine heard it."""
    rows = library["stores"]["windows"]
    return str(rows[f"{id_}/0001/000000"]["segments"][0]["text"])


if __name__ == "__main__":
    main()
