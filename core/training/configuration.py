"""How a run trains: its method, and the numbers that were measured to work for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from core.training.base import TrainingBase

TrainingMethod = Literal["dpo", "kto", "sft", "reward"]
METHODS: tuple[TrainingMethod, ...] = get_args(TrainingMethod)

WRITES: tuple[TrainingMethod, ...] = ("dpo", "kto", "sft")
"""The methods that make a model that answers: from pairs, from thumbs and from best answers, in the order in which they
are preferred. The other one makes a model that ranks answers, and only if somebody asks for it."""

Precision = Literal["q8_0", "f16", "f32"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

RATES: Mapping[tuple[TrainingMethod, bool], float] = {
    ("dpo", False): 7.5e-6,
    ("dpo", True): 2e-4,
    ("kto", False): 5e-6,
    ("kto", True): 5e-5,
    ("sft", False): 2e-5,
    ("sft", True): 2e-4,
    ("reward", False): 2e-5,
    ("reward", True): 2e-4,
}
"""Learning rates by method, and by whether a LoRA is trained (docs/reference/training.md 3). TRL's own are lower.

That of DPO on whole weights is the one at which the demo's community was served best (docs/training.md): at twice as
much, 291 pairs of its answers made them so short that the guards refused the model.
"""

EPOCHS: Mapping[TrainingMethod, float] = {"dpo": 1, "kto": 1, "sft": 2, "reward": 1}

MOST_AT_ONCE = 2
"""The most rows of a batch that are in memory at once, but for KTO. Those of one part are filled up to its longest, so
small parts are also less work for a processor."""

WIDE = 1536
"""The numbers of a token between two layers from which a model counts as large."""

LORA_ABOVE = 500_000_000
"""Weights above which a LoRA is trained unless the operator says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfiguration:
    """The configuration of a run; the fields are those that the trainer reads from `run.json`.

    `part` are the rows of a batch that are in memory at once on a processor; the gradients of its parts are added up.
    A `large` model computes twice what takes much memory to keep. `rank` and `alpha` are those of the LoRA. `merge`
    asks for the whole model beside it; a reward model is always whole. `length` is in tokens: rows that are longer are
    left out. The two weights balance KTO's good and bad answers. Each conversation begins with `system`, if it is not
    empty: a model learns for the line that it will be asked with.
    """

    name: str
    method: TrainingMethod
    lora: bool
    merge: bool
    seed: int
    rate: float
    epochs: float
    batch: int
    part: int
    large: bool
    beta: float
    length: int
    precision: Precision
    rank: int = 16
    alpha: int = 32
    desirable_weight: float = 1.0
    undesirable_weight: float = 1.0
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTraining:
    """What the operator asks for; None leaves it to what is there.

    `new` leaves out what the base, or a model that it was made of, was trained on. `least` is the number of rows from
    which a method may be used. `system` is the line that conversations begin with, in place of the persona.
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
    new: bool = False
    least: int | None = None
    system: str | None = None


def configured(
    wanted: WantedTraining,
    name: str,
    method: TrainingMethod,
    base: TrainingBase,
    balance: tuple[float, float],
    persona: str = "",
) -> TrainingConfiguration:
    """The configuration for a base, with KTO's weights for good and bad answers, and the text of the persona that
    answers people.
    """
    lora = wanted.lora if wanted.lora is not None else base.weights > LORA_ABOVE
    system = persona if wanted.system is None else wanted.system
    return TrainingConfiguration(
        name=name,
        method=method,
        lora=lora,
        merge=wanted.merge and lora,
        seed=wanted.seed,
        rate=wanted.rate or RATES[method, lora],
        epochs=wanted.epochs or EPOCHS[method],
        batch=wanted.batch,
        part=_part(method, wanted.batch),
        large=base.width >= WIDE,
        beta=wanted.beta,
        length=wanted.length,
        precision=wanted.precision,
        desirable_weight=balance[0],
        undesirable_weight=balance[1],
        # A reward model ranks answers whatever they were asked with.
        system="" if method == "reward" else system,
    )


def _part(method: TrainingMethod, batch: int) -> int:
    # KTO reads from the other rows of a part how far the model has moved (TRL's estimate of the divergence).
    if method == "kto":
        return batch
    return next(size for size in range(min(batch, MOST_AT_ONCE), 0, -1) if batch % size == 0)
