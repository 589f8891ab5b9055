"""The child program, spoken to directly."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from core.models.embedded.server import ModelServerOptions, parameters
from tests.models.test_child_process import OPTIONS


def run(line: str) -> tuple[dict[str, Any], int]:
    """Its one answer to a line of input that is also the last, and its exit status."""
    program = [sys.executable, "-m", "core.models.embedded.server"]
    done = subprocess.run(program, input=line, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout), done.returncode


def test_says_where_it_listens_and_ends_with_its_input(tiny_model_file: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    options = replace(OPTIONS, model=str(tiny_model_file), socket=str(tmp_path / "run" / "x.sock"))
    answer, code = run(json.dumps(asdict(options)) + "\n")
    assert (answer, code) == ({"address": f"unix://{options.socket}"}, 0)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "JSONDecodeError"),
        ("{}\n", "KeyError"),
        ("[]\n", "TypeError"),
        (json.dumps(asdict(OPTIONS) | {"slots": -1}) + "\n", "slots is -1"),
        (json.dumps(asdict(OPTIONS) | {"model": "/nowhere"}) + "\n", "Failed to init server"),
    ],
)
def test_says_what_is_wrong_with_its_options(line: str, error: str) -> None:
    answer, _ = run(line)
    assert error in answer["error"]


def test_everything_that_is_not_needed_is_off() -> None:
    chosen = parameters(replace(OPTIONS, slots=3, context=512, threads=2, batch=128, cache_mib=99))
    assert (chosen.n_parallel, chosen.n_ctx, chosen.n_batch, chosen.n_ubatch) == (3, 1536, 128, 128)
    assert (chosen.cpuparams.n_threads, chosen.cpuparams_batch.n_threads, chosen.cache_ram_mib) == (2, 2, 99)
    assert (chosen.endpoint_slots, chosen.endpoint_props, chosen.ui, chosen.cors_origins) == (
        False,
        False,
        False,
        "http://localhost",
    )
    assert chosen.slot_prompt_similarity == 1.0
    assert chosen.api_keys == ["secret"]


@pytest.mark.parametrize("name", ["slots", "context", "threads", "batch", "cache_mib"])
@pytest.mark.parametrize("value", [-1, 2**31])
def test_numbers_are_bounded(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        ModelServerOptions(**(asdict(OPTIONS) | {name: value}))
