"""Every threshold of the speech engine.

Defaults are those of openai/whisper and faster-whisper where these have the same setting, and
otherwise what measured best.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VadSettings:
    """When sound counts as speech, by a probability for each frame of 32 ms."""

    threshold: float = 0.5
    """Speech begins at a frame of at least this probability."""
    release: float = 0.35
    """Speech ends when the probability falls below this."""
    min_speech_s: float = 0.1
    """Shorter speech counts as noise."""
    min_silence_s: float = 0.16
    """Shorter silence does not end speech."""
    pad_s: float = 0.3
    """Silence kept on both sides of speech, where there is that much."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How speech is packed into windows."""

    max_s: float = 29.0
    """Longest window: Whisper's 30 s less room for the silence at its end."""
    max_gap_s: float = 3.0
    """Longer silence ends a window and is skipped, because models invent text for silence."""
    cut_search: float = 0.5
    """A full window is cut within this share of it, counted from its end."""
    good_cut_s: float = 0.5
    """A full window is cut in its last silence of at least this length."""
    length_step_s: float = 0.5
    """Encoded lengths are rounded up to a multiple of this."""
    first_batch: int = 1
    """Windows in a recording's first batch; 1, so that the first text appears early."""
    batch: int = 4
    """Windows in each later batch."""
    evenness: float = 0.6
    """A window below this share of a batch's longest is encoded apart: padding costs time."""
    scan_s: float = 300.0
    """A batch ends after this much audio, with however few windows."""


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """How the spoken language is detected."""

    confident: float = 0.8
    """The first window decides if its best language is at least this probable."""
    windows: int = 4
    """Otherwise up to this many windows vote at full length, weighted by their speech."""
    trials: int = 4
    """If the windows leave it in doubt, the longest is decoded in this many languages."""
    trial_probability: float = 0.05
    """A language below this probability is not tried."""
    trial_prior: float = 0.1
    """A trial scores its average log-probability plus this times the log of its probability."""
    trial_penalty: float = 1.0
    """Subtracted for a trial that needs fallback or has no text."""
    trial_alike: float = 0.6
    """Trials that share this much of their words wrote the same language …"""
    trial_margin: float = 0.3
    """… unless their average log-probabilities are further apart than this."""
    switch: float = 0.8
    """The language changes at a window that is another with at least this probability …"""
    switch_s: float = 1.5
    """… and has at least this much speech."""
    shared: float = 0.03
    """Two languages share a window if the second has at least this probability …"""
    shared_sum: float = 0.95
    """… and both together this one. Windows in one language have less, or a clear first."""
    part_s: float = 4.0
    """A shared window is split into parts with about this much speech …"""
    part_switch: float = 0.95
    """… which need this probability to be in another language."""
    border_s: float = 3.0
    """The border between two languages moves to a long silence so near."""
    trial_scale: float = 0.1
    """A score higher by this makes the language e times as probable."""


@dataclass(frozen=True, slots=True)
class DecodingSettings:
    """When a decode is accepted, and what happens if it is not."""

    beams: int = 5
    """Width of the beam search; 1: everything is decoded greedily."""
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """Tried in turn until a decode is accepted."""
    compression_ratio: float = 2.4
    """Text that compresses better than this repeats itself and needs fallback."""
    log_probability: float = -1.0
    """Text with a lower average log-probability is a guess and needs fallback."""
    no_speech: float = 0.6
    """A window above this, with a low average log-probability, is silent …"""
    certain_s: float = 2.5
    """… unless so much speech was detected. Of 28 recordings without speech, one has 2.1 s, one
    1.1 s and the others none (measured)."""
    brief_s: float = 2.0
    """With less speech than this, a detector may have been wrong …"""
    brief_no_speech: float = 0.65
    """… so a window above this is silent at a higher log-probability already: 69 short phrases of
    the corpora have 0.62 at most, hold music taken for speech has 0.76 (measured)."""
    brief_log_probability: float = -0.5
    """Text in a brief window above `brief_no_speech` needs at least this."""
    unvoiced_log_probability: float = -0.4
    """Text where no speech was detected needs at least this: music gives up to -0.48 (measured)."""
    unvoiced_no_speech: float = 0.4
    """Text where no speech was detected may have at most this: music gives 0.5 and more."""
    loop_repeats: int = 5
    """A loop has at least this many repetitions of the same tokens in a row."""
    unfinished_repeats: int = 3
    """So many repetitions are a loop where the decode was cut off: by the guard of our graphs."""
    loop_tokens: int = 20
    """A loop has at least this many tokens in all. It needs fallback."""
    max_new_tokens: int = 224
    """Longest text of a window: half of Whisper's context."""
    max_tokens_per_s: float = 30.0
    """A shorter window may have fewer tokens, so that a loop costs less."""
    max_initial_timestamp_s: float = 1.0
    """Latest start of speech in a window; windows begin shortly before speech."""
    condition_on_previous_text: bool = False
    """Prompt each window with the text before it; batches then have one window."""
    prompt_reset_temperature: float = 0.5
    """Text decoded above this temperature is not prompted to the next window."""
    announced_speech_s: float = 0.3
    """Two timestamps at the end announce more text: this much speech after them is decoded."""
    skipped_speech_s: float = 1.0
    """More speech than this after the last timestamp was skipped and is decoded as well."""


