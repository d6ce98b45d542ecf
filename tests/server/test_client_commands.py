"""`transcribe`, `search` and `export`: on a server, on this machine, and with bad input."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.cli.main import main
from earwitness_server.cli.watch import HISTORY

from tests.conftest import Clip
from tests.support.interview import two_voices
from tests.support.ports import ReservedPort
from tests.support.scripted_engine import sentence
from tests.support.server_process import PIECE, ServerProcess
from tests.support.waiting import LIMIT_S, wait_for

TEXT = "\n".join(sentence(n) for n in range(3)) + "\n"


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server whose words are known, and which needs no key."""
    server = ServerProcess(tmp_path_factory.mktemp("scripted"), scripted_windows="3").start()
    yield server
    server.close()


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.write_bytes(b"sound")
    return path


def rows(text: str) -> list[dict[str, Any]]:
    """The lines of JSON in a command's output."""
    return [json.loads(line) for line in text.splitlines()]


# ---------------------------------------------------------------- a server


def test_server_transcribes_and_the_file_lies_beside_the_recording(
    scripted: ServerProcess, talk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transcribe", str(talk), "--server", scripted.origin]) == 0
    written = talk.with_suffix(".txt")
    assert written.read_text() == TEXT
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (f"{written}\n", "")


def test_existing_file_is_never_overwritten(scripted: ServerProcess, talk: Path) -> None:
    own = talk.with_suffix(".srt")
    own.write_text("mine")
    for _ in range(2):
        assert main(["transcribe", str(talk), "--server", scripted.origin, "--format", "srt"]) == 0
    assert own.read_text() == "mine"
    numbered = [talk.with_name(f"talk ({n}).srt") for n in (2, 3)]
    assert all(sentence(0) in path.read_text() for path in numbered)
    assert {path.name for path in talk.parent.iterdir()} == {
        "talk.wav", "talk.srt", *(path.name for path in numbered)
    }  # fmt: skip


def test_speakers_several_formats_and_json(
    scripted: ServerProcess, talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "out" / "texts"
    command = ["transcribe", str(talk), "--server", scripted.origin, "--speakers", "--json"]
    assert main([*command, "--format", "srt,json", "--format", "docx", "--to", str(to)]) == 0
    [row] = rows(capsys.readouterr().out)
    assert (row["file"], row["state"], row["speakers"]) == (str(talk), "done", ["S1", "S2"])
    assert sorted(map(Path, row["written"])) == sorted(to.iterdir())
    assert f"S2: {sentence(1)}" in (to / "talk.srt").read_text().replace("\n", " ")
    assert json.loads((to / "talk.json").read_text())["segments"][1]["speaker"] == "S2"
    assert (to / "talk.docx").read_bytes().startswith(b"PK")


def test_bad_files_are_reported_and_the_others_go_on(
    scripted: ServerProcess, talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"bad")
    missing = tmp_path / "missing.wav"
    command = ["transcribe", "--server", scripted.origin, "--json"]
    assert main([*command, str(missing), str(broken), str(tmp_path), str(talk)]) == 1
    printed = capsys.readouterr()
    assert [row["state"] for row in rows(printed.out)] == ["failed"] * 3 + ["done"]
    assert printed.err.splitlines() == [
        f"earwitness: {missing}: There is no such file. Correct the name.",
        f"earwitness: {broken}: This is not a recording. Send another file.",
        f"earwitness: {tmp_path}: This is not a file. "
        "Name the recordings in a folder, or use --watch.",
    ]


def test_pattern_names_files_at_any_depth(
    scripted: ServerProcess, talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = tmp_path / "a" / "b" / "deep.wav"
    deep.parent.mkdir(parents=True)
    shutil.copy(talk, deep)
    pattern = str(tmp_path / "**" / "*.wav")
    assert main(["transcribe", pattern, "--server", scripted.origin, "--json"]) == 0
    found = {row["file"] for row in rows(capsys.readouterr().out)}
    assert found == {str(talk), str(deep)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--language", "Klingon"], "Klingon"),
        (["--model", "giant"], "There is no model"),
        (["--people", "9-3"], "speakers should be"),
    ],
)
def test_servers_refusal_of_an_option_is_reported(
    scripted: ServerProcess, talk: Path, capsys: pytest.CaptureFixture[str],
    options: list[str], message: str,
) -> None:  # fmt: skip
    assert main(["transcribe", str(talk), "--server", scripted.origin, *options]) == 1
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_options_reach_the_server(scripted: ServerProcess, talk: Path) -> None:
    options = ["--language", "Deutsch", "--term", "Digium", "--term", "Asterisk", "--prompt", "A"]
    switches = ["--no-words", "--no-voice-activity", "--no-follow-languages", "--audio-track", "1"]
    command = ["transcribe", str(talk), "--server", scripted.origin, "--model", "whisper-base"]
    assert main([*command, *options, *switches, "--task", "translate", "--people", "2-3"]) == 0
    [newest] = scripted.call("GET", "/api/transcripts?limit=1")["transcripts"]
    expected = {
        "model": "base", "language": "de", "task": "translate", "words": False, "prompt": "A",
        "voice_activity": False, "audio_track": 1, "follow_languages": False,
        "terms": ["Digium", "Asterisk"], "speakers": [2, 3],
    }  # fmt: skip
    asked = newest["job"]["options"]
    assert {name: asked[name] for name in expected} == expected
    assert not newest["audio_kept"]


# ---------------------------------------------------------------- keys and unreachable servers


def test_key_comes_from_the_environment_or_a_file(
    tmp_path: Path, talk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ServerProcess(
        tmp_path / "keys", scripted_windows="3", earwitness_require_keys="true"
    ).start()
    try:
        command = ["transcribe", str(talk), "--server", server.origin]
        assert main(command) == 4
        assert "EARWITNESS_KEY" in capsys.readouterr().err
        key = server.add_key()
        kept = tmp_path / "key.txt"
        kept.write_text(f"{key}\n")
        assert main([*command, "--key-file", str(kept)]) == 0
        monkeypatch.setenv("EARWITNESS_KEY", key)
        assert main(command) == 0
        monkeypatch.setenv("EARWITNESS_KEY", "ew_wrong")
        assert main(command) == 4
        assert main([*command, "--key-file", str(tmp_path / "none")]) == 2
    finally:
        server.close()


def test_server_that_does_not_answer_has_its_own_exit_code(
    talk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = ReservedPort()
    try:
        address = f"http://127.0.0.1:{port.number}"
        assert main(["transcribe", str(talk), "--server", address]) == 3
    finally:
        port.close()
    assert capsys.readouterr().err == (
        f"earwitness: {address} does not answer. Check the address, and that the server runs.\n"
    )


def test_job_survives_a_restart_of_the_server(tmp_path: Path, talk: Path) -> None:
    server = ServerProcess(tmp_path / "restarts", scripted_windows="3").start()
    try:
        server.script.hold(1)
        command = [sys.executable, "-c", _PATIENT, "transcribe", str(talk), "--stdout"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(
            [*command, "--server", server.origin], stdout=subprocess.PIPE, env=environment
        ) as process:
            wait_for(lambda: server.script.begun(), "a window that begins")
            server.kill()
            server.script.release()
            server.start()
            output, _ = process.communicate(timeout=LIMIT_S)
        assert (process.returncode, output.decode()) == (0, TEXT)
    finally:
        server.close()


def test_interrupted_command_deletes_its_job_on_the_server(tmp_path: Path, talk: Path) -> None:
    server = ServerProcess(tmp_path / "stops", scripted_windows="3").start()
    try:
        server.script.hold(1)
        command = [sys.executable, "-m", "earwitness_server", "transcribe", str(talk)]
        # What runs in the background of a shell, as these tests may, ignores the signal.
        with subprocess.Popen(
            ["env", "--default-signal=INT", *command, "--server", server.origin],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            wait_for(lambda: server.script.begun(), "a window that begins")
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT_S) == 130
        server.script.release()
        assert server.call("GET", "/api/transcripts")["transcripts"] == []
        assert not talk.with_suffix(".txt").exists()
    finally:
        server.close()


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path, talk: Path) -> None:
    server = ServerProcess(tmp_path / "shown", scripted_windows="3").start()
    try:
        server.script.hold(1)
        command = [sys.executable, "-m", "earwitness_server", "transcribe", str(talk), "--stdout"]
        outer, inner = pty.openpty()
        termios.tcsetwinsize(inner, (24, 80))
        with subprocess.Popen(
            [*command, "--server", server.origin], stdout=subprocess.PIPE, stderr=inner,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:  # fmt: skip
            os.close(inner)
            shown = ""
            while "33%" not in shown:
                shown += os.read(outer, 1000).decode()
            server.script.release()
            assert process.stdout is not None
            assert process.stdout.read().decode() == TEXT
        os.close(outer)
        assert "talk.wav: transcribing" in shown
    finally:
        server.close()


_PATIENT = """
import sys
from earwitness_server.cli import main, on_server
on_server.PAUSES_S = (0.2,) * 900
sys.exit(main.main(sys.argv[1:]))
"""


# ---------------------------------------------------------------- this machine


def test_this_machine_transcribes_real_speech(
    server_models: Path, clips: dict[str, Clip], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    command = ["transcribe", str(clips["en-connection"].path), "--models", str(server_models)]
    assert main([*command, "--model", "tiny.en", "--format", "srt", "--stdout"]) == 0
    text = capfdbinary.readouterr().out.decode()
    assert text.startswith("1\n00:00:00,")
    assert "connection to a demonstration" in text.replace("\n", " ")


def test_this_machine_tells_speakers_apart(
    server_models: Path, clips: dict[str, Clip], tmp_path: Path
) -> None:
    interview = two_voices(tmp_path, clips)
    command = ["transcribe", str(interview), "--models", str(server_models), "--model", "tiny.en"]
    assert main([*command, "--speakers", "--people", "2", "--format", "json"]) == 0
    found = json.loads((tmp_path / "interview.json").read_text())
    assert [each["id"] for each in found["speakers"]] == ["S1", "S2"]
    assert {segment["speaker"] for segment in found["segments"]} == {"S1", "S2"}
    assert all(word["speaker"] for segment in found["segments"] for word in segment["words"])


def test_missing_speaker_models_name_the_command(
    server_models: Path, tmp_path: Path, talk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "tiny.en").symlink_to(server_models / "tiny.en")
    command = ["transcribe", str(talk), "--models", str(models), "--model", "tiny.en"]
    assert main([*command, "--speakers"]) == 2
    assert capsys.readouterr().err == (
        "earwitness: The models that tell speakers apart are missing. "
        f"Fetch them: earwitness models speakers --into {models}\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--model", "giant"], "There is no model 'giant'"),
        (["--model", "tiny.en", "--language", "de"], "supports English only"),
        (["--format", "pdf"], "Unknown format"),
        (["--format", "srt,vtt", "--stdout"], "takes one format"),
        (["--key-file", "key.txt"], "no effect"),
    ],
)
def test_unusable_arguments_are_refused_before_the_work(
    server_models: Path, talk: Path, capsys: pytest.CaptureFixture[str],
    options: list[str], message: str,
) -> None:  # fmt: skip
    assert main(["transcribe", str(talk), "--models", str(server_models), *options]) == 2
    assert message in capsys.readouterr().err


# ---------------------------------------------------------------- a watched folder


def test_watched_folder_is_transcribed_until_the_command_is_stopped(
    scripted: ServerProcess, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "broken.mp3").write_bytes(b"bad")
    command = [sys.executable, "-c", _QUICK, "transcribe", "--watch", str(folder), "--json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [*command, "--server", scripted.origin],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
    ) as process:  # fmt: skip
        wait_for(lambda: (folder / HISTORY).read_text(), "the history")
        (folder / "late.mp3").write_bytes(b"sound")
        wait_for(lambda: "late.mp3" in (folder / HISTORY).read_text(), "the second recording")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert [row["state"] for row in rows(output)] == ["failed", "done"]
    assert (folder / "late.txt").read_text() == TEXT
    failed, done = rows((folder / HISTORY).read_text())
    assert (failed["file"], failed["error"]["message"]) == (
        "broken.mp3", "This is not a recording.",
    )  # fmt: skip
    assert (done["file"], done["state"], done["written"]) == (
        "late.mp3", "done", [str(folder / "late.txt")],
    )  # fmt: skip


_QUICK = """
import sys
from earwitness_server.cli import main, transcribe, watch
watch.SETTLE_S = transcribe.LOOK_S = 0.1
sys.exit(main.main(sys.argv[1:]))
"""


# ---------------------------------------------------------------- search and export


@pytest.fixture(scope="module")
def transcript_id(scripted: ServerProcess) -> str:
    """A transcript with two speakers in the server's library."""
    upload = {"upload-length": "5", "upload-metadata": "filename bWVldGluZy53YXY=", **PIECE}
    location = scripted.call("POST", "/api/uploads", b"sound", **upload)["location"]
    job = {"upload": location.split("/")[-1], "options": {"speakers": True}}
    id_ = scripted.call("POST", "/api/jobs", job)["id"]
    wait_for(lambda: scripted.state(id_) == "done", "a job that is done")
    scripted.call("PATCH", f"/api/transcripts/{id_}", {"speakers": {"S2": "Ben"}})
    return id_


def test_search_prints_a_line_for_each_hit(
    scripted: ServerProcess, transcript_id: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("EARWITNESS_SERVER", scripted.origin)
    assert main(["search", "sentence", "--speaker", "Ben"]) == 0
    assert capsys.readouterr().out == f"{transcript_id}  0:10  meeting.wav: {sentence(1)}\n"
    assert main(["search", "sentence", "--limit", "2", "--json"]) == 0
    [answer] = rows(capsys.readouterr().out)
    assert len(answer["hits"]) == 2
    assert main(["search", "nowhere", "--tag", "none", "--language", "de"]) == 0
    assert capsys.readouterr() == ("", "earwitness: Nothing was found.\n")


def test_search_without_a_server_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "sentence"]) == 2
    assert "--server" in capsys.readouterr().err


def test_export_writes_a_transcript_of_the_server(
    scripted: ServerProcess, transcript_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    command = ["export", transcript_id, "nothing", "--server", scripted.origin]
    assert main([*command, "--format", "vtt,json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == "meeting.vtt\nmeeting.json\n"
    assert printed.err == (
        "earwitness: nothing: The server has no such transcript. "
        "Look for its id: earwitness search.\n"
    )
    assert f"<v Ben>{sentence(1).split()[0]}" in Path("meeting.vtt").read_text()
    assert main([*command[:2], *command[3:], "--format", "vtt", "--no-speakers", "--stdout"]) == 0
    assert "Ben" not in capsys.readouterr().out


def test_export_rewrites_a_saved_file(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    saved = tmp_path / "talk.srt"
    saved.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello.\n")
    assert main(["export", str(saved), "--format", "json"]) == 0
    command = ["export", str(tmp_path / "talk.json"), "--format", "txt", "--times", "--stdout"]
    capfdbinary.readouterr()
    assert main(command) == 0
    text = capfdbinary.readouterr().out
    assert b"Hello." in text
    assert b"0:01" in text


def test_export_of_missing_and_unreadable_files_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.srt", tmp_path / "bad.json"
    good.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello.\n")
    bad.write_text("{}")
    command = ["export", str(tmp_path / "gone.json"), str(bad), str(good), "--json"]
    assert main(command) == 1
    printed = capsys.readouterr()
    assert [row["state"] for row in rows(printed.out)] == ["failed", "failed", "done"]
    assert len(printed.err.splitlines()) == 2
