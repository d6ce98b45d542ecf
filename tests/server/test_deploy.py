"""What deploy/ says, read by the programs that it is for; skipped where they are missing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest
from earwitness_server.page import MEDIA_TYPES
from fastapi.testclient import TestClient

from tests.server.test_headers import ISOLATION

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AROUND = (
    "types { text/html html; application/javascript js; }\ndefault_type application/octet-stream;\n"
)
"""What nginx' own file says, of the image and of distributions, before it includes ours."""
LASTING = "assets/main-0123456789ab.js"


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """Address of nginx under deploy/nginx.conf over a small site."""
    program = shutil.which("nginx", path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin")
    if program is None:
        pytest.skip("nginx is not installed on this machine")
    root = tmp_path / "site"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>site</title>")
    (root / LASTING).write_text("export const version = 1;")
    for suffix in MEDIA_TYPES:
        (root / f"file{suffix}").write_text("content")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("/usr/share/nginx/html", str(root))
    (tmp_path / "site.conf").write_text(site.replace("listen 8080", f"listen 127.0.0.1:{port}"))
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/errors;\n"
        f"events {{}}\nhttp {{ access_log off; {places}{AROUND}include {tmp_path}/site.conf; }}\n"
    )
    command = [program, "-e", str(tmp_path / "errors"), "-c", str(tmp_path / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nginx does not answer on {port}")


def _headers(url: str) -> HTTPMessage:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers


def test_nginx_sends_what_the_server_sends(nginx: str, client: TestClient) -> None:
    page, ours = _headers(nginx), client.get("/").headers
    assert {name: page[name] for name in ISOLATION} == ISOLATION
    assert page["content-security-policy"] == ours["content-security-policy"]
    assert page["cache-control"] == "no-cache"
    assert page["content-type"] == ours["content-type"]


def test_nginx_lets_browsers_keep_files_named_by_their_content(nginx: str) -> None:
    headers = _headers(nginx + LASTING)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_nginx_calls_every_kind_of_file_what_the_server_calls_it(nginx: str) -> None:
    for suffix, media_type in MEDIA_TYPES.items():
        assert _headers(f"{nginx}file{suffix}")["content-type"] == media_type
