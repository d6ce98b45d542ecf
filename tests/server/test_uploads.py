"""Resumable uploads: offsets, lengths, expiry, names."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from earwitness_server.storage.database import now_s
from earwitness_server.storage.tables import uploads

from tests.support.api import Api

PIECE = {"content-type": "application/offset+octet-stream"}


def begin(api: Api, length: int) -> str:
    """Begin an upload; its address."""
    answer = api.http.post("/api/uploads", headers={"upload-length": str(length)})
    assert answer.status_code == 201
    return answer.headers["location"]


def test_pieces_are_joined_in_order(api: Api) -> None:
    content = bytes(range(256)) * 40
    address = begin(api, len(content))
    sent = 0
    while sent < len(content):
        piece = content[sent : sent + 3000]
        headers = {**PIECE, "upload-offset": str(sent)}
        answer = api.http.patch(address, headers=headers, content=piece)
        assert answer.status_code == 204
        sent = int(answer.headers["upload-offset"])
        assert api.http.head(address).headers["upload-offset"] == str(sent)
    job = api.http.post("/api/jobs", json={"upload": address.rsplit("/", 1)[1]}).json()
    api.wait(job["id"])
    assert api.get(f"/api/transcripts/{job['id']}/audio").content == content


def test_piece_at_the_wrong_offset_returns_409(api: Api) -> None:
    address = begin(api, 10)
    headers = {**PIECE, "upload-offset": "0"}
    assert api.http.patch(address, headers=headers, content=b"12345").status_code == 204
    again = api.http.patch(address, headers=headers, content=b"12345")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "offset_mismatch")
    assert api.http.head(address).headers["upload-offset"] == "5"


def test_more_bytes_than_announced_are_rejected_and_not_kept(api: Api) -> None:
    address = begin(api, 4)
    headers = {**PIECE, "upload-offset": "0"}
    assert api.http.patch(address, headers=headers, content=b"123456").status_code == 413
    assert api.http.head(address).headers["upload-offset"] == "0"


def test_announced_length_over_the_limit_is_rejected(api: Api) -> None:
    answer = api.http.post("/api/uploads", headers={"upload-length": str(10 << 30)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"upload-offset": "0", "content-type": "text/plain"}, 415),
        ({**PIECE}, 422),
        ({**PIECE, "upload-offset": "-1"}, 422),
    ],
)
def test_invalid_headers_are_rejected(api: Api, headers: dict[str, str], status: int) -> None:
    assert api.http.patch(begin(api, 4), headers=headers, content=b"1").status_code == status


@pytest.mark.parametrize("upload_id", ["..", "%2e%2e%2fetc", "nothing", "a" * 500])
def test_unknown_upload_returns_404(api: Api, upload_id: str) -> None:
    assert api.http.head(f"/api/uploads/{upload_id}").status_code in (404, 405)


def test_deleted_upload_leaves_no_file(api: Api) -> None:
    address = begin(api, 4)
    headers = {**PIECE, "upload-offset": "0"}
    api.http.patch(address, headers=headers, content=b"12")
    assert api.http.delete(address).status_code == 204
    assert api.http.head(address).status_code == 404
    objects = api.services.settings.data / "objects"
    assert [each for each in objects.rglob("*") if each.is_file()] == []


def test_expired_uploads_are_deleted(api: Api) -> None:
    from earwitness_server.storage.retention import Cleanup

    answer = api.http.post("/api/uploads", headers={"upload-length": "5", **PIECE}, content=b"12")
    assert answer.status_code == 201
    services = api.services
    janitor = Cleanup(services.library, services.uploads, services.objects, services.database)
    janitor.clean()
    assert api.http.head(answer.headers["location"]).status_code == 200
    with services.database.write() as connection:
        over = connection.execute(sa.update(uploads).values(expires_s=now_s() - 1))
    assert over.rowcount == 1
    janitor.clean()
    assert api.http.head(answer.headers["location"]).status_code == 404
    with services.database.read() as connection:
        assert not connection.execute(sa.select(uploads.c.id)).all()


def test_file_name_is_cleaned(api: Api) -> None:
    transcript_id = api.finished(name="../../etc/passwd\r\nX-Evil: 1\u202e")
    name = api.get(f"/api/transcripts/{transcript_id}").json()["name"]
    assert "\n" not in name
    assert "\u202e" not in name
    answer = api.get(f"/api/transcripts/{transcript_id}/audio")
    assert "x-evil" not in answer.headers
