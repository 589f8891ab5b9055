"""Takes a run to another machine and back: a folder that trains by one command, and the one file that it makes."""

import errno
import shutil
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from core.errors import OperatorError
from core.models.embedded.gguf import LARGEST_HEADER
from core.private_files import make_private_folder
from core.training.checks import check_people
from core.training.environment import TRAINER
from core.training.outcome import ADAPTER, MODEL, checked_outcome
from core.training.resources import check_room
from core.training.runs import (
    HELD_OUT_ROWS,
    OUTCOME,
    RUN,
    TRAIN_ROWS,
    TrainingRun,
    all_runs,
    move,
)

RESULT_FILE = "result.tar"
FULL = (errno.ENOSPC, errno.EDQUOT)
CURVES = "curves.png"
LARGEST: Mapping[str, int] = {
    RUN: 1 << 20,
    OUTCOME: 1 << 20,
    "log.jsonl": 64 << 20,
    CURVES: 8 << 20,
    MODEL: 1 << 40,
    ADAPTER: 16 << 30,
}
"""The files that may be in what comes back, with their most bytes."""

WIDEST = 4
"""The most bytes that a weight takes in what a run makes."""

MADE_UP = (tarfile.TarError, ValueError, OverflowError, RecursionError)
"""What Python's tarfile raises for headers that no program has written."""

PROGRAM = '''"""Trains the run in this folder: `python train.py`. README.md says what it needs."""

from trainer.borrowed import main

main()
'''

README = """# A training run of Parley

This folder is everything that the run `{name}` needs. It holds texts that people have written and agreed to have used
for training: keep it to yourself, and delete it once the result is back.

On the machine that trains, with Python 3.11 or newer (choose the torch of requirements.txt that fits its GPU):

    pip install -r trainer/requirements.txt
    python train.py{base}

It goes on where it was if it is stopped and started again, and makes `{result}`. Take that file back, and there:

    parley train take {result}
"""


def pack(run: TrainingRun, folder: Path, *, with_base: bool) -> None:
    """Fill a new folder with a run, the trainer and, if it is wanted, the base.

    Raises OperatorError if the folder is not empty, or cannot be written.
    """
    place, record = run.place, run.record
    source, keys = Path(place["source"]), Path(place["keys"])
    try:
        make_private_folder(folder)
        if any(folder.iterdir()):
            raise OperatorError(f"{folder} is not empty; name a new folder")
        shutil.copytree(TRAINER, folder / "trainer", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "run").mkdir()
        for name in (RUN, TRAIN_ROWS, HELD_OUT_ROWS):
            shutil.copyfile(run.folder / name, folder / "run" / name)
        if source.is_dir():
            # What is written in the end needs the keys of the GGUF, so they go along in any case.
            shutil.copyfile(keys, folder / "keys.gguf")
        if with_base and source.is_dir():
            shutil.copytree(source, folder / "base")
        elif with_base:
            shutil.copyfile(source, folder / "base.gguf")
        base = "" if with_base else f" --base {source.name}    # SHA-256 {record['base']['sha256']}"
        (folder / "train.py").write_text(PROGRAM, encoding="utf-8")
        told = README.format(name=run.name, base=base, result=RESULT_FILE)
        (folder / "README.md").write_text(told, encoding="utf-8")
    except (OSError, shutil.Error) as error:
        raise OperatorError(f"{folder} cannot be written: {error}") from error


def take(home: Path, file: Path, key: bytes, agreeing: Mapping[str, bool]) -> TrainingRun:
    """Check the file that came back, and put what is in it into its run. Returns the run, which is to be finished.

    `agreeing` are the accounts that there are now, each with whether its person agrees to the terms. Raises
    OperatorError, and changes nothing, if it is not the result of a run of ours as it was packed, or if people have
    left that run.
    """
    incoming = home / "train" / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    make_private_folder(incoming)
    try:
        with _opened(file, incoming) as archive:
            members = _members(archive, file)
            run = _run_of(home, archive, members)
            if run.result:
                raise OperatorError(f"the run {run.name!r} is finished already")
            run.check_seal(key)
            check_people(run, key, agreeing)
            _check_sizes(file, members, run.record["base"]["weights"], incoming)
            _unpack(archive, members, incoming)
        outcome = checked_outcome(incoming, run.record, run.folder / RUN)
        # The outcome is moved last: with it, the run counts as trained.
        for name in (*outcome.files, "log.jsonl", CURVES, OUTCOME):
            if (incoming / name).exists():
                move(incoming / name, run.folder / name)
        return run
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


@contextmanager
def _opened(file: Path, folder: Path) -> Iterator[tarfile.TarFile]:
    """An archive, whose files are written into a folder. Raises OperatorError if one of the two is not possible."""
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (OSError, *MADE_UP) as error:
        full = isinstance(error, OSError) and error.errno in FULL
        what = f"{folder} cannot be written" if full else f"{file} cannot be read"
        raise OperatorError(f"{what}: {getattr(error, 'strerror', None) or error}"[:300]) from error


def _members(archive: tarfile.TarFile, file: Path) -> Sequence[tarfile.TarInfo]:
    """What is in an archive. Raises OperatorError if that is not the files that may be in it, each once.

    A sparse file is none of them: a few bytes of it become as many as it says.
    """
    found: dict[str, tarfile.TarInfo] = {}
    for one in archive:
        fits = 0 <= one.size <= LARGEST.get(one.name, -1)
        if not fits or not one.isreg() or one.issparse() or one.name in found:
            raise OperatorError(f"{file} holds {one.name[:100]!r}, which does not belong into a result")
        found[one.name] = one
    return list(found.values())


def _run_of(home: Path, archive: tarfile.TarFile, members: Sequence[tarfile.TarInfo]) -> TrainingRun:
    source = next((archive.extractfile(one) for one in members if one.name == RUN), None)
    if source is None:
        raise OperatorError(f"there is no {RUN} in it, so it is not what a packed run makes")
    came = sha256(source.read()).hexdigest()
    for run in all_runs(home):
        # One whose file is gone is not the one that was packed.
        with suppress(OperatorError):
            if run.digest == came:
                return run
    raise OperatorError("it is not the result of a run that was packed here, or its run was changed on the way")


def _check_sizes(file: Path, members: Sequence[tarfile.TarInfo], weights: int, folder: Path) -> None:
    """Raise OperatorError if what came back is larger than what is made of so many weights, or than the disk."""
    most = WIDEST * weights + LARGEST_HEADER
    for one in members:
        if one.name in (MODEL, ADAPTER) and one.size > most:
            raise OperatorError(f"{file} holds {one.name} with {one.size:,} bytes, more than its base's weights take")
    check_room(folder, sum(one.size for one in members), f"what is in {file}")


def _unpack(archive: tarfile.TarFile, members: Sequence[tarfile.TarInfo], folder: Path) -> None:
    for one in members:
        source = archive.extractfile(one)
        assert source is not None
        with source, (folder / one.name).open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
