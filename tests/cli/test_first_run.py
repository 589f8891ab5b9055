"""cli.first_run: the model that is offered at the first run at a terminal, and what one key does."""

from pathlib import Path

import pytest

from cli.first_run import MARK, fitting, propose
from cli.models import offered
from cli.wiring.platforms import load_settings
from core.models.library import installed as library
from core.models.library.catalogue import CatalogueModel
from tests.cli.test_models import content, home, standin  # noqa: F401 # fixtures
from tests.standin_hub import Hub


def tiny() -> CatalogueModel:
    return CatalogueModel(
        name="tiny",
        repository="owner/tiny-GGUF",
        file="Tiny_Q8.gguf",
        revision="main",
        size=124_416,
        size_is_approximate=False,
        sha256=None,
        parameters="1M",
        quantisation="Q8",
        context=2048,
        languages=("en",),
        tools=True,
        licence="Apache-2.0",
        memory_mib=100,
        note="Tiny.",
    )


@pytest.mark.parametrize(
    ("memory", "cores", "name"),
    [
        (1024, 2, None),
        (2048, 2, "llama-3.2-1b"),
        (65_536, 2, "qwen2.5-1.5b"),
        (65_536, 16, "mistral-7b"),
        (4096, 16, "granite-3.3-2b"),
    ],
)
def test_the_model_fits_memory_and_cores(memory: int, cores: int, name: str | None) -> None:
    found = fitting(offered(), memory, cores)
    assert (found.name if found else None) == name


def test_one_key_gets_it_and_nobody_is_asked_twice(home: Path, standin: Hub) -> None:  # noqa: F811
    assert propose(load_settings(), tiny(), lambda: "y")
    assert library.current(home) == "tiny"
    assert (home / MARK).exists()
    assert not propose(load_settings(), tiny(), lambda: "y")


@pytest.mark.parametrize("key", ["n", "\r", ""])
def test_any_other_key_goes_on_without_it(home: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert not propose(load_settings(), tiny(), lambda: key)
    assert "`parley models pull tiny` gets it later" in capsys.readouterr().out
    assert library.current(home) is None


def test_what_goes_wrong_is_told(home: Path, standin: Hub, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    standin.promised = "0" * 64
    assert not propose(load_settings(), tiny(), lambda: "y")
    assert "parley models pull tiny" in capsys.readouterr().err
    assert library.current(home) is None


def test_without_a_network_one_line_says_so(
    home: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PARLEY_HUGGINGFACE__ENDPOINT", "http://127.0.0.1:9")
    assert not propose(load_settings(), tiny(), lambda: "y")
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "there is no network" in said
    assert not (home / MARK).exists()
