"""The choices for an answer: models, personas and presets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.models.registry import ModelRegistry, ServedModel
from core.ports.model import SamplingSettings
from core.store.promotions import PROMOTED


@dataclass(frozen=True, slots=True)
class Persona:
    """A character of the assistant: a name for people to see, and the text that the model reads first."""

    name: str
    text: str


OWN_PERSONA = "persona:"
"""What the name of a community's choice begins with that holds the text of one of its own personas."""


def own_personas(choices: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a community's own personas by their names, from everything that is chosen there."""
    return {
        name.removeprefix(OWN_PERSONA): text for name, text in choices.items() if name.startswith(OWN_PERSONA) and text
    }


def models_offered(models: ModelRegistry, choices: Mapping[str, str]) -> Sequence[str]:
    """The models that may be chosen, the one first that answers whoever has chosen none: of those that were promoted
    where somebody is, by everything that is chosen there, the newest that can answer, or else the default one.
    """
    if PROMOTED not in choices:
        return models.names
    promoted = [name for name in choices[PROMOTED].split("\n") if models.able(name)][:1]
    return [*promoted, *(name for name in models.names if name not in promoted)]


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """The options that people may choose for their answers. The first persona and the first preset are the defaults.

    `fixed` is what nobody can choose, since it is being compared.
    """

    models: ModelRegistry
    personas: Mapping[str, Persona]
    presets: Mapping[str, SamplingSettings]
    fixed: Mapping[str, str] = field(default_factory=dict)

    def offered(self, choices: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
        """Everything that may be chosen, the defaults first, with the community's own personas, which are among the
        choices.
        """
        return {
            "model": models_offered(self.models, choices),
            "persona": [*self.personas, *own_personas(choices)],
            "preset": list(self.presets),
        }

    def settle(self, choices: Mapping[str, str]) -> Mapping[str, str]:
        """People's choices, with our defaults for what they did not choose and for what is no longer offered."""
        taken = {**choices, **self.fixed}
        for name, values in self.offered(choices).items():
            if taken.get(name) not in values:
                taken[name] = values[0]
        return taken

    def persona_text(self, taken: Mapping[str, str]) -> str:
        """The text of the persona that was chosen: one of ours, or the community's own."""
        name = taken["persona"]
        return self.personas[name].text if name in self.personas else own_personas(taken)[name]

    def default_model(self) -> ServedModel:
        """The model that answers if nobody has chosen another."""
        return self.models.get(self.settle({})["model"])
