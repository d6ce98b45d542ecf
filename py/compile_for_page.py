"""Runs inside Pyodide (see `build.mjs`): sources to byte code, in zips that Python imports from.

The page's Python is not the host's, and byte code belongs to one version, so the compiler has to be
the one that will run it. Byte code that never checks its source boots in half the time.
"""

import py_compile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath


def compile_zips(sources: Iterable[str], target: str) -> int:
    """Copy zips into one, each `.py` replaced by its `.pyc`; returns how many were compiled.

    Stored, not deflated: the server compresses the whole file better, and the import system then
    reads modules without inflating them. Dates are fixed so that equal input gives equal bytes.

    Raises:
        RuntimeError: two sources bring a file of the same name.
    """
    compiled = 0
    with zipfile.ZipFile(target, "w") as new:
        for source in sources:
            with zipfile.ZipFile(source) as old:
                for name in sorted(old.namelist()):
                    if name.endswith("/"):
                        continue
                    path, data = PurePosixPath(name), old.read(name)
                    if path.suffix == ".py":
                        path, data = path.with_suffix(".pyc"), _byte_code(name, data)
                        compiled += 1
                    if str(path) in new.namelist():
                        raise RuntimeError(f"{path} comes twice, the second time from {source}")
                    new.writestr(zipfile.ZipInfo(str(path), (2020, 1, 1, 0, 0, 0)), data)
    return compiled


def _byte_code(name: str, source: bytes) -> bytes:
    work = Path("/tmp/module.py")
    work.write_bytes(source)
    output = py_compile.compile(
        str(work),
        cfile="/tmp/module.pyc",
        dfile=name,
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    return Path(str(output)).read_bytes()
