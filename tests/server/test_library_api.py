"""The library over HTTP: list, read, change, export, delete, search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from earwitness.messages import ExportFormat
from earwitness_server.storage.database import now_s
from earwitness_server.storage.tables import transcripts, versions

from tests.support.api import Api
from tests.support.scripted_engine import ScriptedEngine, sentence


def test_history_is_paginated_newest_first(api: Api) -> None:
    made = [api.finished(name=f"talk {i}") for i in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get("/api/transcripts", params={"limit": 2, "before": cursor}).json()
        seen += [each["id"] for each in page["transcripts"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == made[::-1]
    assert api.get("/api/transcripts", params={"before": "nonsense"}).status_code == 400


def test_name_tags_and_sentences_can_be_edited(api: Api) -> None:
    transcript_id = api.finished()
    change = {"name": "  Interview\n1 ", "tags": ["Work", "work", "Prague"],
              "segments": {"1": "Corrected words."}}  # fmt: skip
    answer = api.http.patch(f"/api/transcripts/{transcript_id}", json=change)
    assert (answer.json()["name"], answer.json()["tags"]) == ("Interview 1", ["Work", "Prague"])
    texts = [
        each["text"] for each in api.get(f"/api/transcripts/{transcript_id}").json()["segments"]
    ]
    assert texts == [sentence(0), "Corrected words.", sentence(2)]
    for summary in (answer.json(), api.get("/api/transcripts").json()["transcripts"][0]):
        assert "Corrected words." in summary["preview"]
        assert summary["word_count"] == sum(len(text.split()) for text in texts)
    blank = api.http.patch(f"/api/transcripts/{transcript_id}", json={"name": "  "})
    assert blank.status_code == 422
    missing = api.http.patch(f"/api/transcripts/{transcript_id}", json={"segments": {"9": "x"}})
    assert missing.status_code == 404
    unknown = api.http.patch(f"/api/transcripts/{transcript_id}", json={"nome": "x"})
    assert unknown.status_code == 422


@pytest.mark.parametrize("format", get_args(ExportFormat))
def test_every_export_format_is_returned(api: Api, format: str) -> None:
    transcript_id = api.finished(name="Žluťoučký kůň.wav")
    answer = api.get(f"/api/transcripts/{transcript_id}/export", params={"format": format})
    assert answer.status_code == 200
    content = answer.content
    if format == "docx":
        assert content.startswith(b"PK")
    else:
        assert ("0." if format == "chapters" else "2.") in content.decode()
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


def test_note_has_the_day_in_the_time_zone_of_the_reader(api: Api) -> None:
    transcript_id = api.finished()
    view = api.get(f"/api/transcripts/{transcript_id}").json()
    created = datetime.fromisoformat(view["created_at"])
    path = f"/api/transcripts/{transcript_id}/export"
    for name in ("Pacific/Kiritimati", "Pacific/Honolulu", "UTC"):
        note = api.get(path, params={"format": "md", "time_zone": name}).text
        assert f"\n{created.astimezone(ZoneInfo(name)).date()} " in note
    assert api.get(path, params={"format": "md"}).text == note
    for unknown in ("Mars/Olympus", "../../etc/passwd", "/etc/passwd", "x y"):
        answer = api.get(path, params={"format": "md", "time_zone": unknown})
        assert answer.status_code == 400
        assert "time zone" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-", 206, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=2-", 206, b"23456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=-30", 206, b"0123456789"),
        ("bytes=8-99", 206, b"89"),
        ("BYTES=0-0", 206, b"0"),
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("lines=0-1", 200, b"0123456789"),
        ("", 200, b"0123456789"),
    ],
)
def test_part_of_the_audio_is_sent(api: Api, asked: str, status: int, part: bytes) -> None:
    path = f"/api/transcripts/{api.finished(b'0123456789')}/audio"
    headers = {"range": asked} if asked else {}
    answer, head = api.http.get(path, headers=headers), api.http.head(path, headers=headers)
    assert (answer.status_code, head.status_code, head.content) == (status, status, b"")
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */10"
        assert answer.json()["error"]["code"] == "range_not_satisfiable"
        return
    assert answer.content == part
    assert answer.headers["content-length"] == head.headers["content-length"] == str(len(part))
    first = b"0123456789".index(part)
    expected = f"bytes {first}-{first + len(part) - 1}/10" if status == 206 else None
    assert answer.headers.get("content-range") == head.headers.get("content-range") == expected


def test_part_of_the_audio_is_of_the_same_recording(api: Api) -> None:
    path = f"/api/transcripts/{api.finished(b'0123456789')}/audio"
    etag = api.http.get(path).headers["etag"]
    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        ("Mon, 30 Nov 2026 10:00:00 GMT", 200),
    ):
        answer = api.http.get(path, headers={"range": "bytes=1-2", "if-range": condition})
        assert answer.status_code == status


def test_search_finds_words_names_and_corrections(api: Api) -> None:
    transcript_id = api.finished(name="Budget meeting.wav")
    api.finished(name="Holiday.wav")
    hits = api.get("/api/search", params={"query": "sentence"}).json()["hits"]
    assert len({hit["transcript_id"] for hit in hits}) == 2
    by_name = api.get("/api/search", params={"query": "budget"}).json()["hits"]
    assert [(hit["transcript_id"], hit["segment"]) for hit in by_name] == [(transcript_id, None)]
    api.http.patch(
        f"/api/transcripts/{transcript_id}", json={"segments": {"1": "A zebra, really."}}
    )
    [hit] = api.get("/api/search", params={"query": "zebra"}).json()["hits"]
    assert (hit["segment"], hit["start_s"]) == (1, 10.0)
    assert "\ue000zebra\ue001" in hit["snippet"]


def test_deleted_transcript_is_gone_everywhere(api: Api) -> None:
    transcript_id = api.finished(name="Secret.wav")
    services = api.services
    assert services.objects.size(f"audio/{transcript_id}") == 5
    assert api.http.delete(f"/api/transcripts/{transcript_id}").status_code == 204
    assert services.objects.size(f"audio/{transcript_id}") is None
    assert services.queue.windows_from(transcript_id, 1, 0) == []
    assert api.get(f"/api/transcripts/{transcript_id}").status_code == 404
    assert api.get("/api/search", params={"query": "secret"}).json()["hits"] == []


def test_running_job_can_be_deleted(make_api: Callable[..., Api]) -> None:
    engine = ScriptedEngine()
    api = make_api(engine)
    engine.hold()
    transcript_id = api.submit()
    api.wait(transcript_id, "transcribing")
    assert api.http.delete(f"/api/transcripts/{transcript_id}").status_code == 204
    engine.release()
    assert api.wait(api.submit())["state"] == "done"
    assert api.get(f"/api/transcripts/{transcript_id}").status_code == 404


def test_expired_transcript_is_deleted(api: Api) -> None:
    short = api.finished(b"short", retention_days=1)
    kept = api.finished(b"kept")
    services = api.services
    from earwitness_server.storage.retention import Cleanup

    # A worker cleans every few seconds: with no time left it might come before the job is done.
    own = transcripts.c.id == short
    with services.database.write() as connection:
        [until_s] = connection.execute(sa.select(transcripts.c.expires_s).where(own)).scalars()
        connection.execute(sa.update(transcripts).where(own).values(expires_s=until_s - 86_400))
    assert 0 < until_s - now_s() <= 86_400
    Cleanup(services.library, services.uploads, services.objects, services.database).clean()
    assert services.objects.size(f"audio/{short}") is None
    assert api.get(f"/api/transcripts/{short}").status_code == 404
    assert api.get(f"/api/transcripts/{kept}").status_code == 200


def test_damaged_search_index_is_rebuilt(make_api: Callable[..., Api], dist: object) -> None:
    api = make_api()
    transcript_id = api.finished(name="Archive.wav")
    api.get("/api/search", params={"query": "archive"})
    api.close()
    later = make_api()
    data = later.services.settings.data
    later.close()
    for each in data.glob("search-*.sqlite*"):
        each.write_bytes(b"not a database, but long enough to look like one" * 100)
    healed = make_api()
    hits = healed.get("/api/search", params={"query": "archive"}).json()["hits"]
    assert [hit["transcript_id"] for hit in hits] == [transcript_id]


def test_unknown_export_format_is_refused(api: Api) -> None:
    path = f"/api/transcripts/{api.finished()}/export"
    answer = api.get(path, params={"format": "exe"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, "format")


def test_export_has_options(api: Api) -> None:
    path = f"/api/transcripts/{api.finished()}/export"
    plain = api.get(path, params={"format": "txt"}).text
    timed = api.get(path, params={"format": "txt", "times": "true"}).text
    assert timed.startswith("[0:00] ")
    assert timed.splitlines()[0].endswith(plain.splitlines()[0])
    assert api.get(path, params={"format": "srt", "lines": 9}).status_code == 422


def test_subtitles_of_another_program_are_imported(api: Api) -> None:
    data = "1\r\n00:00:01,000 --> 00:00:02,500\r\nKam zmizel ten žlutý kůň?\r\n".encode("cp1250")
    path = "/api/transcripts/import"
    answer = api.http.post(path, params={"name": "kůň.srt"}, content=data)
    assert answer.status_code == 201, answer.text
    summary = answer.json()
    assert (summary["name"], summary["job"]["state"]) == ("kůň", "done")
    transcript = api.get(f"/api/transcripts/{summary['id']}").json()
    assert [s["text"] for s in transcript["segments"]] == ["Kam zmizel ten žlutý kůň?"]
    hits = api.get("/api/search", params={"query": "zmizel"}).json()["hits"]
    assert [hit["transcript_id"] for hit in hits] == [summary["id"]]
    assert api.get("/api/transcripts").json()["transcripts"][0]["id"] == summary["id"]
    audio = api.get(f"/api/transcripts/{summary['id']}/audio")
    assert audio.status_code == 404


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\0", b"\0\1\2\3" * 99, b'{"segments": 1}'])
def test_file_that_is_no_transcript_is_refused(api: Api, content: bytes) -> None:
    answer = api.http.post("/api/transcripts/import", params={"name": "x.bin"}, content=content)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert api.get("/api/transcripts").json()["transcripts"] == []


def test_large_transcript_is_imported_and_a_huge_one_refused(api: Api) -> None:
    path = "/api/transcripts/import"
    lines = b"".join(b"[%d:00.00]words %d\n" % (i, i) for i in range(100_000))
    assert len(lines) > 1 << 20
    assert api.http.post(path, params={"name": "x.lrc"}, content=lines).status_code == 201
    huge = b" " * (64 * 1024 * 1024 + 1)
    assert api.http.post(path, params={"name": "x.txt"}, content=huge).status_code == 413


def texts_of(api: Api, transcript_id: str) -> list[str]:
    found = api.get(f"/api/transcripts/{transcript_id}").json()
    return [each["text"].strip() for each in found["segments"]]


def test_segments_are_split_joined_moved_and_deleted(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    first, second, third = (sentence(i).strip() for i in range(3))
    at_char = sentence(0).rindex(" ")
    change = {"split": [{"segment": 0, "at_char": at_char}], "join": [1]}
    answer = api.http.patch(path, json=change)
    assert answer.status_code == 200
    left, right = sentence(0)[:at_char].strip(), sentence(0)[at_char:].strip()
    assert texts_of(api, transcript_id) == [left, right, f"{second} {third}"]
    [hit] = api.get("/api/search", params={"query": f'"{third}"'}).json()["hits"]
    assert hit["segment"] == 2
    moved = {"move": [{"segment": 2, "start_s": 12.5}], "delete": [1]}
    assert api.http.patch(path, json=moved).status_code == 200
    segments = api.get(path).json()["segments"]
    assert [each["start_s"] for each in segments] == [0.0, 12.5]
    versions = api.get(f"{path}/versions").json()["versions"]
    assert [(each["id"], each["what"]) for each in versions] == [
        (2, "Sentence 3 moved in time, sentence 2 deleted"),
        (1, "Sentence 1 split, sentence 2 joined with the next"),
        (0, "Recognised"),
    ]
    assert api.http.post(f"{path}/versions/0/restore").status_code == 200
    assert texts_of(api, transcript_id) == [first, second, third]
    assert api.http.post(f"{path}/versions/1/restore").status_code == 200
    assert texts_of(api, transcript_id) == [left, right, f"{second} {third}"]
    assert api.http.post(f"{path}/versions/9/restore").status_code == 404
    for wrong, status in (
        ({"split": [{"segment": 0, "at_char": 0}]}, 400),
        ({"join": [2]}, 404),
        ({"join": [-1]}, 422),
        ({"split": [{"segment": 0}]}, 422),
    ):
        assert api.http.patch(path, json=wrong).status_code == status, wrong


def test_paragraphs_begin_where_the_request_says(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"

    def paragraphs() -> int:
        options = {"format": "txt", "paragraphs": "true"}
        return len(api.get(f"{path}/export", params=options).text.split("\n\n"))

    # Without a pause between them, the first two sentences are one paragraph.
    assert api.http.patch(path, json={"edges": {"0": [None, 10.0]}}).status_code == 200
    before = paragraphs()
    assert api.http.patch(path, json={"paragraphs": {"1": True}}).status_code == 200
    assert api.get(path).json()["segments"][1]["begins_paragraph"] is True
    assert paragraphs() == before + 1
    assert api.http.patch(path, json={"paragraphs": {"1": False}}).status_code == 200
    assert paragraphs() == before
    [newest, *_] = api.get(f"{path}/versions").json()["versions"]
    assert newest["what"] == "Sentence 2 moved to the paragraph before"


def test_two_people_never_overwrite_each_other(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    seen = api.get(path).json()["revision"]
    ann = {"segments": {"1": "Ann's words."}, "revision": seen}
    assert api.http.patch(path, json=ann).status_code == 200
    bob = {"segments": {"1": "Bob's words.", "2": "Bob's as well."}, "revision": seen}
    refused = api.http.patch(path, json=bob)
    assert refused.status_code == 409
    error = refused.json()["error"]
    now = api.get(path).json()["revision"]
    assert (error["code"], error["revision"]) == ("edit_conflict", now)
    assert error["conflicts"] == [{"segment": 1, "yours": "Bob's words.", "theirs": "Ann's words."}]
    assert texts_of(api, transcript_id)[1:] == ["Ann's words.", sentence(2).strip()]
    elsewhere = {"segments": {"2": "Bob's as well."}, "revision": seen}
    assert api.http.patch(path, json=elsewhere).status_code == 200
    assert api.http.patch(path, json=bob | {"revision": now + 1}).status_code == 200
    assert texts_of(api, transcript_id)[1:] == ["Bob's words.", "Bob's as well."]


def test_highlights_are_added_changed_removed_and_restored(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    new = {"start_s": 0.0, "end_s": 1.0, "id": "h", "label": "<b>budget</b>", "note": "Ask."}
    added = api.http.patch(path, json={"highlights": {"add": [new, {"start_s": 1, "end_s": 2}]}})
    assert added.json()["labels"] == ["<b>budget</b>"]
    one, other = api.get(path).json()["highlights"]
    assert one == new | {"colour": "yellow"}
    change = {"change": {"h": {"colour": "blue"}}, "remove": [other["id"]]}
    assert api.http.patch(path, json={"highlights": change}).status_code == 200
    [one] = api.get(path).json()["highlights"]
    assert (one["colour"], one["note"]) == ("blue", "Ask.")
    versions = api.get(f"{path}/versions").json()["versions"]
    assert [each["what"] for each in versions] == [
        "Highlight changed, highlight removed", "2 highlights added", "Recognised",
    ]  # fmt: skip
    assert api.http.post(f"{path}/versions/1/restore").status_code == 200
    assert len(api.get(path).json()["highlights"]) == 2
    for wrong, status in (
        ({"add": [{"start_s": 1e6, "end_s": 2e6}]}, 400),
        ({"add": [{"start_s": 0, "end_s": 1, "note": "x" * 1_000_000}]}, 400),
        ({"add": [{"start_s": 0, "end_s": 1, "colour": "red"}]}, 422),
        ({"change": {"unknown": {"note": "x"}}}, 404),
        ({"remove": ["unknown"]}, 404),
    ):
        assert api.http.patch(path, json={"highlights": wrong}).status_code == status, status
    assert len(api.get(path).json()["highlights"]) == 2


def test_notes_are_found_and_deleted_with_their_transcript(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    start_s = api.get(path).json()["segments"][1]["start_s"]
    new = {"start_s": start_s, "end_s": start_s + 1, "label": "budget", "note": "Ask Xanthippe."}
    api.http.patch(path, json={"highlights": {"add": [new]}})
    [hit] = api.get("/api/search", params={"query": "xanthippe"}).json()["hits"]
    assert (hit["segment"], hit["start_s"], hit["note"]) == (1, start_s, True)
    assert hit["snippet"] == "budget: Ask \ue000Xanthippe\ue001."
    for label, count in (("Budget", 1), ("money", 0)):
        asked = {"query": "xanthippe", "label": label}
        assert len(api.get("/api/search", params=asked).json()["hits"]) == count
    api.http.delete(path)
    assert api.get("/api/search", params={"query": "xanthippe"}).json()["hits"] == []


def test_two_people_never_overwrite_each_others_note(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    new = {"start_s": 0.0, "end_s": 1.0, "id": "h"}
    assert api.http.patch(path, json={"highlights": {"add": [new]}}).status_code == 200
    seen = api.get(path).json()["revision"]
    ann, bob = ({"highlights": {"change": {"h": {"note": name}}}} for name in ("Ann", "Bob"))
    assert api.http.patch(path, json=ann | {"revision": seen}).status_code == 200
    assert api.http.patch(path, json=ann | {"revision": seen}).status_code == 200
    refused = api.http.patch(path, json=bob | {"revision": seen})
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["conflicts"] == [
        {"segment": -1, "yours": "Bob", "theirs": "Ann", "highlight": "h"}
    ]
    words = {"segments": {"0": "New words."}, "revision": seen}
    assert api.http.patch(path, json=words).status_code == 200
    assert api.http.patch(path, json=bob | {"revision": error["revision"]}).status_code == 200
    [one] = api.get(path).json()["highlights"]
    assert one["note"] == "Bob"


def test_edges_of_a_segment_are_moved(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    before = api.get(path).json()["segments"][2]
    start_s = before["start_s"] + 0.5
    assert api.http.patch(path, json={"edges": {"2": [start_s, None]}}).status_code == 200
    after = api.get(path).json()["segments"][2]
    assert (after["start_s"], after["end_s"]) == (start_s, before["end_s"])
    assert api.http.patch(path, json={"edges": {"2": [start_s]}}).status_code == 422


def test_without_a_revision_the_replaced_text_stays_as_a_version(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    for text in ("First.", "Second."):
        assert api.http.patch(path, json={"segments": {"1": text}}).status_code == 200
        assert api.http.patch(path, json={"segments": {"0": text}}).status_code == 200
    versions = api.get(f"{path}/versions").json()["versions"]
    assert [each["id"] for each in versions] == [4, 3, 2, 1, 0]
    api.http.post(f"{path}/versions/2/restore")
    assert texts_of(api, transcript_id)[:2] == ["First.", "First."]


def test_deletion_leaves_no_version(api: Api) -> None:
    transcript_id = api.finished()
    path = f"/api/transcripts/{transcript_id}"
    for text in ("Secret words.", "Public words."):
        api.http.patch(path, json={"segments": {"0": text}})
        api.http.patch(path, json={"segments": {"1": text}})
    assert api.http.delete(path).status_code == 204
    with api.services.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(versions)).scalar() == 0
