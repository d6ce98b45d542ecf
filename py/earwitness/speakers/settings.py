"""Settings of the analysis. The measured ones name their numbers in docs/decisions.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from earwitness.speakers.protocols import SAMPLE_RATE_HZ
from earwitness.speech.settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How the recording is cut and what is computed of each window."""

    hop_samples: int = 5 * SAMPLE_RATE_HZ
    """Audio between the starts of two windows. Each window answers for the middle of its audio."""
    batch: int = 4
    """Windows that are segmented at once; what a kill costs."""
    onset: float = 0.5
    """Probability at which a person begins to speak."""
    offset: float = 0.5
    """Probability below which a person stops."""
    stretch_s: float = 1.5
    """A stretch of this much speech by one person gets a vector of its own."""
    embed_max_s: float = 2.5
    """Speech of one person in a window that the embedding model hears at most."""
    embed_enough_s: float = 1.5
    """With less speech in the middle of a window, speech of its edges is taken as well."""
    embed_min_s: float = 0.4
    """Shorter speech gets no vector."""


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """How vectors become people."""

    threshold: float = 0.52
    """Cosine of two clusters' mean vectors from which they are one person."""
    apart_threshold: float = 0.7
    """The same for clusters that speak at once: the segmentation now and then hears one person as
    two, and in a long recording once is enough to keep the person's clusters apart."""
    reliable_s: float = 2.0
    """Only vectors of at least this much speech decide how many people there are."""
    block: int = 400
    """Vectors that are clustered at once; the clusters of all blocks are clustered again."""
    block_threshold: float = 0.65
    """`threshold` within a block of a longer recording."""
    speaker_min_s: float = 8.0
    """A person speaks at least this long in total, or as long as `speaker_min_share` if less."""
    speaker_min_share: float = 0.08
    channel_threshold: float = 0.7
    """Cosine of two channels' mean voices from which they are one person in two channels."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """How activity becomes turns."""

    gap_s: float = 0.2
    """A shorter pause of one person does not end a turn."""
    min_s: float = 0.1
    """A shorter turn is dropped."""


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """All settings."""

    windows: WindowSettings = field(default_factory=WindowSettings)
    clusters: ClusterSettings = field(default_factory=ClusterSettings)
    turns: TurnSettings = field(default_factory=TurnSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
