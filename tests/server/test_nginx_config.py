"""nginx with deploy/nginx.conf; skipped where nginx is not installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from earwitness_server.http.security_headers import security_headers
from earwitness_server.http.static_page import MEDIA_TYPES
from earwitness_server.settings import Settings
from fastapi.testclient import TestClient

from tests.support.page_files import write_page
from tests.support.ports import ReservedPort
from tests.support.waiting import LIMIT_S, wait_for

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AROUND = (
    "types { text/html html; application/javascript js; }\ndefault_type application/octet-stream;\n"
)
"""What nginx' own file says, of the image and of distributions, before it includes ours."""


@pytest.fixture
def nginx(tmp_path: Path, dist: Path) -> Iterator[str]:
    """Address of nginx under deploy/nginx.conf over a small site."""
    program = shutil.which("nginx", path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin")
    if program is None:
        pytest.skip("nginx is not installed on this machine")
    root = write_page(tmp_path / "site")
    for folder in (root, dist):
        for suffix in MEDIA_TYPES:
            (folder / f"file{suffix}").write_text("content")
        # Words are no fingerprints.
        (folder / "assets" / "my-settings.js").write_text("content")
    reserved = ReservedPort()
    port = reserved.number
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
        wait_for(lambda: _accepts(port), "nginx")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(LIMIT_S)
        reserved.close()


def _accepts(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S).close()
    return True


def _headers(url: str) -> Message:
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            return answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.headers


def test_nginx_sends_the_same_headers_as_the_server(
    nginx: str, client: TestClient, tmp_path: Path
) -> None:
    names = [*security_headers(Settings()), "cache-control", "content-type"]
    site = tmp_path / "site"
    files = [str(each.relative_to(site)) for each in site.rglob("[!.]*") if each.is_file()]
    assert len(files) > 20
    for path in ["", *files]:
        theirs, ours = _headers(nginx + path), client.head(f"/{path}").headers
        assert {name: theirs[name] for name in names} == {name: ours[name] for name in names}, path


@pytest.mark.parametrize("path", ["nothing", ".secret", "assets/", "assets/../.secret"])
def test_nginx_returns_404_for_other_paths(nginx: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(nginx + path, timeout=LIMIT_S)
