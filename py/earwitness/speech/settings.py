"""Every threshold of the speech engine: named, documented, settable.

Defaults follow openai/whisper and faster-whisper where those have the same knob, and otherwise
what measured best here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VadSettings:
    """When sound counts as speech. Probabilities come from Silero, 0 to 1 a 32 ms frame."""

    threshold: float = 0.5
    """Speech begins at a frame of at least this probability."""
    release: float = 0.35
    """Speech goes on until the probability falls below this."""
    min_speech_s: float = 0.1
    """Shorter speech is taken for noise."""
    min_silence_s: float = 0.16
    """Shorter silence does not end speech."""
    pad_s: float = 0.3
    """Kept on both sides of speech, as far as the silence reaches."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How speech is packed into what the model hears at once."""

    max_s: float = 29.0
    """Longest window. Whisper's 30 s less room for the silence that lets it end."""
    max_gap_s: float = 3.0
    """Longer silence ends a window: it is skipped, and the model is not tempted to fill it."""
    cut_search: float = 0.5
    """A full window is cut within its last part, this share of it."""
    good_cut_s: float = 0.5
    """Of silences to cut in, the last one of at least this length is taken."""
    length_step_s: float = 0.5
    """Encoded lengths are rounded up to a multiple of this."""
    first_batch: int = 1
    """Windows in a recording's first batch: one, so that the first text comes early."""
    batch: int = 4
    """Windows in every later batch."""
    evenness: float = 0.6
    """Windows shorter than this share of the longest are encoded apart: padding costs as speech."""
    scan_s: float = 300.0
    """A batch ends after reading this much audio, however few windows it found."""


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """How the spoken language is found."""

    confident: float = 0.8
    """One window decides when its best language is at least this probable."""
    windows: int = 4
    """Otherwise up to this many windows are asked at full length, weighted by their speech."""
    trials: int = 4
    """Still in doubt, the longest window is decoded in so many of the likeliest languages …"""
    trial_probability: float = 0.05
    """… that are at least this probable …"""
    trial_prior: float = 0.1
    """… and the best sum of average log-probability and this times the log of the prior wins."""
    trial_penalty: float = 1.0
    """Taken off a trial that repeats itself or is improbable."""
    trial_scale: float = 0.1
    """A trial this much better makes its language e times as probable."""


@dataclass(frozen=True, slots=True)
class DecodingSettings:
    """When a decode is believed, and what happens when it is not."""

    beams: int = 5
    """Hypotheses that a search keeps; 1: everything is decoded greedily."""
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """Tried in turn until a decode is believed."""
    compression_ratio: float = 2.4
    """Text that deflates better than this repeats itself: decode again."""
    log_probability: float = -1.0
    """A lower average over the tokens means that the model guessed: decode again."""
    no_speech: float = 0.6
    """Above this, and with a low average log-probability, the window holds no speech."""
    loop_repeats: int = 5
    """So many repetitions in a row of the same tokens …"""
    loop_tokens: int = 20
    """… of at least this length in all are a loop: decode again; if it stays, keep the first."""
    max_new_tokens: int = 224
    """Longest text of a window, half of Whisper's context."""
    max_tokens_per_s: float = 30.0
    """A shorter window gets fewer tokens, so that a loop in it costs less."""
    max_initial_timestamp_s: float = 1.0
    """Speech must begin this early in a window: windows are cut at speech."""
    condition_on_previous_text: bool = False
    """Show the model the text before. One window a batch then, because the text must exist."""
    prompt_reset_temperature: float = 0.5
    """Text decoded above this temperature is not shown to the next window."""
    announced_speech_s: float = 0.3
    """A text that ends in two timestamps announces more: so much speech after them is decoded."""
    skipped_speech_s: float = 1.0
    """More speech than this after the last timestamp was skipped: decode it as its own window."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """From tokens to sentences and words."""

    sentence_gap_s: float = 0.8
    """A pause of this length ends a segment, if the text so far may end there."""
    long_gap_s: float = 2.0
    """A pause of this length always ends a segment."""
    unmarked_s: float = 6.0
    """Text of this length may end at a pause even without a mark."""
    max_segment_s: float = 12.0
    """Longer segments are split, at a sentence's end where there is one."""
    silence_words_s: float = 2.0
    """An improbable segment with this much silence around it is taken for invented."""
    word_probability: float = 0.15
    """A word less probable than this counts against its segment."""
    word_min_s: float = 0.133
    """A word shorter than this counts against its segment."""
    word_max_s: float = 2.0
    """A word longer than this counts against its segment."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """All thresholds of a run. Constant within one, so that resuming gives the same words."""

    vad: VadSettings = field(default_factory=VadSettings)
    windows: WindowSettings = field(default_factory=WindowSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    decoding: DecodingSettings = field(default_factory=DecodingSettings)
    text: TextSettings = field(default_factory=TextSettings)
