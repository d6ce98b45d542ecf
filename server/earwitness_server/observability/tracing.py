"""OpenTelemetry traces of requests, jobs and windows, sent where OTEL_EXPORTER_OTLP_ENDPOINT says.

Off without that variable. The other OTEL_ variables (service name, headers, sampler, batching)
mean what OpenTelemetry's specification says. As in the log there is no name, word, query or key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from earwitness.speech.transcribe import Batch
from opentelemetry.trace import (
    NoOpTracer,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from earwitness_server.errors import StartError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PROTOCOL = "http/protobuf"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
wanted_trace: ContextVar[int | None] = ContextVar("wanted_trace", default=None)
"""Id that the next span without a parent gives to its trace; None: a random one."""


class Tracing:
    """Where spans of this process go; nowhere until `start`."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None
        self._tracer: Tracer = NoOpTracer()
        self._propagator = TraceContextTextMapPropagator()

    def start(self) -> None:
        """Send spans, if the environment says where to.

        Raises:
            StartError: it asks for a protocol that is not spoken here.
        """
        if not any(os.environ.get(name) for name in _ENDPOINTS):
            return
        for name in _PROTOCOLS:
            if os.environ.get(name, PROTOCOL) != PROTOCOL:
                raise StartError(
                    f"{name} is {os.environ[name]!r:.40}, and spans are sent as {PROTOCOL} only.",
                    hint=f"Set it to {PROTOCOL} and the endpoint to the collector's HTTP port.",
                )
        # Only now, because it takes time and memory that nobody wants without a collector.
        from earwitness_server.observability.spans import provider

        self._provider = provider()
        self._tracer = self._provider.get_tracer("earwitness")

    def stop(self) -> None:
        """Send what is left, and no more from now on."""
        provider, self._provider, self._tracer = self._provider, None, NoOpTracer()
        if provider is not None:
            provider.shutdown()

    @contextmanager
    def request(self, method: str, carrier: Mapping[str, str]) -> Generator[Span]:
        """One request; part of the caller's trace when its `traceparent` header says so."""
        parent = self._propagator.extract(carrier)
        span = self._tracer.start_span(method, parent, SpanKind.SERVER)
        span.set_attribute("http.request.method", method)
        with _current(span):
            yield span

    def answered(self, span: Span, route: str, status: int, request_id: str) -> None:
        """How a request was answered; its span gets the route's pattern as name."""
        span.update_name(route)
        span.set_attributes({"http.route": route, "earwitness.request": request_id})
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))

    @contextmanager
    def job(self, transcript_id: str, attempt: int) -> Generator[None]:
        """What one worker does for a job.

        Every worker that has the job at some time writes into the same trace, whose id comes
        from the transcript's: nothing has to be passed on by one that was killed.
        """
        token = wanted_trace.set(trace_id(transcript_id))
        span = self._tracer.start_span("job", kind=SpanKind.CONSUMER)
        wanted_trace.reset(token)
        span.set_attributes({"earwitness.job": transcript_id, "earwitness.attempt": attempt})
        with _current(span):
            yield

    def accepted(self, transcript_id: str) -> None:
        """The current request made this job: link to the job's trace."""
        flags = TraceFlags(TraceFlags.SAMPLED)
        job = SpanContext(trace_id(transcript_id), 1, is_remote=True, trace_flags=flags)
        span = get_current_span()
        span.set_attribute("earwitness.job", transcript_id)
        span.add_link(job)

    @contextmanager
    def windows(self) -> Generator[Span]:
        """One batch of windows, decoded together: under the job or the request it belongs to."""
        with _current(self._tracer.start_span("windows")) as span:
            yield span


def describe(span: Span, batch: Batch) -> None:
    """What was heard, in numbers."""
    span.set_attributes(
        {
            "earwitness.windows": len(batch.windows),
            "earwitness.position_s": batch.position_s,
            "earwitness.compute_s": batch.compute_s,
            "earwitness.language": batch.resume.language or "",
        }
    )
    if batch.windows:
        span.set_attribute("earwitness.first_window", batch.windows[0].window)


def trace_id(transcript_id: str) -> int:
    """Of a job's trace."""
    return int.from_bytes(hashlib.sha256(transcript_id.encode()).digest()[:16], "big") or 1


@contextmanager
def _current(span: Span) -> Generator[Span]:
    """The span is the current one; an error's kind is kept, its text may say too much."""
    try:
        with use_span(span, record_exception=False, set_status_on_exception=False):
            yield span
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
        raise
    finally:
        span.end()


tracing = Tracing()
