"""What an operator sees: counts and times in Prometheus' form. Never a name, a word or a key."""

from __future__ import annotations

from collections.abc import Iterable

from earwitness.errors import StorageError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from earwitness_server.storage.queue import Queue

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
    "earwitness_direct_requests", "Direct requests heard now.", registry=metrics_registry
)


class QueueDepth(Collector):
    """Asks the database when it is looked at."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def collect(self) -> Iterable[Metric]:
        """One gauge, by state; none while the database is away."""
        depth = GaugeMetricFamily("earwitness_jobs", "Unfinished jobs.", labels=["state"])
        try:
            for state, count in self._queue.depths().items():
                depth.add_metric([state], count)
        except StorageError:
            return []
        return [depth]


def heard(audio_s: float, compute_s: float) -> None:
    """A batch was committed."""
    AUDIO.inc(max(0.0, audio_s))
    COMPUTE.inc(compute_s)
    if audio_s > 0:
        BATCH_FACTOR.observe(compute_s / audio_s)
