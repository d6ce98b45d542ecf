"""Traces received by an OTLP collector: requests, jobs and windows, without any text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from earwitness_server.observability.tracing import trace_id
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.api import Api
from tests.support.scripted_engine import ScriptedEngine

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP, as any collector does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Intake)
        self.raw = b""
        self.spans: list[Any] = []
        self.services: set[str] = set()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


class _Intake(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/v1/traces":
            server.raw += body
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                server.services |= {
                    each.value.string_value
                    for each in resource.resource.attributes
                    if each.key == "service.name"
                }
                server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.shutdown()
    collector.server_close()


def attributes(span: Any) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes
    }


def close(api: Api) -> None:
    """Stop the server, which sends what is left."""
    api.close()


@pytest.fixture
def traced(
    monkeypatch: pytest.MonkeyPatch, collector: Collector, make_api: Callable[..., Api]
) -> Api:
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    return make_api()


def test_job_is_one_trace_with_a_span_for_each_batch(traced: Api, collector: Collector) -> None:
    transcript_id = traced.finished(name="Secret plans.wav")
    close(traced)
    [job] = collector.named("job")
    windows = collector.named("windows")
    assert int.from_bytes(job.trace_id, "big") == trace_id(transcript_id)
    assert {span.trace_id for span in windows} == {job.trace_id}
    assert {span.parent_span_id for span in windows} == {job.span_id}
    assert [attributes(span)["earwitness.first_window"] for span in windows] == [0, 1, 2]
    [accepted] = collector.named("/api/jobs")
    assert [link.trace_id for link in accepted.links] == [job.trace_id]
    assert attributes(accepted)["http.response.status_code"] == 201
    assert collector.services == {"earwitness"}


def test_request_joins_the_caller_s_trace(traced: Api, collector: Collector) -> None:
    answer = traced.http.post(
        "/v1/audio/transcriptions",
        files={"file": ("Secret plans.wav", b"sound")},
        data={"model": "base", "prompt": "whispered"},
        headers={"traceparent": PARENT},
    )
    refused = traced.http.post("/v1/audio/transcriptions", data={"model": "none"})
    close(traced)
    first, second = collector.named("/v1/audio/transcriptions")
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == tuple(PARENT.split("-")[1:3])
    assert attributes(first)["earwitness.request"] == answer.headers["x-request-id"]
    assert {span.parent_span_id for span in collector.named("windows")} == {first.span_id}
    assert attributes(second)["http.response.status_code"] == refused.status_code == 400
    for said in (b"Secret", b"sentence", b"whispered"):
        assert said not in collector.raw


def test_failed_span_has_the_error_type_without_its_message(
    monkeypatch: pytest.MonkeyPatch, collector: Collector, make_api: Callable[..., Api]
) -> None:
    monkeypatch.setenv(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        f"http://127.0.0.1:{collector.server_address[1]}/v1/traces",
    )
    engine = ScriptedEngine()
    engine.model_failures = 1
    api = make_api(engine)
    api.finished()
    close(api)
    failed = [span for span in collector.named("windows") if span.status.code == 2]
    assert [attributes(span)["error.type"] for span in failed] == ["ModelError"]
    assert b"The model failed" not in collector.raw


def test_no_exporter_runs_without_an_endpoint(api: Api) -> None:
    api.finished()
    assert not [each for each in threading.enumerate() if "Otel" in each.name]


def test_unreachable_collector_does_not_affect_requests(
    monkeypatch: pytest.MonkeyPatch, make_api: Callable[..., Api]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    api = make_api()
    api.finished()
    close(api)


def test_unsupported_protocol_fails_at_the_start(
    monkeypatch: pytest.MonkeyPatch, make_api: Callable[..., Api]
) -> None:
    from earwitness_server.settings import StartError

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(StartError, match="grpc"):
        make_api()
