"""What is measured. Each contender loads its model once and then times files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Playwright

from bench.hub.files import stock_models
from bench.hub.ggml import ggml_model
from bench.native import FasterWhisper, NativeEarwitness
from bench.page import Tab, page_server
from bench.paths import NODE_MODULES, ROOT
from bench.static import hosting

OURS, NATIVE, GRAPHS = "Earwitness", "faster-whisper int8", "our graphs, native"
SHOUT = "whisper.cpp WebAssembly"
"""Slow, so it is measured once and on short clips only."""


class Contender(Protocol):
    """A loaded transcriber."""

    def time(self, path: Path) -> tuple[float, str]:
        """Return the seconds from the file to the finished text, and the text."""
        ...


Start = Callable[[ExitStack, Playwright, str, int], Contender]
"""(exit stack, Playwright's driver, model, threads) -> a loaded contender."""


class _Ours:
    def __init__(self, tab: Tab, model: str, words: bool) -> None:
        self._tab = tab
        self._options = {"model": model, "words": words, "language": "en"}

    def time(self, path: Path) -> tuple[float, str]:
        answer = self._tab.transcribe(path, **self._options)
        self._tab.remove(answer["transcript"]["id"])
        return answer["took_s"], answer["transcript"]["text"].replace("\n", " ")


class _Peer:
    def __init__(self, tab: Tab) -> None:
        self._tab = tab

    def time(self, path: Path) -> tuple[float, str]:
        self._tab.set_file(path)
        answer: dict[str, Any] = self._tab.page.evaluate(
            "() => globalThis.stock.transcribe(document.querySelector('#bench-file').files[0])"
        )
        return answer["took_s"], answer["text"]


class _Native:
    def __init__(self, engine: FasterWhisper | NativeEarwitness) -> None:
        self._engine = engine

    def time(self, path: Path) -> tuple[float, str]:
        result = self._engine.transcribe(path, path.stem)
        return result.took_s, result.text


def ours(words: bool = False) -> Start:
    """Start the built page, isolated, with this number of threads."""

    def start(stack: ExitStack, playwright: Playwright, model: str, threads: int) -> Contender:
        server = stack.enter_context(page_server())
        tab = Tab(playwright, server.url)
        stack.callback(tab.close)
        tab.open()
        tab.set_threads(threads)
        return _Ours(tab, model, words)

    return start


def stock(dtype: str) -> Start:
    """Start transformers.js's pipeline with timestamps, in a worker of its own page."""

    def start(stack: ExitStack, playwright: Playwright, model: str, threads: int) -> Contender:
        mounts = {
            "transformers": NODE_MODULES / "@huggingface" / "transformers" / "dist",
            "ort": NODE_MODULES / "onnxruntime-web" / "dist",
            "models": stock_models(model),
        }
        options = {"model": model, "dtype": dtype, "threads": threads}
        return _peer(stack, playwright, "stock.html", mounts, options)

    return start


def shout() -> Start:
    """Start whisper.cpp's WebAssembly build in its own page."""

    def start(stack: ExitStack, playwright: Playwright, model: str, threads: int) -> Contender:
        mounts = {
            "shout": NODE_MODULES / "@transcribe" / "shout" / "src" / "shout",
            "transcriber": NODE_MODULES / "@transcribe" / "transcriber" / "src",
            "ggml": ggml_model(model).parent,
        }
        options = {"model": model, "threads": threads}
        return _peer(stack, playwright, "shout.html", mounts, options)

    return start


def _peer(
    stack: ExitStack,
    playwright: Playwright,
    page: str,
    mounts: dict[str, Path],
    options: dict[str, Any],
) -> Contender:
    url = stack.enter_context(hosting({"": ROOT / "bench" / "pages"} | mounts))
    tab = Tab(playwright, url)
    stack.callback(tab.close)
    tab.page.goto(f"{url}{page}")
    tab.page.wait_for_function("() => globalThis.stock !== undefined")
    tab.page.evaluate("(options) => globalThis.stock.load(options)", options)
    return _Peer(tab)


def native(words: bool = False) -> Start:
    """Load faster-whisper for the processor, beam 1."""

    def start(stack: ExitStack, playwright: Playwright, model: str, threads: int) -> Contender:
        return _Native(FasterWhisper(model, 1, threads, words))

    return start


def graphs() -> Start:
    """Load our graphs on native ONNX Runtime with our decoding policy."""

    def start(stack: ExitStack, playwright: Playwright, model: str, threads: int) -> Contender:
        return _Native(NativeEarwitness(model, threads, words=False))

    return start


ALL: dict[str, Start] = {
    OURS: ours(),
    f"{OURS}, word times": ours(words=True),
    "transformers.js q8": stock("q8"),
    "transformers.js fp32": stock("fp32"),
    SHOUT: shout(),
    NATIVE: native(),
    f"{NATIVE}, word times": native(words=True),
    GRAPHS: graphs(),
}
QUICK = (OURS, "transformers.js q8", "transformers.js fp32", NATIVE)
