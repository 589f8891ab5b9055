"""Trains a packed run on another machine: checks what came, trains, and makes one file to take back."""

import argparse
import hashlib
import json
import re
import sys
import tarfile
from importlib import metadata
from pathlib import Path
from typing import Any

from trainer.main import PACKAGES, attempt
from trainer.reports import in_words

HERE = Path(__file__).parents[1]
RUN = HERE / "run"
BACK = ("run.json", "outcome.json", "log.jsonl", "curves.png", "model.gguf", "adapter.gguf")
BASE_FILES = Path(__file__).with_name("base_files.json")
"""What transformers reads of a folder, as patterns: now, and as runs counted it that were made earlier."""

PINNED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def base_digests(base: Path) -> list[str]:
    """The SHA-256 of a base: of its file, or one for the files of a folder that a model is read from, and one for those
    that counted earlier.
    """
    if not base.is_dir():
        return [digest(base)]
    known: dict[Path, str] = {}
    found = []
    # core.training.base has computed the same, which is not here.
    for patterns in json.loads(BASE_FILES.read_text(encoding="utf-8")).values():
        files = {path for pattern in patterns for path in base.glob(pattern) if path.is_file()}
        known |= {path: digest(path) for path in files - known.keys()}
        told = "".join(f"{known[path]} {path.relative_to(base).as_posix()}\n" for path in sorted(files))
        found.append(hashlib.sha256(told.encode()).hexdigest())
    return found


def other_versions(text: str) -> list[str]:
    """What is installed in other versions than a list of requirements asks for, in words."""
    pinned, found = dict(PINNED.findall(text)), []
    for name in PACKAGES:
        try:
            there = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            there = "none"
        if name in pinned and there != pinned[name]:
            found.append(f"{name} {there} instead of {pinned[name]}")
    return found


def faults(config: dict[str, Any], base: Path, keys: Path, *, any_versions: bool) -> list[str]:
    """What keeps the run from being trained here, in words."""
    found = [f"{name} was changed" for name in ("train.jsonl", "held-out.jsonl") if _changed(config, name)]
    if not base.exists():
        found.append(f"{base} is missing: name the base with --base")
    elif config["base"]["sha256"] not in base_digests(base):
        found.append(f"{base} is not the base of the run: its SHA-256 should be {config['base']['sha256']}")
    if not keys.is_file() or digest(keys) != config["base"]["keys_sha256"]:
        found.append(f"{keys} is missing or was changed")
    if not any_versions:
        others = other_versions((HERE / "trainer" / "requirements.txt").read_text(encoding="utf-8"))
        if others:
            hint = "install trainer/requirements.txt, or accept another outcome with --other-versions"
            found.append(f"other versions: {', '.join(others)} ({hint})")
    return found


def _changed(config: dict[str, Any], name: str) -> bool:
    return not (RUN / name).exists() or digest(RUN / name) != config["data"][name]


def main() -> None:
    """Train the run that was packed together with this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="the base, if it was not packed")
    parser.add_argument("--other-versions", action="store_true", help="train with whatever is installed")
    given = parser.parse_args()
    packed = HERE / "base" if (HERE / "base").is_dir() else HERE / "base.gguf"
    base = given.base or packed
    keys = HERE / "keys.gguf" if (HERE / "keys.gguf").exists() else base
    config = json.loads((RUN / "run.json").read_text(encoding="utf-8"))
    if found := faults(config, base, keys, any_versions=given.other_versions):
        sys.exit("\n".join(found))
    if code := attempt(RUN, base, keys, in_words(), watched=False):
        sys.exit(code)
    half = HERE / "result.part"
    with tarfile.open(half, "w") as archive:
        for name in BACK:
            if (RUN / name).exists():
                archive.add(RUN / name, arcname=name)
    half.replace(HERE / "result.tar")
    sys.stderr.write(f"{HERE / 'result.tar'} is what to take back: parley train take result.tar\n")
