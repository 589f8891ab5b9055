"""The catalogue of models: ours is right, a wrong one is said, and memory decides what fits."""

import json
from pathlib import Path
from typing import Any

import pytest

import config
from core.errors import SettingsError
from core.models.embedded.default import DEFAULT_SHA256, default_model_file
from core.models.library.catalogue import CatalogueModel, fits, machine_memory, read

OURS = json.loads(Path(config.__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
ENTRY = OURS["models"][1]


def entry(**values: Any) -> CatalogueModel:
    return read({"models": [{**ENTRY, **values}]})[values.get("name", ENTRY["name"])]


def test_ours_can_be_read_and_goes_from_small_to_large() -> None:
    entries = list(read(OURS).values())
    assert 12 <= len(entries) <= 16
    assert [each.memory_mib for each in entries] == sorted(each.memory_mib for each in entries)
    assert all(each.memory_mib << 20 > each.size for each in entries)
    assert any(each.tools for each in entries)


def test_ours_says_what_nobody_could_check() -> None:
    for each in read(OURS).values():
        assert each.sha256 is None or not each.size_is_approximate


def test_the_bundled_model_is_the_one_that_is_installed() -> None:
    bundled = next(each for each in read(OURS).values() if each.package)
    assert bundled.sha256 == DEFAULT_SHA256
    assert bundled.size == default_model_file().stat().st_size


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        entry().__setattr__("size", 1)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"size": 0}, "has 0 as its size"),
        ({"size": True}, "has True as its size"),
        ({"name": "../up"}, "as its name"),
        ({"repository": "no-owner"}, "as its repository"),
        ({"file": "../up.gguf"}, "as its file"),
        ({"file": "model.bin"}, "as its file"),
        ({"sha256": "123"}, "as its sha256"),
        ({"languages": []}, "as its languages"),
        ({"languages": ["english language"]}, "as its languages"),
        ({"tools": "yes"}, "as its tools"),
        ({"note": "two\nlines"}, "as its note"),
        ({"colour": "red"}, "does not know colour"),
    ],
)
def test_a_wrong_value_is_said(values: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read({"models": [{**ENTRY, **values}]})


def test_a_missing_value_and_a_double_name_are_said() -> None:
    without = {key: value for key, value in ENTRY.items() if key != "licence"}
    with pytest.raises(SettingsError, match="lacks licence"):
        read({"models": [without]})
    with pytest.raises(SettingsError, match="twice"):
        read({"models": [ENTRY, ENTRY]})


@pytest.mark.parametrize("values", [{}, {"models": {}}, {"models": ["name"]}])
def test_what_is_no_catalogue_is_said(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="catalogue of models"):
        read(values)


@pytest.mark.parametrize(("memory", "fit"), [(1000, True), (999, False), (None, True)])
def test_a_model_leaves_a_fifth_of_the_memory(memory: int | None, fit: bool) -> None:
    assert fits(entry(memory_mib=800), memory) is fit


def test_the_machine_tells_its_memory() -> None:
    memory = machine_memory()
    assert memory is not None
    assert memory > 100


@pytest.mark.parametrize(("told", "expected"), [("1073741824\n", 1024), ("max\n", None)])
def test_a_container_has_what_it_may_use(told: str, expected: int | None, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(told)
    whole = machine_memory(limit)
    assert whole is not None
    assert whole == expected or (expected is None and whole > 1024)
