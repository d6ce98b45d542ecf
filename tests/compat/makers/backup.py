"""`python -m tests.compat.makers.backup`: a backup with audio as the built page saves it.

Writes `backup/earwitness.zip`, and `backup/expected.json` with what the same version shows of it
in an empty library.
"""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import Page

from tests.compat.makers.machine import CORPUS, FIXTURES, Process, browsing, until, visit
from tests.compat.makers.page import TINY, again, edit, job, wait
from tests.compat.origin import ask, sha256, write_json

BIT_RATE = 12_000
"""Small, because the zip holds the audio as it is."""
_READ = """async (path) => {
  let handle = await navigator.storage.getDirectory();
  const names = path.split('/');
  for (const name of names.slice(0, -1)) handle = await handle.getDirectoryHandle(name);
  const file = await (await handle.getFileHandle(names.at(-1))).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}"""


def small(clip: str, folder: Path) -> bytes:
    """A clip of the corpus as a small Opus file."""
    path = folder / "small.ogg"
    with av.open(str(CORPUS / clip)) as source, av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libopus", rate=16_000)
        stream.bit_rate, stream.layout = BIT_RATE, "mono"
        resampler = av.AudioResampler(stream.format, "mono", 16_000, 320)
        for frame in [*source.decode(audio=0), None]:
            for piece in resampler.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return path.read_bytes()


def add(page: Page, content: bytes, name: str, **options: Any) -> str:
    """Give a file to the library; its id."""
    return str(ask(page, "add-file", content, name=name, options=options)["id"])


def live(page: Page, folder: Path) -> dict[str, str]:
    """What a backup holds; name -> id."""
    ids: dict[str, str] = {}
    ids["edited"] = add(page, small("en-connection.flac", folder), "connection.ogg", **TINY)
    wait(page, ids["edited"])
    edit(page, ids["edited"], 0, "This sentence is mine: žluťoučký kůň.")
    ask(page, "rename", transcript_id=ids["edited"], name="Connection – “Žižkov”")
    ask(page, "set-tags", transcript_id=ids["edited"], tags=["Telephone", "Praha 3"])

    es = small("es-connection.flac", folder)
    ids["run twice"] = add(page, es, "conexión.ogg", model="base")
    wait(page, ids["run twice"])
    edit(page, ids["run twice"], 0, "Una frase mía, de antes.")
    again(page, ids["run twice"], {"model": "base", "language": "es", "task": "translate"})
    edit(page, ids["run twice"], 0, "A sentence of mine, from after.")
    again(page, ids["run twice"], {"model": "base", "language": "es"}, start_s=8.0, end_s=12.0)

    ids["in the bin"] = add(page, es, "removed.ogg", **TINY)
    ask(page, "remove", transcript_ids=[ids["in the bin"]])

    ids["half-way"] = add(page, small("en-instructions.flac", folder), "instructions.ogg", **TINY)
    until(lambda: job(page, ids["half-way"])["position_s"] > 0, 0.02)
    ask(page, "pause", transcript_id=ids["half-way"])
    wait(page, ids["half-way"], "paused")

    ids["failed"] = add(page, b"eggs, milk\n" * 40, "shopping.mp3", **TINY)
    wait(page, ids["failed"], "failed")
    return ids


def seen(page: Page) -> dict[str, Any]:
    """What the library shows: lines, words, and whether there is audio."""
    lines = ask(page, "list-transcripts", limit=1000)["transcripts"]
    return {
        "transcripts": lines,
        "words": {
            each["id"]: ask(page, "get-transcript", transcript_id=each["id"]) for each in lines
        },
    }


def main() -> None:
    """Make both files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Process(folder / "data")
        try:
            with browsing(folder / "profile") as context:
                page = visit(context, server.url)
                ids = live(page, folder)
                made = ask(page, "save-backup")
                data = base64.b64decode(page.evaluate(_READ, made["path"]))
                assert len(data) == made["bytes"]
                before = seen(page)
                audio = {
                    id_: sha256(base64.b64decode(page.evaluate(_READ, f"audio/{id_}")))
                    for id_ in before["words"]
                }
            with browsing(folder / "other") as context:
                page = visit(context, server.url)
                loaded = ask(page, "load-backup", data)
                after = seen(page)
                ask(page, "go-back", transcript_id=ids["run twice"], replace_corrections=True)
                ask(page, "go-back", transcript_id=ids["run twice"], replace_corrections=True)
                earlier = ask(page, "get-transcript", transcript_id=ids["run twice"])
        finally:
            server.stop()
    assert after["words"] == before["words"]
    (FIXTURES / "backup").mkdir(parents=True, exist_ok=True)
    (FIXTURES / "backup" / "earwitness.zip").write_bytes(data)
    expected = {
        "ids": ids,
        "added": sorted(loaded["added"]),
        "audio": audio,
        **after,
        "earlier": earlier,
    }
    write_json(FIXTURES / "backup" / "expected.json", expected)


if __name__ == "__main__":
    main()
