"""OpenTelemetry traces of requests, jobs and windows, sent to OTEL_EXPORTER_OTLP_ENDPOINT.

Without that variable nothing is traced. The other OTEL_ variables (service name, headers, sampler,
batching) have the meaning of OpenTelemetry's specification.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from earwitness.speech.transcribe import Batch
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from earwitness_server.settings import StartError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PROTOCOL = "http/protobuf"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
_wanted_trace: ContextVar[int | None] = ContextVar("wanted_trace", default=None)
"""The id that the next span without a parent gives to its trace; None: a random one."""


class Tracing:
    """Creates the spans of this process; they are discarded until `start`."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None
        self._tracer: trace.Tracer = trace.NoOpTracer()
        self._propagator = TraceContextTextMapPropagator()

    def start(self) -> None:
        """Send spans from now on, if the environment names an endpoint.

        Raises:
            StartError: the environment asks for an unsupported protocol.
        """
        if not any(os.environ.get(name) for name in _ENDPOINTS):
            return
        for name in _PROTOCOLS:
            if os.environ.get(name, PROTOCOL) != PROTOCOL:
                raise StartError(
                    f"{name} is {os.environ[name]!r:.40}, but only {PROTOCOL} is supported.",
                    hint=f"Set it to {PROTOCOL} and the endpoint to the collector's HTTP port.",
                )
        self._provider = _provider()
        self._tracer = self._provider.get_tracer("earwitness")

    def stop(self) -> None:
        """Send the remaining spans, and none from now on."""
        provider, self._provider, self._tracer = self._provider, None, trace.NoOpTracer()
        if provider is not None:
            provider.shutdown()

    @contextmanager
    def request(self, method: str, carrier: Mapping[str, str]) -> Generator[trace.Span]:
        """Trace one request, in the caller's trace when its `traceparent` header names one."""
        parent = self._propagator.extract(carrier)
        span = self._tracer.start_span(method, parent, trace.SpanKind.SERVER)
        span.set_attribute("http.request.method", method)
        with _current(span):
            yield span

    def record_answer(self, span: trace.Span, route: str, status: int, request_id: str) -> None:
        """Record how a request was answered; its span is named after the route's pattern."""
        span.update_name(route)
        span.set_attributes({"http.route": route, "earwitness.request": request_id})
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(trace.Status(trace.StatusCode.ERROR))

    @contextmanager
    def job(self, transcript_id: str, attempt: int) -> Generator[None]:
        """Trace the work of one worker on a job.

        Every worker that has the job at some time writes into the same trace, because its id is
        derived from the transcript's: a worker that is killed has nothing to pass on.
        """
        token = _wanted_trace.set(trace_id(transcript_id))
        span = self._tracer.start_span("job", kind=trace.SpanKind.CONSUMER)
        _wanted_trace.reset(token)
        span.set_attributes({"earwitness.job": transcript_id, "earwitness.attempt": attempt})
        with _current(span):
            yield

    def link_job(self, transcript_id: str) -> None:
        """Link the current request to the trace of the job that it created."""
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        job = trace.SpanContext(trace_id(transcript_id), 1, is_remote=True, trace_flags=flags)
        span = trace.get_current_span()
        span.set_attribute("earwitness.job", transcript_id)
        span.add_link(job)

    @contextmanager
    def windows(self) -> Generator[trace.Span]:
        """Trace one batch of windows, under the job or the request to which it belongs."""
        with _current(self._tracer.start_span("windows")) as span:
            yield span


def describe(span: trace.Span, batch: Batch) -> None:
    """Record the numbers of a batch on its span."""
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
    """Return the id of a job's trace."""
    return int.from_bytes(hashlib.sha256(transcript_id.encode()).digest()[:16], "big") or 1


@contextmanager
def _current(span: trace.Span) -> Generator[trace.Span]:
    """Make the span the current one; record the class of an error, not its text."""
    try:
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield span
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(trace.Status(trace.StatusCode.ERROR))
        raise
    finally:
        span.end()


def _provider() -> TracerProvider:
    """Return OpenTelemetry's exporter, as its environment variables say."""
    # Imported here, because they take time and memory that nobody wants without a collector.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        """Random ids, except for the traces of jobs."""

        def generate_trace_id(self) -> int:
            return _wanted_trace.get() or super().generate_trace_id()

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "earwitness"}
    provider = TracerProvider(
        resource=Resource.create(named), id_generator=Ids(), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


tracing = Tracing()
