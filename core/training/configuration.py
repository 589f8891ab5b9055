"""How a run trains: its method, and the numbers that were measured to work for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

TrainingMethod = Literal["dpo", "kto", "sft"]
METHODS: tuple[TrainingMethod, ...] = get_args(TrainingMethod)
"""From pairs, from thumbs and from best answers: in the order in which they are preferred."""

Precision = Literal["q8_0", "f16", "f32"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

RATES: Mapping[tuple[TrainingMethod, bool], float] = {
    ("dpo", False): 2e-5,
    ("dpo", True): 2e-4,
    ("kto", False): 5e-6,
    ("kto", True): 5e-5,
    ("sft", False): 2e-5,
    ("sft", True): 2e-4,
}
"""Learning rates by method, and by whether a LoRA is trained (docs/reference/training.md 3). TRL's own are lower."""

EPOCHS: Mapping[TrainingMethod, float] = {"dpo": 1, "kto": 1, "sft": 2}

LORA_ABOVE = 500_000_000
"""Weights above which a LoRA is trained unless the operator says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfiguration:
    """The configuration of a run; the fields are those that the trainer reads from `run.json`.

    `rank` and `alpha` are those of the LoRA. `merge` asks for the whole model beside it. `length` is in tokens: rows
    that are longer are left out. The two weights balance KTO's good and bad answers.
    """

    name: str
    method: TrainingMethod
    lora: bool
    merge: bool
    seed: int
    rate: float
    epochs: float
    batch: int
    beta: float
    length: int
    precision: Precision
    rank: int = 16
    alpha: int = 32
    desirable_weight: float = 1.0
    undesirable_weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTraining:
    """What the operator asks for; None leaves it to what is there.

    `least` is the number of rows from which a method may be used.
    """

    name: str = ""
    method: TrainingMethod | None = None
    lora: bool | None = None
    merge: bool = False
    seed: int = 1
    rate: float | None = None
    epochs: float | None = None
    batch: int = 8
    beta: float = 0.1
    length: int = 1024
    precision: Precision = "q8_0"
    least: int | None = None


def configured(
    wanted: WantedTraining, name: str, method: TrainingMethod, weights: int, balance: tuple[float, float]
) -> TrainingConfiguration:
    """The configuration for a model of so many weights, with KTO's weights for good and bad answers."""
    lora = wanted.lora if wanted.lora is not None else weights > LORA_ABOVE
    return TrainingConfiguration(
        name=name,
        method=method,
        lora=lora,
        merge=wanted.merge and lora,
        seed=wanted.seed,
        rate=wanted.rate or RATES[method, lora],
        epochs=wanted.epochs or EPOCHS[method],
        batch=wanted.batch,
        beta=wanted.beta,
        length=wanted.length,
        precision=wanted.precision,
        desirable_weight=balance[0],
        undesirable_weight=balance[1],
    )
