"""Speaker diarization: error rates on real recordings and made meetings, beside senko.

Scores have no collar and count overlapping speech (pyannote.metrics). `plan.json` says which half
of the recordings was for tuning; the tables show the other. Times are processor time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.domain.attribution import attribute
from earwitness.transcript import Segment, Turn, Word

from bench.native_model import decode_audio
from bench.paths import MODELS, ROOT, shared_folder
from bench.report import publish, say, table
from bench.speakers.environments import EnvironmentMissingError, python_of, score, senko
from bench.speakers.meetings import Recording, Turns, recordings
from bench.speakers.native import Analysis, analyse_file
from tooling.environment import node

WORD_S = 1 / 3
SENTENCE_WORDS = 12
HOUR_S = 3600.0


@dataclass(frozen=True)
class Answer:
    """One engine's turns."""

    turns: Turns
    cpu_s: float

    @property
    def people(self) -> int:
        """The number of people found."""
        return len({who for _, _, who in self.turns})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench speakers`."""
    parser.add_argument("--half", choices=("report", "tuning"), default="report",
                        help="which half of the recordings (default report)")  # fmt: skip
    parser.add_argument("--limit", type=float, metavar="MIN",
                        help="leave out recordings of more minutes")  # fmt: skip
    parser.add_argument("--only", nargs="*", metavar="ID", help="only these recordings")
    parser.add_argument("--no-senko", action="store_true", help="do not run senko")


def run(arguments: argparse.Namespace) -> int:
    """Measure. Returns 1 if a target is missed, or if the corpora or the models are not here."""
    shared = shared_folder()
    folder = MODELS / "speakers"
    if shared is None or not (folder / "manifest.json").exists():
        what = "python3 build.py prepare speakers, and the larger corpora in EARWITNESS_SHARED"
        say(f"bench speakers needs {what}.")
        return 1
    longest_s = float("inf") if arguments.limit is None else 60 * arguments.limit
    chosen = [
        each
        for each in recordings(arguments.half, shared / "speech", longest_s)
        if not arguments.only or each.id in arguments.only
    ]
    ours: dict[str, Analysis] = {}
    answers: dict[str, dict[str, Answer]] = {"earwitness": {}}
    for each in chosen:
        ours[each.id] = found = analyse_file(each.path, folder)
        cpu_s = found.segmentation_s + found.embedding_s + found.clustering_s
        turns = [(turn.start_s, turn.end_s, turn.speaker) for turn in found.found.turns]
        answers["earwitness"][each.id] = Answer(turns, cpu_s)
        say(f"{each.id} ({each.duration_s:.0f} s) in {cpu_s:.1f} s")
    skipped = "" if arguments.no_senko else _run_senko(chosen, answers)
    scores = _scores(chosen, answers)
    sections, result, failed = _report(chosen, answers, scores, ours)
    times, time_text = _times(chosen, ours, folder)
    result |= {"wasm": times, "failed": failed}
    sections.append(time_text)
    sections += [f"senko is left out: {skipped}"] if skipped else []
    sections += [f"Missed: {'; '.join(failed)}."] if failed else []
    publish(result, sections, arguments.json)
    return 1 if failed else 0


def _run_senko(chosen: list[Recording], answers: dict[str, dict[str, Answer]]) -> str:
    """Add senko's answers; returns why there are none, or nothing."""
    try:
        python_of("senko")
    except EnvironmentMissingError as error:
        return str(error)
    answers["senko"] = {}
    for each in chosen:
        answers["senko"][each.id] = Answer(*senko(each))
        say(f"senko: {each.id} in {answers['senko'][each.id].cpu_s:.1f} s")
    return ""


def _scores(
    chosen: list[Recording], answers: dict[str, dict[str, Answer]]
) -> dict[str, dict[str, dict[str, float]]]:
    return score(
        {
            each.id: {
                "duration_s": each.duration_s,
                "reference": each.turns,
                "answers": {engine: given[each.id].turns for engine, given in answers.items()},
            }
            for each in chosen
        }
    )


def _report(
    chosen: list[Recording],
    answers: dict[str, dict[str, Answer]],
    scores: dict[str, dict[str, dict[str, float]]],
    ours: dict[str, Analysis],
) -> tuple[list[str], dict[str, Any], list[str]]:
    rows = [
        [
            each.id,
            f"{each.duration_s / 60:.1f}",
            each.people,
            *(
                text
                for engine, given in answers.items()
                for text in (_error(scores[each.id][engine]), given[each.id].people)
            ),
            f"{100 * _word_error(each, ours[each.id]):.1f}",
        ]
        for each in chosen
    ]
    header = ["recording", "min", "people"]
    header += [text for engine in answers for text in (f"{engine}: DER", "people found")]
    details = table([*header, "words wrong, %"], rows)
    groups = {
        "all": chosen,
        "made, 2 to 4 people": [e for e in chosen if e.made and 2 <= e.people <= 4],
        "real": [e for e in chosen if not e.made],
    }
    pooled: dict[str, dict[str, list[float]]] = {}
    lines: list[list[object]] = []
    for group, members in groups.items():
        for engine in answers:
            parts = _pooled([scores[each.id][engine] for each in members])
            pooled.setdefault(engine, {})[group] = parts
            lines.append([group, engine, *(f"{100 * part:.1f}" for part in parts)])
    summary = table(["recordings", "engine", "DER, %", "missed", "false", "confused"], lines)
    counts: dict[str, dict[str, int]] = {}
    for engine, given in answers.items():
        off = [abs(given[each.id].people - each.people) for each in chosen]
        counts[engine] = {
            "right": off.count(0),
            "off by one at most": sum(n <= 1 for n in off),
            "recordings": len(off),
        }
    number = table(
        ["engine", "number of people right", "off by one at most", "recordings"],
        [[engine, *map(str, counts[engine].values())] for engine in answers],
    )
    failed = _failures(chosen, answers, pooled, counts)
    result = {"pooled": pooled, "people": counts, "recordings": scores}
    title = "## Speakers told apart (error rate without collar, overlap counted)"
    return [title, summary, number, details], result, failed


def _error(parts: dict[str, float]) -> str:
    missed, false, confused = (
        100 * parts[name] / parts["total_s"] for name in ("missed_s", "false_s", "confused_s")
    )
    total = missed + false + confused
    return f"{total:.1f} ({missed:.1f} + {false:.1f} + {confused:.1f})"


def _pooled(scores: list[dict[str, float]]) -> list[float]:
    """The error rate over all speech of several recordings, and its three parts."""
    total = sum(each["total_s"] for each in scores) or 1.0
    parts = [
        sum(each[name] for each in scores) / total for name in ("missed_s", "false_s", "confused_s")
    ]
    return [sum(parts), *parts]


def _failures(
    chosen: list[Recording],
    answers: dict[str, dict[str, Answer]],
    pooled: dict[str, dict[str, list[float]]],
    counts: dict[str, dict[str, int]],
) -> list[str]:
    failed: list[str] = []
    mine, people = pooled["earwitness"], counts["earwitness"]
    if "senko" in pooled and mine["all"][0] > pooled["senko"]["all"][0]:
        failed.append("more errors than senko")
    if mine["made, 2 to 4 people"][0] > 0.12:
        failed.append("made meetings of 2 to 4 people above 12 %")
    if people["right"] < 0.8 * people["recordings"]:
        failed.append("the number of people right in less than 80 %")
    if people["off by one at most"] < 0.95 * people["recordings"]:
        failed.append("the number of people off by more than one in more than 5 %")
    alone = [e.id for e in chosen if e.people == 1 and answers["earwitness"][e.id].people != 1]
    failed += [f"{id}: one person alone is not one person" for id in alone]
    return failed


def _word_error(recording: Recording, analysis: Analysis) -> float:
    """The share of words given to somebody else, of words laid evenly into the reference's turns.

    Words under two voices are left out: a transcript has one of the two.
    """
    segments: list[Segment] = []
    truth: list[list[str]] = []
    for start_s, end_s, who in recording.turns:
        others = [t for t in recording.turns if t[2] != who and t[0] < end_s and t[1] > start_s]
        words: list[Word] = []
        at_s = start_s
        while at_s + WORD_S <= end_s:
            if not any(t[0] < at_s + WORD_S and t[1] > at_s for t in others):
                words.append(Word(" word", at_s, at_s + WORD_S))
            at_s += WORD_S
        for first in range(0, len(words), SENTENCE_WORDS):
            part = tuple(words[first : first + SENTENCE_WORDS])
            segments.append(Segment(part[0].start_s, part[-1].end_s, " word", part))
            truth.append([who] * len(part))
    said = _speakers_of(segments, analysis.found.turns)
    pairs = list(zip([who for words in truth for who in words], said, strict=True))
    overlaps = {pair: pairs.count(pair) for pair in set(pairs)}
    right = 0
    taken: set[str | None] = set()
    known: set[str] = set()
    for (who, speaker), count in sorted(overlaps.items(), key=lambda item: -item[1]):
        if who not in known and speaker not in taken:
            known.add(who)
            taken.add(speaker)
            right += count
    return 1 - right / len(pairs) if pairs else 0.0


def _speakers_of(segments: list[Segment], turns: tuple[Turn, ...]) -> list[str | None]:
    return [word.speaker for each in attribute(segments, turns) for word in each.words]


def _times(
    chosen: list[Recording], ours: dict[str, Analysis], folder: Path
) -> tuple[dict[str, Any], str]:
    """Where the time goes for an hour of audio: measured natively, and in WebAssembly."""
    hours = sum(each.duration_s for each in chosen) / HOUR_S
    windows = sum(each.windows for each in ours.values()) / hours
    embedded_s = sum(each.embedded_s for each in ours.values()) / hours
    native = [
        sum(getattr(each, f"{part}_s") for each in ours.values()) / hours
        for part in ("segmentation", "embedding", "clustering")
    ]
    longest = max(chosen, key=lambda each: each.duration_s)
    wasm = _in_wasm(decode_audio(longest.path)[: 40 * 16_000].tobytes(), folder)
    parts = [windows * wasm["window"]["wall_s"], embedded_s * wasm["second"]["wall_s"]]
    used = [windows * wasm["window"]["cpu_s"], embedded_s * wasm["second"]["cpu_s"]]
    rows = [
        ["native, processor time", *(f"{value:.0f}" for value in native)],
        ["WebAssembly, two threads, wall time", *(f"{value:.0f}" for value in parts), ""],
        ["WebAssembly, two threads, processor time", *(f"{value:.0f}" for value in used), ""],
    ]
    text = "## Seconds for an hour of audio\n\n"
    text += table(["", "segmentation", "embeddings", "Python"], rows)
    return {"per_hour_s": {"native": native, "wasm": parts, "wasm_cpu": used}, **wasm}, text


def _in_wasm(audio: bytes, folder: Path) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        file.write(audio)
        file.flush()
        script = Path(__file__).with_name("time_in_wasm.mjs")
        command = [str(node()), str(script), str(folder), file.name]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(ended.stdout.strip().splitlines()[-1])
