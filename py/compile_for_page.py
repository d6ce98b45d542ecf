"""Runs inside Pyodide (see `build.mjs`): sources to byte code, wheels to a lockfile.

The page's Python is not the host's, and byte code belongs to one version, so the compiler has to be
the one that will run it. Byte code that never checks its source boots in half the time.
"""

import base64
import hashlib
import json
import py_compile
import zipfile
from pathlib import Path, PurePosixPath


def compile_zip(source: str, target: str) -> int:
    """Copy a zip, each `.py` replaced by its `.pyc`; returns how many were compiled.

    Stored, not deflated: the server compresses the whole file better, and the import system then
    reads modules without inflating them. Dates are fixed so that equal input gives equal bytes.
    """
    compiled = 0
    work = Path("/tmp/module.py")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            if name.endswith("/"):
                continue
            data = old.read(name)
            path = PurePosixPath(name)
            if path.suffix == ".py":
                work.write_bytes(data)
                output = py_compile.compile(
                    str(work),
                    cfile="/tmp/module.pyc",
                    dfile=name,
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
                data = Path(str(output)).read_bytes()
                path = path.with_suffix(".pyc")
                compiled += 1
            new.writestr(zipfile.ZipInfo(str(path), (2020, 1, 1, 0, 0, 0)), data)
    return compiled


def integrity(path: str) -> str:
    """Subresource-integrity form of a file's SHA-256."""
    return "sha256-" + base64.b64encode(hashlib.sha256(Path(path).read_bytes()).digest()).decode()


async def lock(wheels: list[str]) -> str:
    """Let micropip install the compiled wheels, and write the lockfile that loads them again."""
    import micropip

    for wheel in wheels:
        await micropip.install(f"emfs:{wheel}", deps=False)
    frozen = json.loads(micropip.freeze())
    wanted = {Path(wheel).name: wheel for wheel in wheels}
    packages = {}
    for name, entry in frozen["packages"].items():
        file_name = entry["file_name"].rsplit("/", 1)[-1]
        if file_name in wanted:
            digest = hashlib.sha256(Path(wanted[file_name]).read_bytes()).hexdigest()
            packages[name] = {**entry, "file_name": file_name, "sha256": digest, "depends": []}
    missing = set(wanted) - {entry["file_name"] for entry in packages.values()}
    if missing:
        raise RuntimeError(f"micropip did not lock {', '.join(sorted(missing))}")
    return json.dumps({"info": frozen["info"], "packages": packages}, indent=1, sort_keys=True)
