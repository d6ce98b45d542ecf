"""Memory of a browser's processes; shared pages are counted once."""

from __future__ import annotations

from pathlib import Path

RENDERER = b"--type=renderer"


def browser_mb(profile: Path) -> dict[str, float]:
    """Return the proportional set size in MB of the renderers and of the whole browser.

    `renderers` are page and workers.
    """
    renderers = total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if f"--user-data-dir={profile}".encode() not in command:
                continue
            size = _pss_mb(process / "smaps_rollup")
        except OSError:
            continue  # It ended meanwhile.
        total += size
        renderers += size if RENDERER in command else 0.0
    return {"renderers": renderers, "total": total}


def _pss_mb(path: Path) -> float:
    for line in path.read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
