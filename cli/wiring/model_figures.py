"""The figures of models: their queues and their states, read whenever somebody collects the metrics."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class ModelFigures(Collector):
    """Tells of each model that was used; those of the settings are so few that each has its own label."""

    models: ModelRegistry

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures as they are now."""
        waiting = GaugeMetricFamily("parley_model_waiting", "Answers that wait for a model", labels=["model"])
        running = GaugeMetricFamily("parley_model_running", "Answers that a model is writing", labels=["model"])
        slots = GaugeMetricFamily("parley_model_slots", "Answers that a model writes at once", labels=["model"])
        state = GaugeMetricFamily("parley_model_state", "1 for the state of a model", labels=["model", "state"])
        for name, now in self.models.states().items():
            queue = self.models.get(name).queue
            waiting.add_metric([name], queue.length)
            running.add_metric([name], queue.held)
            slots.add_metric([name], queue.slots)
            state.add_metric([name, now], 1)
        yield from (waiting, running, slots, state)
