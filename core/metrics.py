"""The metrics of a process (docs/reference/operations.md A5). Labels never carry the id of a person or a place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from core.errors import ModelError, ModelTimeout, UserError
from core.messages import MessageState

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 180)

Boundary = Literal["platform", "model", "store", "plugin", "service"]
FailureOutcome = Literal["retried", "refused", "given_up", "uncertain", "timeout", "failed"]


MOST_VALUES, OTHERS = 50, "other"
"""How many values of a label are told apart, in the order in which they come; the rest count as OTHERS. A label whose
values come from settings and installed things could otherwise fill the memory of whoever collects the figures."""


@dataclass(slots=True)
class BoundedLabel:
    """The values of a label that are told apart."""

    most: int = MOST_VALUES
    _known: set[str] = field(default_factory=set)

    def value(self, given: str) -> str:
        """The value itself, or OTHERS if there are too many."""
        if given not in self._known:
            if len(self._known) >= self.most:
                return OTHERS
            self._known.add(given)
        return given


class CountedEnding(Protocol):
    """How an answer ended, as far as it is counted."""

    @property
    def state(self) -> MessageState: ...

    @property
    def prompt_tokens(self) -> int: ...

    @property
    def completion_tokens(self) -> int: ...


class LabelingGauges:
    """The figures of labeling, which are counted anew every few minutes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.people_agreed = Gauge("parley_people_agreed", "People who agree to the current terms", registry=registry)
        self.messages = Gauge("parley_tree_messages", "Messages of trees", ["lang", "role", "by"], registry=registry)
        self.trees = Gauge("parley_trees", "Message trees by state", ["lang", "state"], registry=registry)
        self.tasks = Gauge("parley_tasks", "Tasks that people have done", ["lang", "kind"], registry=registry)
        self.stuck = Gauge(
            "parley_stuck_trees", "Trees that nobody can go on with, and why", ["lang", "reason"], registry=registry
        )
        self.reviewer_agreement = Gauge(
            "parley_reviewer_agreement",
            "Share of equal judgments of two reviewers",
            ["lang", "label"],
            registry=registry,
        )
        self.ranker_agreement = Gauge(
            "parley_ranker_agreement", "Share of pairs that two rankers put in one order", ["lang"], registry=registry
        )

    def put(self, gauge: Gauge, values: Mapping[tuple[str, ...], float]) -> None:
        """Replace everything that a gauge says by these values, by their labels."""
        gauge.clear()
        for labels, value in values.items():
            gauge.labels(*labels).set(value)


