"""The choices for an answer: models, personas and presets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.models.registry import ModelRegistry, ServedModel
from core.ports.model import SamplingSettings


@dataclass(frozen=True, slots=True)
class Persona:
    """A character of the assistant: a name for people to see, and the text that the model reads first."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """What people may choose for their answers. The first persona and the first preset are the defaults."""

    models: ModelRegistry
    personas: Mapping[str, Persona]
    presets: Mapping[str, SamplingSettings]

    def settle(self, choices: Mapping[str, str]) -> Mapping[str, str]:
        """People's choices, with our defaults for what they did not choose and for what is no longer offered."""
        offered: Mapping[str, Sequence[str]] = {
            "model": self.models.names,
            "persona": list(self.personas),
            "preset": list(self.presets),
        }
        taken = dict(choices)
        for name, values in offered.items():
            if taken.get(name) not in values:
                taken[name] = values[0]
        return taken

    def default_model(self) -> ServedModel:
        """The model that answers if nobody has chosen another."""
        return self.models.get(self.settle({})["model"])
