"""docs/monitoring: each metric and label that the example dashboard and alerts use exists."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry

from cli.wiring.counted_requests import CountedRequests
from cli.wiring.model_figures import ModelFigures
from core.metrics import MOST_VALUES, OTHERS, BoundedLabel, Metrics
from core.models.registry import ModelRegistry
from core.models.scripted import ScriptedModel
from core.store.hot_path import AnswerEnding
from tests.web.client import Visitor

MONITORING = Path(__file__).parents[1] / "docs" / "monitoring"
USED = re.compile(r"\bparley_[a-z_]+")
ENDING = AnswerEnding("Hello", "complete", "stop", 12, 3)


def registry() -> CollectorRegistry:
    """A registry in which everything has happened once, so that each metric has its labels."""
    found = CollectorRegistry()
    metrics = Metrics(found)
    models = ModelRegistry({"small": lambda: ScriptedModel(["Hello"])}, "small")
    models.get()
    found.register(ModelFigures(models))
    metrics.answered(ENDING, "web", "small", 1.0)
    metrics.plugin_called("weather", "ok")
    metrics.task_done("web", "rank_assistant_replies")
    metrics.http_answered("web", 200, 0.1)
    metrics.surface_is("web", up=True)
    metrics.dedup_hit("slack")
    metrics.put_aside("slack")
    metrics.boundary_failed("store", "refused")
    return found


def samples() -> Mapping[str, set[str]]:
    """The names of what is told, with the names of the labels."""
    found: dict[str, set[str]] = {}
    for metric in registry().collect():
        for sample in metric.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def expressions() -> Iterator[str]:
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"]
            yield rule["expr"]
    dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


@pytest.mark.parametrize("expression", sorted(expressions()))
def test_what_the_examples_use_is_told(expression: str) -> None:
    there = samples()
    names = USED.findall(expression)
    assert names or expression.startswith("up{")
    assert [name for name in names if name not in there] == []
    known = set().union(*(there[name] for name in names)) if names else {"job"}
    asked = re.findall(r"(\w+)(?:=~|!~|!=|==|=)\"", expression)
    grouped = [label for found in re.findall(r"by \(([^)]*)\)", expression) for label in found.split(", ")]
    assert {*asked, *grouped} <= known


def test_tokens_and_answers_are_told_by_platform_and_model() -> None:
    found = registry()
    for kind, tokens in (("prompt", 12), ("completion", 3)):
        labels = {"kind": kind, "platform": "web", "model": "small"}
        assert found.get_sample_value("parley_tokens_total", labels) == tokens
    assert found.get_sample_value("parley_model_state", {"model": "small", "state": "ready"}) == 1
    assert found.get_sample_value("parley_model_waiting", {"model": "small"}) == 0


def test_a_label_has_no_more_values_than_it_may() -> None:
    label = BoundedLabel()
    values = {label.value(f"model-{number}") for number in range(3 * MOST_VALUES)}
    assert (len(values), OTHERS in values) == (MOST_VALUES + 1, True)
    assert label.value("model-0") == "model-0"


async def test_requests_are_counted_by_the_class_of_their_status() -> None:
    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # an ASGI application
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    found = CollectorRegistry()
    async with Visitor(CountedRequests(app, "web", Metrics(found))) as visitor:
        assert (await visitor.http.get("/nowhere")).status_code == 404
    assert found.get_sample_value("parley_http_requests_total", {"surface": "web", "status": "4xx"}) == 1
    assert found.get_sample_value("parley_http_seconds_count", {"surface": "web"}) == 1
