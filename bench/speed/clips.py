"""The recordings that speed is measured on, each with its reference."""

from __future__ import annotations

from dataclasses import dataclass

import soundfile

from bench import corpus, made
from bench.corpus import Clip
from bench.native_model import decode_audio

SHARED = {
    "3s": "en-harvard-spk1_snt1",
    "7s": "en-librivox-sense-0870",
    "15s": "en-ls-1688-142285-0000",
    "26s": "en-mfa-cold_corpus",
    "120s": "en-gb0-radio-address",
}
LONG = "en-long-medley-a"
LONG_S = 600.0
ORDER = ("3s", "7s", "15s", "26s", "120s", "600s")


@dataclass(frozen=True)
class Part:
    """A sentence of one of every clone's recordings, cut in the pauses around it."""

    clip: str
    start_s: float
    end_s: float
    text: str


PARTS = {
    "3s": Part(
        "en-connection",
        11.8,
        15.1,
        "Please wait a moment while I attempt to make the connection.",
    ),
    "7s": Part(
        "en-connection",
        0.0,
        7.45,
        "I am about to attempt an Inter-Asterisk Exchange connection to a demonstration server "
        "located at Digium.",
    ),
}


def choose() -> dict[str, Clip]:
    """Nominal length -> recording; the real length is the clip's."""
    known = {clip.id: clip for clip in corpus.speech()}
    if LONG not in known:
        return _own(known)
    clips = {length: known[id] for length, id in SHARED.items()}
    return clips | {"600s": made.first_part(known[LONG], LONG_S)}


def _own(known: dict[str, Clip]) -> dict[str, Clip]:
    """From the recordings of every clone, cut and joined."""
    two_minutes = [known[f"en-{name}"] for name in ("instructions", "congratulations", "echotest")]
    return {
        **{length: _cut(length, part, known) for length, part in PARTS.items()},
        "15s": known["en-connection"],
        "26s": known["en-echotest"],
        "120s": made.joined("joined-120s", two_minutes),
        "600s": made.joined("joined-600s", [*two_minutes] * 5),
    }


def _cut(length: str, part: Part, known: dict[str, Clip]) -> Clip:
    path = made.FOLDER / f"cut-{length}.flac"
    if not path.exists():
        start, stop = (round(t * made.RATE_HZ) for t in (part.start_s, part.end_s))
        made.write(path.name, decode_audio(known[part.clip].path)[start:stop])
    return Clip(path.stem, path, "en", soundfile.info(path).duration, part.text)
