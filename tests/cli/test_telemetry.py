"""One trace follows an event from its acceptance to the post of its answer, and holds nothing that anybody wrote."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.trace import SpanKind, StatusCode

from cli.wiring.event_traces import EventTraces
from cli.wiring.telemetry import tracing
from config.settings import load
from core.errors import ModelUnavailable, SettingsError
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.store import Store
from core.ports.tracing import UNTRACED
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

CONVENTIONS = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI")}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    yield exporter
    exporter.clear()


@pytest.fixture
def traces(spans: InMemorySpanExporter) -> EventTraces:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return EventTraces(provider)


def by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


async def said(store: Store, traces: EventTraces, model: ScriptedModel, text: str) -> None:
    """Say something to a core that is traced, and wait until all of it is done."""
    core, chat = core_over(store, model, tracing=traces), PaperChat()
    core.router.attach("paper", chat)
    await Dialogue(core, chat).says(text)
    await core.router.drain(5)


@dataclass
class Collector:
    """A collector of traces on loopback: the requests that it got, each with its path and its body."""

    address: str
    requests: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.requests.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        found = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield found
        server.shutdown()
        thread.join()


async def test_a_trace_goes_from_the_event_to_the_post(
    store: Store, traces: EventTraces, spans: InMemorySpanExporter
) -> None:
    await said(store, traces, ScriptedModel(["The secret is salt."]), "Tell me the soup's secret")
    found = by_name(spans)
    assert set(found) == {"accept", "wait", "work", "prompt", "queue", "chat scripted", "post"}
    assert len({span.context.trace_id for span in found.values() if span.context}) == 1
    assert found["accept"].parent is None
    above = {name: span.parent.span_id if span.parent else None for name, span in found.items()}
    ids = {name: span.context.span_id if span.context else None for name, span in found.items()}
    assert {above["wait"], above["work"]} == {ids["accept"]}
    assert {above[name] for name in ("prompt", "queue", "chat scripted", "post")} == {ids["work"]}
    assert found["accept"].kind == SpanKind.PRODUCER
    assert found["work"].kind == SpanKind.CONSUMER
    assert found["chat scripted"].kind == found["post"].kind == SpanKind.CLIENT


async def test_a_trace_says_nothing_that_anybody_wrote(
    store: Store, traces: EventTraces, spans: InMemorySpanExporter
) -> None:
    await said(store, traces, ScriptedModel(["The secret is salt."]), "Tell me the soup's secret")
    words = set(re.findall(r"\w+", " ".join(span.to_json() for span in spans.get_finished_spans())))
    assert "accept" in words
    assert words & {"soup", "salt", "secret", "Ana", "ana", "room"} == set()


async def test_a_models_work_is_told_in_the_words_of_the_conventions(
    store: Store, traces: EventTraces, spans: InMemorySpanExporter
) -> None:
    await said(store, traces, ScriptedModel(["Salt."]), "What is missing?")
    told: dict[str, Any] = dict(by_name(spans)["chat scripted"].attributes or {})
    assert set(told) - CONVENTIONS == set()
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "scripted"
    assert told["gen_ai.request.temperature"] == 0.3
    assert told["gen_ai.response.finish_reasons"] == ("stop",)
    assert told["gen_ai.usage.output_tokens"] == 1


async def test_a_failure_is_told_by_its_type(store: Store, traces: EventTraces, spans: InMemorySpanExporter) -> None:
    model = ScriptedModel([ScriptedAnswer(error=ModelUnavailable("model-unavailable"))])
    await said(store, traces, model, "Are you there?")
    span = by_name(spans)["chat scripted"]
    assert span.status.status_code == StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "ModelUnavailable"
    assert (span.status.description, len(span.events)) == (None, 0)


def test_another_process_can_go_on_with_a_trace(traces: EventTraces, spans: InMemorySpanExporter) -> None:
    with traces.accepting("paper", "message") as span:
        context = span.context
    assert len(context) == 55
    elsewhere = TracerProvider(shutdown_on_exit=False)
    elsewhere.add_span_processor(SimpleSpanProcessor(spans))
    with EventTraces(elsewhere).working("paper", "message", json.loads(json.dumps(context)), 1.5):
        pass
    found = by_name(spans)
    assert {span.context.trace_id for span in found.values() if span.context} == {int(context.split("-")[1], 16)}
    assert found["wait"].start_time == 1_500_000_000


def test_an_event_without_a_trace_begins_one(traces: EventTraces, spans: InMemorySpanExporter) -> None:
    with traces.working("paper", "message", "", 0.0):
        pass
    assert set(by_name(spans)) == {"work"}
    assert by_name(spans)["work"].parent is None


async def test_nothing_is_traced_or_imported_unless_it_is_wanted(tmp_path: Path) -> None:
    async with tracing(load(environment={"PARLEY_HOME": str(tmp_path)})) as found:
        assert found is UNTRACED


async def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "cli.wiring.event_traces", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_TELEMETRY__ENDPOINT": "http://127.0.0.1:4318"})
    with pytest.raises(SettingsError, match='MORE="telemetry"'):
        async with tracing(settings):
            pytest.fail("it cannot be traced")


async def test_spans_reach_the_collector_of_the_settings(tmp_path: Path, collector: Collector) -> None:
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_TELEMETRY__ENDPOINT": collector.address})
    async with tracing(settings) as found:
        with found.accepting("paper", "message"):
            pass
    assert [path for path, _ in collector.requests] == ["/v1/traces"]
    assert b"parley.platform" in collector.requests[0][1]