class Metrics:
    """The metrics of one process, on a registry of its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.ingress_commit_seconds = Histogram(
            "parley_ingress_commit_seconds", "From an event to its commit", buckets=QUICK, registry=registry
        )
        self.first_token_seconds = Histogram(
            "parley_first_token_seconds", "From a question to the first words", buckets=SLOW, registry=registry
        )
        self.turn_seconds = Histogram("parley_turn_seconds", "A whole answer", buckets=SLOW, registry=registry)
        self.queue_age_seconds = Gauge(
            "parley_queue_age_seconds", "Time since the oldest event came that is not done", registry=registry
        )
        self.event_loop_lag_seconds = Gauge(
            "parley_event_loop_lag_seconds", "How late the event loop woke up last", registry=registry
        )
        self.ratings = Counter("parley_ratings", "Ratings given, changed or taken back", registry=registry)
        self.outbox_ambiguous = Counter(
            "parley_outbox_ambiguous", "Messages of which nobody knows whether they were sent", registry=registry
        )
        self.promotions_rolled_back = Counter(
            "parley_promotions_rolled_back", "Promoted models that were rolled back by themselves", registry=registry
        )
        self._models, self._plugins = BoundedLabel(), BoundedLabel()
        self._answers = Counter(
            "parley_answers", "Answers by how they ended", ["state", "platform", "model"], registry=registry
        )
        self._tokens = Counter(
            "parley_tokens", "Tokens read and written by models", ["kind", "platform", "model"], registry=registry
        )
        self._plugin_calls = Counter(
            "parley_plugin_calls",
            "Calls of plugins' functions by how they ended",
            ["plugin", "outcome"],
            registry=registry,
        )
        self._tasks_done = Counter(
            "parley_tasks_done", "Tasks done since the start", ["platform", "kind"], registry=registry
        )
        self._http_requests = Counter(
            "parley_http_requests", "HTTP requests by class of their status", ["surface", "status"], registry=registry
        )
        self.http_seconds = Histogram(
            "parley_http_seconds",
            "From an HTTP request to its first words",
            ["surface"],
            buckets=QUICK,
            registry=registry,
        )
        self._dedup_hits = Counter("parley_dedup_hits", "Events that came again", ["platform"], registry=registry)

        self._put_aside = Counter(
            "parley_put_aside", "Things that a platform sent and we could not read", ["platform"], registry=registry
        )
        self._unusable = Counter(
            "parley_unusable_replies", "Answers of platforms that were no use", ["platform", "call"], registry=registry
        )
        self._boundary_failures = Counter(
            "parley_boundary_failures",
            "What failed at a boundary while somebody's request was dealt with",
            ["boundary", "outcome"],
            registry=registry,
        )
        self._surface_failures = Counter(
            "parley_surface_failures", "Times that a surface ended and was restarted", ["surface"], registry=registry
        )
        self._surface_up = Gauge(
            "parley_surface_up", "Whether people can use a surface (1) or not (0)", ["surface"], registry=registry
        )

        self.labeling = LabelingGauges(registry)

    def answered(self, ending: CountedEnding, platform: str, model: str, seconds: float) -> None:
        """Count an answer that ended so after this many seconds, and its tokens."""
        model = self._models.value(model)
        self._answers.labels(ending.state, platform, model).inc()
        self._tokens.labels("prompt", platform, model).inc(ending.prompt_tokens)
        self._tokens.labels("completion", platform, model).inc(ending.completion_tokens)
        self.turn_seconds.observe(seconds)

    def plugin_called(self, plugin: str, outcome: str) -> None:
        """Count a call of a plugin's function by how it ended, as in the audit log."""
        self._plugin_calls.labels(self._plugins.value(plugin), outcome).inc()

    def task_done(self, platform: str, kind: str) -> None:
        """Count a task that somebody has done."""
        self._tasks_done.labels(platform, kind).inc()

    def http_answered(self, surface: str, status: int, seconds: float) -> None:
        """Count an HTTP request that was answered with this status, whose answer began after this many seconds."""
        self._http_requests.labels(surface, f"{status // 100}xx").inc()
        self.http_seconds.labels(surface).observe(seconds)

    def dedup_hit(self, platform: str) -> None:
        """Count an event that a platform delivered again."""
        self._dedup_hits.labels(platform).inc()

    def put_aside(self, platform: str) -> None:
        """Count an item from a platform that could not be read."""
        self._put_aside.labels(platform).inc()

    def unusable_reply(self, platform: str, call: str) -> None:
        """Count an answer of a platform, to one of our calls, that we could not use."""
        self._unusable.labels(platform, call).inc()

    def boundary_failed(self, boundary: Boundary, outcome: FailureOutcome) -> None:
        """Count a failure at a boundary while somebody's request was dealt with, by what followed from it."""
        self._boundary_failures.labels(boundary, outcome).inc()

    def model_failed(self, error: UserError) -> None:
        """Count an answer that a model could not finish. That its queue is full is no failure of the model."""
        if isinstance(error, ModelError):
            self.boundary_failed("model", "timeout" if isinstance(error, ModelTimeout) else "failed")

    def delivery_uncertain(self) -> None:
        """Count a message of which nobody knows whether it was sent."""
        self.outbox_ambiguous.inc()
        self.boundary_failed("platform", "uncertain")

    def surface_failed(self, surface: str) -> None:
        """Count a surface that ended by itself."""
        self._surface_failures.labels(surface).inc()

    def surface_is(self, surface: str, *, up: bool) -> None:
        """Record whether people can use a surface."""
        self._surface_up.labels(surface).set(int(up))
