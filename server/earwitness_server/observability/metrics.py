"""Metrics for operators in Prometheus' form. They never hold a name, a word or a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from earwitness.errors import StorageError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

metrics_registry = CollectorRegistry()
REQUESTS = Histogram(
    "earwitness_request_seconds",
    "Time to answer, by route.",
    ("method", "route", "status"),
    registry=metrics_registry,
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300),
)
FAILURES = Counter(
    "earwitness_failures_total", "Requests that met a bug.", ("route",), registry=metrics_registry
)
AUDIO = Counter(
    "earwitness_audio_seconds_total", "Audio transcribed by jobs.", registry=metrics_registry
)
COMPUTE = Counter(
    "earwitness_compute_seconds_total", "Time spent on it.", registry=metrics_registry
)
BATCH_FACTOR = Histogram(
    "earwitness_realtime_factor",
    "Seconds of work a second of audio, of each batch.",
    registry=metrics_registry,
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
JOBS_ENDED = Counter(
    "earwitness_jobs_total", "Jobs that ended.", ("state",), registry=metrics_registry
)
LISTENERS = Gauge("earwitness_listeners", "Open streams of progress.", registry=metrics_registry)
DIRECT = Gauge(
    "earwitness_direct_requests",
    "Direct requests being transcribed or waiting for a slot.",
    registry=metrics_registry,
)


class QueueDepth(Collector):
    """Queries the database when the metrics are read."""

    def __init__(self, depths: Callable[[], Mapping[str, int]]) -> None:
        self._depths = depths

    def collect(self) -> Iterable[Metric]:
        """Return one gauge by state; nothing while the database is unavailable."""
        depth = GaugeMetricFamily("earwitness_jobs", "Unfinished jobs.", labels=["state"])
        try:
            for state, count in self._depths().items():
                depth.add_metric([state], count)
        except StorageError:
            return []
        return [depth]


def count_batch(audio_s: float, compute_s: float) -> None:
    """Count a committed batch."""
    AUDIO.inc(max(0.0, audio_s))
    COMPUTE.inc(compute_s)
    if audio_s > 0:
        BATCH_FACTOR.observe(compute_s / audio_s)
