"""The storage of the page's origin, out of a browser and into another one; the page's messages.

Nothing here imports the product: the same code reads the storage of any version.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
DATABASE = "earwitness"
STORES = ("transcripts", "jobs", "documents", "windows", "settings", "shards", "snapshot")
"""Of schema version 1."""
QUIET = "licences.txt"
"""An address of the page's origin that runs nothing of the page."""

_ASK = """async ([message, file]) => {
  const channel = new BroadcastChannel('earwitness');
  const from = crypto.randomUUID();
  const bytes = file && Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data.to === from) resolve(data.answer);
    };
  });
  const attachments = file ? [new Blob([bytes])] : [];
  channel.postMessage({ from, id: 1, request: message, attachments });
  const { reply, error } = await answer;
  channel.close();
  if (error) throw new Error(`${error.type}: ${error.message}`);
  return reply;
}"""

_DUMP = """async ([name, folders]) => {
  const opening = indexedDB.open(name);
  const database = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const whole = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const stores = {};
  for (const store of [...database.objectStoreNames].sort()) {
    const table = database.transaction(store).objectStore(store);
    if (table.keyPath !== null || table.autoIncrement || table.indexNames.length) {
      throw new Error(`${store} is not a plain table`);
    }
    const [keys, values] = await Promise.all([whole(table.getAllKeys()), whole(table.getAll())]);
    stores[store] = Object.fromEntries(keys.map((key, index) => [key, values[index]]));
  }
  const version = database.version;
  database.close();
  const files = {};
  for (const folder of folders) {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getDirectoryHandle(folder).catch(() => null);
    for await (const [entry, file] of handle?.entries() ?? []) {
      const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
      let text = '';
      for (let at = 0; at < bytes.length; at += 32768) {
        text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      }
      files[`${folder}/${entry}`] = btoa(text);
    }
  }
  return { version, stores, files };
}"""

_RESTORE = """async ({ name, version, stores, files }) => {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = (event) => {
    if (event.oldVersion) throw new Error('this origin has a library already');
    for (const store of Object.keys(stores)) opening.result.createObjectStore(store);
  };
  const database = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const writing = database.transaction(Object.keys(stores), 'readwrite');
  for (const [store, rows] of Object.entries(stores)) {
    for (const [key, value] of Object.entries(rows)) writing.objectStore(store).put(value, key);
  }
  await new Promise((resolve, reject) => {
    writing.oncomplete = resolve;
    writing.onabort = () => reject(writing.error);
  });
  database.close();
  const root = await navigator.storage.getDirectory();
  for (const [path, content] of Object.entries(files)) {
    const [folder, entry] = path.split('/');
    const directory = await root.getDirectoryHandle(folder, { create: true });
    const file = await directory.getFileHandle(entry, { create: true });
    const stream = await file.createWritable();
    await stream.write(Uint8Array.from(atob(content), (c) => c.charCodeAt(0)));
    await stream.close();
  }
}"""


def ask(page: Page, type_: str, file: bytes | None = None, **fields: Any) -> Any:
    """Send a message to the library of an open page as another tab would; its reply.

    Raises:
        playwright.sync_api.Error: the library refused; its message names the kind of error.
    """
    content = base64.b64encode(file).decode() if file is not None else None
    return page.evaluate(_ASK, [{"type": type_, **fields}, content])


def dump(page: Page) -> dict[str, Any]:
    """Every table and every recording of the page's origin; the page must be a quiet one.

    Recordings of the corpus are named, others are held in base64.
    """
    found = page.evaluate(_DUMP, [DATABASE, ["audio"]])
    assert set(found["stores"]) == set(STORES), sorted(found["stores"])
    known = {sha256(path.read_bytes()): path.name for path in CORPUS.iterdir()}
    files: dict[str, dict[str, Any]] = {}
    for path, content in found["files"].items():
        data = base64.b64decode(content)
        digest = sha256(data)
        where = {"corpus": known[digest]} if digest in known else {"base64": content}
        files[path] = {"bytes": len(data), "sha256": digest, **where}
    return {
        "database": DATABASE,
        "version": found["version"],
        "stores": found["stores"],
        "files": files,
    }


def restore(page: Page, kept: dict[str, Any]) -> None:
    """Write what `dump` gave into the empty origin of a quiet page."""
    files = {
        path: base64.b64encode(content_of(entry)).decode() for path, entry in kept["files"].items()
    }
    page.evaluate(
        _RESTORE,
        {
            "name": kept["database"],
            "version": kept["version"],
            "stores": kept["stores"],
            "files": files,
        },
    )


def content_of(entry: dict[str, Any]) -> bytes:
    """The bytes of a file that a fixture names."""
    if "corpus" in entry:
        data = (CORPUS / entry["corpus"]).read_bytes()
    else:
        data = base64.b64decode(entry["base64"])
    assert sha256(data) == entry["sha256"], "the corpus has changed"
    return data


def sha256(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write a fixture: one row a line two levels down, so that a difference can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_spelled(value) + "\n", encoding="utf-8")


def _spelled(value: Any, depth: int = 0) -> str:
    if depth < 3 and isinstance(value, dict | list) and value:
        inside = " " * (depth + 1)
        if isinstance(value, dict):
            parts = [f"{json.dumps(k)}: {_spelled(v, depth + 1)}" for k, v in value.items()]
            return "{\n" + ",\n".join(inside + part for part in parts) + "\n" + inside[1:] + "}"
        parts = [_spelled(each, depth + 1) for each in value]
        return "[\n" + ",\n".join(inside + part for part in parts) + "\n" + inside[1:] + "]"
    return json.dumps(value, ensure_ascii=False)
