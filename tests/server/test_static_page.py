"""The page's files: media types, caching, compression, ranges, paths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from earwitness_server.http.static_page import cache_control, encodings_accepted
from fastapi.testclient import TestClient

from tests.support.api import Api


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/vendor/ort-wasm.1.31.0.mjs", "text/javascript; charset=utf-8"),
        ("/vendor/ort-wasm.1.31.0.wasm", "application/wasm"),
        ("/python/0a1b2c3d4e5f/packages.zip", "application/zip"),
        ("/models/base-0a1b2c3d4e/decoder.onnx", "application/octet-stream"),
        ("/models/catalogue.json", "application/json"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
def test_files_have_their_media_types(client: TestClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize(
    "path",
    ["assets/main-ABCD2345.js", "python/0a1b2c3d4e5f/packages.zip", "vendor/ort.1.31.0.wasm",
     "models/base/0a1b2c3d/decoder.onnx", "wheels/0a1b2c3d4e5f/pysubs2.html"],
)  # fmt: skip
def test_file_named_by_its_hash_is_immutable(path: str) -> None:
    assert "immutable" in cache_control(PurePosixPath(path))


@pytest.mark.parametrize(
    "path",
    ["index.html", "service-worker.js", "models/catalogue.json", "assets/unnamed.js",
     "python/python_stdlib.zip", "index-ABCD2345.html"],
)  # fmt: skip
def test_file_without_a_hash_is_revalidated(path: str) -> None:
    assert cache_control(PurePosixPath(path)) == "no-cache"


def test_brotli_of_the_build_is_preferred(client: TestClient, dist: Path) -> None:
    script = (dist / "assets/main-ABCD2345.js").read_text()
    answer = client.get("/assets/main-ABCD2345.js", headers={"accept-encoding": "gzip, identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == script
    with client.stream(
        "GET", "/assets/main-ABCD2345.js", headers={"accept-encoding": "gzip, br"}
    ) as raw:
        assert raw.headers["content-encoding"] == "br"
        assert b"".join(raw.iter_raw()) == b"pretend brotli"


def test_text_without_a_compressed_copy_is_compressed(client: TestClient, dist: Path) -> None:
    script = (dist / "assets/unnamed.js").read_text()
    answer = client.get("/assets/unnamed.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < len(script) / 2
    assert answer.text == script


def test_refused_content_coding_is_not_used() -> None:
    assert encodings_accepted("br;q=0, gzip;q=0.5") == {"gzip"}


def test_unchanged_file_returns_304(client: TestClient) -> None:
    first = client.get("/assets/unnamed.js")
    again = client.get("/assets/unnamed.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_range_is_of_the_uncompressed_file(client: TestClient) -> None:
    path = "/models/base-0a1b2c3d4e/decoder.onnx"
    answer = client.get(path, headers={"range": "bytes=10-19", "accept-encoding": "gzip"})
    assert answer.status_code == 206
    assert answer.content == bytes(range(10, 20))
    assert answer.headers["content-range"] == "bytes 10-19/1024"
    assert client.get(path, headers={"range": "bytes=5000-"}).status_code == 416


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt",
     "/.secret", "/assets/%00", "/nothing.js", "/" + "a" * 3000],
)  # fmt: skip
def test_paths_outside_the_folder_return_404(client: TestClient, dist: Path, path: str) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error"


def test_link_out_of_the_folder_is_not_followed(client: TestClient, dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    (dist / "link.txt").symlink_to(dist.parent / "secret.txt")
    assert client.get("/link.txt").status_code == 404


def test_files_of_the_page_accept_only_get_and_head(client: TestClient) -> None:
    answer = client.post("/index.html")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("origin", ["null", "https://other.example"])
def test_share_target_answers_any_post_with_the_page(client: TestClient, origin: str) -> None:
    page = client.get("/").text
    shared = {"files": ("talk.m4a", bytes(3 << 20), "audio/mp4")}
    answer = client.post("/share-target", files=shared, headers={"origin": origin})
    assert (answer.status_code, answer.text) == (200, page)
    assert client.get("/share-target").text == page
    assert client.put("/share-target").status_code == 405
    assert client.post("/", headers={"origin": origin}).status_code == 403


def test_wrong_method_on_an_api_route_lists_the_allowed_ones(
    make_api: Callable[..., Api],
) -> None:
    http = make_api().http
    for method, path, allowed in (
        ("GET", "/api/jobs", "POST"),
        ("PUT", "/api/transcripts/abc", "DELETE, GET, PATCH"),
        ("POST", "/v1/models", "GET, HEAD"),
    ):
        answer = http.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert allowed in answer.json()["error"]["message"]
    for method in ("GET", "POST"):
        assert http.request(method, "/api/nothing").status_code == 404


def test_worker_of_extensions_may_connect_to_nothing(client: TestClient) -> None:
    policy = "content-security-policy"
    sealed = client.get("/assets/extension-worker-ABCD2345.js").headers[policy]
    assert sealed == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
    assert "connect-src 'self'" in client.get("/assets/main-ABCD2345.js").headers[policy]
    assert "connect-src 'self'" in client.get("/wheels/0a1b2c3d4e5f/pysubs2.html").headers[policy]
