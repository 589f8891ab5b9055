"""Model files for the tests, and embedded models that are closed after them."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from core.models.embedded.default import default_model_file
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import EmbeddedSettings, RestartPolicy
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.timeouts import ModelTimeouts
from tests.tiny_model import tiny_gguf

Embed = Callable[..., EmbeddedModel]


@pytest.fixture(scope="session")
def tiny_model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as a GGUF file."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    tiny_gguf(path)
    return path


@pytest.fixture(scope="session")
def default_file() -> Path:
    """The real default model."""
    return default_model_file()


@pytest.fixture
async def embed(tiny_model_file: Path, tmp_path: Path) -> AsyncIterator[Embed]:
    """Makes embedded models of the tiny file, with one slot and quick restarts unless told otherwise."""
    made: list[EmbeddedModel] = []

    def make(
        recovery: RestartPolicy | None = None,
        patience: ModelTimeouts | None = None,
        breaker: CircuitBreaker | None = None,
        **fields: Any,
    ) -> EmbeddedModel:
        settings = EmbeddedSettings(**{"file": tiny_model_file, "slots": 1, "home": tmp_path / "run", **fields})
        made.append(EmbeddedModel(settings, recovery or RestartPolicy(first_pause=0.01), patience, breaker))
        return made[-1]

    yield make
    for model in made:
        await model.aclose()


@pytest.fixture
def make_pipe() -> Callable[[Path], None]:
    """Makes a named pipe; skips where there are none."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    return os.mkfifo
