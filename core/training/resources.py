"""Says before a run whether this machine has the memory and the room for it."""

import shutil
from pathlib import Path

from core.errors import OperatorError
from core.models.library.catalogue import machine_memory
from core.training.base import TrainingBase
from core.training.configuration import MOST_AT_ONCE, TrainingConfiguration

GIB = 1 << 30
ALWAYS = 3 * GIB // 2
"""Memory for torch itself, and for the output of the model."""

BYTES_A_TOKEN = 2
"""The fewest bytes of text in a token, but for scripts that a tokenizer hardly knows."""

ACTIVATION, CHECKPOINTED = 150, 8
"""The bytes that are kept of a token for each number between two layers until its gradients are known: as measured with
the bundled model, and where what is inside the layers is computed twice instead."""

GPU_DEVICES = ("/dev/nvidia0", "/dev/kfd")

ENVIRONMENT_ROOM = 2 * GIB
GPU_ENVIRONMENT_ROOM = 10 * GIB


def has_gpu() -> bool:
    """Whether this machine has a GPU that torch can use."""
    return any(Path(device).exists() for device in GPU_DEVICES)


def memory_needed(base: TrainingBase, configuration: TrainingConfiguration, longest: int) -> int:
    """The bytes of memory that a run needs on a processor, if its longest conversation has so many bytes.

    Four each for the weights and, if all are trained, their gradients and two averages of these; DPO and KTO hold the
    model as it was beside them, unless a LoRA can be taken off. And what is computed of the rows that are in memory at
    once: a pair has two conversations.
    """
    whole = 20 if configuration.method in ("dpo", "kto") else 16
    each = 5 if configuration.lora else whole
    talks = configuration.part * (2 if configuration.method in ("dpo", "reward") else 1)
    tokens = talks * min(configuration.length, longest // BYTES_A_TOKEN)
    kept = CHECKPOINTED if configuration.large else ACTIVATION
    return ALWAYS + each * base.weights + kept * tokens * base.layers * base.width


def has_plenty(base: TrainingBase, configuration: TrainingConfiguration, longest: int) -> bool:
    """Whether the machine has half as much memory again as a run needs; `longest` is as for `memory_needed`."""
    return _memory_there() >= 1.5 * memory_needed(base, configuration, longest)


def room_needed(weights: int, configuration: TrainingConfiguration) -> int:
    """The bytes that a run takes on disk for the unpacked base, two checkpoints and the result."""
    if configuration.lora:
        return (16 if configuration.merge else 6) * weights
    return 40 * weights


def check_resources(base: TrainingBase, configuration: TrainingConfiguration, longest: int, home: Path) -> None:
    """Raise OperatorError if the run does not fit into this machine. `longest` is as for `memory_needed`."""
    wanted, there = memory_needed(base, configuration, longest), _memory_there()
    # What fits into a GPU's own memory is known only to torch, which says so itself.
    if there and wanted > there and not has_gpu():
        means = ["a lower --batch"] if configuration.part > MOST_AT_ONCE else []
        means += ["a lower --length", *([] if configuration.lora else ["--lora"])]
        hint = f" {' or '.join(means)} needs less;"
        raise OperatorError(
            f"training this model needs about {_gib(wanted)} of memory, and this machine has {_gib(there)}:{hint} or"
            " `parley train pack` takes it to a larger one"
        )
    check_room(home, room_needed(base.weights, configuration), "this run")


def check_room(folder: Path, wanted: int, what: str) -> None:
    """Raise OperatorError if the disk of a folder has less room than that."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < wanted:
        raise OperatorError(f"{what} needs about {_gib(wanted)} on disk, and {there} has {_gib(free)} left")


def _memory_there() -> int:
    """The machine's memory in bytes; 0 if it cannot be told."""
    return (machine_memory() or 0) << 20


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
