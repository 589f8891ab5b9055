"""The model that a run begins with is found, read and refused before anything else happens."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from core.errors import OperatorError
from core.models.embedded.default import DEFAULT_SHA256
from core.models.library import installed as library
from core.models.library.installed import InstalledModel
from core.training.base import TrainingBase, find_base
from core.training.configuration import METHODS, TrainingMethod, WantedTraining, configured
from core.training.resources import GIB, check_resources, has_plenty, memory_needed
from core.training.rows import digest
from tests.tiny_model import tiny_gguf
from tests.trainer.tiny import tiny_base


def folder_of(path: Path, family: str = "llama") -> Path:
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"model_type": family}))
    (path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    return path


def as_counted_earlier(folder: Path) -> str:
    """The digest of a folder as runs noted it when its vocabulary and its chat template did not count."""
    names = ("config.json", "generation_config.json", "special_tokens_map.json", "tokenizer.json")
    files = [*folder.glob("*.safetensors"), *(folder / name for name in (*names, "tokenizer_config.json"))]
    lines = [f"{digest(file)} {file.name}\n" for file in sorted(files) if file.exists()]
    return sha256("".join(lines).encode()).hexdigest()


@pytest.mark.default_model
def test_without_a_name_it_is_the_bundled_model(tmp_path: Path) -> None:
    base = find_base(tmp_path)
    assert (base.name, base.sha256, base.architecture) == ("bundled", DEFAULT_SHA256, "llama")
    assert base.weights == 134_515_008
    assert base.record()["weights"] == base.weights


def test_an_installed_model_is_found_by_its_name_and_has_to_be_intact(tmp_path: Path) -> None:
    file = tmp_path / "models" / "mine" / "mine.gguf"
    file.parent.mkdir(parents=True)
    tiny_base(file, "qwen2")
    library.keep(tmp_path, InstalledModel("mine", file.name, "test", digest(file)))
    library.use(tmp_path, "mine")
    assert find_base(tmp_path, "mine") == find_base(tmp_path)
    assert find_base(tmp_path).architecture == "qwen2"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(OperatorError, match="is cut"):
        find_base(tmp_path, "mine")


def test_a_folder_needs_the_gguf_of_the_same_model(tmp_path: Path) -> None:
    folder, keys = folder_of(tmp_path / "tiny-hf"), tiny_base(tmp_path / "keys.gguf", "llama")
    base = find_base(tmp_path, str(folder), str(keys))
    assert (base.name, base.source, base.keys) == ("tiny-hf", folder, keys)
    (folder / "model.safetensors").write_bytes((3).to_bytes(8, "little") + b"{} ")
    assert find_base(tmp_path, str(folder), str(keys)).sha256 != base.sha256
    with pytest.raises(OperatorError, match="name with --keys the GGUF of the same model"):
        find_base(tmp_path, str(folder))
    other = tiny_base(tmp_path / "other.gguf", "qwen2")
    with pytest.raises(OperatorError, match="of the family llama, and other.gguf of qwen2"):
        find_base(tmp_path, str(folder), str(other))


@pytest.mark.parametrize(
    "name", ["vocab.json", "merges.txt", "tokenizer.model", "added_tokens.json", "chat_template.jinja"]
)
def test_all_that_is_read_of_a_folder_counts(tmp_path: Path, name: str) -> None:
    folder, keys = folder_of(tmp_path / "tiny-hf"), tiny_base(tmp_path / "keys.gguf", "llama")
    before = find_base(tmp_path, str(folder), str(keys))
    assert before.sha256 == before.earlier_sha256 == as_counted_earlier(folder), "nothing more is there to be read"
    (folder / name).write_text("{}")
    after = find_base(tmp_path, str(folder), str(keys))
    assert after.sha256 != before.sha256
    assert after.earlier_sha256 == before.sha256
    (folder / "README.md").write_text("A model.")
    assert find_base(tmp_path, str(folder), str(keys)) == after


def test_what_cannot_be_trained_is_refused_with_what_can(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="name one of bundled, a .gguf file or a folder"):
        find_base(tmp_path, "nobody")
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperatorError, match="no model of transformers"):
        find_base(tmp_path, str(tmp_path / "empty"))
    with pytest.raises(OperatorError, match="'mamba'; models of these can be trained: llama, qwen2, qwen3"):
        find_base(tmp_path, str(folder_of(tmp_path / "strange", "mamba")), "bundled")
    (tmp_path / "text.gguf").write_text("no model")
    with pytest.raises(OperatorError, match="not a GGUF file"):
        find_base(tmp_path, str(tmp_path / "text.gguf"))
    tiny_gguf(tmp_path / "tiny.gguf")
    with pytest.raises(OperatorError, match="--keys is for a folder"):
        find_base(tmp_path, str(tmp_path / "tiny.gguf"), "bundled")


def test_a_lora_is_for_large_models_and_a_run_has_to_fit_into_the_machine(tmp_path: Path) -> None:
    bundled = find_base(tmp_path)
    seven, huge = replace(bundled, weights=7 * 10**9, width=4096, layers=32), replace(bundled, weights=10**13)
    small = configured(WantedTraining(), "one", "dpo", bundled, (1.0, 1.0))
    large = configured(WantedTraining(), "two", "dpo", seven, (1.0, 1.0))
    assert (small.lora, small.large, small.rate) == (False, False, 7.5e-6)
    assert (large.lora, large.large, large.rate) == (True, True, 2e-4)
    assert not configured(WantedTraining(merge=True), "one", "sft", bundled, (1.0, 1.0)).merge
    # A reward model ranks the answers of every persona.
    systems = [configured(WantedTraining(), "one", method, bundled, (1.0, 1.0), "Hi").system for method in METHODS]
    assert systems == ["Hi", "Hi", "Hi", ""]
    assert has_plenty(replace(bundled, weights=1000), small, 600)
    assert not has_plenty(huge, small, 600)
    with pytest.raises(OperatorError, match="of memory, and this machine has .* `parley train pack`"):
        check_resources(huge, large, 600, tmp_path)
    with pytest.raises(OperatorError, match="a lower --length or --lora needs less"):
        check_resources(huge, small, 600, tmp_path)
    by_thumbs = configured(WantedTraining(), "three", "kto", bundled, (1.0, 1.0))
    with pytest.raises(OperatorError, match="a lower --batch or a lower --length or --lora needs less"):
        check_resources(huge, by_thumbs, 600, tmp_path)


def test_memory_is_counted_for_the_longest_rows_that_are_computed_at_once(tmp_path: Path) -> None:
    bundled = find_base(tmp_path)
    seven = replace(bundled, weights=7 * 10**9, width=4096, layers=32)

    def needed(method: TrainingMethod, longest: int, base: TrainingBase = bundled, **wanted: Any) -> float:
        made = configured(WantedTraining(**wanted), "one", method, base, (1.0, 1.0))
        return memory_needed(base, made, longest) / GIB

    # 5.8 GiB were taken by rows of 550 bytes, 7.6 by some of 2,000 (docs/training.md).
    assert 5.8 < needed("dpo", 600) < 8
    assert needed("dpo", 10**6, length=512) == needed("dpo", 1024, length=512)
    assert needed("sft", 2000) < needed("reward", 2000) < needed("dpo", 2000)
    assert needed("dpo", 2000, batch=64) == needed("dpo", 2000, batch=2)
    assert needed("kto", 600, batch=4) < needed("kto", 600) < 10
    assert needed("dpo", 600, seven) < 40 < needed("dpo", 600, seven, lora=False)
