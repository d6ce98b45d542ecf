"""Where spans go: OpenTelemetry's own exporter, as its environment variables say."""

from __future__ import annotations

import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from earwitness_server.observability.tracing import wanted_trace


class _Ids(RandomIdGenerator):
    """Random ids, but a job's trace has the one that the job's own id gives."""

    def generate_trace_id(self) -> int:
        return wanted_trace.get() or super().generate_trace_id()


def provider() -> TracerProvider:
    """A fresh one; the caller shuts it down."""
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "earwitness"}
    made = TracerProvider(
        resource=Resource.create(named), id_generator=_Ids(), shutdown_on_exit=False
    )
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