@dataclass(frozen=True, slots=True)
class RepetitionSettings:
    """How what was said again is told from what the model only wrote again."""

    max_letters_per_s: float = 25.0
    """Nobody says more letters a second. The fastest of 114 recordings has 20, the median 13; a
    phrase written three times for one sound has 36 and more (measured)."""
    min_letters_per_s: float = 12.0
    """Anybody may say a repetition at this rate, however slow the rest is."""
    rate_factor: float = 1.7
    """A repetition is at most so many times as fast as the rest of its text."""
    rate_letters: int = 30
    """The rest counts from this many letters on."""
    run_letters: int = 16
    """Copies with fewer letters in all are always kept: "no, no, no"."""
    start_letters: int = 12
    """A phrase with fewer letters at the border of two texts was said once."""
    loop_copies: int = 5
    """So many copies of a phrase that cannot all have been said are a loop: one was said."""
    penalty: float = 1.0
    """What a decode loses of its log-probability for each doubling of the compression ratio above
    the threshold, where decodes are compared. Two voices at once: a loop with -0.37 and a ratio of
    6.2 beside the words with -1.09 (measured)."""
    max_penalty: float = 1.2
    """No decode loses more: a mere guess must not win against any repetition."""
    end_letters: int = 16
    """If a text's last letters, so many, stand in it once before, the window is decoded at full
    length as well: where a recording is cut off, models say its last phrase again. No reference of
    112 short recordings and of 203 stretches of 60 words ends so (measured) …"""
    end_letters_per_s: float = 9.0
    """… if the text has this rate without what it says again: the slowest of 114 recordings has 8.
    A sentence said three times has a third of its rate without the copies …"""
    end_penalty: float = 0.3
    """… and a decode that does so loses this much of its log-probability."""
    part_copies: float = 1.2
    """A window that repeats itself is decoded in parts with this many copies at most. Of several
    copies in a part, Whisper often writes one (measured)."""
    usual_letters_per_s: float = 13.0
    """The median rate of speech (measured); it tells how long a copy takes."""
    part_min_s: float = 1.5
    """Parts may have this much speech, however short a copy is."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How words become segments, and which are taken for hallucinations."""

    sentence_gap_s: float = 0.8
    """A pause of this length ends a segment at the end of a sentence."""
    long_gap_s: float = 2.0
    """A pause of this length always ends a segment."""
    unmarked_s: float = 6.0
    """Text of this length may end at a pause without a full stop."""
    max_segment_s: float = 12.0
    """Longer segments are split, at the end of a sentence or clause where there is one."""
    silence_words_s: float = 2.0
    """An anomalous segment with this much silence on both sides is a hallucination."""
    spoken_s: float = 2.5
    """Words over so much detected speech are no hallucination: see `DecodingSettings.certain_s`."""
    word_probability: float = 0.15
    """A word less probable than this is anomalous."""
    word_min_s: float = 0.133
    """A word shorter than this is anomalous."""
    word_max_s: float = 2.0
    """A word longer than this is anomalous."""


@dataclass(frozen=True, slots=True)
class TermSettings:
    """When an expected term takes the place of words that were heard."""

    likeness: float = 0.6
    """The words sound at least this much like the term."""
    candidates: int = 32
    """So many places of a window are tried, the most promising."""
    scored_together: int = 16
    """So many of them are scored in one step."""
    margin: float = 4.0
    """A text may lose this much log-probability by a term that sounds like its words …"""
    letter_margin: float = 1.0
    """… and this for each sound of the term, because long words are hardly alike by chance …"""
    letters: int = 12
    """… up to so many …"""
    token_margin: float = 0.7
    """… and this for each of its tokens beyond `common_tokens`, because rare words have many …"""
    common_tokens: int = 2
    rare_tokens: int = 4
    """… up to so many more …"""
    doubt_share: float = 0.6
    """… and this share of the log-probability that the words there now have taken …"""
    doubt_max: float = 6.0
    """… up to this …"""
    unlike_cost: float = 24.0
    """… less this times how much it sounds unlike them."""
    most_margin: float = 12.0
    """No text may lose more by a term."""
    inflected_margin: float = 3.5
    """The most that a text may lose by another ending of the word that is there."""
    tail_tokens: int = 8
    """So many tokens after its place say whether a term fits into the text."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """When the two channels of a recording are two people."""

    probe_s: float = 1800.0
    """Audio that decides."""
    speech_quantile: float = 0.99
    """The level of a channel's speech is this quantile of its frames' levels."""
    background_quantile: float = 0.1
    """The level of its background."""
    range_db: float = 10.0
    """Speech is this much above the background."""
    active_db: float = 25.0
    """Frames in which both channels are farther below their speech are not judged."""
    apart_db: float = 8.0
    """One channel alone speaks if it is this much louder, each beside its speech."""
    apart_share: float = 0.7
    """Share of the judged frames in which one channel alone speaks."""
    spoken_min_s: float = 1.0
    """Each channel speaks at least this long."""
    shortest_s: float = 0.2
    """Shorter pieces of speech between another's are dropped, shorter gaps closed."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """All thresholds of a run; a resumed run must have the same to give the same words."""

    vad: VadSettings = field(default_factory=VadSettings)
    windows: WindowSettings = field(default_factory=WindowSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    decoding: DecodingSettings = field(default_factory=DecodingSettings)
    text: TextSettings = field(default_factory=TextSettings)
    repetition: RepetitionSettings = field(default_factory=RepetitionSettings)
    terms: TermSettings = field(default_factory=TermSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
