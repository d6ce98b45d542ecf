"""The recordings for measuring speed, each with its reference."""

from __future__ import annotations

from dataclasses import dataclass

import soundfile

from bench import corpus, synthetic
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
    """A sentence of a recording in tests/corpus, cut in the pauses around it."""

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
    """Return a recording for each nominal length."""
    known = {clip.id: clip for clip in corpus.speech()}
    if LONG not in known:
        return _own(known)
    clips = {length: known[id] for length, id in SHARED.items()}
    return clips | {"600s": synthetic.first_part(known[LONG], LONG_S)}


def _own(known: dict[str, Clip]) -> dict[str, Clip]:
    """Recordings cut and joined from tests/corpus."""
    two_minutes = [known[f"en-{name}"] for name in ("instructions", "congratulations", "echotest")]
    return {
        **{length: _cut(length, part, known) for length, part in PARTS.items()},
        "15s": known["en-connection"],
        "26s": known["en-echotest"],
        "120s": synthetic.joined("joined-120s", two_minutes),
        "600s": synthetic.joined("joined-600s", [*two_minutes] * 5),
    }


def _cut(length: str, part: Part, known: dict[str, Clip]) -> Clip:
    path = synthetic.FOLDER / f"cut-{length}.flac"
    if not path.exists():
        start, stop = (round(t * synthetic.RATE_HZ) for t in (part.start_s, part.end_s))
        synthetic.write(path.name, decode_audio(known[part.clip].path)[start:stop])
    return Clip(path.stem, path, "en", soundfile.info(path).duration, part.text)
