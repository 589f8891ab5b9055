"""What was packed is trained elsewhere only if nothing of it was changed on the way; without torch."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.training.base import find_base
from tests.trainer.tiny import tiny_base
from tests.training.test_base import as_counted_earlier
from trainer import borrowed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A base of transformers."""
    made = tmp_path / "base"
    made.mkdir()
    (made / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (made / "additional_chat_templates").mkdir()
    for name in ("tokenizer.json", "vocab.json", "merges.txt"):
        (made / name).write_text("{}")
    (made / "README.md").write_text("not read")
    for number in (2, 1):
        (made / f"model-{number}.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    return made


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tiny_base(tmp_path / "keys.gguf", "llama")


@pytest.fixture
def config(folder: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a run asks for that begins with the folder."""
    monkeypatch.setattr(borrowed, "RUN", tmp_path)
    for name in ("train.jsonl", "held-out.jsonl"):
        (tmp_path / name).touch()
    data = {name: borrowed.digest(tmp_path / name) for name in ("train.jsonl", "held-out.jsonl")}
    return {"base": find_base(tmp_path, str(folder), str(keys)).record(), "data": data}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "model-1.safetensors",
            "config.json",
            "tokenizer.json",
            "model-3.safetensors",
            "model.safetensors.index.json",
        ),
        *("vocab.json", "merges.txt", "tokenizer.model", "added_tokens.json", "adapter_config.json"),
        *("chat_template.jinja", "additional_chat_templates/tools.jinja"),
    ],
)
def test_a_folder_that_was_changed_is_not_the_base(config: dict[str, Any], folder: Path, keys: Path, name: str) -> None:
    assert borrowed.faults(config, folder, keys, any_versions=True) == []
    with (folder / name).open("ab") as file:
        file.write(b" ")
    (fault,) = borrowed.faults(config, folder, keys, any_versions=True)
    assert f"{folder} is not the base of the run: its SHA-256 should be {config['base']['sha256']}" == fault


@pytest.mark.parametrize("name", ["README.md", "model.bin"])
def test_what_is_not_read_may_change(config: dict[str, Any], folder: Path, keys: Path, name: str) -> None:
    (folder / name).write_text("changed")
    assert borrowed.faults(config, folder, keys, any_versions=True) == []


def test_a_run_from_when_fewer_files_counted_still_has_its_base(
    config: dict[str, Any], folder: Path, keys: Path
) -> None:
    config["base"]["sha256"] = as_counted_earlier(folder)
    assert borrowed.faults(config, folder, keys, any_versions=True) == []
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert "is not the base" in borrowed.faults(config, folder, keys, any_versions=True)[0]


def test_a_file_is_not_the_base_of_a_run_that_began_with_a_folder(
    config: dict[str, Any], folder: Path, keys: Path
) -> None:
    assert "is not the base" in borrowed.faults(config, keys, keys, any_versions=True)[0]
    assert f"{folder} is missing or was changed" in borrowed.faults(config, folder, folder, any_versions=True)
