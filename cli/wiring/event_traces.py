"""Traces of events by OpenTelemetry. Only imported if something is to be traced, since its library is an extra."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.ports.tracing import Attribute, StepName, TraceSpan

LAST_EXPORT = 5.0
"""Seconds for sending spans, also the last ones when the process ends."""

W3C = TraceContextTextMapPropagator()


def provider(endpoint: str) -> TracerProvider:
    """A provider that sends spans to a collector, at the address before `/v1/traces`."""
    about_us = {"service.name": "parley", "service.version": version("parley-app")}
    made = TracerProvider(resource=Resource.create(about_us), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=LAST_EXPORT)
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made


class StartedSpan:
    """A `TraceSpan` of OpenTelemetry."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def context(self) -> str:
        carrier: dict[str, str] = {}
        W3C.inject(carrier, set_span_in_context(self._span))
        return carrier.get("traceparent", "")

    def note(self, name: str, value: Attribute) -> None:
        self._span.set_attribute(name, value)


class EventTraces:
    """`Tracing` by OpenTelemetry."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("parley", version("parley-app"))

    @contextmanager
    def accepting(self, platform: str, kind: str) -> Iterator[TraceSpan]:
        # It is the first of its trace, whatever a library around it may trace.
        with self._span("accept", SpanKind.PRODUCER, about(platform, kind), Context()) as span:
            yield StartedSpan(span)

    @contextmanager
    def working(self, platform: str, kind: str, context: str, accepted: float) -> Iterator[TraceSpan]:
        before, attributes = W3C.extract({"traceparent": context}, Context()), about(platform, kind)
        if context:
            # Without one it would be a trace of its own.
            self._tracer.start_span("wait", before, attributes=attributes, start_time=int(accepted * 1e9)).end()
        with self._span("work", SpanKind.CONSUMER, attributes, before) as span:
            token = attach(set_span_in_context(span, before))
            try:
                yield StartedSpan(span)
            finally:
                detach(token)

    @contextmanager
    def step(self, name: StepName, attributes: Mapping[str, Attribute]) -> Iterator[TraceSpan]:
        # The conventions say how the span of a model's work is called.
        asked = (
            f"{attributes['gen_ai.operation.name']} {attributes['gen_ai.request.model']}" if name == "model" else name
        )
        kind = SpanKind.CLIENT if name in ("model", "post") else SpanKind.INTERNAL
        with self._span(asked, kind, attributes, None) as span:
            yield StartedSpan(span)

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, attributes: Mapping[str, Attribute], above: Context | None
    ) -> Iterator[Span]:
        """A span that does not become the current one: a step may be a part of a generator, which has no context of its
        own. It keeps no text of an error, which may hold what somebody wrote.
        """
        span, done = self._tracer.start_span(name, above, kind, dict(attributes)), False
        try:
            yield span
            done = True
        finally:
            error = None if done else sys.exc_info()[1]
            if isinstance(error, Exception):
                span.set_attribute("error.type", type(error).__qualname__)
                span.set_status(Status(StatusCode.ERROR))
            span.end()


def about(platform: str, kind: str) -> Mapping[str, Attribute]:
    """The attributes of an event in traces: neither who it is from, nor what it says."""
    return {"parley.platform": platform, "parley.event.kind": kind}
